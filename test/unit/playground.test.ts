// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {decode, encode} from "fast-png";
import {unzipSync} from "fflate";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {branchBoard} from "../../components/branchBoard.js";
import {pictureGrid} from "../../components/pictureGrid.js";
import {FIELDS, runFields, type FieldName, type Wish} from "../../components/runFields.js";
import {toggles} from "../../components/toggles.js";
import {createStore, type Store} from "../../docs/page/store.js";
import {syntheticFilm, syntheticPreview} from "../../docs/home/synthetic.js";
import {addressOf, linkOf, queryOf, readAddress, readForks} from "../../docs/playground/address.js";
import {mainCode} from "../../docs/playground/code.js";
import {controls, isStale} from "../../docs/playground/controls.js";
import {halfWay, sentence, shareOf, type RecordedForks} from "../../docs/playground/decided.js";
import {differing, firstDifference} from "../../docs/playground/differences.js";
import {createDrawing} from "../../docs/playground/drawing.js";
import {fileName, parametersOf} from "../../docs/playground/exporting.js";
import {filmOf} from "../../docs/playground/history.js";
import type {Parts} from "../../docs/playground/parts.js";
import {ranksOf} from "../../docs/page/ranks.js";
import {alike, emptyGrid, endWish, otherWish, promptOf, type PlayState, type Run} from "../../docs/playground/state.js";
import {inOrder, throwsNoise} from "../../docs/playground/tree.js";
import {encodeFilm} from "../../src/exports/filmGif.js";
import {encodePicture, readParameters} from "../../src/exports/picturePng.js";
import {recordFiles, zipped} from "../../src/exports/recordFiles.js";
import type {DrawOptions, StepRecord} from "../../src/pipeline.js";
import type {Engine} from "../../src/worker/client.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const wish: Wish = {
  ...{prompt: "a horse on the grass", negative: "", seed: 7, noiseSeed: null},
  ...{sampler: "ddim", steps: 8, guidance: 4, eta: 0}
};

function runOf(change: Partial<Run> = {}): Run {
  const {steps, numSteps} = syntheticFilm({numSteps: 8});
  return {source: "live", wish, forks: [], steps, numSteps, finished: true, ...change};
}

function playStore(change: Partial<PlayState> = {}): Store<PlayState> {
  const run = runOf();
  return createStore<PlayState>(
    {
      ...{wish, other: {}, runs: [run, null], step: 7, playing: false},
      ...{tree: [{run, parent: null, label: "the trunk"}], sown: emptyGrid(7), sownOf: null, rankWords: ""},
      ...{rankedBy: null, typing: false, task: null, work: null, error: null, notice: null},
      ...{modelName: "synthetic", preview: syntheticPreview, vocabulary: null, decoded: 0, ...change}
    },
    {later: (callback) => callback()}
  );
}

/** An engine that draws the synthetic run, and keeps what it was asked. */
function fakeEngine(): Engine & {asked: DrawOptions[]} {
  const asked: DrawOptions[] = [];
  const info = {name: "synthetic", preview: syntheticPreview, vocabulary: null};
  return {
    asked,
    status: {state: "ready", info},
    onStatus: () => () => {},
    load: async () => info,
    decode: async () => ({data: new Float32Array(12), dims: [1, 3, 2, 2]}),
    async *draw(options: DrawOptions) {
      asked.push(options);
      const {steps} = syntheticFilm({numSteps: options.steps ?? 8, seed: options.seed});
      for (const step of steps.slice(options.from?.index ?? 0)) {
        await Promise.resolve();
        if (options.signal?.aborted) return;
        yield {...step, saved: {}} as unknown as StepRecord;
      }
    }
  } as unknown as Engine & {asked: DrawOptions[]};
}

const decoding = () => ({put: () => {}, wake: () => {}});

