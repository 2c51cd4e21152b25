import "fake-indexeddb/auto";
import {readFileSync, readdirSync} from "node:fs";
import {join, relative} from "node:path";
import {describe, expect, test} from "vitest";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf, usualCaption} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";
import {qualityRows, type Evaluation} from "../../docs/model/card.js";
import {agreement, askedFor, factsOf} from "../../docs/model/composed.js";
import {curves} from "../../docs/model/errorFigure.js";
import {averageOf, errorsAt, inGuess, spread} from "../../docs/model/errors.js";
import {curvesOf, duration, secondsAt, smoothed, type History} from "../../docs/model/history.js";
import {createLoader, NOTHING, type LoaderState} from "../../docs/model/loading.js";
import {anchorsOf, GROUPS, TRAINED, type ModelRecording} from "../../docs/model/recorded.js";
import {masked} from "../../docs/model/scenesFigure.js";
import {readLines} from "../../docs/page/lines.js";
import {nearestFew} from "../../docs/page/nearest.js";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import {createStore} from "../../docs/page/store.js";
import {loadModelFromFolder} from "../../src/node.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import {filesOfInput, type PlacedFile} from "../../src/sources/files.js";
import {concat} from "../../src/tensor.js";
import {fakeCaches} from "./fakeCaches.js";

const json = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
const recording = json<ModelRecording>("docs/recorded/model.json");
const history = "data/models/tiny/history";

