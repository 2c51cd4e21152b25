/** What a sampler is: facts for the registry and the pages, and for one run its tables and a pure step. */
import type {Schedule} from "../schedule.js";
import type {FullConfig, SchedulerConfig} from "../schedulerConfig.js";
import type {Tensor} from "../tensor.js";

/** What diffusers passes to `step` beside the tensors, by its names. */
export interface SamplerOptions {
  /** DDIM: 0 is deterministic, 1 has DDPM's variance. */
  readonly eta?: number;
  /** DDIM: whether the noise is told again from the clipped x0. */
  readonly use_clipped_model_output?: boolean;
  /** Euler: how much noise is put back before each step, between sigma `s_tmin` and `s_tmax`, `s_noise` times as strong. */
  readonly s_churn?: number;
  readonly s_tmin?: number;
  readonly s_tmax?: number;
  readonly s_noise?: number;
  /** LMS: how many predictions are mixed, 1 ... 4. */
  readonly order?: number;
}

export interface StepInput {
  /** The raw output of the model, after guidance. */
  readonly modelOutput: Tensor;
  /** Position in `timesteps`, counting up from 0. */
  readonly index: number;
  /** What the sampler carries, before `scaleModelInput`. */
  readonly sample: Tensor;
  /** Unit normal noise, where `needsNoise(index)`. */
  readonly noise: Tensor | null;
  /** What the last step returned; null before the first. */
  readonly state: unknown;
}

export interface StepOutput {
  readonly prev: Tensor;
  /** The clean sample as this step predicts it. */
  readonly x0: Tensor;
  /** Goes into the next step; structured-cloneable. */
  readonly state: unknown;
  readonly coefficients: Coefficients;
  /** What is left: the sum of share times value. Left out where a sampler remembers nothing. */
  readonly remembered?: readonly Remembered[];
}

/** Something of an earlier call that goes into a step, and its share: an earlier eps or x0, or a sample that the step goes back to. */
export interface Remembered {
  readonly of: "eps" | "x0" | "sample";
  readonly share: number;
  readonly value: Tensor;
}

/**
 * Shares of a step's result: prev = x0 * (predicted x0) + eps * (predicted eps) + noise * (fresh noise), and what is
 * left is the work of earlier predictions.
 */
export interface Coefficients {
  readonly x0: number;
  readonly eps: number;
  readonly noise: number;
}

/** alpha-bar of the sample before a step and after it. */
export interface Levels {
  readonly alpha: number;
  readonly prevAlpha: number;
}

/**
 * How the carried sample is scaled: "variance-preserving" is sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps, "sigma" is
 * x0 + sigma eps, larger by sqrt(1 + sigma^2).
 */
export type Space = "variance-preserving" | "sigma";

/** A sampler for one run: tables made once, steps pure. */
export interface Sampler {
  readonly name: string;
  /** diffusers' `scheduler.timesteps` after `set_timesteps`, one entry a UNet call. */
  readonly timesteps: readonly number[];
  /** Unit normal noise times this is where a run begins. */
  readonly initNoiseSigma: number;
  readonly space: Space;
  /** The sample in variance-preserving scale, as the UNet takes it. */
  scaleModelInput(sample: Tensor, index: number): Tensor;
  needsNoise(index: number): boolean;
  alphas(index: number): Levels;
  step(input: StepInput): StepOutput;
}

export interface SamplerFacts {
  /** Short name, as on the command line and in links. */
  readonly name: string;
  /** diffusers' class. */
  readonly className: string;
  readonly title: string;
  readonly paper: string;
  /** Order of accuracy: with half as long steps, a run's error shrinks about 2^order times. */
  readonly order: number;
  /** UNet calls a step, once the run is under way. */
  readonly callsPerStep: number;
  /** Whether fresh noise is added: never, always, or where an option asks for it. */
  readonly noise: "never" | "optional" | "always";
  /** The weights that a step gives to this prediction and to those before it, newest first, where steps are even. */
  readonly weights: readonly number[];
  /** Keys of `scheduler_config.json` that this class knows beyond the common ones, and their defaults. */
  readonly defaults: SchedulerConfig;
  /** Where one class of diffusers is several samplers: whether a configuration means this one. */
  fits?(config: SchedulerConfig): boolean;
  make(schedule: Schedule, config: FullConfig, numInferenceSteps: number, options: SamplerOptions): Sampler;
}

/** What all samplers have in common that carry the variance-preserving sample. */
export const VARIANCE_PRESERVING = {
  initNoiseSigma: 1,
  space: "variance-preserving",
  scaleModelInput: (sample: Tensor) => sample
} as const;

/**
 * alpha-bar of a whole timestep.
 * @throws when it is beyond training's
 */
export function alphaBar({alphasCumprod}: Schedule, timestep: number): number {
  const alpha = alphasCumprod.at(timestep); // -1 is the last, as in Python: numpy's trailing spacing may end there
  if (alpha !== undefined) return alpha;
  const last = alphasCumprod.length - 1;
  throw new Error(`timestep ${timestep} is beyond the last of training, ${last}; take fewer steps, or steps_offset 0`);
}
