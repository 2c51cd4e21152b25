// Denoising Diffusion Probabilistic Models, Ho et al. 2020, arXiv:2006.11239, equations 6 and 7, over any subset of the
// timesteps (respaced: Nichol and Dhariwal 2021, arXiv:2102.09672). Numbers agree with diffusers' DDPMScheduler.
import {spacedTimesteps} from "../timesteps.js";
import {combine, sizeOf, type Tensor} from "../tensor.js";
import {limited, predictionOf} from "./prediction.js";
import {alphaBar, VARIANCE_PRESERVING, type SamplerFacts} from "./sampler.js";

const SMALLEST_VARIANCE = 1e-20;
const FIXED = ["fixed_small", "fixed_small_log", "fixed_large", "fixed_large_log"];
const LEARNED = ["learned", "learned_range"];

/** Where the variance is learned, the model's output has twice the channels: [B, 2C, h, w] is output and variance. */
export const ddpm: SamplerFacts = {
  name: "ddpm",
  className: "DDPMScheduler",
  title: "DDPM",
  paper: "arXiv:2006.11239",
  order: 1,
  callsPerStep: 1,
  noise: "always",
  weights: [1],
  defaults: {
    variance_type: "fixed_small",
    clip_sample: true,
    clip_sample_range: 1,
    thresholding: false,
    dynamic_thresholding_ratio: 0.995,
    sample_max_value: 1,
    rescale_betas_zero_snr: false
  },
  make(schedule, config, count) {
    const timesteps = spacedTimesteps(count, config);
    const type = config.variance_type ?? "fixed_small";
    const known = [...FIXED, ...LEARNED];
    if (!known.includes(type)) throw new Error(`unknown variance_type: ${type}; one of ${known.join(", ")}`);
    const levels = timesteps.map((t, i) => ({
      alpha: alphaBar(schedule, t),
      prevAlpha: (timesteps[i + 1] ?? -1) >= 0 ? alphaBar(schedule, timesteps[i + 1]) : 1
    }));

    /** The mean's shares of x0 and of the sample (eq. 7), and the noise's smallest and largest variance. */
    const posterior = (index: number) => {
      const {alpha, prevAlpha} = levels[index];
      const beta = 1 - alpha / prevAlpha; // of the jump from this timestep to the next in the list
      return {
        x0: (Math.sqrt(prevAlpha) * beta) / (1 - alpha),
        sample: (Math.sqrt(1 - beta) * (1 - prevAlpha)) / (1 - alpha),
        small: Math.max(((1 - prevAlpha) / (1 - alpha)) * beta, SMALLEST_VARIANCE),
        large: beta
      };
    };

    return {
      ...VARIANCE_PRESERVING,
      name: "ddpm",
      timesteps,
      needsNoise: (index) => timesteps[index] > 0,
      alphas: (index) => levels[index],
      step({modelOutput, index, sample, noise}) {
        const {alpha} = levels[index];
        const learned = LEARNED.includes(type) ? halves(modelOutput, sample) : null;
        const raw = predictionOf(learned?.output ?? modelOutput, sample, alpha, config.prediction_type);
        const x0 = limited(raw.x0, config);
        const {small, large, ...share} = posterior(index);
        const fixed = Math.sqrt(type.startsWith("fixed_large") ? large : small);
        const stepSigma = timesteps[index] > 0 && !learned ? fixed : 0;
        const fresh = learned && noise && withLearnedSigma(noise, learned.variance, {type, small, large});
        const prev = combine([share.x0, x0], [share.sample, sample], [stepSigma, noise], [1, fresh]);
        // The sample is itself sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps: the same step, told in x0 and eps.
        const told = {x0: share.x0 + share.sample * Math.sqrt(alpha), eps: share.sample * Math.sqrt(1 - alpha)};
        return {prev, x0, state: null, coefficients: {...told, noise: stepSigma}};
      }
    };
  }
};

/** [B, 2C, ...] -> two of [B, C, ...] */
function halves({data, dims}: Tensor, sample: Tensor): {output: Tensor; variance: Tensor} {
  if (dims[1] !== 2 * sample.dims[1]) {
    throw new Error(
      `a learned variance needs ${2 * sample.dims[1]} output channels, not ${dims[1]}; set variance_type`
    );
  }
  const row = sizeOf(dims.slice(1));
  const half = (from: number, to: number): Tensor => ({
    data: data.filter((_, i) => i % row >= from && i % row < to),
    dims: sample.dims
  });
  return {output: half(0, row / 2), variance: half(row / 2, row)};
}

/** "learned": the variance itself; "learned_range": -1 ... 1 between the logarithms of both fixed ones (Nichol, eq. 15). */
function withLearnedSigma(
  {data, dims}: Tensor,
  variance: Tensor,
  {type, small, large}: {type: string; small: number; large: number}
): Tensor {
  const sigma = (v: number): number => {
    if (type === "learned") return Math.sqrt(v);
    const share = (v + 1) / 2;
    return Math.exp(0.5 * (share * Math.log(large) + (1 - share) * Math.log(small)));
  };
  return {data: data.map((value, i) => sigma(variance.data[i]) * value), dims};
}
