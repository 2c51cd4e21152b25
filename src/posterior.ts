/**
 * The reverse of the forward process, exactly: q(x_s | xt, x0) for s before t. Ho et al. 2020, arXiv:2006.11239, eq. 6 and 7, with
 * any number of timesteps between s and t: alpha = alpha-bar_t / alpha-bar_s is what one step over all of them keeps.
 */
import {densityOf, divergence, product, type Gaussian} from "./gaussian.js";

/** A step back from t to s: alpha-bar at both, 0 < alphaCumprod <= prevAlphaCumprod <= 1. */
export interface StepBack {
  readonly alphaCumprod: number;
  readonly prevAlphaCumprod: number;
}

/** What the step keeps of the variance of the sample, alpha, and the share of noise that it adds, beta. */
export function kept({alphaCumprod, prevAlphaCumprod}: StepBack): {alpha: number; beta: number} {
  const alpha = alphaCumprod / prevAlphaCumprod;
  return {alpha, beta: 1 - alpha};
}

/** q(x_s | x0): what is known of x_s before xt is seen. */
export function prior(x0: number, {prevAlphaCumprod}: StepBack): Gaussian {
  return {mean: Math.sqrt(prevAlphaCumprod) * x0, variance: 1 - prevAlphaCumprod};
}

/** q(xt | x_s) as a function of x_s: which x_s would make this xt likely. Scaled to area 1. */
export function likelihood(xt: number, step: StepBack): Gaussian {
  const {alpha, beta} = kept(step);
  return {mean: xt / Math.sqrt(alpha), variance: beta / alpha};
}

/** The posterior's mean is x0 times the first weight plus xt times the second; its variance depends on neither. */
export interface PosteriorWeights {
  readonly x0: number;
  readonly xt: number;
  readonly variance: number;
}

/** Ho et al. eq. 7. */
export function posteriorWeights(step: StepBack): PosteriorWeights {
  const {alpha, beta} = kept(step);
  const {alphaCumprod, prevAlphaCumprod} = step;
  return {
    x0: (Math.sqrt(prevAlphaCumprod) * beta) / (1 - alphaCumprod),
    xt: (Math.sqrt(alpha) * (1 - prevAlphaCumprod)) / (1 - alphaCumprod),
    variance: ((1 - prevAlphaCumprod) * beta) / (1 - alphaCumprod)
  };
}

/** q(x_s | xt, x0), by multiplying prior and likelihood. @throws nothing; at alpha-bar_s = 1 the posterior is x0 itself */
export function posterior({x0, xt}: {x0: number; xt: number}, step: StepBack): Gaussian {
  if (step.prevAlphaCumprod >= 1) return {mean: x0, variance: 0};
  return product(prior(x0, step), likelihood(xt, step));
}

/** The same mean from xt and its noise: (xt - beta / sqrt(1 - alpha-bar_t) eps) / sqrt(alpha), Ho et al. eq. 11. */
export function meanFromNoise({xt, eps}: {xt: number; eps: number}, step: StepBack): number {
  const {alpha, beta} = kept(step);
  return (xt - (beta / Math.sqrt(1 - step.alphaCumprod)) * eps) / Math.sqrt(alpha);
}

/** The noise in xt that x0 leaves: (xt - sqrt(alpha-bar_t) x0) / sqrt(1 - alpha-bar_t). */
export function noiseIn({x0, xt}: {x0: number; xt: number}, {alphaCumprod}: StepBack): number {
  return (xt - Math.sqrt(alphaCumprod) * x0) / Math.sqrt(1 - alphaCumprod);
}

/** How much the variational bound counts the squared error of the noise: beta² / (2 variance alpha (1 - alpha-bar_t)), Ho et al. eq. 12. */
export function boundWeight(step: StepBack, variance = posteriorWeights(step).variance): number {
  const {alpha, beta} = kept(step);
  return beta ** 2 / (2 * variance * alpha * (1 - step.alphaCumprod));
}

/** min-SNR's weight of the squared error of the noise, Hang et al. 2023, arXiv:2303.09556, eq. 8 for predicted noise: min(SNR, gamma) / SNR. */
export function minSnrWeight(alphaCumprod: number, gamma = 5): number {
  const snr = alphaCumprod / (1 - alphaCumprod);
  return Math.min(snr, gamma) / snr;
}

/** A mixture of Gaussians on a line, with shares that sum to 1. */
export type Mixture = readonly (Gaussian & {readonly share: number})[];

/**
 * q(x_s | xt) with no x0 known, where clean values come from a mixture. Each Gaussian noised is a Gaussian, and times the likelihood
 * a Gaussian again: so the answer is a mixture too, whose shares say which Gaussian xt came from.
 */
export function posteriorOfMixture(world: Mixture, xt: number, step: StepBack): Mixture {
  const {prevAlphaCumprod, alphaCumprod} = step;
  const parts = world.map(({mean, variance, share}) => {
    const noised = (alpha: number): Gaussian => ({
      mean: Math.sqrt(alpha) * mean,
      variance: alpha * variance + 1 - alpha
    });
    return {
      ...product(noised(prevAlphaCumprod), likelihood(xt, step)),
      share: share * densityOf(noised(alphaCumprod), xt)
    };
  });
  const total = parts.reduce((sum, {share}) => sum + share, 0);
  return parts.map((part) => ({...part, share: part.share / total}));
}

/** The density of a mixture at x. */
export const mixtureDensity = (mixture: Mixture, x: number): number =>
  mixture.reduce((sum, part) => sum + part.share * densityOf(part, x), 0);

/** The Gaussian of a mixture's own mean and variance: the best that a Gaussian can do in its place (least KL from the mixture to it). */
export function nearestGaussian(mixture: Mixture): Gaussian {
  const mean = mixture.reduce((sum, part) => sum + part.share * part.mean, 0);
  const variance = mixture.reduce((sum, part) => sum + part.share * (part.variance + (part.mean - mean) ** 2), 0);
  return {mean, variance};
}

/** KL(mixture || Gaussian) in nats, by the midpoint rule over ten standard deviations; one Gaussian alone is exact. */
export function divergenceFromMixture(mixture: Mixture, gaussian: Gaussian, cells = 2000): number {
  if (mixture.length === 1) return divergence(mixture[0], gaussian);
  const deviation = Math.sqrt(gaussian.variance);
  const [from, width] = [gaussian.mean - 5 * deviation, (10 * deviation) / cells];
  let sum = 0;
  for (let i = 0; i < cells; i++) {
    const x = from + (i + 0.5) * width;
    const [p, q] = [mixtureDensity(mixture, x), densityOf(gaussian, x)];
    if (p > 1e-300) sum += p * Math.log(p / q) * width;
  }
  return sum;
}

/** How many humps a mixture's density has between two places. */
export function humps(mixture: Mixture, {from, to, cells = 800}: {from: number; to: number; cells?: number}): number {
  const heights = Array.from({length: cells + 1}, (_, i) => mixtureDensity(mixture, from + ((to - from) * i) / cells));
  return heights.filter((height, i) => i > 0 && i < cells && height > heights[i - 1] && height >= heights[i + 1])
    .length;
}
