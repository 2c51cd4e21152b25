import {makeSchedule, type SchedulerConfig} from "../schedule.js";
import {ddim} from "./ddim.js";
import {ddpm} from "./ddpm.js";
import type {Sampler, SamplerFacts, SamplerOptions} from "./sampler.js";

/** Every sampler; a new one is one file and one entry here. */
export const SAMPLERS: readonly SamplerFacts[] = [ddim, ddpm];

/** @throws when neither a short name nor a diffusers class name fits */
export function samplerNamed(name: string): SamplerFacts {
  const facts = SAMPLERS.find((sampler) => sampler.name === name || sampler.className === name);
  if (!facts) throw new Error(`unknown sampler: ${name}; one of ${SAMPLERS.map((sampler) => sampler.name).join(", ")}`);
  return facts;
}

/**
 * A sampler for one run.
 * @param nameOrClass "ddim", or diffusers' "DDIMScheduler"
 * @param config what `scheduler_config.json` holds; keys left out have diffusers' defaults
 * @param numInferenceSteps 1 ... num_train_timesteps
 */
export function createSampler(
  nameOrClass: string,
  config: SchedulerConfig,
  numInferenceSteps: number,
  options: SamplerOptions = {}
): Sampler {
  return samplerNamed(nameOrClass).make(makeSchedule(config), config, numInferenceSteps, options);
}