describe("the error by timestep", () => {
  // Made by test/goldens/make_model.py: onnxruntime and diffusers on the same files.
  interface Golden {
    scene: number;
    noise_seed: number;
    caption: string;
    rows: {timestep: number; uncond: number; cond: number}[];
  }
  const golden = json<Golden>("test/goldens/model.json");

  test("of a scene that the UNet never saw is what Python computes", async () => {
    const model = await loadModelFromFolder("data/models/tiny", {threads: 1});
    const atlas = await openAtlas("data/scenes/atlas", recording.objects);
    const spec = describeScene(golden.scene, {objects: recording.objects});
    const {alphasCumprod} = makeSchedule(model.schedulerConfig);
    const batch = {
      x0: await model.encode(imageTensor(scenePixels(drawScene(spec, atlas)))),
      eps: new Generator(golden.noise_seed).randn([1, ...model.latentShape]),
      states: concat([await model.encodeText([""]), await model.encodeText([golden.caption])])
    };
    expect(captionsOf(spec)[0].text).toBe(golden.caption);
    for (const {timestep, uncond, cond} of golden.rows) {
      const errors = await errorsAt(model, batch, timestep, alphasCumprod[timestep]);
      expect(errors.uncond[0] / uncond).toBeCloseTo(1, 3);
      expect(errors.cond[0] / cond).toBeCloseTo(1, 3);
    }
    await model.release();
  }, 60_000);

  test("is averaged with its standard error, and told of the guess by the ratio of noise to signal", () => {
    const {mean, doubt} = averageOf([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(doubt).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12);
    expect(averageOf([7])).toEqual({mean: 7, doubt: 0});
    expect(inGuess(0.01, 0.5)).toBeCloseTo(0.01, 12);
    expect(inGuess(0.01, 0.1)).toBeCloseTo(0.09, 12);
  });

  test("fills in from both ends and from the widest gap, each level once", () => {
    expect(spread(5)).toEqual([0, 4, 2, 1, 3]);
    expect([...spread(13)].sort((a, b) => a - b)).toEqual(Array.from({length: 13}, (_, i) => i));
    expect(spread(1)).toEqual([0]);
  });

  test("is drawn as recorded lines, and as dots once it was measured here", () => {
    const recorded = curves(recording, "unseen", "eps", [], 7);
    expect(recorded.lines.map(({points}) => points.length)).toEqual([13, 13]);
    const live = curves(recording, "unseen", "x0", [{timestep: 500, uncond: [0.1, 0.3], cond: [0.1, 0.1]}], 7);
    const alpha = recording.errors.alphasCumprod[recording.errors.timesteps.indexOf(500)];
    expect(live.lines[2].points).toEqual([[500, expect.closeTo((0.2 * (1 - alpha)) / alpha, 9)]]);
  });

  test("recorded, is smaller with the caption at every level but the first ones, where the picture shows", () => {
    for (const group of ["unseen", "pairs", "trained"] as const)
      recording.errors.groups[group].forEach(({uncond, cond}) => expect(cond[0]).toBeLessThan(uncond[0] + 1e-9));
  });
});

describe("the training, recorded", () => {
  const historyOf = (part: string): History => ({
    metrics: readLines(readFileSync(`${history}/${part}-metrics.jsonl`, "utf8")),
    checkpoints: readLines(readFileSync(`${history}/${part}.jsonl`, "utf8"))
  });

  test("has for each part two charts, each with the checkpoint marked", () => {
    for (const part of ["unet", "vae", "clip"] as const) {
      const charts = curvesOf(part, historyOf(part), 100);
      expect(charts).toHaveLength(2);
      for (const {lines, marks} of charts) expect(marks).toHaveLength(lines.length);
    }
  });

  test("is averaged evenly on a logarithmic axis, keeping its ends", () => {
    const {metrics} = historyOf("unet");
    const points = smoothed(metrics, ({mse}) => mse);
    expect(points.length).toBeLessThan(100);
    expect(points[0]).toEqual([metrics[0].step, metrics[0].mse]);
    points.slice(1).forEach(([step], i) => expect(step).toBeGreaterThan(points[i][0]));
  });

  test("tells its time", () => {
    const {metrics} = historyOf("unet");
    expect(secondsAt(metrics, 0)).toBe(0);
    expect(duration(secondsAt(metrics, 7200))).toBe("3.6 hours");
    expect([duration(40), duration(600)]).toEqual(["40 s", "10 min"]);
  });
});

describe("the card", () => {
  test("shows the evaluation's own numbers", () => {
    const heldOut = json<Evaluation>(`${history}/evaluation-held-out.json`);
    const rows = qualityRows(heldOut, json<Evaluation>(`${history}/evaluation.json`));
    expect(rows.find(([question]) => question.startsWith("Two things"))?.[1]).toBe(
      `${(100 * heldOut.generated.two).toFixed(1)} %`
    );
    expect(rows.find(([question]) => question.startsWith("CLIP"))?.[1]).toBe("92.2 %");
  });
});

describe("memory and composition", () => {
  const bytes = readFileSync("docs/recorded/model.bin");
  const anchors = anchorsOf(recording, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

  test("no neighbour of a held-out pair shows the pair: thing or place, never both", () => {
    const pairs = recording.drawn.filter(
      ({object, place}) => (object && place && place !== "grass") || object !== "horse"
    );
    for (const {embedding, object, place} of pairs)
      for (const {index} of nearestFew(embedding, anchors, 4)) {
        const spec = describeScene(recording.anchors.first + index, {objects: recording.objects});
        expect(spec.place === place && spec.objects.some(({name}) => name === object)).toBe(false);
      }
  });

  test("neighbours come in order, the nearest first", () => {
    const [first, second] = nearestFew([1, 0], [[0, 1], [1, 1], [1, 0]], 2); // prettier-ignore
    expect([first.index, second.index]).toEqual([2, 1]);
    expect(first.cosine).toBe(1);
  });

  test("each thing misses two places of training, and its counts are those of the generator", () => {
    const {counts, places} = recording.pairs;
    for (const row of counts) expect(row.filter((count) => count === 0)).toHaveLength(2);
    const some = Array.from({length: 400}, (_, i) =>
      describeScene(GROUPS.trained.first + i, {objects: recording.objects})
    );
    for (const {place, objects} of some)
      for (const {name} of objects)
        expect(counts[recording.objects.indexOf(name)][place ? places.indexOf(place) : 8]).toBeGreaterThan(0);
    expect(TRAINED).toBe(json<{scenes: {known: number}}>("data/training/configs/tiny.json").scenes.known);
  });

  test("what is asked for is read by the model's vocabulary", () => {
    const vocabulary = json<Parameters<typeof askedFor>[1]>("data/models/tiny/vocabulary.json");
    expect(askedFor("a horse in the ocean", vocabulary)).toEqual({object: "horse", place: "ocean"});
    expect(askedFor("a photo of a horse", vocabulary)).toEqual({object: "horse", place: null});
    expect(askedFor("peace", vocabulary)).toEqual({object: null, place: null});
    expect(factsOf(recording, {object: "horse", place: "ocean"})).toContain("not one scene has both");
    expect(factsOf(recording, {object: "horse", place: "beach"})).toContain("this pair was shown");
    expect(agreement({object: "horse", place: "ocean"}, {object: false, place: true})).toBe(
      "another thing, the same place"
    );
    expect(usualCaption("owl", "city")).toBe("an owl in the city");
  });

  test("a mask tints the pixels of its things alone", () => {
    const pixels = {data: new Uint8ClampedArray(8).fill(100), width: 2, height: 1};
    expect([...masked(pixels, Uint8Array.of(0, 1), 1).data]).toEqual([100, 100, 100, 100, 224, 81, 155, 100]);
  });
});

describe("a model of the reader's own", () => {
  const root = "test/browser/own/model";
  const files = readdirSync(root, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): PlacedFile => {
      const name = `mine/${relative(root, path)}`;
      return {path: name, file: new File([new Uint8Array(readFileSync(path))], name, {lastModified: 1})};
    });
  const device = {gpu: null, threads: 2, memoryGB: null, storage: null};
  const parts = () => ({
    fetch: () => Promise.reject(new Error("nobody is asked")),
    indexedDB,
    device: async () => device
  });
  const open = (caches?: CacheStorage) => {
    const store = createStore<LoaderState>(NOTHING, {later: (callback) => callback()});
    return {store, loader: createLoader(store, {...parts(), ...(caches ? {caches} : {})})};
  };

  test("is looked into, kept, chosen, and given up with the cache", async () => {
    const {store, loader} = open(fakeCaches());
    await loader.look({kind: "files", files});
    const {report, phase, error} = store.state;
    expect([phase, error, report?.problems]).toEqual(["ready", null, []]);
    expect(report?.losses.map(({chapter}) => chapter)).toContain("editing");
    await loader.load();
    expect([store.state.phase, store.state.chosen?.manifest.name]).toEqual(["done", "mine"]);
    expect(store.state.chosen?.losses).toEqual(report?.losses);
    expect(store.state.cached).toBe(report?.totalBytes);
    await loader.empty();
    expect([store.state.chosen, store.state.cached, store.state.phase]).toEqual([null, 0, "idle"]);
  });

  test("that was chosen can be given up while its files stay", async () => {
    const {store, loader} = open(fakeCaches());
    await loader.look({kind: "files", files});
    await loader.load();
    await loader.giveUp();
    expect([store.state.chosen, store.state.cached! > 0]).toEqual([null, true]);
  });

  test("is no model folder: one sentence, and nothing is loaded", async () => {
    const {store, loader} = open(fakeCaches());
    await loader.look({kind: "files", files: filesOfInput([new File(["x"], "a.txt")])});
    expect(store.state.error).toContain("holds no model folder");
    await loader.load();
    expect([store.state.phase, store.state.chosen]).toEqual(["idle", null]);
  });

  test("needs a browser that keeps files, and says so", async () => {
    const {store, loader} = open();
    await loader.look({kind: "files", files});
    expect(store.state.error).toContain("keeps no files");
  });
});
