// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {addressOf, readAddress} from "../../docs/home/address.js";
import {createDecoding} from "../../docs/page/decoding.js";
import {createDrawing} from "../../docs/home/drawing.js";
import type {Engine} from "../../docs/home/engine.js";
import {captionOf, latentsAt, type Film} from "../../docs/page/film.js";
import {experiment} from "../../docs/home/forks.js";
import {engineCode, pythonCode} from "../../docs/home/code.js";
import {createPlayer} from "../../docs/home/playing.js";
import {floatToHalf, halfToFloat, recordedFilm} from "../../docs/page/recorded.js";
import {rescaled} from "../../docs/page/rescale.js";
import type {HomeState} from "../../docs/home/state.js";
import {createStore, type Store} from "../../docs/page/store.js";
import {syntheticFilm, syntheticPreview} from "../../docs/home/synthetic.js";
import {defaultSettings} from "../../components/runSettings.js";
import type {DrawOptions, StepRecord} from "../../src/pipeline.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

function homeStore(change: Partial<HomeState> = {}): Store<HomeState> {
  const film = syntheticFilm({numSteps: 8});
  return createStore<HomeState>(
    {
      ...{prompt: film.prompt, settings: film.settings, film, step: 0, view: "x0", playing: false, unrolled: false},
      ...{opened: null, triedScale: null, branches: [], work: null, error: null, notice: null, modelName: "synthetic"},
      ...{preview: syntheticPreview, vocabulary: null, decoded: 0},
      ...change
    },
    {later: (callback) => callback()}
  );
}

const info = {
  ...{name: "synthetic", width: 128, height: 128, latentShape: [4, 16, 16], scalingFactor: 1, schedulerConfig: {}},
  ...{
    maxTokens: 32,
    recommended: {guidance: 4, steps: 30, sampler: "ddim"},
    preview: syntheticPreview,
    vocabulary: null,
    hasControls: false
  }
};

/** An engine that draws the synthetic run, one step a tick, and keeps what it was asked. */
function fakeEngine({fails = false} = {}): Engine & {asked: DrawOptions[]} {
  const asked: DrawOptions[] = [];
  return {
    asked,
    status: {state: "ready", backend: "wasm", threads: 1, seconds: 1, info, notice: null},
    onStatus: () => () => {},
    load: async () => {
      if (fails) throw new Error("unet/model.onnx could not be loaded: the server answered 404");
      return info;
    },
    async *draw(options) {
      asked.push(options);
      const {steps} = syntheticFilm({numSteps: options.steps ?? 8, seed: options.seed});
      for (const step of steps.slice(options.from?.index ?? 0)) {
        await Promise.resolve();
        if (options.signal?.aborted) throw new DOMException("aborted", "AbortError");
        yield {...step, saved: {}} as StepRecord;
      }
    },
    decode: async () => ({data: new Float32Array(3), dims: [1, 3, 1, 1]}),
    tokenize: async () => ({ids: [5], tokens: ["horse</w>"], offsets: [[0, 5]], truncated: false})
  };
}

const decoding = {put: () => {}, wake: () => {}};
const settings = {...defaultSettings, steps: 8};

