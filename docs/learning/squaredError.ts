import type {Tensor} from "../src/tensor.js";

/** Mean squared difference. */
export function squaredError(a: Tensor, b: Tensor): number {
  return a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length;
}
