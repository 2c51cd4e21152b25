// DPM-Solver++ 2M for the diffusion SDE: Lu et al. 2022, arXiv:2211.01095, section 5 and appendix A (SDE-DPM-Solver++).
// Numbers agree with diffusers' DPMSolverMultistepScheduler with algorithm_type "sde-dpmsolver++".
import type {SamplerFacts} from "./sampler.js";
import {multistep, SOLVER_DEFAULTS, type Update} from "./multistep.js";

/** With fresh noise at every step: "sde-dpmsolver++" predicts the clean sample, "sde-dpmsolver" the noise. */
export const dpmSolverSde: SamplerFacts = {
  name: "dpm++2m-sde",
  className: "DPMSolverMultistepScheduler",
  title: "DPM-Solver++ 2M SDE",
  paper: "arXiv:2211.01095",
  order: 2,
  callsPerStep: 1,
  noise: "always",
  weights: [3 / 2, -1 / 2],
  defaults: SOLVER_DEFAULTS,
  fits: ({algorithm_type: type}) => type?.startsWith("sde-") ?? false,
  make(schedule, config, count) {
    const ofNoise = config.algorithm_type.replace("sde-", "") === "dpmsolver";
    if (ofNoise && config.solver_order > 2) throw new Error("sde-dpmsolver has no order above 2; set solver_order");
    return multistep({name: "dpm++2m-sde", ofNoise, update: ofNoise ? alongNoise : alongData}, schedule, config, count);
  }
};

/** Twice the drift of the ODE, over 2h, and noise that makes up for what decays. */
const alongData: Update = (from, to, h) => {
  const gain = 1 - Math.exp(-2 * h);
  return {
    sample: (to.sigma / from.sigma) * Math.exp(-h),
    derivatives: [to.alpha * gain, to.alpha * (gain / (-2 * h) + 1), to.alpha * ((gain - 2 * h) / (2 * h) ** 2 - 0.5)],
    noise: to.sigma * Math.sqrt(gain)
  };
};

const alongNoise: Update = (from, to, h) => {
  const growth = Math.exp(h) - 1;
  return {
    sample: to.alpha / from.alpha,
    derivatives: [-2 * to.sigma * growth, -2 * to.sigma * (growth / h - 1), 0],
    noise: to.sigma * Math.sqrt(Math.exp(2 * h) - 1)
  };
};
