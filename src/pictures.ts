/** Pictures [1, 3, H, W] beside each other: what one can take from another (luminance, low frequencies), and how near they are. */
import type {Tensor} from "./tensor.js";

/** Of red, green and blue: ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114];

/** [1, 3, H, W] -> the luminance of each pixel, H x W values in the picture's range. */
export function luminanceOf({data, dims}: Tensor): Float32Array {
  const area = dims[2] * dims[3];
  return Float32Array.from({length: area}, (_, i) =>
    LUMA.reduce((sum, weight, channel) => sum + weight * data[channel * area + i], 0)
  );
}

/** A picture as a screen or a file can show it: a decoder goes a little beyond [-1, 1]. */
export const clipped = ({data, dims}: Tensor): Tensor => ({
  data: data.map((value) => Math.min(1, Math.max(-1, value))),
  dims
});

/** A picture with another's luminance: every pixel moves by one amount in all channels, so that its hue stays. */
export function withLuminance(picture: Tensor, given: Tensor): Tensor {
  sameSize(picture, given);
  const [own, wanted] = [luminanceOf(picture), luminanceOf(given)];
  return {
    data: picture.data.map((value, i) => value + wanted[i % own.length] - own[i % own.length]),
    dims: picture.dims
  };
}

/** Means of squares of `size` pixels: [1, 3, H, W] -> [1, 3, H / size, W / size]. @throws when they do not fit */
export function averaged({data, dims}: Tensor, size: number): Tensor {
  const [, channels, height, width] = dims;
  const [rows, columns] = [height / size, width / size];
  if (!Number.isInteger(rows) || !Number.isInteger(columns))
    throw new Error(`squares of ${size} pixels do not fill a picture of ${width} x ${height}`);
  const means = new Float32Array(channels * rows * columns);
  for (let i = 0; i < data.length; i++) means[blockOf(i, width, height, size)] += data[i] / size ** 2;
  return {data: means, dims: [1, channels, rows, columns]};
}

/** A picture whose squares have the means of a smaller picture's pixels; within each square its own details stay. */
export function withLowFrequencies(picture: Tensor, small: Tensor): Tensor {
  const [, , height, width] = picture.dims;
  const size = width / small.dims[3];
  const own = averaged(picture, size);
  sameSize(own, small);
  const data = picture.data.map((value, i) => {
    const block = blockOf(i, width, height, size);
    return value + small.data[block] - own.data[block];
  });
  return {data, dims: picture.dims};
}

/** Where in the small picture a value of the large one belongs. */
function blockOf(index: number, width: number, height: number, size: number): number {
  const [x, y] = [index % width, Math.floor(index / width) % height];
  const channel = Math.floor(index / (width * height));
  return (channel * (height / size) + Math.floor(y / size)) * (width / size) + Math.floor(x / size);
}

/**
 * Peak signal-to-noise ratio in dB of a picture against the original, both in [-1, 1] and of one shape: 10 log10 of the
 * squared range over the mean squared error. What lies beyond the range is clipped first; Infinity where they are alike.
 */
export function psnr(picture: Tensor, original: Tensor): number {
  sameSize(picture, original);
  const errors = picture.data.reduce((sum, value, i) => {
    return sum + (Math.min(1, Math.max(-1, value)) - original.data[i]) ** 2;
  }, 0);
  return 10 * Math.log10((4 * picture.data.length) / errors);
}

function sameSize({dims: wanted}: Tensor, {dims}: Tensor): void {
  if (dims.join() !== wanted.join())
    throw new Error(`a picture of shape [${dims.join(", ")}] where [${wanted.join(", ")}] is needed: resize it`);
}
