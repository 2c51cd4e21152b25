// @vitest-environment jsdom
import {Blob} from "node:buffer";
import {readFileSync} from "node:fs";
import {beforeEach, describe, expect, test, vi} from "vitest";
import {chanceGap, largestGap} from "../../docs/noise/bellFigure.js";
import {engineCode, pythonCode} from "../../docs/noise/code.js";
import {extremesVerdict} from "../../docs/noise/extremesFigure.js";
import {brightnessOf, decoderLostAt, lostAt, measureLoss, plainLikeness} from "../../docs/noise/measure.js";
import {createNoise} from "../../docs/noise/noise.js";
import type {NoiseRecording} from "../../docs/noise/recording.js";
import {rmsDifference, wrongNoise} from "../../docs/noise/recoverFigure.js";
import {shortened} from "../../docs/noise/spacingFigure.js";
import {defaults, fields, isTrained, queryOf, tableOf, trained} from "../../docs/noise/state.js";
import {createWalk} from "../../docs/noise/walkFigure.js";
import {createDerivation} from "../../docs/derivation/derivation.js";
import {weightCurves} from "../../docs/derivation/lossFigure.js";
import {stepOf, table} from "../../docs/derivation/state.js";
import {createSweep} from "../../docs/page/levelBar.js";
import {blobsField, blobsText} from "../../docs/page/blobs.js";
import {readQuery} from "../../docs/page/query.js";
import {createStore} from "../../docs/page/store.js";
import type {AtlasManifest} from "../../data/scenes/atlas.js";
import {Generator} from "../../src/random.js";
import type {Engine, EngineStatus} from "../../src/worker/client.js";
import type {Tensor} from "../../src/tensor.js";
import {exampleWorld} from "../../src/world/world.js";
import {withoutCanvas} from "./canvas.js";

const json = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const recording = json<NoiseRecording>("docs/recorded/noise.json");
const manifest = json<AtlasManifest>("data/scenes/atlas/manifest.json");
const flat = new Uint8Array(readFileSync("data/scenes/atlas/flat.bin")).buffer;
const never = new Promise<void>(() => {});
const frames: (() => void)[] = [];

/** Runs what waits for the next frame. */
const nextFrame = () => frames.splice(0).forEach((callback) => callback());

beforeEach(() => {
  withoutCanvas();
  frames.length = 0;
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => frames.push(callback));
  vi.stubGlobal("Blob", Blob); // jsdom's cannot be streamed
  vi.stubGlobal("matchMedia", () => ({matches: true}));
  history.replaceState(null, "", "/noise");
});

/** An engine whose autoencoder is trivial: latents are one of two fixed tensors, pictures are grey by the first latent. */
function fakeEngine({fails = false} = {}): Engine {
  const status: EngineStatus = {state: "idle"};
  const info = {name: "fake", preview: recording.preview, width: 128, height: 128};
  return {
    status,
    onStatus: () => () => {},
    load: async () => {
      if (fails) throw new Error("404");
      return info;
    },
    encode: async () => new Generator(5).randn([1, 4, 16, 16]),
    decode: async ({data}: Tensor) => ({data: new Float32Array(3 * 4).fill(data[0]), dims: [1, 3, 2, 2]})
  } as unknown as Engine;
}

const openNoise = (engine = fakeEngine()) => createNoise({recording, manifest, flat, engine, invalidation: never});

