/** Multistep exponential integrators: what DPM-Solver++ and its SDE form share (Lu et al. 2022, arXiv:2211.01095). */
import type {Schedule} from "../schedule.js";
import type {FullConfig} from "../schedulerConfig.js";
import {combine, type Tensor} from "../tensor.js";
import {VARIANCE_PRESERVING, type Sampler} from "./sampler.js";
import {levelsOf, solverPath, solverPrediction, type Point} from "./solverPath.js";

/** A step over h in lambda: its shares of the sample, of the prediction's derivatives 0, 1 and 2, and of fresh noise. */
export type Update = (
  from: Point,
  to: Point,
  h: number
) => {
  readonly sample: number;
  readonly derivatives: readonly [number, number, number];
  readonly noise: number;
};

interface Solver {
  readonly name: string;
  /** Whether the noise is extrapolated, in place of the clean sample. */
  readonly ofNoise: boolean;
  readonly update: Update;
}

export const SOLVER_DEFAULTS = {
  ...{timestep_spacing: "linspace", rescale_betas_zero_snr: false},
  ...{solver_order: 2, solver_type: "midpoint", algorithm_type: "dpmsolver++"},
  ...{lower_order_final: true, euler_at_final: false, final_sigmas_type: "zero", lambda_min_clipped: null},
  ...{thresholding: false, dynamic_thresholding_ratio: 0.995, sample_max_value: 1},
  ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_lu_lambdas: false},
  ...{use_beta_sigmas: false, use_flow_sigmas: false}
};

const ALGORITHMS = ["dpmsolver++", "dpmsolver", "sde-dpmsolver++", "sde-dpmsolver", "deis"];

export function multistep(
  {name, ofNoise, update}: Solver,
  schedule: Schedule,
  config: FullConfig,
  count: number
): Sampler {
  refuseUnknown(config, ofNoise);
  const {timesteps, points} = solverPath(schedule, config, count);

  return {
    ...VARIANCE_PRESERVING,
    name,
    timesteps,
    needsNoise: () => name.endsWith("-sde"), // at the last step too, where its share is 0, as in diffusers
    alphas: (index) => levelsOf(points, index),
    step({modelOutput, index, sample, noise, state}) {
      const [from, to] = [points[index], points[index + 1]];
      const {x0, eps} = solverPrediction(modelOutput, sample, from, config);
      const earlier = (state as Tensor[] | null) ?? [];
      const predictions = [ofNoise ? eps : x0, ...earlier].slice(0, config.solver_order); // newest first
      const share = update(from, to, to.lambda - from.lambda);
      const order = orderAt(index, timesteps.length, earlier.length, config);
      const weights = weightsOf(order, points, index, share.derivatives, config);
      const prev = combine([share.sample, sample], ...weights.map((weight, i) => [weight, predictions[i]] as const), [
        share.noise,
        noise
      ]);
      const coefficients = {
        x0: share.sample * from.alpha + (ofNoise ? 0 : weights[0]),
        eps: share.sample * from.sigma + (ofNoise ? weights[0] : 0),
        noise: share.noise
      };
      const of = ofNoise ? "eps" : "x0";
      const remembered = weights.map((weight, i) => ({of, share: weight, value: predictions[i]}) as const).slice(1);
      return {prev, x0, state: predictions, coefficients, remembered};
    }
  };
}

/** The first steps lack earlier predictions; the last ones, of a short run or to sigma 0, are safer without them. */
function orderAt(index: number, count: number, earlier: number, config: FullConfig): number {
  const short = config.lower_order_final && count < 15;
  const atEnd = config.euler_at_final || short || config.final_sigmas_type === "zero";
  if (index === count - 1 && atEnd) return 1;
  const most = index === count - 2 && short ? 2 : 3;
  return Math.min(config.solver_order, earlier + 1, most);
}

/** The derivatives are finite differences of the last predictions: the weight of each, newest first. */
function weightsOf(
  order: number,
  points: readonly Point[],
  index: number,
  [zeroth, first, second]: readonly [number, number, number],
  {solver_type: type}: FullConfig
): number[] {
  if (order === 1) return [zeroth];
  const gap = (i: number): number => points[i + 1].lambda - points[i].lambda;
  const h = gap(index);
  const r0 = gap(index - 1) / h;
  if (order === 2) {
    const weight = (type === "heun" ? first : zeroth / 2) / r0;
    return [zeroth + weight, -weight];
  }
  const r1 = gap(index - 2) / h;
  const newer = (first * (1 + r0 / (r0 + r1)) + second / (r0 + r1)) / r0;
  const older = (first * r0 + second) / (r0 + r1) / r1;
  return [zeroth + newer, -newer - older, older];
}

function refuseUnknown(config: FullConfig, ofNoise: boolean): void {
  const {algorithm_type: algorithm, solver_type: type, solver_order: order, final_sigmas_type: final} = config;
  if (!ALGORITHMS.includes(algorithm)) {
    throw new Error(`unknown algorithm_type: ${algorithm}; one of ${ALGORITHMS.join(", ")}`);
  }
  if (!["midpoint", "heun", "logrho", "bh1", "bh2"].includes(type)) {
    throw new Error(`unknown solver_type: ${type}; one of midpoint, heun`);
  }
  if (![1, 2, 3].includes(order)) throw new Error(`solver_order ${order}: give 1, 2 or 3`);
  if (ofNoise && final === "zero") {
    throw new Error(`algorithm_type ${algorithm} cannot end at sigma 0; set final_sigmas_type to sigma_min`);
  }
}
