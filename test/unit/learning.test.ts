// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {pointDrawing} from "../../components/pointDrawing.js";
import {openMemory, quantised, type LearningRecord} from "../../docs/learning/memory.js";
import {addressOf, defaults, readAddress} from "../../docs/learning/address.js";
import {squaredError} from "../../docs/learning/squaredError.js";
import {SKETCHES} from "../../docs/learning/sketches.js";
import {trainer} from "../../docs/learning/trainer.js";
import {floatToHalf} from "../../docs/page/recorded.js";
import {createStore} from "../../docs/page/store.js";
import {denoised, noised} from "../../src/forward.js";
import type {LearningState} from "../../docs/learning/state.js";
import type {TrainingHooks} from "../../src/live/training.js";
import {Generator} from "../../src/random.js";
import {effectiveCount, meanOf, recollect} from "../../src/world/memoriser.js";
import {pointsTensor} from "../../src/world/world.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

describe("the perfect memoriser", () => {
  const samples = Float32Array.of(1, 0, -1, 0, 0, 2); // three points of the plane
  const xt = {data: Float32Array.of(0.4, 0.3), dims: [2]};

  test("weighs what it knows by how well it explains what it sees, as Bayes' rule does", () => {
    const alpha = 0.6;
    const {x0, weights} = recollect(samples, xt, alpha);
    const likelihood = [0, 1, 2].map((i) => {
      const [x, y] = [samples[2 * i], samples[2 * i + 1]];
      const far = (0.4 - Math.sqrt(alpha) * x) ** 2 + (Math.fround(0.3) - Math.sqrt(alpha) * y) ** 2;
      return Math.exp(-far / (2 * (1 - alpha)));
    });
    const sum = likelihood.reduce((a, b) => a + b);
    likelihood.forEach((value, i) => expect(weights[i]).toBeCloseTo(value / sum, 6));
    expect(x0.data[0]).toBeCloseTo((likelihood[0] - likelihood[1]) / sum, 5);
    expect(x0.data[1]).toBeCloseTo((2 * likelihood[2]) / sum, 5);
  });

  test("is sure of one where little noise is, and of none where much is", () => {
    const near = {data: Float32Array.of(0.98, 0), dims: [2]};
    const sure = recollect(samples, near, 0.999);
    expect(effectiveCount(sure.weights)).toBeCloseTo(1, 5);
    expect([...sure.x0.data]).toEqual([1, 0]);
    const unsure = recollect(samples, near, 1e-6);
    expect(effectiveCount(unsure.weights)).toBeCloseTo(3, 2);
    const mean = meanOf(samples, [2], [0, 1, 2]);
    expect(squaredError(unsure.x0, mean)).toBeLessThan(1e-4);
  });

  test("may be asked of some alone, and does not underflow far from all", () => {
    const {weights} = recollect(samples, {data: Float32Array.of(900, 900), dims: [2]}, 0.9999, [1, 2]);
    expect([...weights]).toEqual([0, 0, 1]);
  });
});

describe("what the page remembers", () => {
  test("latents come back within half a step of a byte, answers as 16-bit floats", () => {
    const dims = [1, 1, 2, 2];
    const values = Float32Array.of(0.1, -0.7, 1.27, 0, 0.31, -1.27, 0.9, 0.02);
    const {bytes, step} = quantised(values);
    expect(step).toBeCloseTo(0.01, 4);
    const answers = floatToHalf(Float32Array.from({length: 16}, (_, i) => i / 8));
    const record = {
      dims,
      step,
      shown: {timesteps: [100, 900], noiseSeed: 7},
      scenes: [{}, {}]
    } as unknown as LearningRecord;
    const memory = openMemory(record, bytes.buffer as ArrayBuffer, answers.buffer as ArrayBuffer);
    memory.latents(1).data.forEach((value, i) => expect(Math.abs(value - values[4 + i])).toBeLessThanOrEqual(step / 2));
    expect([...memory.answer(700, true).eps.data]).toEqual([1.5, 1.625, 1.75, 1.875]);
    expect(memory.answer(0, false).timestep).toBe(100);
    expect(memory.latents(1), "so that a decoded picture is found again").toBe(memory.latents(1));
  });
});

test("noising and taking the same noise away gives the clean latents back", () => {
  const generator = new Generator(2);
  const [x0, eps] = [generator.randn([1, 4, 2, 2]), generator.randn([1, 4, 2, 2])];
  expect(squaredError(denoised(noised(x0, eps, 0.3), eps, 0.3), x0)).toBeLessThan(1e-10);
});

test("ready drawings have two colours and about the spread of latents", () => {
  for (const [name, sketch] of Object.entries(SKETCHES)) {
    const {points, labels} = sketch(600, new Generator(1));
    const spread = points.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / points.length / 2;
    expect(spread, name).toBeGreaterThan(0.4);
    expect(spread, name).toBeLessThan(1.8);
    expect(new Set(labels).size, name).toBe(2);
  }
});

