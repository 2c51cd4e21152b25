/** The perfect memoriser: the exact denoiser of a finite set of clean samples, as if the world were these and nothing else. */
import type {Tensor} from "../tensor.js";

/** A denoiser's answer and what it was thinking of. */
export interface Recollection {
  /** E[x0 | xt], the weighted mean of all that it has seen. */
  readonly x0: Tensor;
  /** p(x0 = sample i | xt), one a sample; they sum to 1. */
  readonly weights: Float64Array;
}

/**
 * p(x0 = i | xt) is proportional to exp(-|xt - sqrt(alpha-bar) x0_i|^2 / (2 (1 - alpha-bar))), for each sample is as likely
 * as any other beforehand and the noise is normal (Bayes; Ho et al. 2020, arXiv:2006.11239, eq. 4).
 * @param samples N clean samples one after the other, each of the size of `xt`
 * @param only which of them it knows; all when left out
 */
export function recollect(
  samples: Float32Array,
  {data, dims}: Tensor,
  alphaCumprod: number,
  only?: readonly number[]
): Recollection {
  const size = data.length;
  const count = samples.length / size;
  const known = only ?? Array.from({length: count}, (_, i) => i);
  const signal = Math.sqrt(alphaCumprod);
  const logs = known.map((i) => {
    let distance = 0;
    for (let k = 0, at = i * size; k < size; k++, at++) distance += (data[k] - signal * samples[at]) ** 2;
    return -distance / (2 * (1 - alphaCumprod));
  });
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity); // so that the largest weight does not underflow
  const powers = logs.map((log) => Math.exp(log - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  const weights = new Float64Array(count);
  const x0 = new Float32Array(size);
  known.forEach((i, row) => {
    const weight = (weights[i] = powers[row] / sum);
    if (weight < 1e-9) return;
    for (let k = 0, at = i * size; k < size; k++, at++) x0[k] += weight * samples[at];
  });
  return {x0: {data: x0, dims}, weights};
}

/** How many samples a set of weights is spread over: 1 / sum of squares. 1 means that one has it all. */
export function effectiveCount(weights: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < weights.length; i++) squares += weights[i] ** 2;
  return 1 / squares;
}

/** The plain mean of some samples, each of shape `dims`: what is left to say of them at a noise level where all look alike. */
export function meanOf(samples: Float32Array, dims: readonly number[], rows: readonly number[]): Tensor {
  const size = dims.reduce((a, b) => a * b);
  const data = new Float32Array(size);
  for (const row of rows) for (let k = 0; k < size; k++) data[k] += samples[row * size + k] / rows.length;
  return {data, dims};
}
