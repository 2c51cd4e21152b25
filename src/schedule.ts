/** Noise schedules as diffusers' schedulers read them from `scheduler_config.json`. */

export type BetaSchedule = "linear" | "scaled_linear" | "squaredcos_cap_v2";
export type PredictionType = "epsilon" | "v_prediction" | "sample";
export type TimestepSpacing = "leading" | "linspace" | "trailing";

/** The keys of `scheduler_config.json` that are read; those left out have diffusers' defaults. */
export interface SchedulerConfig {
  readonly _class_name?: string;
  readonly num_train_timesteps?: number;
  readonly beta_start?: number;
  readonly beta_end?: number;
  readonly beta_schedule?: string;
  readonly trained_betas?: readonly number[] | null;
  readonly prediction_type?: string;
  readonly timestep_spacing?: string;
  readonly steps_offset?: number;
  readonly set_alpha_to_one?: boolean;
  readonly clip_sample?: boolean;
  readonly clip_sample_range?: number;
  readonly thresholding?: boolean;
  readonly variance_type?: string;
}

export interface Schedule {
  /** T, the number of timesteps of training. */
  readonly numTrainTimesteps: number;
  /** beta_t for t = 0 ... T-1. */
  readonly betas: Float32Array;
  /** alpha-bar_t, the running product of 1 - beta. */
  readonly alphasCumprod: Float32Array;
}

const BETAS: Record<BetaSchedule, (i: number, steps: number, start: number, end: number) => number> = {
  linear: (i, steps, start, end) => start + ((end - start) * i) / (steps - 1),
  // Stable Diffusion's: the square roots are spaced evenly.
  scaled_linear: (i, steps, start, end) =>
    (Math.sqrt(start) + ((Math.sqrt(end) - Math.sqrt(start)) * i) / (steps - 1)) ** 2,
  // Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17.
  squaredcos_cap_v2: (i, steps) => Math.min(1 - alphaBar((i + 1) / steps) / alphaBar(i / steps), 0.999)
};

const alphaBar = (t: number): number => Math.cos(((t + 0.008) / 1.008) * (Math.PI / 2)) ** 2;

/** @throws when `beta_schedule` is unknown */
export function makeSchedule(config: SchedulerConfig): Schedule {
  const {num_train_timesteps: steps = 1000, beta_start: start = 0.0001, beta_end: end = 0.02} = config;
  const beta = BETAS[(config.beta_schedule ?? "linear") as BetaSchedule];
  if (!beta) {
    throw new Error(`unknown beta_schedule: ${config.beta_schedule}; one of ${Object.keys(BETAS).join(", ")}`);
  }
  const betas = config.trained_betas
    ? Float32Array.from(config.trained_betas)
    : Float32Array.from({length: steps}, (_, i) => beta(i, steps, start, end));
  let product = 1;
  const alphasCumprod = betas.map((value) => (product *= Math.fround(1 - value)));
  return {numTrainTimesteps: betas.length, betas, alphasCumprod};
}

/**
 * The timesteps of a run, counting down: diffusers' `set_timesteps` of DDIM and DDPM.
 * @param count number of steps, 1 ... T
 * @throws when the count is out of range or the spacing unknown
 */
export function spacedTimesteps(
  count: number,
  config: SchedulerConfig,
  fallback: TimestepSpacing = "leading"
): number[] {
  const {num_train_timesteps: total = 1000, steps_offset: offset = 0, timestep_spacing: spacing = fallback} = config;
  if (!Number.isInteger(count) || count < 1 || count > total) {
    throw new Error(`${count} steps cannot be made of ${total} timesteps; give a whole number of 1 to ${total}`);
  }
  const ratio = total / count;
  switch (spacing) {
    case "leading":
      return Array.from({length: count}, (_, i) => (count - 1 - i) * Math.floor(ratio) + offset);
    case "linspace":
      return Array.from({length: count}, (_, i) =>
        roundHalfEven(count === 1 ? 0 : ((total - 1) * (count - 1 - i)) / (count - 1))
      );
    case "trailing":
      return Array.from({length: count}, (_, i) => roundHalfEven(total - i * ratio) - 1);
    default:
      throw new Error(`unknown timestep_spacing: ${spacing}; one of leading, linspace, trailing`);
  }
}

/** numpy's rounding. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