describe("the address", () => {
  test("holds every field of both arms, the step and the switches, and is read back as it was", () => {
    const other = {prompt: "a cow", seed: 9, noiseSeed: null, sampler: "dpm++2m", eta: 0.5};
    const state = playStore({
      ...{wish: {...wish, negative: "grass & more", noiseSeed: 3, sampler: "ddpm", guidance: 7.5}, other},
      ...{step: 2, typing: true, rankWords: "a big horse"}
    }).state;
    const read = readAddress(addressOf(state, wish));
    expect({...read.wish, eta: 0}).toEqual(state.wish);
    expect(read.other).toEqual(other);
    expect([read.step, read.typing, read.rankWords]).toEqual([3, true, "a big horse"]);
  });

  test("of a plain visit is plain, and of a changed one tells the whole wish of arm A", () => {
    const {state} = playStore();
    expect(addressOf(state, wish)).toBe("");
    expect(queryOf(state)).toContain("seed=7");
    expect(addressOf({...state, wish: {...wish, seed: 8}}, wish)).toMatch(/prompt=a\+horse.*sampler=ddim.*steps=8/);
    expect(linkOf({wish, forks: []}, "https://site.test/playground")).toMatch(
      /^https:\/\/site\.test\/playground\?prompt=a\+horse/
    );
  });

  test("tells the whole tree of forks and which is watched, and is read back with them, up to the first that is none", () => {
    const {state} = playStore();
    const forks = [
      {parent: 0, step: 1, change: {kind: "prompt" as const, prompt: "a cow: 3 of them"}},
      {parent: 1, step: 4, change: {kind: "guidance" as const, guidance: 7.5}},
      {parent: 0, step: 6, change: {kind: "noiseSeed" as const, noiseSeed: 9}}
    ];
    const own = ({parent: _, ...fork}: (typeof forks)[number]) => fork;
    const [trunk] = state.runs;
    const [cow, wide, thrown] = [[forks[0]], forks.slice(0, 2), [forks[2]]].map((path) => ({
      ...trunk,
      forks: path.map(own)
    }));
    const twig = (run: Run, parent: number | null) => ({run, parent, label: ""});
    const tree = [twig(trunk, null), twig(cow, 0), twig(wide, 1), twig(thrown, 0)];
    const grown: PlayState = {...state, wish: trunk.wish, tree, runs: [thrown, null]};
    const query = queryOf(grown);
    expect(readAddress(query)).toMatchObject({forks, watch: 3});
    expect(query).not.toContain("watch");
    expect(readAddress(queryOf({...grown, runs: [wide, null]}))).toMatchObject({forks, watch: 2});
    expect(addressOf(grown, state.wish)).toBe(query);
    expect(readAddress(linkOf(wide, "")).forks).toEqual(forks.slice(0, 2));
    expect(queryOf({...grown, wish: {...state.wish, seed: 8}})).not.toContain("forks");
    expect(queryOf({...grown, tree: [tree[0], {...tree[1], run: {...cow, finished: false}}]})).not.toContain("forks");
  });

  test("reads a fork without its parent as one of the line before, and none of a run that is not there", () => {
    const guided = (step: number, parent: number, guidance: number) => ({
      step,
      parent,
      change: {kind: "guidance", guidance}
    });
    expect(readForks("2:guidance:7\n0:guidance:7\n3:guidance:8")).toEqual([guided(1, 0, 7)]);
    expect(readForks("2:guidance:7\n3:guidance:8\n0>4:guidance:9")).toEqual([
      guided(1, 0, 7),
      guided(2, 1, 8),
      guided(3, 0, 9)
    ]);
    expect(readForks("2:guidance:7\n2>3:guidance:8")).toEqual([guided(1, 0, 7)]);
    for (const none of ["", "x", "2:eta:1", "2:guidance:99", "2:noiseSeed:-1"]) expect(readForks(none)).toBeUndefined();
  });

  test("leaves out what is no value of its field", () => {
    const read = readAddress("?seed=-1&steps=1000&guidance=99&sampler=ddim-inverse&seed.b=x&eta.b=2&sampler.b=euler");
    expect([read.wish, read.other]).toEqual([{}, {sampler: "euler"}]);
  });
});

describe("two arms", () => {
  test("arm B is arm A but for what it has of its own; with nothing of its own there is none", () => {
    expect(otherWish({wish, other: {}})).toBeNull();
    expect(otherWish({wish, other: {seed: 8}})).toEqual({...wish, seed: 8});
    expect([alike(null, null), alike(wish, null), alike(wish, {...wish}), alike(wish, {...wish, eta: 1})]).toEqual([
      ...[true, false, true, false]
    ]);
  });

  test("a field that is let differ begins with another value than arm A's, and what arm B had is kept", () => {
    for (const name of Object.keys(FIELDS) as FieldName[])
      expect(firstDifference(name, wish)[name], name).not.toEqual(wish[name]);
    expect(differing(["seed", "eta"], {seed: 99}, wish)).toEqual({seed: 99, eta: 1});
  });

  test("what is on show is stale as soon as either arm asks for something else", () => {
    const {state} = playStore();
    expect(isStale(state)).toBe(false);
    expect(isStale({...state, wish: {...wish, guidance: 5}})).toBe(true);
    expect(isStale({...state, other: {seed: 8}})).toBe(true);
    expect(isStale({...state, other: {seed: 8}, runs: [state.runs[0], runOf({wish: {...wish, seed: 8}})]})).toBe(false);
  });

  test("are drawn from their own wishes, and the newest wish wins", async () => {
    const store = playStore({other: {sampler: "euler"}});
    const engine = fakeEngine();
    const drawing = createDrawing(store, engine, {decoding});
    await Promise.all([drawing.draw(), drawing.draw()]);
    const [a, b] = engine.asked.slice(-2);
    expect([a.sampler, b.sampler, a.seed, b.seed, "noiseSeed" in a]).toEqual(["ddim", "euler", 7, 7, false]);
    expect(store.state.runs.map((run) => [run?.finished, run?.steps.length])).toEqual([
      [true, 8],
      [true, 8]
    ]);
    expect([store.state.task, store.state.work, store.state.error]).toEqual([null, null, null]);
  });
});

