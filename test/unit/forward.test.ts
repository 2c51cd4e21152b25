import {describe, expect, test} from "vitest";
import {combinedNoise, denoised, noised, noiseWeights, smallStep} from "../../src/forward.js";
import {densityOf, divergence, normalCumulative, product} from "../../src/gaussian.js";
import {
  boundWeight,
  divergenceFromMixture,
  humps,
  likelihood,
  meanFromNoise,
  minSnrWeight,
  mixtureDensity,
  nearestGaussian,
  noiseIn,
  posterior,
  posteriorOfMixture,
  posteriorWeights,
  prior,
  type Mixture
} from "../../src/posterior.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import type {Tensor} from "../../src/tensor.js";
import golden from "../goldens/forward.json" with {type: "json"};

// test/goldens/forward.json: diffusers' add_noise and DDPM step, torch's KL, a mixture on a fine grid; made by make_forward.py.
const schedule = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});
const {alphasCumprod, betas} = schedule;
const stepAt = (t: number, s = t - 1) => ({alphaCumprod: alphasCumprod[t], prevAlphaCumprod: alphasCumprod[s]});
const largest = (a: Tensor, b: Tensor) => Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i])));

describe("the forward process", () => {
  const x0 = {data: Float32Array.from({length: 16}, (_, i) => -2 + (4 * i) / 15), dims: [1, 1, 4, 4]};
  const eps = new Generator(3).randn([1, 1, 4, 4]);

  test("a jump to t is diffusers' add_noise", () => {
    for (const {t, xt} of golden.noised) {
      const made = noised(x0, eps, alphasCumprod[t]);
      expect(largest(made, {data: Float32Array.from(xt), dims: made.dims}), `t = ${t}`).toBeLessThan(2e-6);
    }
  });

  test("the noise taken away again leaves the clean sample, at every t", () => {
    for (const t of [0, 500, 999])
      expect(largest(denoised(noised(x0, eps, alphasCumprod[t]), eps, alphasCumprod[t]), x0)).toBeLessThan(1e-5);
  });

  test("a walk of small steps ends where one jump with their combined noise does", () => {
    const generator = new Generator(1);
    let walked: Tensor = x0;
    const noises: Tensor[] = [];
    for (let t = 0; t <= 600; t++) {
      noises.push(generator.randn(x0.dims));
      walked = smallStep(walked, noises[t], betas[t]);
    }
    const jump = noised(x0, combinedNoise(schedule, noises), alphasCumprod[600]);
    expect(largest(jump, walked)).toBeLessThan(2e-5);
    expect(largest(noised(x0, noises[600], alphasCumprod[600]), walked)).toBeGreaterThan(0.1);
  });

  test("the weights of the small noises have squares that add up to 1", () => {
    for (const t of [0, 1, 300, 999]) {
      const sum = noiseWeights(schedule, t).reduce((total, weight) => total + weight ** 2, 0);
      expect(sum, `t = ${t}`).toBeCloseTo(1, 4); // the tables are 32-bit numbers
    }
  });
});

describe("Gaussians", () => {
  test("KL is torch's", () => {
    for (const {a, b, kl} of golden.divergences) {
      const [p, q] = [a, b].map(([mean, variance]) => ({mean, variance}));
      expect(divergence(p, q)).toBeCloseTo(kl, 6);
    }
  });

  test("a product is proportional to the two densities multiplied", () => {
    const [a, b] = [{mean: 0.4, variance: 0.3}, {mean: -1, variance: 0.8}]; // prettier-ignore
    const both = product(a, b);
    const ratio = (x: number) => (densityOf(a, x) * densityOf(b, x)) / densityOf(both, x);
    for (const x of [-2, 0.1, 1.5]) expect(ratio(x) / ratio(0)).toBeCloseTo(1, 9);
  });

  test("the share below x is the normal's", () => {
    expect(normalCumulative(0)).toBeCloseTo(0.5, 6);
    expect(normalCumulative(1.959964)).toBeCloseTo(0.975, 6);
    expect(normalCumulative(-1)).toBeCloseTo(0.1586553, 6);
  });
});

describe("the posterior", () => {
  test("has the mean and the variance of diffusers' DDPM step", () => {
    for (const {t, mean, variance, x0} of golden.steps) {
      const step = stepAt(t);
      expect(meanFromNoise({xt: -0.6, eps: 0.35}, step)).toBeCloseTo(mean, 4);
      expect(posterior({x0, xt: -0.6}, step).mean).toBeCloseTo(mean, 4);
      expect(Math.abs(posteriorWeights(step).variance / variance - 1), `t = ${t}`).toBeLessThan(2e-3);
    }
  });

  test("is prior times likelihood, a weighted sum, and xt less its noise: one and the same", () => {
    for (const step of [stepAt(1), stepAt(500), stepAt(500, 350), stepAt(999, 10)]) {
      const values = {x0: 0.9, xt: -0.6};
      const both = product(prior(values.x0, step), likelihood(values.xt, step));
      const weights = posteriorWeights(step);
      expect(posterior(values, step)).toEqual(both);
      expect(weights.x0 * values.x0 + weights.xt * values.xt).toBeCloseTo(both.mean, 6);
      expect(weights.variance).toBeCloseTo(both.variance, 8);
      expect(meanFromNoise({xt: values.xt, eps: noiseIn(values, step)}, step)).toBeCloseTo(both.mean, 6);
    }
  });

  test("KL of two steps is the bound's weight times the squared error of the noise", () => {
    const step = stepAt(300);
    const {variance} = posteriorWeights(step);
    const [truth, guess] = [0.2, 0.9].map((eps) => ({mean: meanFromNoise({xt: 0.5, eps}, step), variance}));
    expect(divergence(truth, guess)).toBeCloseTo(boundWeight(step) * 0.7 ** 2, 8);
  });

  test("min-SNR weighs 1 where noise prevails and less where it hardly is", () => {
    expect(minSnrWeight(0.5)).toBe(1);
    expect(minSnrWeight(0.99)).toBeCloseTo(5 / 99, 9);
  });
});

describe("the posterior without x0, in a world of two blobs", () => {
  const world: Mixture = [-1.1, 1.1].map((mean) => ({mean, variance: 0.15 ** 2, share: 0.5}));

  test("is the product of densities on a grid, with its mean, variance and KL", () => {
    for (const {t, s, xt, mean, variance, at, kl} of golden.mixture) {
      const mixture = posteriorOfMixture(world, xt, stepAt(t, s));
      const gaussian = nearestGaussian(mixture);
      expect(gaussian.mean).toBeCloseTo(mean, 4);
      expect(gaussian.variance).toBeCloseTo(variance, 4);
      [-1, 0, 1].forEach((x, i) => expect(mixtureDensity(mixture, x)).toBeCloseTo(at[i], 3));
      expect(divergenceFromMixture(mixture, gaussian)).toBeCloseTo(kl, 3);
    }
  });

  test("has two humps after a big step back and one after a small one", () => {
    const range = {from: -3.5, to: 3.5};
    expect(humps(posteriorOfMixture(world, 0.1, stepAt(800, 0)), range)).toBe(2);
    expect(humps(posteriorOfMixture(world, 0.1, stepAt(800)), range)).toBe(1);
  });
});
