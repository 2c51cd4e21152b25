import {combine} from "../src/tensor.js";
import type {Step} from "../page/film.js";

/**
 * The same step with another guidance scale, without a UNet call: eps = u + w (c - u), x̂0 = (xt - sqrt(1 - ᾱ) eps) / sqrt(ᾱ), and the next
 * latents by the step's own coefficients.
 */
export function rescaled(step: Step, guidanceScale: number): Step {
  if (guidanceScale === step.guidanceScale) return step;
  const {xt, epsUncond, epsCond, noise, coefficients, alphaCumprod} = step;
  const eps = combine([1 - guidanceScale, epsUncond], [guidanceScale, epsCond]);
  const x0 = combine([1 / Math.sqrt(alphaCumprod), xt], [-Math.sqrt((1 - alphaCumprod) / alphaCumprod), eps]);
  const prev = combine([coefficients.x0, x0], [coefficients.eps, eps], [coefficients.noise, noise]);
  return {...step, guidanceScale, eps, x0, prev};
}
