// Ancestral sampling in sigma space: Euler's step goes further down than asked, and fresh noise brings it back up. Song et
// al. 2021, arXiv:2011.13456, appendix F, with k-diffusion's split. Agrees with EulerAncestralDiscreteScheduler.
import {combine} from "../tensor.js";
import type {SamplerFacts} from "./sampler.js";
import {derivativeAt, sigmaPath, sigmaSpace, x0At} from "./sigmaSpace.js";

export const eulerAncestral: SamplerFacts = {
  name: "euler-a",
  className: "EulerAncestralDiscreteScheduler",
  title: "Euler ancestral",
  paper: "arXiv:2011.13456",
  order: 1,
  callsPerStep: 1,
  noise: "always",
  weights: [1],
  defaults: {timestep_spacing: "linspace", rescale_betas_zero_snr: false},
  make(schedule, config, count) {
    if (!["epsilon", "v_prediction"].includes(config.prediction_type)) {
      throw new Error(`euler-a knows no prediction_type ${config.prediction_type}; one of epsilon, v_prediction`);
    }
    const {timesteps, sigmas} = sigmaPath(schedule, config, count);

    return {
      ...sigmaSpace(sigmas, config),
      name: "euler-a",
      timesteps,
      needsNoise: () => true, // at the last step too, where its share is 0: the generator goes on as in diffusers
      step({modelOutput, index, sample, noise}) {
        const [sigma, next] = [sigmas[index], sigmas[index + 1]];
        const x0 = x0At(sigma, modelOutput, sample, config.prediction_type);
        const stepSigma = Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2);
        const down = Math.sqrt(next ** 2 - stepSigma ** 2); // down^2 + stepSigma^2 = next^2
        const prev = combine([1, sample], [down - sigma, derivativeAt(sigma, sample, x0)], [stepSigma, noise]);
        return {prev, x0, state: null, coefficients: {x0: 1, eps: down, noise: stepSigma}};
      }
    };
  }
};
