import {Generator} from "../src/random.js";
import {combine, type Tensor} from "../src/tensor.js";

/** xt = sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps (Ho et al. 2020, eq. 4). Shapes all alike. */
export function noised(x0: Tensor, eps: Tensor, alphaCumprod: number): Tensor {
  return combine([Math.sqrt(alphaCumprod), x0], [Math.sqrt(1 - alphaCumprod), eps]);
}

/** The clean latents that a prediction of the noise stands for (the same, solved for x0). */
export function cleanOf(xt: Tensor, eps: Tensor, alphaCumprod: number): Tensor {
  const signal = Math.sqrt(alphaCumprod);
  return combine([1 / signal, xt], [-Math.sqrt(1 - alphaCumprod) / signal, eps]);
}

/** Mean squared difference. */
export function squaredError(a: Tensor, b: Tensor): number {
  return a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length;
}

/** The noise of a seed, as torch.Generator("cpu").manual_seed(seed) throws it. */
export const noiseOf = (seed: number, dims: readonly number[]): Tensor => new Generator(seed).randn(dims);
