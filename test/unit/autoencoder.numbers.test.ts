// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {klDivergence, latentDistribution, sampleOf} from "../../src/models/latents.js";
import {psnr} from "../../src/pictures.js";
import type {Tensor} from "../../src/tensor.js";
import {chapter} from "./autoencoderChapter.js";
import {withoutCanvas} from "./canvas.js";

// Made by test/goldens/make_autoencoder.py.
type Golden = Record<"parameters" | "noise" | "sample" | "kl" | "picture" | "original", number[]> &
  Record<"scaling_factor" | "kl_of_all" | "psnr", number> & {page: Page};

/** The chapter in one state: the place under the lens, four channels of it, and all latents. */
type Page = Record<"mean" | "deviation" | "eps" | "sample" | "kl" | "weights", number[]> &
  Record<"typical" | "spread" | "kl_of_all" | "scaled" | "mixed" | "noise" | "angle", number> & {
    state: Record<string, string | number>;
  };
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

describe("the chapter shows torch's numbers", () => {
  const {page: asked} = golden;
  const shown = (value: number, places: number) => value.toFixed(places).replace("-", "−");
  let page: Awaited<ReturnType<typeof chapter>>;

  beforeAll(async () => {
    withoutCanvas();
    const query = Object.entries(asked.state).map(([name, value]) => [name, String(value)]);
    page = await chapter(`?${String(new URLSearchParams(query))}`);
  });

  test("of the place under the lens: mean, deviation, what was thrown, sample and KL", () => {
    const rows = [...page.gaussian.querySelectorAll("tbody tr")].map((row) =>
      [...row.querySelectorAll("td")].map((cell) => cell.textContent)
    );
    const signed = (value: number) => (value < 0 ? shown(value, 3) : `+${shown(value, 3)}`);
    expect(rows).toEqual(
      asked.mean.map((mean, i) => [
        ...[signed(mean), shown(asked.deviation[i], 3), signed(asked.eps[i]), signed(asked.sample[i])],
        shown(asked.kl[i], 2)
      ])
    );
  });

  test("of all latents: spreads, KL, the noise of a ratio", () => {
    expect(page.gaussian.querySelector(".measured")!.textContent).toContain(
      `σ is ${shown(asked.typical, 3)} on average, while the means spread by ${shown(asked.spread, 2)}`
    );
    expect(page.gaussian.querySelector(".measured")!.textContent).toContain(
      `${Math.round(asked.kl_of_all).toLocaleString("en-US")} nats in all`
    );
    expect(page.scaling.querySelector(".measured")!.textContent).toContain(
      `from ${shown(asked.spread, 2)} to ${shown(asked.scaled, 2)}`
    );
    expect(page.noisy.querySelector(".measured")!.textContent).toContain(`${shown(asked.noise, 3)} on the latents`);
  });

  test("of a mixture: a latent, and what two noises on their arc are multiplied by", () => {
    const {textContent} = page.formulas.walk;
    expect(textContent).toContain(`= ${shown(asked.mixed, 3)}`);
    expect(textContent).toContain(`Ω = ${shown(asked.angle, 1)}°`);
    for (const weight of asked.weights) expect(textContent).toContain(`${shown(weight, 3)} ·`);
  });
});
