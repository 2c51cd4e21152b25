import {createSampler} from "../src/samplers/registry.js";
import type {Coefficients, Remembered} from "../src/samplers/sampler.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";

/** A step's numbers, in one scale for all samplers. */
export interface StepShares {
  readonly timestep: number;
  readonly alphaCumprod: number;
  readonly coefficients: Coefficients;
  readonly remembered: readonly Pick<Remembered, "of" | "share">[];
}

/** Every step's numbers of a sampler: they do not depend on the picture, so a run on a single 0 tells them all. */
export function sharesOfSteps(name: string, config: SchedulerConfig, steps: number, eta: number): StepShares[] {
  const sampler = createSampler(name, config, steps, {eta});
  const zero: Tensor = {data: new Float32Array(1), dims: [1, 1, 1, 1]};
  let state: unknown = null;
  return sampler.timesteps.map((timestep, index) => {
    const noise = sampler.needsNoise(index) ? zero : null;
    const step = sampler.step({modelOutput: zero, index, sample: zero, noise, state});
    const {alpha, prevAlpha} = sampler.alphas(index);
    const scale = sampler.space === "sigma" ? Math.sqrt(prevAlpha) : 1;
    const {x0, eps, noise: fresh} = step.coefficients;
    state = step.state;
    return {
      timestep,
      alphaCumprod: alpha,
      coefficients: {x0: scale * x0, eps: scale * eps, noise: scale * fresh},
      remembered: (step.remembered ?? []).map(({of, share}) => ({of, share: scale * share}))
    };
  });
}
