// DDIM run backwards, from a picture to the noise that would draw it: Song et al. 2021, arXiv:2010.02502, equation 13
// read in the other direction. Numbers agree with diffusers' DDIMInverseScheduler.
import {spacedTimesteps} from "../timesteps.js";
import {combine} from "../tensor.js";
import {limited, predictionOf} from "./prediction.js";
import {alphaBar, VARIANCE_PRESERVING, type SamplerFacts} from "./sampler.js";

/** Timesteps count up. The UNet is asked at the timestep that a step leads *to*: it stands in for the one before. */
export const ddimInverse: SamplerFacts = {
  name: "ddim-inverse",
  className: "DDIMInverseScheduler",
  title: "DDIM inversion",
  paper: "arXiv:2010.02502",
  order: 1,
  callsPerStep: 1,
  noise: "never",
  weights: [1],
  defaults: {clip_sample: true, clip_sample_range: 1, set_alpha_to_one: true, rescale_betas_zero_snr: false},
  make(schedule, config, count) {
    if (config.timestep_spacing === "linspace") {
      throw new Error("ddim-inverse knows no timestep_spacing linspace; one of leading, trailing");
    }
    const timesteps = spacedTimesteps(count, config).reverse();
    const jump = Math.floor(config.num_train_timesteps / count);
    const first = config.set_alpha_to_one ? 1 : schedule.alphasCumprod[0];
    const levels = timesteps.map((t) => ({
      alpha: t - jump >= 0 ? alphaBar(schedule, t - jump) : first,
      prevAlpha: alphaBar(schedule, t)
    }));

    return {
      ...VARIANCE_PRESERVING,
      name: "ddim-inverse",
      timesteps,
      needsNoise: () => false,
      alphas: (index) => levels[index],
      step({modelOutput, index, sample}) {
        const {alpha, prevAlpha} = levels[index];
        const {x0: raw, eps} = predictionOf(modelOutput, sample, alpha, config.prediction_type);
        const x0 = limited(raw, config);
        const share = {x0: Math.sqrt(prevAlpha), eps: Math.sqrt(1 - prevAlpha), noise: 0};
        return {prev: combine([share.x0, x0], [share.eps, eps]), x0, state: null, coefficients: share};
      }
    };
  }
};