describe("drawing", () => {
  test("a drawing replaces the film, step by step, and ends with its picture decoded", async () => {
    const store = homeStore({prompt: "a horse", settings});
    const [put, onFinished] = [vi.fn(), vi.fn()];
    await createDrawing(store, fakeEngine(), {decoding: {...decoding, put}, onFinished}).draw();
    const {film, step, work} = store.state;
    expect([film.source, film.prompt, film.steps.length, film.finished]).toEqual(["live", "a horse", 8, true]);
    expect([step, work, put.mock.calls.length]).toEqual([7, null, 1]);
    expect(onFinished).toHaveBeenCalledWith(film);
  });

  test("the latest wish wins", async () => {
    const store = homeStore({prompt: "first", settings});
    const engine = fakeEngine();
    const drawing = createDrawing(store, engine, {decoding});
    const first = drawing.draw();
    store.set({prompt: "second"});
    await Promise.all([first, drawing.draw()]);
    expect([store.state.film.prompt, store.state.film.finished, store.state.error]).toEqual(["second", true, null]);
    expect(drawing.busy()).toBe(false);
  });

  test("Cancel leaves what is there and no error", async () => {
    const store = homeStore({prompt: "a horse", settings});
    const drawing = createDrawing(store, fakeEngine(), {decoding});
    const drawn = drawing.draw();
    drawing.cancel();
    await drawn;
    expect([store.state.film.source, store.state.work, store.state.error]).toEqual(["recorded", null, null]);
  });

  test("an error is shown, and the next drawing takes it back", async () => {
    const store = homeStore({settings});
    await createDrawing(store, fakeEngine({fails: true}), {decoding}).draw();
    expect(store.state.error).toContain("404");
    await createDrawing(store, fakeEngine(), {decoding}).draw();
    expect(store.state.error).toBeNull();
  });

  test("the reader's own step is left alone while the run goes on", async () => {
    const store = homeStore({prompt: "a horse", settings});
    store.onChange(({film, step}) => {
      if (film.steps.length === 4 && step === 3) store.set({step: 1});
    });
    await createDrawing(store, fakeEngine(), {decoding}).draw();
    expect(store.state.step).toBe(1);
  });

  test("a fork runs the rest only, beside the trunk", async () => {
    const store = homeStore({prompt: "a horse", settings});
    const engine = fakeEngine();
    const drawing = createDrawing(store, engine, {decoding});
    await drawing.draw();
    const trunk = store.state.film;
    await drawing.fork(3, {kind: "prompt", prompt: "a cow"});
    const [branch] = store.state.branches;
    expect([branch.label, branch.from, branch.film.prompt]).toEqual(["From step 4: “horse” becomes “cow”", 3, "a cow"]);
    expect(branch.film.steps.slice(0, 3)).toEqual(trunk.steps.slice(0, 3));
    expect([branch.film.steps.length, engine.asked[1].from?.index, store.state.film === trunk]).toEqual([8, 3, true]);
  });

  test("a recorded film cannot be forked, and says so", async () => {
    const store = homeStore();
    await createDrawing(store, fakeEngine(), {decoding}).fork(3, {kind: "guidance", guidance: 9});
    expect(store.state.error).toContain("draw the picture here first");
  });
});

describe("decoding", () => {
  const latents = (value: number) => ({data: Float32Array.of(value), dims: [1, 1, 1, 1]});

  test("one at a time; of wishes that wait the newest", async () => {
    const asked: number[] = [];
    const queue = createDecoding({
      decode: async ({data}) => {
        asked.push(data[0]);
        return {data: new Float32Array(3), dims: [1, 3, 1, 1]};
      },
      busy: () => false,
      onDecoded: () => {}
    });
    const all = [1, 2, 3, 4].map(latents);
    queue.want(all[0]);
    queue.want(all[1]);
    queue.want(all[2]);
    queue.later([all[0], all[3]]);
    await vi.waitFor(() => expect(asked).toEqual([1, 3, 4]));
    await vi.waitFor(() => expect(queue.get(all[3])).not.toBeNull());
    expect(queue.get(all[1])).toBeNull();
  });

  test("while a drawing runs it waits, and wakes after it", async () => {
    let busy = true;
    const decode = vi.fn(async () => ({data: new Float32Array(3), dims: [1, 3, 1, 1]}));
    const queue = createDecoding({decode, busy: () => busy, onDecoded: () => {}});
    queue.want(latents(1));
    expect(decode).not.toHaveBeenCalled();
    busy = false;
    queue.wake();
    expect(decode).toHaveBeenCalledOnce();
  });
});