describe("the chapter on noise", () => {
  test("shows the recorded scene before the model, and every figure says its numbers", async () => {
    const page = await openNoise();
    nextFrame();
    expect(page.main.textContent).toContain(`recorded · scene ${recording.scene}`);
    expect(page.levelBar.textContent).toContain("t = 300 · signal 77 %, noise 64 % (amplitudes)");
    expect(page.main.querySelector(".picture-sum")!.textContent).toContain("× 0.77");
    expect(page.formulas.recipe.textContent).toContain("= 0.7684 · x0 + 0.6399 · ε, and");
    expect(page.walk.textContent).toContain("301 small steps");
    expect(page.schedules.textContent).toContain("This is the schedule that the model was trained on");
    expect([...page.schedules.querySelectorAll("output")].map(({value}) => value)).toEqual([
      "0.00085",
      "0.012",
      "0.008"
    ]);
    expect(page.lost.textContent).toContain(`recorded: scene ${recording.scene}`);
    expect(page.extremes.textContent).toContain("recorded · seeds");
    expect(page.extremes.querySelector(".verdict")!.textContent).toMatch(/^The picture on black .* than such a scene/);
  });

  test("a slider moves every figure at the next frame, and names its value", async () => {
    const page = await openNoise();
    nextFrame();
    const range = page.levelBar.querySelector("input")!;
    range.value = "999";
    range.dispatchEvent(new Event("input", {bubbles: true}));
    nextFrame();
    expect(range.getAttribute("aria-valuetext")).toContain("t = 999 · signal 7 %, noise 100 %");
    expect(page.recover.textContent).toContain("14.61 times");
    expect(page.walk.textContent).toContain("1,000 small steps");
  });

  test("formulas hold the numbers of the moment, and come out", async () => {
    history.replaceState(null, "", "/noise?t=600&wrong=0.3");
    const {formulas} = await openNoise();
    nextFrame();
    const numbers = (node: Element) =>
      [...node.textContent!.matchAll(/−?\d+\.\d+/g)].map(([text]) => Number(text.replace("−", "-")));
    const one = numbers(formulas.recipe.children[1]);
    expect(one[4]).toBeCloseTo(one[0] * one[1] + one[2] * one[3], 3);
    const [xt, noise, eps, signal, found] = numbers(formulas.back.children[1]);
    expect(found).toBeCloseTo((xt - noise * eps) / signal, 2);
    expect(formulas.walk.textContent).toContain("the squares of all 601 weights add up to 1.0000");
    expect(formulas.schedule.textContent).toMatch(
      /√0\.00085 \+ 600\/999 · .*= 0\.006ᾱ.*SNR = 0\.1608 \/ 0\.8392 = 0\.192;/
    );
  });

  test("a chart shows xt and the numbers at the t under the pointer, and leaves the page's t", async () => {
    const page = await openNoise();
    nextFrame();
    const plot = page.schedules.querySelector("svg.time-chart-plot")!;
    plot.getBoundingClientRect = () => ({left: 0, width: 340}) as DOMRect;
    const move = (name: string, clientX: number) => plot.dispatchEvent(new MouseEvent(name, {clientX}));
    move("pointermove", 46 + 280 / 2);
    expect(page.schedules.querySelector(".numbers")!.textContent).toMatch(/^t500/);
    expect(page.store.state.t).toBe(300);
    move("pointerleave", 0);
    expect(page.schedules.querySelector(".numbers")!.textContent).toMatch(/^t300/);
  });

  test("with the model it encodes the scene that the address asks for", async () => {
    history.replaceState(null, "", "/noise?t=100&scene=3");
    const page = await openNoise();
    page.begin();
    await vi.waitFor(() => expect(page.store.state.subject.from).toBe("live"), 15_000);
    nextFrame();
    expect(page.store.state.subject.caption).toBe("a dragon by the seaside");
    expect(page.main.textContent).toContain("live, in this browser · scene 3");
  }, 20_000);

  test("without the model the recording stays", async () => {
    const page = await openNoise(fakeEngine({fails: true}));
    page.begin();
    await Promise.resolve();
    nextFrame();
    expect(page.store.state.subject.from).toBe("recorded");
  });

  test("another schedule changes the forward picture, and says that the model knows another", async () => {
    const page = await openNoise();
    document.body.replaceChildren(page.schedules); // a radio button that stands nowhere tells nobody
    nextFrame();
    page.schedules.querySelector<HTMLInputElement>("input[value=squaredcos_cap_v2]")!.click();
    nextFrame();
    expect(page.main.textContent).toContain("cosine schedule, your own");
    expect(page.schedules.textContent).toContain("The model was trained on another");
    expect(page.schedules.querySelector<HTMLInputElement>("#beta-start")!.disabled).toBe(true);
  });
});

