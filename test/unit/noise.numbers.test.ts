// @vitest-environment jsdom
/** The chapter on noise in one state: every number that its figures show is torch's and diffusers'. */
import {Blob} from "node:buffer";
import {readFileSync} from "node:fs";
import {beforeAll, expect, test, vi} from "vitest";
import type {AtlasManifest} from "../../data/scenes/atlas.js";
import {createNoise} from "../../docs/noise/noise.js";
import type {NoiseRecording} from "../../docs/noise/recording.js";
import {shortened} from "../../docs/noise/spacingFigure.js";
import type {Engine} from "../../src/worker/client.js";
import {withoutCanvas} from "./canvas.js";

// Made by test/goldens/make_noise.py.
interface Golden extends Record<"signal" | "noise" | "beta" | "alpha_bar" | "snr" | "sigma" | "half", number> {
  state: Record<string, string | number>;
  blobs: [[number, number], number, number][];
  first: {x0: number; eps: number; xt: number};
  values: {mean: number; deviation: number; gap: number};
  walk: {first: number; last: number; deviation: number};
  back: {noise_error: number; error: number; first: number};
  left_at_last: number;
  certainty: number;
  spacings: Record<string, {timesteps: number[]; left: number}>;
}
const json = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const golden = json<Golden>("test/goldens/noise.json");
const {t} = golden.state;
let page: Awaited<ReturnType<typeof createNoise>>;

beforeAll(async () => {
  const frames: (() => void)[] = [];
  withoutCanvas();
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
  vi.stubGlobal("Blob", Blob); // jsdom's cannot be streamed
  vi.stubGlobal("matchMedia", () => ({matches: true}));
  const blobs = golden.blobs.map(([[x, y], deviation]) => [x, y, deviation].join()).join(";");
  const query = Object.entries({...golden.state, blobs}).map(([name, value]) => [name, String(value)]);
  history.replaceState(null, "", `/noise?${String(new URLSearchParams(query))}`);
  page = await createNoise({
    recording: json<NoiseRecording>("docs/recorded/noise.json"),
    manifest: json<AtlasManifest>("data/scenes/atlas/manifest.json"),
    flat: new Uint8Array(readFileSync("data/scenes/atlas/flat.bin")).buffer,
    engine: {status: {state: "idle"}, onStatus: () => () => {}} as unknown as Engine,
    invalidation: new Promise(() => {})
  });
  for (const callback of frames.splice(0)) callback();
}, 30_000);

/** A number as the page writes it. */
const shown = (value: number, places: number): string => value.toFixed(places).replace("-", "−");
const text = (node: Element): string => node.textContent!.replace(/\s+/g, " ");

test("shares and the recipe", () => {
  const {signal, noise, first} = golden;
  expect(text(page.main)).toContain(`× ${shown(signal, 2)}`);
  expect(text(page.main)).toContain(`× ${shown(noise, 2)}`);
  const [x0, eps, xt] = [first.x0, first.eps, first.xt].map((value) => shown(value, 4));
  const sum = `${shown(signal, 4)} · (${x0}) + ${shown(noise, 4)} · ${eps} = ${xt}`;
  expect(text(page.formulas.recipe)).toContain(sum);
});

test("the values' mean, spread and distance from the bell", () => {
  const {mean, deviation, gap} = golden.values;
  expect(text(page.bell)).toContain(`mean ${shown(mean, 2)}, standard deviation ${shown(deviation, 2)}`);
  expect(text(page.bell)).toContain(`by at most ${shown(100 * gap, 1)} points`);
});

test("small steps: their weights, and the noise that they make together", () => {
  const {first, last, deviation} = golden.walk;
  expect(text(page.formulas.walk)).toContain(`w0 = ${shown(first, 4)}, w${t} = ${shown(last, 4)}`);
  expect(text(page.walk)).toContain(`standard deviation ${shown(deviation, 2)}:`);
});

test("the way back: both errors, and how much an error grows", () => {
  const {noise_error, error, first} = golden.back;
  expect(text(page.recover)).toContain(`mean square): ${shown(noise_error, 3)}`);
  expect(text(page.recover)).toContain(`come back: ${shown(error, 3)}`);
  expect(text(page.recover)).toContain(`${shown(golden.sigma, 2)} times`);
  expect(text(page.formulas.back)).toContain(`= ${shown(first, 4)}, where the clean one`);
});

test("the schedule at t, its middle and its end", () => {
  const [beta, left, snr, sigma] = [golden.beta, golden.alpha_bar, golden.snr, golden.sigma].map((value) =>
    String(Number(value.toPrecision(3)))
  );
  expect(text(page.schedules)).toContain(`β${beta}ᾱ${left}SNR${snr}σ${sigma}`);
  expect(text(page.schedules)).toContain(`the same at t = ${golden.half}; at t = 999`);
  expect(text(page.schedules)).toContain(`left with ${Number(golden.left_at_last.toPrecision(3))} of its amplitude`);
});

test("the timesteps that a drawing visits", () => {
  for (const {timesteps, left} of Object.values(golden.spacings)) {
    const begins = `It begins where ${shown(100 * left, 1)} % of the picture's amplitude`;
    expect(text(page.spacings)).toContain(`${shortened(timesteps)}. ${begins}`);
  }
});

test("how sure one can be of a point's blob", () =>
  expect(text(page.cloud)).toContain(`probability of ${Math.round(100 * golden.certainty)} %`));
