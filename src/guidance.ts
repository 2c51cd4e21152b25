/** Classifier-free guidance: Ho and Salimans 2022, arXiv:2207.12598, equation 6 (its w is ours less 1). */
import {batchItem, combine, concat, type Tensor} from "./tensor.js";

/** Where in a run a scale is asked for. */
export interface GuidedStep {
  /** Counts up from 0. */
  readonly index: number;
  readonly numSteps: number;
  readonly timestep: number;
}

/** The scale w of u + w (c - u), 0 ... 100: one for the whole run, one for each call, or a function of the step. 1 is none. */
export type Guidance = number | readonly number[] | ((step: GuidedStep) => number);

/** @throws when there is none for this step, or it is out of range */
export function guidanceAt(guidance: Guidance, step: GuidedStep): number {
  const scale = typeof guidance === "function" ? guidance(step) : scaleAt(guidance, step.index);
  if (!(scale >= 0 && scale <= 100)) throw new Error(`guidance scale ${scale}: give a number of 0 to 100`);
  return scale;
}

const scaleAt = (guidance: number | readonly number[], index: number): number =>
  typeof guidance === "number" ? guidance : guidance[index];

/** Both predictions, mixed. `guidanceRescale` 0 ... 1, see rescaleNoiseCfg. Shapes all alike. */
export function guided(uncond: Tensor, cond: Tensor, scale: number, guidanceRescale: number): Tensor {
  const mixed = combine([1 - scale, uncond], [scale, cond]);
  return guidanceRescale > 0 ? rescaleNoiseCfg(mixed, cond, guidanceRescale) : mixed;
}

/**
 * Guidance makes a prediction's values spread too far; here each item of the batch gets back the spread it had without,
 * by a share of `guidanceRescale`: Lin et al. 2023, arXiv:2305.08891, equations 15 and 16, diffusers' `rescale_noise_cfg`.
 */
export function rescaleNoiseCfg(noiseCfg: Tensor, noisePredText: Tensor, guidanceRescale: number): Tensor {
  const items = Array.from({length: noiseCfg.dims[0]}, (_, i) => {
    const mixed = batchItem(noiseCfg, i);
    const factor = deviation(batchItem(noisePredText, i).data) / deviation(mixed.data);
    return combine([guidanceRescale * factor + 1 - guidanceRescale, mixed]);
  });
  return concat(items);
}

/** Standard deviation over n - 1, as torch's `std`. */
function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
