// Denoising Diffusion Implicit Models, Song et al. 2021, arXiv:2010.02502, equations 12 and 16.
// The paper's alpha is alpha-bar here. Numbers agree with diffusers' DDIMScheduler.
import {spacedTimesteps} from "../timesteps.js";
import {combine} from "../tensor.js";
import {limited, predictionOf} from "./prediction.js";
import {alphaBar, VARIANCE_PRESERVING, type SamplerFacts} from "./sampler.js";

// At eta = 1 these differences nearly cancel: rounding as float32 does is what makes the numbers diffusers'.
const f32 = Math.fround;

/** DDIM: `eta` = 0 is deterministic, 1 has DDPM's variance. */
export const ddim: SamplerFacts = {
  name: "ddim",
  className: "DDIMScheduler",
  title: "DDIM",
  paper: "arXiv:2010.02502",
  order: 1,
  callsPerStep: 1,
  noise: "optional",
  weights: [1],
  defaults: {
    clip_sample: true,
    clip_sample_range: 1,
    set_alpha_to_one: true,
    thresholding: false,
    dynamic_thresholding_ratio: 0.995,
    sample_max_value: 1,
    rescale_betas_zero_snr: false
  },
  make(schedule, config, count, {eta = 0, use_clipped_model_output: retold = false}) {
    const timesteps = spacedTimesteps(count, config);
    const jump = Math.floor(config.num_train_timesteps / count);
    const last = config.set_alpha_to_one ? 1 : schedule.alphasCumprod[0];
    const levels = timesteps.map((t) => ({
      alpha: alphaBar(schedule, t),
      prevAlpha: t - jump >= 0 ? alphaBar(schedule, t - jump) : last
    }));

    return {
      ...VARIANCE_PRESERVING,
      name: "ddim",
      timesteps,
      needsNoise: () => eta > 0,
      alphas: (index) => levels[index],
      step({modelOutput, index, sample, noise}) {
        const {alpha, prevAlpha} = levels[index];
        const raw = predictionOf(modelOutput, sample, alpha, config.prediction_type);
        const x0 = limited(raw.x0, config);
        const eps = retold ? predictionOf(x0, sample, alpha, "sample").eps : raw.eps;
        const variance = f32(f32(f32(1 - prevAlpha) / f32(1 - alpha)) * f32(1 - f32(alpha / prevAlpha)));
        const stepSigma = f32(eta * f32(Math.sqrt(variance))); // eq. 16
        const direction = Math.sqrt(Math.max(0, f32(f32(1 - prevAlpha) - f32(stepSigma ** 2))));
        const share = {x0: Math.sqrt(prevAlpha), eps: direction, noise: stepSigma};
        const prev = combine([share.x0, x0], [share.eps, eps], [share.noise, noise]); // eq. 12
        return {prev, x0, state: null, coefficients: share};
      }
    };
  }
};
