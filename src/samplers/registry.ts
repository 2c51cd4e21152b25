import {makeSchedule} from "../schedule.js";
import {fullConfig, type SchedulerConfig} from "../schedulerConfig.js";
import {ddim} from "./ddim.js";
import {ddimInverse} from "./ddimInverse.js";
import {ddpm} from "./ddpm.js";
import {dpmSolver} from "./dpmSolver.js";
import {dpmSolverSde} from "./dpmSolverSde.js";
import {euler} from "./euler.js";
import {eulerAncestral} from "./eulerAncestral.js";
import {heun} from "./heun.js";
import {lcm} from "./lcm.js";
import {lms} from "./lms.js";
import {pndm} from "./pndm.js";
import type {Sampler, SamplerFacts, SamplerOptions} from "./sampler.js";
import {uniPc} from "./uniPc.js";

/** Every sampler; a new one is one file, one entry here and one golden (a line of CASES in test/goldens/make.py). */
export const SAMPLERS: readonly SamplerFacts[] = [
  ddpm,
  ddim,
  ddimInverse,
  pndm,
  euler,
  eulerAncestral,
  heun,
  lms,
  dpmSolver,
  dpmSolverSde,
  uniPc,
  lcm
];

/**
 * @param config decides where one class of diffusers is several samplers
 * @throws when neither a short name nor a diffusers class name fits
 */
export function samplerNamed(name: string, config: SchedulerConfig = {}): SamplerFacts {
  const facts =
    SAMPLERS.find((sampler) => sampler.name === name) ??
    SAMPLERS.find((sampler) => sampler.className === name && (sampler.fits?.(config) ?? true));
  if (!facts) throw new Error(`unknown sampler: ${name}; one of ${SAMPLERS.map((sampler) => sampler.name).join(", ")}`);
  return facts;
}

/**
 * A sampler for one run.
 * @param nameOrClass "ddim", or diffusers' "DDIMScheduler"
 * @param config what `scheduler_config.json` holds; keys left out have the class's defaults in diffusers
 * @param numInferenceSteps 1 ... num_train_timesteps
 * @param options what diffusers passes to `step`
 */
export function createSampler(
  nameOrClass: string,
  config: SchedulerConfig,
  numInferenceSteps: number,
  options: SamplerOptions = {}
): Sampler {
  const facts = samplerNamed(nameOrClass, config);
  const full = fullConfig(config, facts.defaults);
  return facts.make(makeSchedule(full), full, numInferenceSteps, options);
}
