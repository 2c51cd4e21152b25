/** Normal distributions on a line: what a derivation of the sampler's formulas needs of them. */

export interface Gaussian {
  readonly mean: number;
  readonly variance: number;
}

/** The density of a Gaussian at x, per unit of x. */
export function densityOf({mean, variance}: Gaussian, x: number): number {
  return Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
}

/** The standard normal's density. */
export const normalDensity = (x: number): number => densityOf({mean: 0, variance: 1}, x);

/**
 * Two Gaussians multiplied, and scaled so that the area is 1 again: the inverse variances (precisions) add up, the means are averaged
 * with the precisions as weights. This is Bayes' rule where prior and likelihood are both Gaussians of one unknown.
 */
export function product(a: Gaussian, b: Gaussian): Gaussian {
  const variance = 1 / (1 / a.variance + 1 / b.variance);
  return {mean: variance * (a.mean / a.variance + b.mean / b.variance), variance};
}

/** KL(a || b) of two Gaussians, in nats. 0 when they are alike, else above. */
export function divergence(a: Gaussian, b: Gaussian): number {
  return 0.5 * (Math.log(b.variance / a.variance) + (a.variance + (a.mean - b.mean) ** 2) / b.variance - 1);
}

/**
 * The share of the standard normal below x, to 1e-7: W. J. Cody's series would be exact, Abramowitz and Stegun's 7.1.26 is enough to
 * compare counted shares with.
 */
export function normalCumulative(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = 0.5 * series * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}
