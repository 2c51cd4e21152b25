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
