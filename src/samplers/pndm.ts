// Pseudo Numerical Methods for Diffusion Models on Manifolds, Liu et al. 2022, arXiv:2202.09778: the transfer part is
// equation 9 (11 in the published version), the linear multistep (PLMS) equation 12, the Runge-Kutta start equation 13.
// Numbers agree with diffusers' PNDMScheduler.
import {spacedTimesteps} from "../timesteps.js";
import {combine, type Tensor} from "../tensor.js";
import {predictionOf} from "./prediction.js";
import {alphaBar, VARIANCE_PRESERVING, type Remembered, type SamplerFacts} from "./sampler.js";

/** Adams-Bashforth: the weights of the newest 1 ... 4 outputs, newest first. */
const ADAMS_BASHFORTH = [[1], [3 / 2, -1 / 2], [23 / 12, -16 / 12, 5 / 12], [55 / 24, -59 / 24, 37 / 24, -9 / 24]];
const RUNGE_KUTTA = [1 / 6, 1 / 3, 1 / 3, 1 / 6];

interface State {
  /** Outputs of the last steps, newest first. */
  readonly outputs: readonly Tensor[];
  /** Where the step under way began, for the calls that start there again. */
  readonly base: Tensor | null;
  /** Runge-Kutta: the weighted sum of this step's outputs so far. */
  readonly sum: Tensor | null;
}

/** One call's work: from `base` at timestep `from` to timestep `to` along `output`, in which the newest weighs `weight`. */
interface Move {
  readonly base: Tensor;
  readonly from: number;
  readonly to: number;
  readonly output: Tensor;
  readonly weight: number;
  /** The earlier outputs in `output`, with their weights. */
  readonly earlier: readonly (readonly [number, Tensor])[];
  readonly state: State;
}

export const pndm: SamplerFacts = {
  name: "pndm",
  className: "PNDMScheduler",
  title: "PNDM",
  paper: "arXiv:2202.09778",
  order: 4,
  callsPerStep: 1,
  noise: "never",
  weights: ADAMS_BASHFORTH[3],
  defaults: {skip_prk_steps: false, set_alpha_to_one: false},
  make(schedule, config, count) {
    if (!["epsilon", "v_prediction"].includes(config.prediction_type)) {
      throw new Error(`pndm knows no prediction_type ${config.prediction_type}; one of epsilon, v_prediction`);
    }
    const spaced = spacedTimesteps(count, config);
    const jump = Math.floor(config.num_train_timesteps / count);
    const start = config.skip_prk_steps ? [] : rungeKuttaTimesteps(spaced, jump);
    const timesteps = config.skip_prk_steps ? firstTwice(spaced) : [...start, ...spaced.slice(3)];
    const last = config.set_alpha_to_one ? 1 : schedule.alphasCumprod[0];
    const ofNoise = config.prediction_type === "epsilon"; // outputs of v are no noises, and are not told apart
    const alphaAt = (t: number): number => (t >= 0 ? alphaBar(schedule, t) : last);

    /** Eq. 9: from one level to another along a noise. Its shares of the sample and of the noise. */
    const transfer = (from: number, to: number) => {
      const [alpha, prevAlpha] = [alphaAt(from), alphaAt(to)];
      const divisor = alpha * Math.sqrt(1 - prevAlpha) + Math.sqrt(alpha * (1 - alpha) * prevAlpha);
      return {sample: Math.sqrt(prevAlpha / alpha), eps: (alpha - prevAlpha) / divisor};
    };

    const moveOf = (output: Tensor, index: number, sample: Tensor, before: State | null): Move => {
      const state = before ?? {outputs: [], base: null, sum: null};
      const t = timesteps[index];
      const again = index < start.length ? index % 4 > 0 : start.length === 0 && index === 1;
      // A run that begins here cannot start the step again: it goes plainly to the next call's place.
      if (again && !state.base)
        return {base: sample, from: t, to: timesteps[index + 1], output, weight: 1, earlier: [], state};
      if (index < start.length) {
        const turn = index % 4;
        return rungeKutta(output, sample, state, {turn, from: start[index - turn], to: turn % 2 ? t : t - (jump >> 1)});
      }
      return again ? repeated(output, sample, state, {t, jump}) : multistep(output, sample, state, {t, jump});
    };

    const levels = timesteps.map((t, i) => {
      const skipped = start.length === 0 && i === 1;
      const to = i < start.length ? (i % 2 ? t : t - (jump >> 1)) : skipped ? t : t - jump;
      return {alpha: alphaBar(schedule, t), prevAlpha: alphaAt(to)};
    });

    return {
      ...VARIANCE_PRESERVING,
      name: "pndm",
      timesteps,
      needsNoise: () => false,
      alphas: (index) => levels[index],
      step({modelOutput, index, sample, state: before}) {
        const move = moveOf(modelOutput, index, sample, before as State | null);
        const {base, from, to, output, weight, state} = move;
        const share = transfer(from, to);
        const alpha = alphaAt(from);
        const eps = predictionOf(output, base, alpha, config.prediction_type).eps;
        const prev = combine([share.sample, base], [share.eps, eps]);
        const {x0} = predictionOf(modelOutput, sample, levels[index].alpha, config.prediction_type);
        // Where the step starts from this call's own sample, that is sqrt(alpha-bar) x0 + sqrt(1 - alpha-bar) eps.
        const own = base === sample ? share.sample : 0;
        const coefficients = {
          x0: own * Math.sqrt(alpha),
          eps: own * Math.sqrt(1 - alpha) + share.eps * weight,
          noise: 0
        };
        return {prev, x0, state, coefficients, ...(ofNoise && {remembered: rememberedOf(move, sample, share)})};
      }
    };
  }
};

