import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {klDivergence, latentDistribution, sampleOf} from "../../src/models/latents.js";
import {psnr} from "../../src/pictures.js";
import type {Tensor} from "../../src/tensor.js";

// Made by test/goldens/make_autoencoder.py.
type Golden = Record<"parameters" | "noise" | "sample" | "kl" | "picture" | "original", number[]> &
  Record<"scaling_factor" | "kl_of_all" | "psnr", number>;
const golden = JSON.parse(readFileSync("test/goldens/autoencoder.json", "utf8")) as Golden;
const tensorOf = (values: number[], dims: number[]): Tensor => ({data: Float32Array.from(values), dims});

describe("an encoder's distribution", () => {
  const distribution = latentDistribution(tensorOf(golden.parameters, [1, 8, 4, 4]));

  test("is sampled as diffusers does, given the noise", () => {
    const noise = tensorOf(golden.noise, [1, 4, 4, 4]);
    const {data} = sampleOf(distribution, noise, golden.scaling_factor);
    data.forEach((value, i) => expect(value).toBeCloseTo(golden.sample[i], 4));
  });

  test("has torch's KL for each latent, and diffusers' for all", () => {
    const {data} = klDivergence(distribution);
    data.forEach((value, i) => expect(value / golden.kl[i]).toBeCloseTo(1, 4));
    expect(data.reduce((sum, value) => sum + value, 0) / golden.kl_of_all).toBeCloseTo(1, 4);
  });
});

describe("PSNR", () => {
  const [picture, original] = [golden.picture, golden.original].map((values) => tensorOf(values, [1, 3, 8, 8]));

  test("is what torch makes of the mean squared error, clipped first", () =>
    expect(psnr(picture, original)).toBeCloseTo(golden.psnr, 4));
  test("has no end where nothing differs", () => expect(psnr(original, original)).toBe(Infinity));
  test("is refused to pictures of two sizes", () =>
    expect(() => psnr(picture, tensorOf([1, 2, 3], [1, 3, 1, 1]))).toThrow("[1, 3, 8, 8]"));
});