describe("what it measures", () => {
  test("CLIP has lost the picture where another caption is more alike", () => {
    const row = (t: number, ...cosines: number[]) => ({t, psnr: 20, cosines});
    expect(lostAt([row(0, 0.8, 0.2), row(50, 0.3, 0.31), row(100, 0.5, 0.1)])).toBe(50);
    expect(lostAt([row(0, 0.8, 0.2)])).toBeNull();
  });

  test("the decoder has lost it where one plain colour comes nearer", () => {
    const row = (t: number, psnr: number | null) => ({t, psnr, cosines: []});
    expect(decoderLostAt([row(0, null), row(50, 20), row(100, 13)], 14)).toBe(100);
    expect(decoderLostAt([row(0, 20)], 14)).toBeNull();
    const image = {data: Float32Array.of(-1, 1, 0.5, 0.5, 0, 0.2), dims: [1, 3, 1, 2]};
    expect(plainLikeness(image)).toBeCloseTo(10 * Math.log10((4 * 6) / (2 + 0.02)), 4);
  });

  test("one row a timestep: the picture's likeness to itself, and to each caption", async () => {
    const unit = (...values: number[]): Tensor => ({data: Float32Array.from(values), dims: [values.length / 2, 2]});
    const instruments = {
      decode: async ({data}: Tensor) => ({data: data.map((value) => 5 * value), dims: [1, 3, 1, 1]}),
      embedTexts: async () => unit(1, 0, 0, 1),
      embedImages: async () => unit(0.6, 0.8)
    };
    const latents = {data: Float32Array.of(0.1, 0.1, 0.1), dims: [1, 3, 1, 1]};
    const eps = {data: Float32Array.of(1, 1, 1), dims: latents.dims};
    const rows = [];
    for await (const row of measureLoss(instruments, {
      latents,
      eps,
      captions: ["a", "b"],
      alphasCumprod: [1, 0.5],
      timesteps: [0, 1]
    }))
      // prettier-ignore
      rows.push(row);
    expect(rows[0].psnr).toBeNull();
    expect(rows[1].psnr).toBeCloseTo(10 * Math.log10(4 / 0.5 ** 2), 5); // 1 in place of 0.5, in a range of 2
    expect(rows[1].cosines[1]).toBeCloseTo(0.8, 6);
  });

  test("black is 0 bright, white 255", () => {
    const plain = (value: number) => ({data: new Float32Array(12).fill(value), dims: [1, 3, 2, 2]});
    expect([-1, 0, 1].map((value) => Math.round(brightnessOf(plain(value))))).toEqual([0, 128, 255]);
  });

  test("normal numbers keep within the gap of chance, others do not", () => {
    const normal = new Generator(2).randn([1024]).data;
    expect(largestGap(normal)).toBeLessThan(chanceGap(1024));
    expect(largestGap(new Generator(2).rand([1024]).data)).toBeGreaterThan(0.3);
  });

  test("a partly wrong noise stays unit normal, and is wrong by what it says", () => {
    const eps = new Generator(1).randn([1, 4, 16, 16]);
    expect(rmsDifference(wrongNoise(eps, 0), eps)).toBe(0);
    expect(rmsDifference(wrongNoise(eps, 0.1), eps)).toBeCloseTo(0.1, 2);
    const {data} = wrongNoise(eps, 0.6);
    expect(Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length)).toBeCloseTo(1, 1);
  });

  test("a walk is the same again, and each step begins where the one before ended", () => {
    const x0 = new Generator(1).randn([1, 4, 4, 4]);
    const [a, b] = [createWalk(x0, table, 7), createWalk(x0, table, 7)];
    expect(a.at(40).data).toEqual((b.at(10), b.at(40)).data);
    expect(a.noises(40).length).toBe(41);
  });
});

test("what drawings became is told by which start came nearer to the scene's brightness", () => {
  const row = {prompt: "a rocket on a white background", scene: 230, fromNoise: [200, 210], withTrace: [231]};
  expect(extremesVerdict([row])).toBe(
    "The picture on white comes out 25 darker than such a scene from noise alone, 1 brighter with the trace."
  );
});

