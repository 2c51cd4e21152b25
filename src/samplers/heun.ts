// Heun's method: Karras et al. 2022, arXiv:2206.00364, algorithm 1. Two UNet calls a step, the second at the end of the
// first's straight line; both slopes' mean is then taken from the beginning. Agrees with HeunDiscreteScheduler.
import {combine, type Tensor} from "../tensor.js";
import {limited} from "./prediction.js";
import type {SamplerFacts} from "./sampler.js";
import {derivativeAt, sigmaPath, sigmaSpace, x0At} from "./sigmaSpace.js";

/** A step half done: where it began, and the slope there. */
interface State {
  readonly begun: Tensor;
  readonly slope: Tensor;
}

export const heun: SamplerFacts = {
  name: "heun",
  className: "HeunDiscreteScheduler",
  title: "Heun",
  paper: "arXiv:2206.00364",
  order: 2,
  callsPerStep: 2,
  noise: "never",
  weights: [1 / 2, 1 / 2],
  defaults: {
    ...{beta_start: 0.00085, beta_end: 0.012, timestep_spacing: "linspace"},
    ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false},
    ...{clip_sample: false, clip_sample_range: 1}
  },
  make(schedule, config, count) {
    const path = sigmaPath(schedule, config, count);
    const twice = <T>([first, ...rest]: T[]): T[] => [first, ...rest.flatMap((value) => [value, value])];
    const timesteps = twice([...path.timesteps]);
    const sigmas = Float32Array.from([...twice([...path.sigmas.slice(0, -1)]), path.sigmas[path.sigmas.length - 1]]);

    return {
      ...sigmaSpace(sigmas, config),
      name: "heun",
      timesteps,
      needsNoise: () => false,
      step({modelOutput, index, sample, state}) {
        const sigma = sigmas[index];
        const x0 = limited(x0At(sigma, modelOutput, sample, config.prediction_type), config);
        const slope = derivativeAt(sigma, sample, x0);
        if (!state) {
          const next = sigmas[index + 1];
          const prev = combine([1, sample], [next - sigma, slope]); // line 5
          // A run that begins at a second call stays there (both sigmas are one) and begins its step at the next.
          const half = index % 2 ? null : {begun: sample, slope};
          return {prev, x0, state: half, coefficients: {x0: 1, eps: next, noise: 0}};
        }
        const {begun, slope: first} = state as State;
        const half = (sigma - sigmas[index - 1]) / 2;
        const prev = combine([1, begun], [half, first], [half, slope]); // line 8
        const scale = Math.sqrt(sigmas[index - 1] ** 2 + 1); // so that what is remembered is an xt like the others
        const remembered = [
          {of: "sample", share: scale, value: combine([1 / scale, begun])},
          {of: "eps", share: half, value: first}
        ] as const;
        return {prev, x0, state: null, coefficients: {x0: 0, eps: half, noise: 0}, remembered};
      }
    };
  }
};
