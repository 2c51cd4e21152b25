import {guided} from "../src/guidance.js";
import {combine} from "../src/tensor.js";
import type {Step} from "./film.js";
import {markRecorded, recordedLook} from "./recordedLatents.js";

/**
 * The same step with another guidance scale, without a UNet call: eps = u + w (c - u), x̂0 = (xt - sqrt(1 - ᾱ) eps) / sqrt(ᾱ), and the next
 * latents by the step's own coefficients. `guidanceRescale`, 0 ... 1, as in src/guidance.ts.
 */
export function rescaled(step: Step, guidanceScale: number, guidanceRescale = 0): Step {
  if (guidanceScale === step.guidanceScale && guidanceRescale === 0) return step;
  const {xt, epsUncond, epsCond, noise, coefficients, alphaCumprod} = step;
  const eps = guided(epsUncond, epsCond, guidanceScale, guidanceRescale);
  const x0 = combine([1 / Math.sqrt(alphaCumprod), xt], [-Math.sqrt((1 - alphaCumprod) / alphaCumprod), eps]);
  const prev = combine([coefficients.x0, x0], [coefficients.eps, eps], [coefficients.noise, noise]);
  const look = recordedLook(xt);
  if (look) for (const made of [eps, x0, prev]) markRecorded(made, look);
  return {...step, guidanceScale, eps, x0, prev};
}
