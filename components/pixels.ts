import type {Tensor} from "../src/tensor.js";

/** A picture as a canvas takes it: RGBA, row by row. */
export interface Pixels {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

/** Four latent channels to three colours by one matrix: rgb in [-1, 1] = latents · factors + bias. */
export interface LinearPreview {
  factors: readonly (readonly number[])[];
  bias: readonly number[];
}

/** The picture that a linear map sees in latents [1, 4, h, w]: one pixel a latent, no decoder. */
export function previewPixels({data, dims}: Tensor, {factors, bias}: LinearPreview): Pixels {
  const [height, width] = dims.slice(-2);
  const size = width * height;
  const pixels = emptyPixels(width, height);
  for (let i = 0; i < size; i++) {
    for (let color = 0; color < 3; color++) {
      let value = bias[color];
      for (let channel = 0; channel < factors.length; channel++)
        value += factors[channel][color] * data[channel * size + i];
      pixels.data[4 * i + color] = 127.5 * (value + 1);
    }
  }
  return pixels;
}

/** A decoded picture [1, 3, H, W] in [-1, 1]. */
export function imagePixels({data, dims}: Tensor): Pixels {
  const [height, width] = dims.slice(-2);
  const size = width * height;
  const pixels = emptyPixels(width, height);
  for (let i = 0; i < size; i++) {
    for (let color = 0; color < 3; color++) pixels.data[4 * i + color] = 127.5 * (data[color * size + i] + 1);
  }
  return pixels;
}

/** One channel of latents [1, C, h, w] in grey: -limit is black, 0 middle grey, limit white. */
export function channelPixels({data, dims}: Tensor, channel: number, {limit = 3} = {}): Pixels {
  const [height, width] = dims.slice(-2);
  const size = width * height;
  const pixels = emptyPixels(width, height);
  for (let i = 0; i < size; i++) {
    pixels.data.fill(127.5 * (data[channel * size + i] / limit + 1), 4 * i, 4 * i + 3);
  }
  return pixels;
}

/** How far apart two pictures of one size are: the mean absolute difference of their colours, 0 to 255. */
export function pixelDifference(a: Pixels, b: Pixels): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) if (i % 4 < 3) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / (3 * a.width * a.height);
}

function emptyPixels(width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 3; i < data.length; i += 4) data[i] = 255;
  return {data, width, height};
}