describe("draw as I type", () => {
  test("draws once the reader rests, what they wrote last; an empty prompt and a switch that is off draw nothing", () => {
    vi.useFakeTimers();
    vi.stubGlobal("matchMedia", () => ({matches: true, addEventListener: () => {}}));
    const store = playStore();
    const drawn: string[] = [];
    const drawing = {draw: async () => void drawn.push(store.state.wish.prompt), cancel: () => {}};
    const node = controls({store, drawing} as unknown as Parts);
    const write = (prompt: string): void => {
      const box = node.querySelector<HTMLInputElement>("#prompt")!;
      box.value = prompt;
      box.dispatchEvent(new Event("input", {bubbles: true}));
    };
    write("a cat");
    vi.advanceTimersByTime(1000);
    expect(drawn).toEqual([]);
    store.set({typing: true});
    for (const prompt of ["a d", "a do", "a dog"]) {
      write(prompt);
      vi.advanceTimersByTime(100);
    }
    expect(drawn).toEqual([]);
    vi.advanceTimersByTime(1000);
    write(" ");
    vi.advanceTimersByTime(1000);
    expect(drawn).toEqual(["a dog"]);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
});

describe("the tree of forks", () => {
  test("a fork goes on from its parent's step with one thing changed; a fork of a fork keeps both changes", async () => {
    const store = playStore();
    const engine = fakeEngine();
    const drawing = createDrawing(store, engine, {decoding});
    await drawing.draw();
    await drawing.fork(3, {kind: "prompt", prompt: "a cow on the grass"});
    const [trunk, cow] = store.state.tree;
    expect(cow.run.steps.slice(0, 3)).toEqual(trunk.run.steps.slice(0, 3));
    store.set({runs: [cow.run, null]});
    await drawing.fork(5, {kind: "guidance", guidance: 9});
    const last = store.state.tree[2];
    expect([last.parent, promptOf(last.run), endWish(last.run).guidance]).toEqual([1, "a cow on the grass", 9]);
    expect(engine.asked[2]).toMatchObject({prompt: "a cow on the grass", guidance: 9, from: {index: 5}});
    expect(parametersOf(last.run, "tiny")).toMatchObject({
      ...{prompt: wish.prompt, model: "tiny"},
      forks: [
        {step: 4, kind: "prompt", prompt: "a cow on the grass"},
        {step: 6, kind: "guidance", guidance: 9}
      ]
    });
  });

  test("is drawn anew, fork after fork, each from the one that it left; the one that is asked for is shown", async () => {
    const store = playStore();
    const engine = fakeEngine();
    const drawing = createDrawing(store, engine, {decoding});
    const forks = [
      {parent: 0, step: 1, change: {kind: "prompt" as const, prompt: "a cow"}},
      {parent: 1, step: 4, change: {kind: "guidance" as const, guidance: 2}},
      {parent: 0, step: 2, change: {kind: "guidance" as const, guidance: 1}}
    ];
    await drawing.draw(forks, 2);
    expect(engine.asked.map(({prompt, guidance, from}) => [prompt, guidance, from?.index])).toEqual([
      [wish.prompt, wish.guidance, undefined],
      ["a cow", wish.guidance, 1],
      ["a cow", 2, 4],
      [wish.prompt, 1, 2]
    ]);
    expect(store.state.runs[0].forks.map(({step}) => step)).toEqual([1, 4]);
    expect(store.state.tree.map(({parent}) => parent)).toEqual([null, 0, 1, 0]);
  });

  test("is shown with every twig below the one that it left", () => {
    const twig = (label: string, parent: number | null) => ({label, parent, run: runOf()});
    const tree = [twig("trunk", null), twig("a", 0), twig("b", 0), twig("a's", 1)];
    const rows = inOrder(tree);
    expect(rows.map(({twig: {label}, parent}) => [label, parent])).toEqual([
      ["trunk", 0],
      ["a", 0],
      ["a's", 1],
      ["b", 0]
    ]);
    const frames = [null, null];
    const row = (label: string, from: number, parent = 0) => ({label, from, parent, frames, final: null});
    const board = branchBoard({keys: [0, 4], trunk: row("t", 0), branches: [row("a", 4), row("a's", 4, 1)]});
    const stems = [...board.querySelectorAll(".stem")].map((stem) => stem.getAttribute("style"));
    expect(stems).toEqual(["grid-column: 2; grid-row: 2 / 4", "grid-column: 2; grid-row: 4 / 6"]);
  });

  test("other step noise is offered only where noise is thrown", () => {
    const thrown = (sampler: string, eta = 0) => throwsNoise({sampler, eta});
    expect([thrown("ddim"), thrown("ddim", 0.5), thrown("ddpm"), thrown("unipc")]).toEqual([false, true, true, false]);
  });
});

describe("what is taken away", () => {
  const data = Uint8ClampedArray.from({length: 4 * 6}, (_, i) => (i % 4 === 3 ? 255 : 40 * (i % 7)));
  const pixels = {data, width: 3, height: 2};

  test("the PNG holds the picture's own bytes and its parameters, letters beyond ASCII too", () => {
    const run = runOf({wish: {...wish, prompt: "a „horse“ 🐎"}});
    const file = encodePicture(pixels, parametersOf(run, "tiny"), {Software: "Diffusion Unrolled"});
    const read = decode(file);
    expect([read.width, read.height, read.channels, read.depth]).toEqual([3, 2, 3, 8]);
    expect([...read.data]).toEqual([...data].filter((_, i) => i % 4 < 3));
    expect(read.text.parameters).toMatch(/^[\x20-\x7e]*$/);
    expect(read.text.Software).toBe("Diffusion Unrolled");
    expect(readParameters(file)).toEqual({...run.wish, model: "tiny"});
    expect(readParameters(encode({...pixels, data: new Uint8Array(data), channels: 4}))).toBeNull();
  });

  test("the GIF has a frame for each picture, goes round, and stays on the last", () => {
    const gif = encodeFilm([pixels, pixels, pixels], {delay: 100, lastDelay: 1500});
    const text = String.fromCharCode(...gif);
    expect(text.slice(0, 6)).toBe("GIF89a");
    expect([gif[6] | (gif[7] << 8), gif[8] | (gif[9] << 8)]).toEqual([3, 2]);
    expect(text).toContain("NETSCAPE2.0");
    const controls = [...gif.keys()].filter((i) => [0x21, 0xf9, 4].every((byte, k) => gif[i + k] === byte));
    const delays = controls.map((i) => gif[i + 4] | (gif[i + 5] << 8)); // hundredths of a second
    expect(delays).toEqual([10, 10, 150]);
    expect(text.endsWith("\x3b")).toBe(true);
    expect(() => encodeFilm([])).toThrow(/no frames/);
  });

  test("the zip holds the numbers as NumPy reads them: header, shape and values", () => {
    const run = runOf();
    const files = unzipSync(zipped(recordFiles(run.steps as StepRecord[], {...wish, model: "tiny"})));
    expect(Object.keys(files).sort()).toEqual([
      "eps_cond.npy",
      "eps_uncond.npy",
      "latents.npy",
      "record.json",
      "x0.npy"
    ]);
    const {header, values} = readNpy(files["latents.npy"]);
    const [{latents}] = run.steps;
    expect(header).toBe(
      `{'descr': '<f4', 'fortran_order': False, 'shape': (${[9, ...latents.dims.slice(1)].join(", ")}), }`
    );
    expect(values.subarray(0, latents.data.length)).toEqual(latents.data);
    const last = run.steps[7].prev.data;
    expect(values.subarray(values.length - last.length)).toEqual(last);
    const record = JSON.parse(new TextDecoder().decode(files["record.json"])) as {steps: {timestep: number}[]};
    expect(record).toMatchObject({prompt: wish.prompt, model: "tiny"});
    expect(record.steps.map(({timestep}) => timestep)).toEqual(run.steps.map(({timestep}) => timestep));
  });

  test("a file is named after its prompt and its seed", () => {
    expect(fileName(runOf())).toBe("a-horse-on-the-grass-7");
    expect(fileName(runOf({wish: {...wish, prompt: "Äpfel / Birnen"}}))).toBe("a-pfel-birnen-7");
    expect(fileName(runOf({wish: {...wish, prompt: "🐎"}}))).toBe("picture-7");
  });

  test("a kept run is one that every chapter can read", () => {
    expect(filmOf(runOf(), "mine")).toMatchObject({
      ...{prompt: wish.prompt, settings: {seed: 7, sampler: "ddim"}, finished: true, model: "mine"}
    });
  });

  test("the code says every setting that matters, in both languages", () => {
    const asked = {...wish, prompt: 'a "horse"', negative: "grass", noiseSeed: 5, sampler: "dpm++2m-sde"};
    expect(mainCode([asked, wish]).engine).toMatch(/prompt: "a \\"horse\\"".*noiseSeed: 5[^]*seed: 7/);
    expect(mainCode([asked]).python).toMatch(/DPMSolverMultistepScheduler.*sde-dpmsolver/);
    expect(mainCode([asked]).python).toContain("manual_seed(5)");
  });
});

describe("eight seeds", () => {
  test("are put in order by their scores; one that was not drawn has no place", () => {
    expect(ranksOf([{score: 0.2}, {score: null}, {score: 0.5}, {score: 0.1}])).toEqual([1, null, 0, 2]);
  });
});

describe("when is what decided", () => {
  const recorded = JSON.parse(readFileSync("docs/recorded/playground.json", "utf8")) as RecordedForks;

  test("the share is of all prompts, and half way lies between two forks", () => {
    expect([shareOf("ABB-", "B"), shareOf("ABB-", "A")]).toEqual([0.5, 0.25]);
    expect(halfWay([0, 2, 4], [1, 0.75, 0.25])).toBe(3);
    expect(halfWay([0, 2], [1, 0.8])).toBeNull();
  });

  test("the recording has a letter for every prompt and fork, ends as asked at both ends, and is told as measured", () => {
    for (const answers of Object.values(recorded.answers)) {
      expect(answers.map((each) => each.length)).toEqual(recorded.forks.map(() => recorded.prompts));
      expect(shareOf(answers[0], "B")).toBeGreaterThan(0.85);
      expect(shareOf(answers[answers.length - 1], "A")).toBeGreaterThan(0.85);
    }
    expect(sentence(recorded)).toMatch(/another thing after [\d.]+ of \d+ steps.*the other side after/);
  });
});

describe("components", () => {
  test("fields that are not on show keep their values, and names of arm B end in B", () => {
    const node = runFields(wish, {fields: ["seed", "sampler"], suffix: "B"});
    expect([...node.querySelectorAll("label")].map(({textContent}) => textContent)).toEqual([
      ...["Seed of B", "Sampler of B"]
    ]);
    const seed = node.querySelector<HTMLInputElement>("#seed-b")!;
    seed.value = "12";
    seed.dispatchEvent(new Event("input"));
    expect(node.value).toEqual({...wish, seed: 12});
    const sampler = node.querySelector<HTMLSelectElement>("select")!;
    sampler.value = "pndm";
    sampler.dispatchEvent(new Event("input"));
    node.update({...node.value, steps: 2}, ["steps"]);
    expect(node.value.steps).toBe(4); // PNDM needs four
  });

  test("toggles list what is pressed in the order of the choices, and announce", () => {
    const node = toggles<"a" | "b" | "c">("Which", {a: "one", b: "two", c: "three"}, {value: ["c"]});
    let heard = 0;
    node.addEventListener("input", () => heard++);
    node.querySelectorAll("button")[0].click();
    expect([node.value, heard]).toEqual([["a", "c"], 1]);
    node.querySelectorAll("button")[2].click();
    expect(node.value).toEqual(["a"]);
  });

  test("a grid's picture can be pressed once it is there", () => {
    const node = pictureGrid("Pictures", [{key: "x", pixels: null, name: "first, not drawn yet", words: "first"}]);
    const button = node.querySelector("button")!;
    expect(button.disabled).toBe(true);
    const pixels = {data: new Uint8ClampedArray(4), width: 1, height: 1};
    node.update([{key: "x", pixels, name: "first", words: "first", mark: "1.", best: true}]);
    expect(node.querySelector("button")).toBe(button);
    button.click();
    expect([node.value, button.getAttribute("aria-label"), node.querySelector("li")?.className]).toEqual([
      ...["x", "first", "best"]
    ]);
  });
});

/** A .npy file of version 1, read by its specification. */
function readNpy(file: Uint8Array): {header: string; values: Float32Array} {
  expect([...file.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const length = file[8] | (file[9] << 8);
  expect((10 + length) % 64).toBe(0);
  const header = new TextDecoder().decode(file.subarray(10, 10 + length)).trim();
  return {header, values: new Float32Array(file.slice(10 + length).buffer)};
}
