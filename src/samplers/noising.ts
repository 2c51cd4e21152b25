import {combine, type Tensor} from "../tensor.js";
import type {Sampler} from "./sampler.js";

/**
 * A clean sample, noised to where call `index` of the run begins, in the sampler's own scale: diffusers' `add_noise`.
 * Shapes: x0, noise and the result all alike.
 */
export function addNoise(sampler: Pick<Sampler, "alphas" | "space">, x0: Tensor, noise: Tensor, index: number): Tensor {
  const {alpha} = sampler.alphas(index);
  return sampler.space === "sigma"
    ? combine([1, x0], [Math.sqrt((1 - alpha) / alpha), noise])
    : combine([Math.sqrt(alpha), x0], [Math.sqrt(1 - alpha), noise]);
}
