// DPM-Solver++ 2M: Lu et al. 2022, arXiv:2211.01095, algorithm 2 and appendix A; in noise prediction DPM-Solver, Lu et al.
// 2022, arXiv:2206.00927, section 3. Numbers agree with diffusers' DPMSolverMultistepScheduler.
import type {SamplerFacts} from "./sampler.js";
import {multistep, SOLVER_DEFAULTS, type Update} from "./multistep.js";

/** Deterministic: "dpmsolver++" predicts the clean sample, "dpmsolver" the noise. */
export const dpmSolver: SamplerFacts = {
  name: "dpm++2m",
  className: "DPMSolverMultistepScheduler",
  title: "DPM-Solver++ 2M",
  paper: "arXiv:2211.01095",
  order: 2,
  callsPerStep: 1,
  noise: "never",
  weights: [3 / 2, -1 / 2],
  defaults: SOLVER_DEFAULTS,
  fits: ({algorithm_type: type}) => !type?.startsWith("sde-"),
  make(schedule, config, count) {
    const ofNoise = config.algorithm_type.replace("sde-", "") === "dpmsolver";
    return multistep({name: "dpm++2m", ofNoise, update: ofNoise ? alongNoise : alongData}, schedule, config, count);
  }
};

/** The exact integral of the linear part, and of 1, r and r^2 / 2 along the step (arXiv:2211.01095, eq. 9 and 10). */
const alongData: Update = (from, to, h) => {
  const decay = Math.exp(-h) - 1;
  return {
    sample: to.sigma / from.sigma,
    derivatives: [-to.alpha * decay, to.alpha * (decay / h + 1), -to.alpha * ((decay + h) / h ** 2 - 0.5)],
    noise: 0
  };
};

/** The same in the noise (arXiv:2206.00927, eq. 3.4 and 3.7). */
const alongNoise: Update = (from, to, h) => {
  const growth = Math.exp(h) - 1;
  return {
    sample: to.alpha / from.alpha,
    derivatives: [-to.sigma * growth, -to.sigma * (growth / h - 1), -to.sigma * ((growth - h) / h ** 2 - 0.5)],
    noise: 0
  };
};
