import type {PredictionType, Schedule, SchedulerConfig} from "../schedule.js";
import {combine, type Tensor} from "../tensor.js";

/** What diffusers passes to `step` beside the tensors. */
export interface SamplerOptions {
  /** DDIM only: 0 is deterministic, 1 has DDPM's variance. */
  readonly eta?: number;
}

export interface StepInput {
  /** The raw output of the model, after guidance. */
  readonly modelOutput: Tensor;
  /** Step index, counting up from 0. */
  readonly index: number;
  readonly sample: Tensor;
  /** Unit normal noise, where `needsNoise(index)`. */
  readonly noise: Tensor | null;
  /** What the last step returned; null before the first. */
  readonly state: unknown;
}

export interface StepOutput {
  readonly prev: Tensor;
  readonly x0: Tensor;
  readonly state: unknown;
}

/** Shares of a step's result: prev = x0 * (predicted x0) + eps * (predicted eps) + noise * (fresh noise). */
export interface Coefficients {
  readonly x0: number;
  readonly eps: number;
  readonly noise: number;
}

/** A sampler for one run: tables made once, steps pure. */
export interface Sampler {
  readonly name: string;
  /** diffusers' `scheduler.timesteps` after `set_timesteps`, one entry a UNet call. */
  readonly timesteps: readonly number[];
  /** Unit normal noise times this is where a run begins. */
  readonly initNoiseSigma: number;
  scaleModelInput(sample: Tensor, index: number): Tensor;
  needsNoise(index: number): boolean;
  step(input: StepInput): StepOutput;
  coefficients(index: number): Coefficients;
  /** alpha-bar at this step and at the one it leads to. */
  alphas(index: number): {readonly alpha: number; readonly prevAlpha: number};
}

export interface SamplerFacts {
  /** Short name, as on the command line and in links. */
  readonly name: string;
  readonly className: string;
  readonly title: string;
  readonly paper: string;
  make(schedule: Schedule, config: SchedulerConfig, numInferenceSteps: number, options: SamplerOptions): Sampler;
}

export interface Prediction {
  readonly x0: Tensor;
  readonly eps: Tensor;
}

/**
 * The clean sample and the noise that a model's output stands for, given alpha-bar.
 * v is Salimans and Ho 2022, arXiv:2202.00512, appendix D.
 * @throws when the prediction type is unknown
 */
export function predictionOf(output: Tensor, sample: Tensor, alpha: number, type: string = "epsilon"): Prediction {
  const [a, b] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
  switch (type as PredictionType) {
    case "epsilon":
      return {x0: combine([1 / a, sample], [-b / a, output]), eps: output};
    case "sample":
      return {x0: output, eps: combine([1 / b, sample], [-a / b, output])};
    case "v_prediction":
      return {x0: combine([a, sample], [-b, output]), eps: combine([a, output], [b, sample])};
    default:
      throw new Error(`unknown prediction_type: ${type}; one of epsilon, v_prediction, sample`);
  }
}

/** x0 within the range that the configuration allows (diffusers clips unless told not to). */
export function clipped(x0: Tensor, config: SchedulerConfig): Tensor {
  if (config.thresholding) throw new Error("thresholding is not built yet: set it to false in scheduler_config.json");
  if (!(config.clip_sample ?? true)) return x0;
  const range = config.clip_sample_range ?? 1;
  return {data: x0.data.map((value) => Math.min(range, Math.max(-range, value))), dims: x0.dims};
}
