// Elucidating the Design Space of Diffusion-Based Generative Models, Karras et al. 2022, arXiv:2206.00364, algorithm 2
// without its correction (lines 7 and 8). Numbers agree with diffusers' EulerDiscreteScheduler.
import type {Schedule} from "../schedule.js";
import type {FullConfig} from "../schedulerConfig.js";
import {combine} from "../tensor.js";
import type {SamplerFacts} from "./sampler.js";
import {derivativeAt, sigmaPath, sigmaSpace, x0At, type SigmaPath} from "./sigmaSpace.js";

/** Euler's method: a straight line to the next sigma. `s_churn` above 0 first puts some noise back. */
export const euler: SamplerFacts = {
  name: "euler",
  className: "EulerDiscreteScheduler",
  title: "Euler",
  paper: "arXiv:2206.00364",
  order: 1,
  callsPerStep: 1,
  noise: "optional",
  weights: [1],
  defaults: {
    timestep_spacing: "linspace",
    ...{interpolation_type: "linear", timestep_type: "discrete", final_sigmas_type: "zero"},
    ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false},
    ...{sigma_min: null, sigma_max: null, rescale_betas_zero_snr: false}
  },
  make(schedule, config, count, options) {
    const {timesteps, sigmas} = eulerPath(schedule, config, count);
    const {s_churn: churn = 0, s_tmin: from = 0, s_tmax: to = Infinity, s_noise: strength = 1} = options;
    const most = Math.min(churn / (sigmas.length - 1), Math.SQRT2 - 1);
    const gamma = (index: number): number => (sigmas[index] >= from && sigmas[index] <= to ? most : 0);

    return {
      ...sigmaSpace(sigmas, config),
      name: "euler",
      timesteps,
      needsNoise: (index) => gamma(index) > 0,
      step({modelOutput, index, sample: given, noise}) {
        const [sigma, next] = [sigmas[index], sigmas[index + 1]];
        const raised = sigma * (1 + gamma(index)); // sigma-hat, lines 4 to 6
        const sample = combine([1, given], [strength * Math.sqrt(raised ** 2 - sigma ** 2), noise]);
        const known = config.prediction_type === "v_prediction" ? sigma : raised;
        const x0 = x0At(known, modelOutput, sample, config.prediction_type);
        const slope = derivativeAt(raised, sample, x0);
        const prev = combine([1, sample], [next - raised, slope]); // line 8
        return {prev, x0, state: null, coefficients: {x0: 1, eps: next, noise: 0}};
      }
    };
  }
};

/** The path, with log(sigma) / 4 for timesteps where the model was trained on that. */
function eulerPath(schedule: Schedule, config: FullConfig, count: number): SigmaPath {
  const path = sigmaPath(schedule, config, count);
  if (config.timestep_type !== "continuous" || config.prediction_type !== "v_prediction") return path;
  return {...path, timesteps: Array.from(path.sigmas.slice(0, -1), (sigma) => Math.fround(0.25 * Math.log(sigma)))};
}
