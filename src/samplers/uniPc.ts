// UniPC: a Unified Predictor-Corrector Framework, Zhao et al. 2023, arXiv:2302.04867, algorithms 1 (UniC) and 2 (UniP), with
// B(h) as in section 3.4. Numbers agree with diffusers' UniPCMultistepScheduler.
import {combine, type Tensor} from "../tensor.js";
import {VARIANCE_PRESERVING, type SamplerFacts} from "./sampler.js";
import {levelsOf, solverPath, solverPrediction, type Point} from "./solverPath.js";

interface State {
  /** Newest first, at most `solver_order`. */
  readonly predictions: readonly Tensor[];
  /** Where the last step began, after its correction. */
  readonly sample: Tensor;
  readonly order: number;
}

/** Each UNet call serves twice: it corrects the step that led here, and predicts the next. */
export const uniPc: SamplerFacts = {
  name: "unipc",
  className: "UniPCMultistepScheduler",
  title: "UniPC",
  paper: "arXiv:2302.04867",
  order: 3,
  callsPerStep: 1,
  noise: "never",
  weights: [3 / 2, -1 / 2],
  defaults: {
    ...{timestep_spacing: "linspace", rescale_betas_zero_snr: false, final_sigmas_type: "zero"},
    ...{solver_order: 2, solver_type: "bh2", lower_order_final: true, predict_x0: true, disable_corrector: []},
    ...{thresholding: false, dynamic_thresholding_ratio: 0.995, sample_max_value: 1},
    ...{use_karras_sigmas: false, use_exponential_sigmas: false, use_beta_sigmas: false, use_flow_sigmas: false},
    ...{sigma_min: null, sigma_max: null}
  },
  make(schedule, config, count) {
    const {timesteps, points} = solverPath(schedule, config, count, {uniPc: true});
    const {solver_order: most, predict_x0: ofData, disable_corrector: uncorrected} = config;
    const solver = {ofData, linear: config.solver_type === "bh1"};
    const limits = {...config, thresholding: config.thresholding && ofData}; // in noise diffusers has no threshold here
    if (!["bh1", "bh2", "midpoint", "heun", "logrho"].includes(config.solver_type)) {
      throw new Error(`unknown solver_type: ${config.solver_type}; one of bh1, bh2`);
    }

    return {
      ...VARIANCE_PRESERVING,
      name: "unipc",
      timesteps,
      needsNoise: () => false,
      alphas: (index) => levelsOf(points, index),
      step({modelOutput, index, sample: given, state}) {
        const last = state as State | null;
        const here = points[index];
        const told = solverPrediction(modelOutput, given, here, limits);
        const prediction = ofData ? told.x0 : told.eps;
        const correction =
          last && !uncorrected.includes(index - 1)
            ? sharesOf(points, index - 1, {...solver, order: last.order, corrects: true})
            : null;
        const sample = correction && last ? applied(correction, last.sample, last.predictions, prediction) : given;

        const earlier = last?.predictions ?? [];
        const predictions = [prediction, ...earlier].slice(0, most);
        const wanted = config.lower_order_final ? Math.min(most, timesteps.length - index) : most;
        const order = Math.min(wanted, earlier.length + 1);
        const shares = sharesOf(points, index, {...solver, order, corrects: false});
        const prev = applied(shares, sample, predictions);

        // Where the sample is corrected, this prediction works through the correction too, and nothing else of it is new.
        const own = shares.earlier[0] + (correction ? shares.sample * correction.newest : 0);
        const carried = correction ? {alpha: 0, sigma: 0} : here;
        const coefficients = {
          x0: shares.sample * carried.alpha + (ofData ? own : 0),
          eps: shares.sample * carried.sigma + (ofData ? 0 : own),
          noise: 0
        };
        const of = ofData ? "x0" : "eps";
        const through = (i: number): number => (correction ? shares.sample * (correction.earlier[i] ?? 0) : 0);
        const remembered = earlier.map(
          (value, i) => ({of, share: (shares.earlier[i + 1] ?? 0) + through(i), value}) as const
        );
        const begun = correction && last ? shares.sample * correction.sample : 0;
        return {
          ...{prev, x0: told.x0, state: {predictions, sample, order}, coefficients},
          remembered: begun && last ? [{of: "sample", share: begun, value: last.sample}, ...remembered] : remembered
        };
      }
    };
  }
};

/** Shares of a step's result. */
interface Shares {
  readonly sample: number;
  /** Of the predictions up to the step's beginning, newest first. */
  readonly earlier: readonly number[];
  /** Of the prediction at the step's end, which only a correction knows. */
  readonly newest: number;
}

const applied = (shares: Shares, sample: Tensor, earlier: readonly Tensor[], newest: Tensor | null = null): Tensor =>
  combine([shares.sample, sample], ...shares.earlier.map((weight, i) => [weight, earlier[i]] as const), [
    shares.newest,
    newest
  ]);

/** Eq. 3 (UniC, where `corrects`) and 8 (UniP) for the step that begins at point `index`. */
function sharesOf(
  points: readonly Point[],
  index: number,
  {order, corrects, ofData, linear}: {order: number; corrects: boolean; ofData: boolean; linear: boolean}
): Shares {
  const [from, to] = [points[index], points[index + 1]];
  const h = to.lambda - from.lambda;
  const step = ofData ? -h : h;
  const bound = linear ? step : Math.expm1(step); // B(h)
  const [scale, sample] = ofData ? [to.alpha, to.sigma / from.sigma] : [to.sigma, to.alpha / from.alpha];
  // r_k: the other predictions' places, in steps from this one's beginning.
  const places = Array.from({length: order - 1}, (_, i) => (points[index - 1 - i].lambda - from.lambda) / h);
  if (corrects) places.push(1);
  const slopes = weightsOfSlopes(places, step, bound).map((weight, k) => (-scale * bound * weight) / places[k]);
  const newest = corrects ? (slopes.pop() ?? 0) : 0;
  const first = -scale * Math.expm1(step) - newest - slopes.reduce((sum, slope) => sum + slope, 0);
  return {sample, earlier: [first, ...slopes], newest};
}

/** a_k of theorem 3.1: sum over k of a_k r_k^(i - 1) = i! phi_{i+1}(h) / B(h). One alone is 1/2, whatever h. */
function weightsOfSlopes(places: readonly number[], step: number, bound: number): number[] {
  if (places.length < 2) return places.map(() => 1 / 2);
  const wanted: number[] = [];
  let phi = Math.expm1(step) / step - 1;
  for (let i = 1, factorial = 1; i <= places.length; i++) {
    wanted.push((phi * factorial) / bound);
    factorial *= i + 1;
    phi = phi / step - 1 / factorial;
  }
  return solved(
    wanted.map((_, i) => places.map((place) => place ** i)),
    wanted
  );
}

/** The solution of a small linear system, by elimination; powers of distinct places need no pivots. */
function solved(matrix: readonly (readonly number[])[], wanted: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, wanted[i]]);
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const factor = rows[j][i] / rows[i][i];
      rows[j] = rows[j].map((value, k) => value - factor * rows[i][k]);
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}
