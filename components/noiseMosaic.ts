import type {Tensor} from "../src/tensor.js";
import {matrixPixels} from "./heatmap.js";
import type {Pixels} from "./pixels.js";
import type {ColorScale} from "./scales.js";

/** The channels [1, C, h, w] of one item as one picture, two beside each other, a transparent line between them. */
export function noiseMosaic({data, dims}: Tensor, color: ColorScale): Pixels {
  const [channels, h, w] = dims.slice(-3);
  const [rows, columns] = [Math.ceil(channels / 2), Math.min(2, channels)];
  const [height, width] = [rows * (h + 1) - 1, columns * (w + 1) - 1];
  const values = new Float32Array(height * width).fill(NaN);
  for (let channel = 0; channel < channels; channel++) {
    const [top, left] = [Math.floor(channel / 2) * (h + 1), (channel % 2) * (w + 1)];
    for (let y = 0; y < h; y++) {
      const from = (channel * h + y) * w;
      values.set(data.subarray(from, from + w), (top + y) * width + left);
    }
  }
  return matrixPixels({values, rows: height, columns: width}, color);
}

/** How large the values of each place are over all channels: root mean square, [h, w]. */
export function sizeByPlace({data, dims}: Tensor): Float32Array {
  const [channels, h, w] = dims.slice(-3);
  const sizes = new Float32Array(h * w);
  for (let i = 0; i < data.length; i++) sizes[i % (h * w)] += data[i] ** 2 / channels;
  return sizes.map(Math.sqrt);
}
