import {firstCall} from "../src/pipelines/picture.js";
import {createSampler} from "../src/samplers/registry.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";

/** A stop of the loop: its timestep, and the ᾱ of the latents that come to it. */
export interface Stop {
  readonly timestep: number;
  readonly alphaCumprod: number;
}

/** All stops of a run in noise, in the loop's order, and the one that a run from a picture begins with. */
export interface Entry {
  readonly stops: readonly Stop[];
  readonly first: number;
}

/** The stops that DDIM makes in `steps` steps. */
export function stopsOf(config: SchedulerConfig, steps: number): Stop[] {
  const sampler = createSampler("ddim", config, steps);
  return [...sampler.timesteps].map((timestep, i) => ({timestep, alphaCumprod: sampler.alphas(i).alpha}));
}

/**
 * Where a run of `steps` steps enters for a strength of 0 ... 1: the last trunc(steps · strength) stops are made, as diffusers'
 * `get_timesteps` has it.
 */
export function entryOf(config: SchedulerConfig, steps: number, strength: number): Entry {
  const sampler = createSampler("ddim", config, steps);
  return {stops: stopsOf(config, steps), first: firstCall(sampler, steps, strength)};
}

/** The strength at which a run enters at a stop; a hair above, so that rounding does not cut a step off. */
export const strengthAt = (first: number, steps: number): number => Math.round((1000 * (steps - first)) / steps) / 1000;
