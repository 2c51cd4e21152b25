import type {Tensor} from "./tensor.js";

/** Picture [1, 3, H, W] in [-1, 1] -> RGB bytes, H x W x 3, clipped, rounded as diffusers' image processor does. */
export function rgbBytes({data, dims}: Tensor): Uint8Array {
  const area = dims[2] * dims[3];
  const bytes = new Uint8Array(area * 3);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) {
      const value = Math.min(1, Math.max(-1, data[channel * area + i]));
      bytes[i * 3 + channel] = Math.round((value + 1) * 127.5);
    }
  }
  return bytes;
}

export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** Row by row, `channels` values a pixel: 1 or 2 are grey, 3 or 4 RGB; what is beyond (opacity) is passed over. */
  readonly data: ArrayLike<number>;
  readonly channels: number;
  /** Bits of a value, 8 or 16. */
  readonly depth: number;
}

/** Pixels of a file or a canvas -> picture [1, 3, H, W] in [-1, 1]. */
export function pictureOf({width, height, data, channels, depth}: PixelImage): Tensor {
  const area = width * height;
  const most = 2 ** depth - 1;
  const value = (channel: number, pixel: number): number => data[pixel * channels + (channels < 3 ? 0 : channel)];
  const values = Float32Array.from(
    {length: 3 * area},
    (_, i) => (2 * value(Math.floor(i / area), i % area)) / most - 1
  );
  return {data: values, dims: [1, 3, height, width]};
}
