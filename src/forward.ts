/** The forward process q: how a clean sample is noised. Ho et al. 2020, arXiv:2006.11239, section 2; symbols as in the glossary. */
import type {Schedule} from "./schedule.js";
import {combine, type Tensor} from "./tensor.js";

/** One jump from x0 to xt: sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps, Ho et al. eq. 4. All shapes alike. */
export function noised(x0: Tensor, eps: Tensor, alphaCumprod: number): Tensor {
  return combine([Math.sqrt(alphaCumprod), x0], [Math.sqrt(1 - alphaCumprod), eps]);
}

/** The clean sample that xt stands for if its noise is eps: the jump solved for x0, Ho et al. eq. 15. */
export function denoised(xt: Tensor, eps: Tensor, alphaCumprod: number): Tensor {
  const signal = Math.sqrt(alphaCumprod);
  return combine([1 / signal, xt], [-Math.sqrt(1 - alphaCumprod) / signal, eps]);
}

/** One small step x_{t-1} -> xt with fresh unit normal noise z: sqrt(1 - beta) x + sqrt(beta) z, Ho et al. eq. 2. */
export function smallStep(sample: Tensor, z: Tensor, beta: number): Tensor {
  return combine([Math.sqrt(1 - beta), sample], [Math.sqrt(beta), z]);
}

/**
 * How much of each small step's noise is left in the noise of the whole walk to t: eps = sum over s of w_s z_s, where the squares of
 * w_0 ... w_t add up to 1, so that eps is unit normal too.
 * @param t the last step taken, 0 ... T-1
 */
export function noiseWeights(
  {betas, alphasCumprod}: Pick<Schedule, "betas" | "alphasCumprod">,
  t: number
): Float64Array {
  const whole = 1 - alphasCumprod[t];
  return Float64Array.from({length: t + 1}, (_, s) =>
    Math.sqrt((betas[s] * (alphasCumprod[t] / alphasCumprod[s])) / whole)
  );
}

/** The one noise that takes x0 to where many small ones take it. @param noises z_0 ... z_t, of one shape */
export function combinedNoise(schedule: Pick<Schedule, "betas" | "alphasCumprod">, noises: readonly Tensor[]): Tensor {
  const weights = noiseWeights(schedule, noises.length - 1);
  const sums = new Float64Array(noises[0].data.length);
  noises.forEach(({data}, s) => data.forEach((value, i) => (sums[i] += weights[s] * value)));
  return {data: Float32Array.from(sums), dims: noises[0].dims};
}
