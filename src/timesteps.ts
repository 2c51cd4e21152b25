/** Which of training's timesteps a run visits: Lin et al. 2023, arXiv:2305.08891, table 2, rounded as numpy rounds. */

export type TimestepSpacing = "leading" | "linspace" | "trailing";

type SpacingConfig = {
  readonly num_train_timesteps?: number;
  readonly timestep_spacing?: string;
  readonly steps_offset?: number;
};

/**
 * Whole timesteps, counting down: diffusers' `set_timesteps` of DDIM and DDPM.
 * @param count number of steps, 1 ... T
 * @throws when the count is out of range or the spacing unknown
 */
export const spacedTimesteps = (count: number, config: SpacingConfig): number[] =>
  spaced(count, config, (total) => evenly(total - 1, count).map(roundHalfEven));

/** The same for samplers in sigma space, where a timestep between two whole ones has its sigma too. float32. */
export const fractionalTimesteps = (count: number, config: SpacingConfig): number[] =>
  spaced(count, config, (total) => evenly(total - 1, count).map(Math.fround));

/**
 * The same for solvers that count the end of the run as a point of its own: one more is spaced, and the last left out.
 * @param first where the run starts, plus 1: T, or less where `lambda_min_clipped` is set
 */
export const solverTimesteps = (count: number, config: SpacingConfig, first: number): number[] =>
  spaced(
    count,
    config,
    () =>
      evenly(first - 1, count + 1)
        .map(roundHalfEven)
        .slice(0, -1),
    {first, end: 1}
  );

/** @param linspace makes the timesteps of that spacing, the only one in which samplers differ */
function spaced(
  count: number,
  {num_train_timesteps: total = 1000, steps_offset: offset = 0, timestep_spacing: spacing = "leading"}: SpacingConfig,
  linspace: (total: number) => number[],
  {first = total, end = 0} = {}
): number[] {
  if (!Number.isInteger(count) || count < 1 || count > total) {
    throw new Error(`${count} steps cannot be made of ${total} timesteps; give a whole number of 1 to ${total}`);
  }
  switch (spacing) {
    case "leading": {
      const jump = Math.floor(first / (count + end));
      return Array.from({length: count}, (_, i) => (count - 1 + end - i) * jump + offset);
    }
    case "linspace":
      return linspace(total);
    case "trailing":
      return countdown(first, total / count).map((t) => roundHalfEven(t) - 1);
    default:
      throw new Error(`unknown timestep_spacing: ${spacing}; one of leading, linspace, trailing`);
  }
}

/** numpy.linspace(0, last, count), reversed. */
function evenly(last: number, count: number): number[] {
  const step = count > 1 ? last / (count - 1) : 0;
  return Array.from({length: count}, (_, i) => (i === 0 && count > 1 ? last : (count - 1 - i) * step));
}

/** numpy.arange(first, 0, -step): its rounding sometimes leaves one value more at the end, within 1e-12 of 0. */
function countdown(first: number, step: number): number[] {
  const difference = first - step - first;
  return Array.from({length: Math.ceil(first / step)}, (_, i) => first + i * difference);
}

/** numpy's rounding: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