/** What a move takes from before this call: the place it starts from again, and earlier outputs. */
function rememberedOf(
  {base, earlier}: Move,
  sample: Tensor,
  share: {readonly sample: number; readonly eps: number}
): Remembered[] {
  const begun = base === sample ? [] : [{of: "sample", share: share.sample, value: base} as const];
  return [...begun, ...earlier.map(([weight, value]) => ({of: "eps", share: share.eps * weight, value}) as const)];
}

/** Four calls a step (eq. 13): at its beginning, twice at its middle, at its end; each starts again from the beginning. */
function rungeKutta(
  output: Tensor,
  sample: Tensor,
  {outputs, base, sum}: State,
  {turn, from, to}: {turn: number; from: number; to: number}
): Move {
  const total = combine([1, sum], [RUNGE_KUTTA[turn], output]);
  const begun = base ?? sample;
  const kept = turn === 0 ? [output, ...outputs].slice(0, 4) : outputs;
  const move = {base: begun, from, to};
  if (turn < 3) return {...move, output, weight: 1, earlier: [], state: {outputs: kept, base: begun, sum: total}};
  const state = {outputs: kept, base: null, sum: null};
  return {...move, output: total, weight: RUNGE_KUTTA[3], earlier: sum ? [[1, sum]] : [], state};
}

/** One call a step (eq. 12). */
function multistep(output: Tensor, sample: Tensor, {outputs}: State, {t, jump}: {t: number; jump: number}): Move {
  const kept = [output, ...outputs].slice(0, 4);
  const weights = ADAMS_BASHFORTH[kept.length - 1];
  const mixed = combine(...kept.map((earlier, i) => [weights[i], earlier] as const));
  // The first call of all is repeated from the same place.
  const state = {outputs: kept, base: outputs.length === 0 ? sample : null, sum: null};
  const earlier = outputs.slice(0, 3).map((value, i) => [weights[i + 1], value] as const);
  return {base: sample, from: t, to: t - jump, output: mixed, weight: weights[0], earlier, state};
}

/** Without Runge-Kutta the second call repeats the first step with the mean of both outputs. */
function repeated(output: Tensor, sample: Tensor, {outputs, base}: State, {t, jump}: {t: number; jump: number}): Move {
  const mean = combine([1 / 2, output], [1 / 2, outputs[0]]);
  const state = {outputs, base: null, sum: null};
  const earlier = [[1 / 2, outputs[0]]] as const;
  return {base: base ?? sample, from: t + jump, to: t, output: mean, weight: 1 / 2, earlier, state};
}

/** 12 calls for the first three steps: begin, middle, middle, end of each. */
function rungeKuttaTimesteps(spaced: readonly number[], jump: number): number[] {
  if (spaced.length < 4) {
    throw new Error(`pndm's Runge-Kutta start needs 4 steps, not ${spaced.length}; take more, or set skip_prk_steps`);
  }
  return [0, 1, 2].flatMap((i) => {
    const middle = spaced[i + 1] + (jump >> 1);
    return [spaced[i], middle, middle, spaced[i + 1]];
  });
}

const firstTwice = ([first, second, ...rest]: readonly number[]): number[] =>
  second === undefined ? [first] : [first, second, second, ...rest];
