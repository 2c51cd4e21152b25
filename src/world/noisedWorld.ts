/**
 * A world under noise, exactly. Noising a blob of mean m and deviation s gives another Gaussian, of mean sqrt(alpha-bar) m
 * and variance alpha-bar s^2 + 1 - alpha-bar: so xt is a mixture again, and all that a denoiser could know of it has a
 * closed form.
 */
import type {Point, World} from "./world.js";

/** All of one noise level. Points are values of xt. */
export interface NoisedWorld {
  readonly alphaCumprod: number;
  /** p(xt), per unit of area. */
  density(xt: Point): number;
  /** The gradient of log p(xt). */
  score(xt: Point): Point;
  /** p(blob | xt): for each blob how probable it is that xt came from it. Sums to 1. */
  weights(xt: Point): Float64Array;
  /** E[x0 | xt], the mean of every clean point that xt may have been: what a perfect denoiser predicts. */
  posteriorMean(xt: Point): Point;
  /** E[eps | xt], what a perfect noise predictor predicts: -sqrt(1 - alpha-bar) times the score. */
  eps(xt: Point): Point;
  /**
   * Where xt goes when noise is taken away without any being added, per radian of the noise angle arccos(sqrt(alpha-bar)):
   * the probability-flow ODE (Song et al. 2021, arXiv:2011.13456, eq. 13), which DDIM follows.
   */
  flow(xt: Point): Point;
}

/** @param alphaCumprod 0 (noise alone) ... 1 (the clean world) */
export function noisedWorld(world: World, alphaCumprod: number): NoisedWorld {
  const signal = Math.sqrt(alphaCumprod);
  const noise = Math.sqrt(1 - alphaCumprod);
  const total = world.reduce((sum, {weight}) => sum + weight, 0);
  const blobs = world.map(({mean: [x, y], deviation, weight}) => {
    const variance = alphaCumprod * deviation ** 2 + 1 - alphaCumprod;
    const shrink = (signal * deviation ** 2) / variance; // of the way back to the blob's own mean
    return {x, y, shrink, variance, logWeight: Math.log(weight / total) - Math.log(2 * Math.PI * variance)};
  });

  const shares = new Float64Array(blobs.length); // of the last point asked for: thousands of particles make no garbage

  /** Each blob's share of the density at a point, and the logarithm of their sum. */
  function logDensity([x, y]: Point): number {
    let most = -Infinity; // so that far from all blobs nothing underflows
    for (let k = 0; k < blobs.length; k++) {
      const {x: mx, y: my, variance, logWeight} = blobs[k];
      shares[k] = logWeight - ((x - signal * mx) ** 2 + (y - signal * my) ** 2) / (2 * variance);
      most = Math.max(most, shares[k]);
    }
    let sum = 0;
    for (let k = 0; k < blobs.length; k++) sum += shares[k] = Math.exp(shares[k] - most);
    for (let k = 0; k < blobs.length; k++) shares[k] /= sum;
    return most + Math.log(sum);
  }

  /** Sum over blobs of share times a vector. */
  function mean(xt: Point, vector: (blob: (typeof blobs)[number]) => Point): Point {
    logDensity(xt);
    const result: [number, number] = [0, 0];
    for (let k = 0; k < blobs.length; k++) {
      const [x, y] = vector(blobs[k]);
      result[0] += shares[k] * x;
      result[1] += shares[k] * y;
    }
    return result;
  }

  const score = (xt: Point): Point =>
    mean(xt, ({x, y, variance}) => [(signal * x - xt[0]) / variance, (signal * y - xt[1]) / variance]);
  const posteriorMean = (xt: Point): Point =>
    mean(xt, ({x, y, shrink}) => [x + shrink * (xt[0] - signal * x), y + shrink * (xt[1] - signal * y)]);
  const eps = (xt: Point): Point => {
    const [x, y] = score(xt);
    return [-noise * x, -noise * y];
  };

  return {
    alphaCumprod,
    density: (xt) => Math.exp(logDensity(xt)),
    score,
    weights(xt) {
      logDensity(xt);
      return shares.slice();
    },
    posteriorMean,
    eps,
    flow(xt) {
      const [x0, e] = [posteriorMean(xt), eps(xt)];
      return [noise * x0[0] - signal * e[0], noise * x0[1] - signal * e[1]];
    }
  };
}