describe("films", () => {
  test("half precision keeps a number to a part in two thousand", () => {
    const values = Float32Array.of(0, 1, -1, 0.1, -3.14159, 12.5, 1e-5, 65504);
    const back = halfToFloat(floatToHalf(values));
    values.forEach((value, i) => expect(Math.abs(back[i] - value)).toBeLessThanOrEqual(Math.abs(value) / 2000 + 1e-7));
  });

  test("a recording gives back x̂0 and eps of every step", () => {
    const {steps, settings: recorded} = syntheticFilm({numSteps: 4});
    const all = [...steps.map(({xt}) => xt), steps[3].prev, ...steps.map(({eps}) => eps), ...steps.map(({eps}) => eps)];
    const numbers = floatToHalf(Float32Array.from(all.flatMap(({data}) => [...data])));
    const recording = {
      ...{command: "", model: "synthetic", prompt: "x", settings: recorded, dims: [1, 4, 16, 16]},
      ...{preview: syntheticPreview, tokens: [], secondsPerStep: 0.2, sheet: [], steps}
    };
    const film = recordedFilm(recording, numbers.buffer as ArrayBuffer);
    expect(film.steps).toHaveLength(4);
    film.steps[2].x0.data.forEach((value, i) => expect(value).toBeCloseTo(steps[2].x0.data[i], 1));
  });

  test("the last step of a finished film shows its result, others their guess or their noise", () => {
    const film = syntheticFilm({numSteps: 4});
    expect(latentsAt(film, 3)).toBe(film.steps[3].prev);
    expect(latentsAt(film, 1)).toBe(film.steps[1].x0);
    expect(latentsAt(film, 1, "xt")).toBe(film.steps[1].xt);
  });

  test("a caption says recorded or live, and how it was drawn", () => {
    const film: Film = {...syntheticFilm({numSteps: 4}), source: "live"};
    expect(captionOf(film, "tiny")).toBe(
      "live, in this browser · tiny · seed 7 · DDIM · 4 steps · guidance 4 · UNet 0.20 s a step"
    );
  });

  test("another scale needs no UNet: at the drawn scale nothing changes, at 1 the words' own prediction stays", () => {
    const [step] = syntheticFilm({numSteps: 4}).steps;
    const other = {...step, epsUncond: {...step.eps, data: step.eps.data.map((value) => value + 1)}};
    expect(rescaled(other, other.guidanceScale)).toBe(other);
    rescaled(other, 1).eps.data.forEach((value, i) => expect(value).toBeCloseTo(step.epsCond.data[i], 5));
  });

  test("the player starts over from the end and stops there", () => {
    vi.useFakeTimers();
    const store = homeStore({step: 7});
    const player = createPlayer(store, {pace: 10});
    player.play();
    expect([store.state.step, store.state.playing]).toEqual([0, true]);
    vi.advanceTimersByTime(200);
    expect([store.state.step, store.state.playing]).toEqual([7, false]);
    vi.useRealTimers();
  });
});

describe("words about a run", () => {
  test("an address holds every control and comes back as it was", () => {
    const film = syntheticFilm({numSteps: 8});
    const asked = {...settings, seed: 12, sampler: "ddpm" as const, guidance: 3, negative: "red", noiseSeed: 5};
    const address = readAddress(
      addressOf({prompt: "a horse & a cow", settings: asked, step: 2, film, view: "xt", triedScale: 2.5})
    );
    expect(address).toEqual({prompt: "a horse & a cow", step: 3, settings: asked, view: "xt", triedScale: 2.5});
  });

  test("nonsense in an address is left out", () => {
    const nonsense = "?seed=banana&steps=-3&sampler=magic&guidance=1e9&step=NaN";
    expect(readAddress(nonsense)).toEqual({settings: {}});
  });

  test("the ready experiment changes the object that the prompt names", () => {
    const film = {...syntheticFilm({numSteps: 30}), prompt: "a horse on the grass"};
    const vocabulary = {objects: {horse: ["horse"]}, places: {}, colors: {}, words: []};
    const {label, forks} = experiment({film, vocabulary});
    expect(label).toBe("change “horse” to “cow” at steps 3, 10 and 20");
    expect(forks.map(({from}) => from)).toEqual([2, 9, 19]);
    expect(forks[0].change).toEqual({kind: "prompt", prompt: "a cow on the grass"});
  });

  test("code names the run, with every quote in its place", () => {
    const prompt = 'a "horse" 草';
    expect(engineCode(prompt, settings)).toContain('prompt: "a \\"horse\\" 草"');
    expect(pythonCode(prompt, settings)).toContain('["", "a \\"horse\\" \\u8349"]');
    expect(pythonCode(prompt, {...settings, sampler: "ddpm", noiseSeed: 4})).toContain("manual_seed(4)");
  });
});
