// Linear multistep in sigma space (Crowson's k-diffusion; Adams-Bashforth over uneven steps): a polynomial through the last
// slopes is integrated to the next sigma. Numbers agree with diffusers' LMSDiscreteScheduler.
import {combine, type Tensor} from "../tensor.js";
import type {SamplerFacts} from "./sampler.js";
import {derivativeAt, sigmaPath, sigmaSpace, x0At} from "./sigmaSpace.js";

export const lms: SamplerFacts = {
  name: "lms",
  className: "LMSDiscreteScheduler",
  title: "LMS",
  paper: "https://github.com/crowsonkb/k-diffusion",
  order: 4,
  callsPerStep: 1,
  noise: "never",
  weights: [55 / 24, -59 / 24, 37 / 24, -9 / 24],
  defaults: {
    timestep_spacing: "linspace",
    ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false}
  },
  make(schedule, config, count, {order: most = 4}) {
    if (![1, 2, 3, 4].includes(most)) throw new Error(`lms mixes 1 to 4 predictions, not ${most}; set order`);
    const {timesteps, sigmas} = sigmaPath(schedule, config, count);

    return {
      ...sigmaSpace(sigmas, config),
      name: "lms",
      timesteps,
      needsNoise: () => false,
      step({modelOutput, index, sample, state}) {
        const x0 = x0At(sigmas[index], modelOutput, sample, config.prediction_type);
        const slope = derivativeAt(sigmas[index], sample, x0);
        const slopes = [slope, ...((state as Tensor[] | null) ?? [])].slice(0, most); // newest first
        // A run that begins in the middle has fewer slopes than the weights are made for: diffusers' way.
        const weights = slopeWeights(sigmas, index, Math.min(index + 1, most));
        const prev = combine([1, sample], ...slopes.map((earlier, i) => [weights[i], earlier] as const));
        const coefficients = {x0: 1, eps: sigmas[index] + weights[0], noise: 0};
        const shares = slopes.map((value, i) => ({of: "eps" as const, share: weights[i], value}));
        return {prev, x0, state: slopes, coefficients, remembered: shares.slice(1)};
      }
    };
  }
};

/** For each of the last `order` sigmas: its Lagrange polynomial's integral from this sigma to the next. Newest first. */
function slopeWeights(sigmas: Float32Array, index: number, order: number): number[] {
  const nodes = Array.from({length: order}, (_, k) => sigmas[index - k]);
  return nodes.map((own, k) => {
    const others = nodes.filter((_, i) => i !== k);
    const polynomial = (x: number): number =>
      others.reduce((product, node) => (product * (x - node)) / (own - node), 1);
    return simpson(polynomial, sigmas[index], sigmas[index + 1]);
  });
}

/** Simpson's rule, which is exact up to cubics. */
const simpson = (f: (x: number) => number, from: number, to: number): number =>
  ((to - from) / 6) * (f(from) + 4 * f((from + to) / 2) + f(to));
