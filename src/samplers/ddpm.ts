// Denoising Diffusion Probabilistic Models, Ho et al. 2020, arXiv:2006.11239, equations 6 and 7, over any subset of the
// timesteps (respaced: Nichol and Dhariwal 2021, arXiv:2102.09672). Numbers agree with diffusers' DDPMScheduler.
import {spacedTimesteps} from "../schedule.js";
import {combine} from "../tensor.js";
import {clipped, predictionOf, type SamplerFacts} from "./sampler.js";

const SMALLEST_VARIANCE = 1e-20;

export const ddpm: SamplerFacts = {
  name: "ddpm",
  className: "DDPMScheduler",
  title: "DDPM",
  paper: "arXiv:2006.11239",
  make({alphasCumprod}, config, count) {
    const timesteps = spacedTimesteps(count, config);
    const varianceType = config.variance_type ?? "fixed_small";
    if (!["fixed_small", "fixed_large"].includes(varianceType)) {
      throw new Error(`unknown variance_type: ${varianceType}; one of fixed_small, fixed_large`);
    }

    const alphas = (index: number) => {
      const next = timesteps[index + 1];
      return {alpha: alphasCumprod[timesteps[index]], prevAlpha: next === undefined ? 1 : alphasCumprod[next]};
    };

    /** The mean's shares of x0 and of the sample (eq. 7), and the noise's standard deviation. */
    const posterior = (index: number) => {
      const {alpha, prevAlpha} = alphas(index);
      const beta = 1 - alpha / prevAlpha; // of the jump from this timestep to the next in the list
      const variance = varianceType === "fixed_large" ? beta : ((1 - prevAlpha) / (1 - alpha)) * beta;
      return {
        x0: (Math.sqrt(prevAlpha) * beta) / (1 - alpha),
        sample: (Math.sqrt(1 - beta) * (1 - prevAlpha)) / (1 - alpha),
        stepSigma: timesteps[index] > 0 ? Math.sqrt(Math.max(variance, SMALLEST_VARIANCE)) : 0
      };
    };

    return {
      name: "ddpm",
      timesteps,
      initNoiseSigma: 1,
      scaleModelInput: (sample) => sample,
      needsNoise: (index) => timesteps[index] > 0,
      alphas,
      // The sample is itself sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps: the same step, told in x0 and eps.
      coefficients(index) {
        const {alpha} = alphas(index);
        const {x0, sample, stepSigma} = posterior(index);
        return {x0: x0 + sample * Math.sqrt(alpha), eps: sample * Math.sqrt(1 - alpha), noise: stepSigma};
      },
      step({modelOutput, index, sample, noise}) {
        const {x0: raw} = predictionOf(modelOutput, sample, alphas(index).alpha, config.prediction_type);
        const x0 = clipped(raw, config);
        const share = posterior(index);
        return {x0, prev: combine([share.x0, x0], [share.sample, sample], [share.stepSigma, noise]), state: null};
      }
    };
  }
};
