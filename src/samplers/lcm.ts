// Latent Consistency Models, Luo et al. 2023, arXiv:2310.04378, algorithm 3; the boundary condition is equation 9 with
// Song et al. 2023, arXiv:2303.01469, appendix C. Numbers agree with diffusers' LCMScheduler.
import {combine} from "../tensor.js";
import {limited, predictionOf} from "./prediction.js";
import {alphaBar, VARIANCE_PRESERVING, type SamplerFacts} from "./sampler.js";

/** The standard deviation of the data, as the boundary condition takes it. */
const SIGMA_DATA = 0.5;

/** Each step jumps to a clean sample and noises it again to the next timestep. */
export const lcm: SamplerFacts = {
  name: "lcm",
  className: "LCMScheduler",
  title: "LCM",
  paper: "arXiv:2310.04378",
  order: 1,
  callsPerStep: 1,
  noise: "always",
  weights: [1],
  defaults: {
    ...{beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear"},
    ...{original_inference_steps: 50, timestep_scaling: 10},
    ...{clip_sample: false, clip_sample_range: 1, set_alpha_to_one: true},
    ...{thresholding: false, dynamic_thresholding_ratio: 0.995, sample_max_value: 1},
    rescale_betas_zero_snr: false
  },
  make(schedule, config, count) {
    const timesteps = distilledTimesteps(count, config);
    const levels = timesteps.map((t, i) => ({
      alpha: alphaBar(schedule, t),
      prevAlpha: i + 1 < count ? alphaBar(schedule, timesteps[i + 1]) : 1
    }));

    return {
      ...VARIANCE_PRESERVING,
      name: "lcm",
      timesteps,
      needsNoise: (index) => index < count - 1,
      alphas: (index) => levels[index],
      step({modelOutput, index, sample, noise}) {
        const {alpha, prevAlpha} = levels[index];
        const raw = predictionOf(modelOutput, sample, alpha, config.prediction_type);
        const s = timesteps[index] * config.timestep_scaling;
        const skip = SIGMA_DATA ** 2 / (s ** 2 + SIGMA_DATA ** 2);
        const out = s / Math.sqrt(s ** 2 + SIGMA_DATA ** 2);
        const x0 = combine([out, limited(raw.x0, config)], [skip, sample]); // at t = 0 the sample itself
        const share = {x0: Math.sqrt(prevAlpha), eps: 0, noise: Math.sqrt(1 - prevAlpha)};
        return {prev: combine([share.x0, x0], [share.noise, noise]), x0, state: null, coefficients: share};
      }
    };
  }
};

/** Some of the distillation's own timesteps, from the noisiest on. */
function distilledTimesteps(
  count: number,
  {
    num_train_timesteps: total,
    original_inference_steps: original
  }: {
    num_train_timesteps: number;
    original_inference_steps: number;
  }
): number[] {
  if (!Number.isInteger(count) || count < 1 || count > original) {
    throw new Error(`${count} steps cannot be made of LCM's ${original}; give a whole number of 1 to ${original}`);
  }
  const jump = Math.floor(total / original);
  return Array.from({length: count}, (_, i) => (original - Math.floor(i * (original / count))) * jump - 1);
}
