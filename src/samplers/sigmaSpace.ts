/**
 * Sigma space (Karras et al. 2022, arXiv:2206.00364): the carried sample is x0 + sigma eps, and a run is a path along
 * falling sigmas. What Euler, Euler ancestral, Heun and LMS share.
 */
import {linspace, sigmaOf, type Schedule} from "../schedule.js";
import type {FullConfig} from "../schedulerConfig.js";
import {exponentialSigmas, karrasSigmas, sigmaAt, timestepOf} from "../sigmas.js";
import {combine, type Tensor} from "../tensor.js";
import {fractionalTimesteps} from "../timesteps.js";
import type {Levels, Space} from "./sampler.js";

export interface SigmaPath {
  readonly timesteps: readonly number[];
  /** float32, one more than timesteps: the last is where the run ends. */
  readonly sigmas: Float32Array;
}

/** diffusers' `set_timesteps`: one sigma a step and 0, or what `final_sigmas_type` says, at the end. */
export function sigmaPath(schedule: Schedule, config: FullConfig, count: number): SigmaPath {
  refuseUnbuilt(config);
  const training = trainingSigmas(schedule, config);
  const timesteps = fractionalTimesteps(count, config);
  const plain = interpolated(timesteps, training, config);
  const sigmas = respaced(plain, config, count);
  const logs = training.map(Math.log);
  return {
    timesteps: sigmas === plain ? timesteps : sigmas.map((sigma) => Math.fround(timestepOf(sigma, logs))),
    sigmas: Float32Array.from([...sigmas, lastSigma(training, config)])
  };
}

function interpolated(timesteps: number[], training: Float32Array, {interpolation_type: type}: FullConfig): number[] {
  if (type === "linear") return timesteps.map((t) => sigmaAt(t, training));
  if (type !== "log_linear") throw new Error(`unknown interpolation_type: ${type}; one of linear, log_linear`);
  // Here the smallest sigma of training is a step of its own before the end.
  const [first, last] = [training[training.length - 1], training[0]].map(Math.log);
  return Array.from(linspace(first, last, timesteps.length + 1), Math.exp);
}

/** The sigmas of t = 0 ... T-1; the infinite one of a schedule that ends in pure noise is held at 4096. */
export function trainingSigmas({sigmas}: Schedule, config: FullConfig): Float32Array {
  const held = sigmas.slice();
  if (config.rescale_betas_zero_snr) held[held.length - 1] = sigmaOf(2 ** -24);
  return held;
}

/** As many sigmas in Karras's or exponential spacing, from the first of the given to the last; or the given. */
export function respaced(sigmas: number[], config: FullConfig, count: number): number[] {
  const range = {min: config.sigma_min ?? sigmas[sigmas.length - 1], max: config.sigma_max ?? sigmas[0]};
  if (config.use_karras_sigmas) return karrasSigmas(range, count);
  if (config.use_exponential_sigmas) return exponentialSigmas(range, count);
  return sigmas;
}

export function lastSigma(training: Float32Array, {final_sigmas_type: type}: FullConfig): number {
  if (type === "zero") return 0;
  if (type === "sigma_min") return training[0];
  throw new Error(`unknown final_sigmas_type: ${type}; one of zero, sigma_min`);
}

/** @throws when the configuration asks for what is not built here */
export function refuseUnbuilt(config: FullConfig): void {
  const spacings = ["use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas"] as const;
  if (spacings.filter((key) => config[key]).length > 1) throw new Error(`choose one of ${spacings.join(", ")}`);
  for (const key of ["use_beta_sigmas", "use_flow_sigmas"] as const) {
    if (config[key]) throw new Error(`${key} is not built: set it to false in scheduler_config.json`);
  }
}

/** What a sampler in sigma space says beside its step. */
export function sigmaSpace(sigmas: Float32Array, config: FullConfig) {
  const largest = sigmas.reduce((most, sigma) => Math.max(most, sigma), 0);
  const space: Space = "sigma";
  return {
    space,
    initNoiseSigma: config.timestep_spacing === "leading" ? Math.sqrt(largest ** 2 + 1) : largest,
    scaleModelInput: (sample: Tensor, index: number): Tensor =>
      combine([1 / Math.sqrt(sigmas[index] ** 2 + 1), sample]),
    alphas: (index: number): Levels => ({
      alpha: 1 / (1 + sigmas[index] ** 2),
      prevAlpha: 1 / (1 + sigmas[index + 1] ** 2)
    })
  };
}

/** The clean sample from a sample at `sigma` and the raw output. The output was asked of sample / sqrt(sigma^2 + 1). */
export function x0At(sigma: number, output: Tensor, sample: Tensor, type: string): Tensor {
  switch (type) {
    case "epsilon":
      // At a large sigma these nearly cancel: rounding the product, as float32 does, is what makes the numbers diffusers'.
      return {data: sample.data.map((x, i) => x - Math.fround(sigma * output.data[i])), dims: sample.dims};
    case "sample":
    case "original_sample":
      return output;
    case "v_prediction":
      return combine([-sigma / Math.sqrt(sigma ** 2 + 1), output], [1 / (sigma ** 2 + 1), sample]);
    default:
      throw new Error(`unknown prediction_type: ${type}; one of epsilon, v_prediction, sample`);
  }
}

/** dx / dsigma, which points along the noise (Karras, eq. 3 with s(t) = 1 and sigma(t) = t). */
export const derivativeAt = (sigma: number, sample: Tensor, x0: Tensor): Tensor => ({
  data: sample.data.map((x, i) => Math.fround(x - x0.data[i]) / sigma),
  dims: sample.dims
});