test("points are drawn by keys alone, in the brush's colour", () => {
  const drawing = pointDrawing({colors: ["red", "blue"], names: ["red", "blue"], random: () => 0});
  let heard = 0;
  drawing.addEventListener("input", () => heard++);
  const press = (key: string) =>
    drawing.querySelector("canvas")!.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
  drawing.brush = 1;
  press("ArrowRight");
  press("ArrowUp");
  press(" ");
  expect(heard).toBe(1);
  expect(drawing.value.labels).toEqual(Array(6).fill(1));
  expect(drawing.value.points[0]).toEqual([0.12, 0.12]);
});

describe("the figure that learns live", () => {
  function figure() {
    const calls: string[] = [];
    let hooks: TrainingHooks | null = null;
    const store = createStore<LearningState>(
      {...defaults, chosen: null, answered: 0, ready: false, decoded: 0},
      {later: (callback) => queueMicrotask(callback)}
    );
    const node = trainer({
      store,
      invalidation: new Promise(() => {}),
      start: (given) => {
        hooks = given;
        const points = pointsTensor([[0, 0]]);
        return {
          begin: ({labels}) => void calls.push(`begin ${labels.length}`),
          run: () => void calls.push("run"),
          pause: () => void calls.push("pause"),
          draw: async () => (calls.push("draw"), points),
          field: async ({points: asked}) => (calls.push("field"), {...asked, data: asked.data.map(() => 0.5)}),
          dispose: () => void calls.push("dispose")
        };
      }
    });
    const button = (name: string) =>
      [...node.querySelectorAll("button")].find(({textContent}) => textContent === name)!;
    return {node, calls, button, store, hooks: () => hooks!};
  }

  test("begins with a ready drawing, pauses, goes on, and draws what it knows when it pauses", async () => {
    const {calls, button} = figure();
    button("Begin").click();
    expect(calls).toEqual(["begin 1200", "draw", "run"]); // what it draws before it has learned anything
    await vi.waitFor(() => expect(calls.at(-1)).toBe("field"));
    button("Pause").click();
    await vi.waitFor(() => expect(calls.slice(-3)).toEqual(["pause", "draw", "field"]));
    button("Go on").click();
    expect(calls.at(-1)).toBe("run");
  });

  test("an empty drawing is no lesson, and says so", () => {
    const {node, calls, button} = figure();
    button("empty").click();
    button("Begin").click();
    expect(calls).not.toContain("run");
    expect(node.querySelector('[role="alert"]')!.textContent).toMatch(/draw some points/);
  });

  test("tells the step and the loss, and an error in a sentence", () => {
    const {node, button, hooks} = figure();
    button("Begin").click();
    hooks().onProgress({steps: 40, weights: 19202, losses: [1, 0.5], seconds: 0.5, least: 0.2});
    expect(node.textContent).toMatch(/step 40/);
    expect(node.textContent).toMatch(/19,202 weights/);
    expect(node.textContent).toMatch(/loss 0.75 · least possible 0.20/);
    hooks().onError("the small network's worker has stopped; press Begin again");
    expect(node.querySelector('[role="alert"]')!.textContent).toMatch(/stopped/);
    expect(button("Begin")).toBeTruthy();
  });

  test("says how far what it draws is from the drawing, beside points of the drawing itself", async () => {
    const {node, button} = figure();
    button("Begin").click();
    await vi.waitFor(() =>
      expect(node.querySelector(".verdict")!.textContent).toMatch(
        /the points that it draws are [\d.]+ from the drawing \(as many points of the drawing itself.*: [\d.]+\)/
      )
    );
  });

  test("another drawing or another way to learn begins anew, and nothing of the older network is left", async () => {
    const {node, calls, button, store} = figure();
    button("Begin").click();
    await vi.waitFor(() => expect(node.querySelector(".verdict")!.textContent).not.toBe(""));
    button("spiral").click();
    expect(calls.slice(-4)).toEqual(["pause", "begin 1200", "draw", "run"]);
    expect(node.querySelector(".verdict")!.textContent).toBe("");
    await vi.waitFor(() => expect(calls.at(-1)).toBe("field"));
    const type = node.querySelector<HTMLSelectElement>("#net-type")!;
    type.value = "v_prediction";
    type.dispatchEvent(new Event("change"));
    expect(store.state).toMatchObject({sketch: "spiral", predicts: "v_prediction"});
    expect(calls.slice(-4)).toEqual(["pause", "begin 1200", "draw", "run"]);
    expect(node.querySelector(".verdict")!.textContent).toBe("");
  });
});

describe("the address", () => {
  test("keeps every control, and a first visit is plain", () => {
    expect(addressOf(defaults)).toBe("");
    const other = {
      ...{t: 300, round: 2, told: true, caption: 4, averageT: 640, planeT: 700, x: -1.2, y: 0.4, thrown: 5, step: 12},
      ...{sketch: "spiral", netSeed: 3, schedule: "linear", predicts: "sample", prompt: "teal", sampler: "ddpm"},
      ...{guidance: 2, netT: 250}
    };
    expect(readAddress(addressOf(other))).toEqual(other);
  });

  test("what is not valid is as on a first visit", () => {
    expect(readAddress("?t=5000&scene=0&told=no&caption=x&sketch=cat&predicts=nothing&step=0")).toEqual(defaults);
  });
});
