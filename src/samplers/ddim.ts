// Denoising Diffusion Implicit Models, Song et al. 2021, arXiv:2010.02502, equations 12 and 16.
// The paper's alpha is alpha-bar here. Numbers agree with diffusers' DDIMScheduler.
import {spacedTimesteps} from "../schedule.js";
import {combine} from "../tensor.js";
import {clipped, predictionOf, type SamplerFacts} from "./sampler.js";

// At eta = 1 these differences nearly cancel: rounding as float32 does is what makes the numbers diffusers'.
const f32 = Math.fround;

/** DDIM: `eta` = 0 is deterministic, 1 has DDPM's variance. */
export const ddim: SamplerFacts = {
  name: "ddim",
  className: "DDIMScheduler",
  title: "DDIM",
  paper: "arXiv:2010.02502",
  make({alphasCumprod, numTrainTimesteps}, config, count, {eta = 0}) {
    const timesteps = spacedTimesteps(count, config);
    const jump = Math.floor(numTrainTimesteps / count);
    const last = (config.set_alpha_to_one ?? true) ? 1 : alphasCumprod[0];

    const alphas = (index: number) => {
      const before = timesteps[index] - jump;
      return {alpha: alphasCumprod[timesteps[index]], prevAlpha: before >= 0 ? alphasCumprod[before] : last};
    };

    const coefficients = (index: number) => {
      const {alpha, prevAlpha} = alphas(index);
      const variance = f32(f32(f32(1 - prevAlpha) / f32(1 - alpha)) * f32(1 - f32(alpha / prevAlpha)));
      const stepSigma = f32(eta * Math.sqrt(variance)); // eq. 16
      const direction = f32(f32(1 - prevAlpha) - f32(stepSigma ** 2));
      return {x0: Math.sqrt(prevAlpha), eps: Math.sqrt(Math.max(0, direction)), noise: stepSigma};
    };

    return {
      name: "ddim",
      timesteps,
      initNoiseSigma: 1,
      scaleModelInput: (sample) => sample,
      needsNoise: () => eta > 0,
      alphas,
      coefficients,
      step({modelOutput, index, sample, noise}) {
        const raw = predictionOf(modelOutput, sample, alphas(index).alpha, config.prediction_type);
        const x0 = clipped(raw.x0, config);
        const share = coefficients(index);
        return {x0, prev: combine([share.x0, x0], [share.eps, raw.eps], [share.noise, noise]), state: null}; // eq. 12
      }
    };
  }
};