describe("the address and the code", () => {
  test("keeps what differs from a plain visit", () => {
    expect(queryOf(defaults)).toBe("");
    expect(readQuery(queryOf({...defaults, t: 640, schedule: "linear"}), fields)).toEqual({t: 640, schedule: "linear"});
    expect(readQuery("?t=1000&schedule=odd&betaEnd=7", fields)).toEqual({});
    expect(isTrained(defaults)).toBe(true);
  });

  test("a schedule with its ends the wrong way round is put in order", () => {
    expect(tableOf({...trained, betaStart: 0.02, betaEnd: 0.0001}).betas[0]).toBeCloseTo(0.0001, 6);
  });

  test("blobs go into the address and come back; others than these are refused", () => {
    const moved = exampleWorld.map((blob) => ({...blob, mean: [blob.mean[0] / 2, -1] as const}));
    expect(blobsText(exampleWorld)).toBe("-1.1,0.8,0.22;0.2,-1.2,0.16;1.2,0.7,0.28");
    expect(blobsField(exampleWorld)(blobsText(moved))).toEqual(moved);
    expect(readQuery(queryOf({...defaults, blobs: moved, steps: 30, eye: 400}), fields)).toMatchObject({
      ...{blobs: moved, steps: 30, eye: 400}
    });
    for (const broken of ["", "1,1,1", "1,1,0;1,1,1;1,1,1", "9,1,1;1,1,1;1,1,1", "1,,1;1,1,1;1,1,1"])
      expect(blobsField(exampleWorld)(broken), broken).toBeUndefined();
  });

  test("a cosine with its own offset follows equation 17, and its code gives the same betas", () => {
    const asked = {...defaults, schedule: "squaredcos_cap_v2" as const, offset: 0.05};
    const share = (u: number) => Math.cos(((u + 0.05) / 1.05) * (Math.PI / 2)) ** 2;
    const {alphasCumprod} = tableOf(asked);
    for (const t of [0, 300, 900]) expect(alphasCumprod[t] / (share((t + 1) / 1000) / share(0))).toBeCloseTo(1, 4);
    expect(engineCode({...asked, subject: {scene: 3}})).toContain("trained_betas: [...cosineBetas(1000, 0.05)]");
    expect(pythonCode({...asked, subject: {scene: 3}})).toContain("math.cos((u + 0.05) / (1 + 0.05)");
  });

  test("code holds the numbers on screen", () => {
    const asked = {...defaults, t: 640, seed: 12, subject: {scene: 3}};
    expect(engineCode(asked)).toContain("alphasCumprod[640]");
    expect(pythonCode(asked)).toContain("manual_seed(12)");
    expect(pythonCode({...asked, schedule: "linear"})).toContain('DDPMScheduler(beta_schedule="linear"');
  });

  test("few timesteps are told in full", () => {
    expect(shortened([3, 2, 1])).toBe("3, 2, 1");
    expect(shortened(Array.from({length: 12}, (_, i) => 12 - i))).toBe("12, 11, 10, 9, 8 … 3, 2, 1");
  });
});

describe("the sweep", () => {
  test("runs to pure noise in its time and stops there", () => {
    const store = createStore({t: 500, playing: false, table}, {later: (callback) => callback()});
    const ticks: ((now: number) => void)[] = [];
    createSweep(store, {duration: 1000, frame: (callback) => ticks.push(callback)}).play();
    for (const now of [0, 200, 2000]) ticks.shift()?.(now);
    expect([store.state.t, store.state.playing, ticks.length]).toEqual([999, false, 0]);
  });

  test("is silent where less motion is wanted", () => {
    const store = createStore({t: 500, playing: false, table}, {later: (callback) => callback()});
    createSweep(store).show();
    expect(store.state.playing).toBe(false);
  });
});

describe("the chapter on the formulas", () => {
  test("every line of the derivation holds one number", () => {
    history.replaceState(null, "", "/derivation?t=500&back=1&miss=0.5");
    const page = createDerivation({invalidation: never});
    nextFrame();
    const nats = [...page.kl.querySelectorAll("tr")].slice(1).map((row) => Number(row.lastElementChild!.textContent));
    expect(nats.length).toBe(4);
    for (const value of nats) expect(value).toBeCloseTo(nats[0], 4);
    expect(nats[0]).toBeGreaterThan(0);
  });

  test("both forms of the mean agree, and the draw is mu + sigma z", () => {
    const page = createDerivation({invalidation: never});
    nextFrame();
    const [sum, noise] = [...page.mean.querySelectorAll("b")].map((node) => node.textContent);
    expect(sum).toBe(noise);
    expect(page.bayes.textContent).toContain(sum!);
    expect(page.draw.textContent).toContain(sum!);
  });

  test("a step never goes back before the start", () => {
    expect(stepOf({t: 10, back: 50, table}).s).toBe(0);
  });

  test("each weighting has mean 1, and the bound leans on small t", () => {
    for (const {points} of weightCurves(table.alphasCumprod)) {
      expect(points.reduce((sum, [, weight]) => sum + weight, 0) / points.length).toBeCloseTo(1, 6);
    }
    const [bound, , minSnr] = weightCurves(table.alphasCumprod);
    expect(bound.points[0][1]).toBeGreaterThan(bound.points[900][1]);
    expect(minSnr.points[0][1]).toBeLessThan(minSnr.points[900][1]);
  });
});
