/** Noise schedules as diffusers' schedulers read them from `scheduler_config.json`, rounded to float32 where they round. */
import type {SchedulerConfig} from "./schedulerConfig.js";

export type BetaSchedule = "linear" | "scaled_linear" | "squaredcos_cap_v2" | "sigmoid" | "laplace" | "exp";

/** Tables over t = 0 ... T-1, float32. */
export interface Schedule {
  /** T, the number of timesteps of training. */
  readonly numTrainTimesteps: number;
  readonly betas: Float32Array;
  /** 1 - beta */
  readonly alphas: Float32Array;
  /** alpha-bar, the running product of the alphas. */
  readonly alphasCumprod: Float32Array;
  /** sqrt((1 - alpha-bar) / alpha-bar), noise over signal. */
  readonly sigmas: Float32Array;
  /** alpha-bar / (1 - alpha-bar), the signal's power over the noise's. */
  readonly snr: Float32Array;
}

const f32 = Math.fround;

const BETAS: Record<BetaSchedule, (steps: number, start: number, end: number) => Float32Array> = {
  linear: (steps, start, end) => linspace(start, end, steps),
  // Stable Diffusion's: the square roots are spaced evenly.
  scaled_linear: (steps, start, end) => linspace(Math.sqrt(start), Math.sqrt(end), steps).map((root) => root * root),
  squaredcos_cap_v2: (steps) => cosineBetas(steps),
  // GeoDiff, Xu et al. 2022, arXiv:2203.02923.
  sigmoid: (steps, start, end) =>
    linspace(-6, 6, steps).map((x) => f32(f32(1 / (1 + Math.exp(-x))) * f32(end - start)) + f32(start)),
  // Hang et al. 2024, arXiv:2407.03297.
  laplace: (steps) => betasOf(laplaceAlphaBar, steps),
  exp: (steps) => betasOf((t) => Math.exp(-12 * t), steps)
};

/** @throws when `beta_schedule` is unknown */
export function makeSchedule(config: SchedulerConfig): Schedule {
  const {num_train_timesteps: steps = 1000, beta_start: start = 0.0001, beta_end: end = 0.02} = config;
  const make = BETAS[(config.beta_schedule ?? "linear") as BetaSchedule];
  if (!make) {
    throw new Error(`unknown beta_schedule: ${config.beta_schedule}; one of ${Object.keys(BETAS).join(", ")}`);
  }
  const given = config.trained_betas ? Float32Array.from(config.trained_betas) : make(steps, start, end);
  const betas = config.rescale_betas_zero_snr ? zeroTerminalSnr(given) : given;
  const alphas = betas.map((beta) => 1 - beta);
  const alphasCumprod = runningProduct(alphas);
  return {
    numTrainTimesteps: betas.length,
    ...{betas, alphas, alphasCumprod},
    sigmas: alphasCumprod.map(sigmaOf),
    snr: alphasCumprod.map((alpha) => alpha / f32(1 - alpha))
  };
}

/** alpha-bar -> sigma */
export const sigmaOf = (alpha: number): number => Math.sqrt(f32(f32(1 - alpha) / alpha));

/**
 * Betas whose last alpha-bar is 0, so that training ends in pure noise: sqrt(alpha-bar) is shifted to end at 0 and scaled
 * to begin where it began. Lin et al. 2023, arXiv:2305.08891, algorithm 1.
 */
function zeroTerminalSnr(betas: Float32Array): Float32Array {
  const roots = runningProduct(betas.map((beta) => 1 - beta)).map(Math.sqrt);
  const [first, last] = [roots[0], roots[roots.length - 1]];
  const scale = f32(first / f32(first - last));
  const alphaBars = roots.map((root) => f32(f32(root - last) * scale)).map((root) => root * root);
  return alphaBars.map((alpha, i) => 1 - f32(i === 0 ? alpha : alpha / alphaBars[i - 1]));
}

/** The cosine schedule with its own offset s. Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17. */
export function cosineBetas(steps: number, offset = 0.008): Float32Array {
  return betasOf((t) => Math.cos(((t + offset) / (1 + offset)) * (Math.PI / 2)) ** 2, steps);
}

/** The betas of a curve alpha-bar(t) over t in [0, 1], each at most 0.999. */
function betasOf(alphaBar: (t: number) => number, steps: number): Float32Array {
  return Float32Array.from({length: steps}, (_, i) =>
    Math.min(1 - alphaBar((i + 1) / steps) / alphaBar(i / steps), 0.999)
  );
}

function laplaceAlphaBar(t: number): number {
  const logSnr = -0.5 * Math.sign(0.5 - t || 1) * Math.log(1 - 2 * Math.abs(0.5 - t) + 1e-6);
  const snr = Math.exp(logSnr);
  return Math.sqrt(snr / (1 + snr));
}

/** The products are carried in float64 and stored in float32, as torch.cumprod does. */
function runningProduct(values: Float32Array): Float32Array {
  let product = 1;
  return values.map((value) => (product *= value));
}

/** torch.linspace: float32 steps from both ends to the middle. */
export function linspace(start: number, end: number, count: number): Float32Array {
  const [from, to] = [f32(start), f32(end)];
  const step = f32(f32(to - from) / (count - 1));
  return Float32Array.from({length: count}, (_, i) => (i < count >> 1 ? from + step * i : to - step * (count - i - 1)));
}
