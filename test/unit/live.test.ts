import * as jax from "@jax-js/jax";
import {beforeAll, describe, expect, test} from "vitest";
import {createDenoiser, DENOISER_DEFAULTS, denoiserSchedule} from "../../src/live/denoiser.js";
import {INPUTS, makeBatch, type Lesson} from "../../src/live/lesson.js";
import {createNet} from "../../src/live/net.js";
import {startTraining} from "../../src/live/training.js";
import type {TrainingRequest, TrainingResponse} from "../../src/live/protocol.js";
import {textToImage} from "../../src/pipeline.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";

beforeAll(async () => {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
});

/** Two far points, many times each. */
function twoPoints(): Lesson {
  const count = 64;
  const data = new Float32Array(2 * count);
  const labels = Uint8Array.from({length: count}, (_, i) => i % 2);
  labels.forEach((label, i) => data.set([label ? 1.5 : -1.5], i));
  return {points: {data, dims: [1, 2, count, 1]}, labels, names: ["left", "right"]};
}

describe("a network that learns in the page", () => {
  test("fits a function of its inputs, and its error falls", async () => {
    const generator = new Generator(3);
    const net = createNet(jax, generator, {inputs: 2, outputs: 2, width: 16, learningRate: 0.01});
    const rows = generator.randn([64, 2]).data;
    const targets = rows.map((value, i) => (i % 2 ? value * rows[i - 1] : Math.sin(value)));
    const first = await net.train(rows, targets);
    let last = first;
    for (let i = 0; i < 150; i++) last = await net.train(rows, targets);
    const predicted = await net.predict(rows);
    const error = predicted.reduce((sum, value, i) => sum + (value - targets[i]) ** 2, 0) / predicted.length;
    expect(last).toBeLessThan(first / 10);
    expect(Math.abs(error - last)).toBeLessThan(0.2 * last + 0.01);
    expect(net.weights).toBe(2 * 16 + 16 + 16 * 16 + 16 + 16 * 2 + 2);
    net.dispose();
  });
});

describe("its lessons", () => {
  const schedule = makeSchedule(denoiserSchedule(DENOISER_DEFAULTS));

  test("inputs and answers belong together, for every prediction type", () => {
    const [eps, v, x0] = ["epsilon", "v_prediction", "sample"].map((predictionType) =>
      makeBatch(twoPoints(), schedule, {predictionType, labelDropout: 0}, 50, new Generator(1))
    );
    for (let i = 0; i < 50; i++) {
      const clean = x0.targets.subarray(2 * i, 2 * i + 2);
      const xt = x0.inputs.subarray(INPUTS * i, INPUTS * i + 2);
      // xt = a x0 + b eps and v = a eps - b x0, so x0 = a xt - b v: with a and b unknown, a^2 + b^2 = 1 is checked
      const [e, w] = [eps, v].map(({targets}) => targets.subarray(2 * i, 2 * i + 2));
      const determinant = clean[0] * e[1] - clean[1] * e[0];
      const a = (xt[0] * e[1] - xt[1] * e[0]) / determinant;
      const b = (clean[0] * xt[1] - clean[1] * xt[0]) / determinant;
      expect(a ** 2 + b ** 2).toBeCloseTo(1, 3);
      expect(w[0]).toBeCloseTo(a * e[0] - b * clean[0], 3);
      expect(Math.abs(clean[0])).toBe(1.5);
    }
  });

  test("labels are dropped as often as asked", () => {
    const labelled = ({inputs}: {inputs: Float32Array}) => {
      let count = 0;
      for (let i = 0; i < 2000; i++) if (inputs.subarray(INPUTS * i + 12, INPUTS * (i + 1)).some(Boolean)) count++;
      return count / 2000;
    };
    const batch = (labelDropout: number) =>
      makeBatch(twoPoints(), schedule, {predictionType: "epsilon", labelDropout}, 2000, new Generator(5));
    expect(labelled(batch(0))).toBe(1);
    expect(labelled(batch(1))).toBe(0);
    expect(labelled(batch(0.3))).toBeCloseTo(0.7, 1);
  });
});

describe("a denoiser", () => {
  test("draws the points of its label after some learning, by the engine's own sampler", async () => {
    const denoiser = createDenoiser(jax, twoPoints(), {...DENOISER_DEFAULTS, batchSize: 128});
    for (let i = 0; i < 250; i++) await denoiser.learn();
    expect(denoiser.steps).toBe(250);
    const right = await drawn(denoiser, "right");
    expect(right.filter((x) => x > 0.5).length / right.length).toBeGreaterThan(0.8);
    const any = await drawn(denoiser, "any");
    expect(any.filter((x) => x > 0).length / any.length).toBeGreaterThan(0.2);
    expect(any.filter((x) => x > 0).length / any.length).toBeLessThan(0.8);
    denoiser.dispose();
  }, 60_000);

  test("says so when there is nothing to learn", () => {
    const lesson = {points: {data: new Float32Array(0), dims: [1, 2, 0, 1]}, labels: new Uint8Array(0), names: []};
    expect(() => createDenoiser(jax, lesson, DENOISER_DEFAULTS)).toThrow(/draw some points/);
  });

  async function drawn(denoiser: ReturnType<typeof createDenoiser>, prompt: string): Promise<Float32Array> {
    let last = new Float32Array(0);
    const options = {prompt, seed: 2, steps: 20, guidance: 1};
    for await (const {prev} of textToImage(denoiser.model(100), options)) last = prev.data.slice(0, 100);
    return last;
  }
});

describe("the page's side", () => {
  function fake() {
    const told: TrainingRequest[] = [];
    const listeners: Record<string, (event: Event) => void> = {};
    const worker = {
      postMessage: (message: TrainingRequest) => void told.push(message),
      terminate: () => void told.push({type: "pause"}),
      addEventListener: (type: string, listener: (event: Event) => void) => void (listeners[type] = listener)
    };
    const answer = (data: TrainingResponse) => listeners.message(new MessageEvent("message", {data}));
    return {told, worker: () => worker as unknown as Worker, answer, die: () => listeners.error(new Event("error"))};
  }

  test("pairs answers with questions, and hands on progress and errors", async () => {
    const {told, worker, answer} = fake();
    const heard: unknown[] = [];
    const training = startTraining({worker, onProgress: (p) => heard.push(p.steps), onError: (m) => heard.push(m)});
    const points = {data: new Float32Array(2), dims: [1, 2, 1, 1]};
    const first = training.field({points, timestep: 10, prompt: ""});
    const second = training.field({points, timestep: 20, prompt: ""});
    answer({type: "failed", id: 1, message: "no"});
    answer({type: "done", id: 2, result: points});
    answer({type: "progress", progress: {steps: 7, weights: 1, losses: [], seconds: 1, least: null}});
    answer({type: "failed", id: null, message: "stopped"});
    await expect(first).rejects.toThrow("no");
    expect(await second).toBe(points);
    expect(heard).toEqual([7, "stopped"]);
    expect(told.map(({type}) => type)).toEqual(["field", "field"]);
  });

  test("a worker that dies is an error, and the next request starts another", async () => {
    const {told, worker, die} = fake();
    const errors: string[] = [];
    const training = startTraining({worker, onProgress() {}, onError: (message) => errors.push(message)});
    const waiting = training.draw({prompt: "", seed: 0, sampler: "ddim", steps: 2, guidance: 1, particles: 4});
    die();
    await expect(waiting).rejects.toThrow(/stopped/);
    expect(errors[0]).toMatch(/Begin again/);
    training.run();
    expect(told.at(-1)).toEqual({type: "run"});
  });
});
