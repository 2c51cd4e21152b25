/**
 * The path of the solvers that work in lambda = log(alpha / sigma), half the log-SNR (Lu et al. 2022, arXiv:2206.00927,
 * section 3): DPM-Solver++ and UniPC. They carry the variance-preserving sample.
 */
import type {Schedule} from "../schedule.js";
import type {FullConfig} from "../schedulerConfig.js";
import {exponentialSigmas, sigmaAt, timestepOf} from "../sigmas.js";
import type {Tensor} from "../tensor.js";
import {roundHalfEven, solverTimesteps} from "../timesteps.js";
import {predictionOf, thresholded, type Prediction} from "./prediction.js";
import type {Levels} from "./sampler.js";
import {lastSigma, refuseUnbuilt, respaced, trainingSigmas} from "./sigmaSpace.js";

/** One point of the path: the sample there is alpha x0 + sigma eps, alpha^2 + sigma^2 = 1. */
export interface Point {
  readonly alpha: number;
  readonly sigma: number;
  /** log(alpha / sigma); infinite at the clean end. */
  readonly lambda: number;
}

export interface SolverPath {
  readonly timesteps: readonly number[];
  /** One more than timesteps: the last is where the run ends. */
  readonly points: readonly Point[];
}

/** UniPC rounds Karras's timesteps always, and ends respaced runs at their own smallest sigma. */
export function solverPath(schedule: Schedule, config: FullConfig, count: number, {uniPc = false} = {}): SolverPath {
  refuseUnbuilt(config);
  const training = trainingSigmas(schedule, config);
  const timesteps = solverTimesteps(count, config, firstTimestep(training, config));
  const range = [training[training.length - 1], training[0]];
  const spaced = config.use_lu_lambdas ? evenInLambda(range, count) : respaced(range, config, count);
  if (spaced === range)
    return pathOf(timesteps, [...timesteps.map((t) => sigmaAt(t, training)), lastSigma(training, config)]);

  const rounded = config.use_exponential_sigmas ? false : uniPc || config.beta_schedule !== "squaredcos_cap_v2";
  const logs = training.map(Math.log);
  const whole = spaced.map((sigma) => (rounded ? roundHalfEven : Math.trunc)(timestepOf(sigma, logs)));
  const end = lastSigma(training, config);
  return pathOf(whole, [...spaced, uniPc && end > 0 ? spaced[spaced.length - 1] : end]);
}

const evenInLambda = ([max, min]: readonly number[], count: number): number[] => exponentialSigmas({min, max}, count);

const pathOf = (timesteps: readonly number[], sigmas: readonly number[]): SolverPath => ({
  timesteps,
  points: sigmas.map(Math.fround).map((ratio) => {
    const alpha = 1 / Math.sqrt(ratio ** 2 + 1);
    return {alpha, sigma: ratio * alpha, lambda: -Math.log(ratio)};
  })
});

/** One above the noisiest timestep that `lambda_min_clipped` allows. */
function firstTimestep(sigmas: Float32Array, {lambda_min_clipped: least}: FullConfig): number {
  return sigmas.filter((sigma) => -Math.log(sigma) >= (least ?? -Infinity)).length;
}

export const levelsOf = (points: readonly Point[], index: number): Levels => ({
  alpha: points[index].alpha ** 2,
  prevAlpha: points[index + 1].alpha ** 2
});

/** What the model predicts at a point; thresholding changes the clean sample, and with it the noise. */
export function solverPrediction(output: Tensor, sample: Tensor, point: Point, config: FullConfig): Prediction {
  const alpha = point.alpha ** 2;
  // A model with a learned variance has it in further channels, which these solvers pass over.
  const raw = predictionOf(firstChannels(output, sample), sample, alpha, config.prediction_type);
  if (!config.thresholding) return raw;
  const x0 = thresholded(raw.x0, config);
  return {x0, eps: predictionOf(x0, sample, alpha, "sample").eps};
}

function firstChannels({data, dims}: Tensor, {data: {length}, dims: wanted}: Tensor): Tensor {
  if (dims[1] === wanted[1]) return {data, dims};
  const [row, kept] = [data.length / dims[0], length / wanted[0]];
  return {data: data.filter((_, i) => i % row < kept), dims: wanted};
}
