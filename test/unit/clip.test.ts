// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {IDBFactory} from "fake-indexeddb";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {angleBetween, cosineArrows} from "../../components/cosineArrows.js";
import {blankPixels} from "../../components/paint.js";
import {percentage, shareBars} from "../../components/shareBars.js";
import {inkOn, similarityTable, type SimilarityData} from "../../components/similarityTable.js";
import {engineCode, pythonCode} from "../../docs/clip/code.js";
import {ARROWS, CAPTIONS, LABELS, RECORDED, SCENES, TEMPLATE} from "../../docs/clip/defaults.js";
import {createClip} from "../../docs/clip/clip.js";
import {createDistance} from "../../docs/page/distance.js";
import {createEmbeddings} from "../../docs/page/embeddings.js";
import {createJob, timeLeft} from "../../docs/page/job.js";
import {lookDistance, lookOf} from "../../docs/page/coarseLook.js";
import {nearestOf} from "../../docs/page/nearest.js";
import {ranksOf} from "../../docs/page/ranks.js";
import {recordedEmbeddings, toBytes, type ClipConfig, type ClipRecording} from "../../docs/page/clipRecording.js";
import {batchOf, captionsFor, queryOf, readAddress, sentenceOf, type ClipState} from "../../docs/clip/state.js";
import {textStages, visionStages} from "../../docs/clip/towers.js";
import {readLines} from "../../docs/page/lines.js";
import {checkpointOf, type Snapshot} from "../../docs/clip/training.js";
import {labelsIn, sharesOf} from "../../docs/clip/zeroShot.js";
import type {Recording} from "../../docs/page/recorded.js";
import {createStore} from "../../docs/page/store.js";
import {cosine, meanCosines} from "../../src/contrastive.js";
import type {Tensor} from "../../src/tensor.js";
import {withoutCanvas} from "./canvas.js";

beforeAll(withoutCanvas);

const pixelsOf = (shade: number) => blankPixels(2, [shade, shade, 0]);
const pictureOf = (shade: number) => ({
  kind: "scene" as const,
  name: `scene ${shade}`,
  pixels: pixelsOf(shade),
  seed: shade
});

/** Embeds "u,v" as [u, v], and a picture as its first two colours. */
const toyEngine = () => ({
  embedTexts: vi.fn(async (texts: readonly string[]): Promise<Tensor> => {
    const data = Float32Array.from(texts.flatMap((text) => text.split(",").map(Number)));
    return {data, dims: [texts.length, 2]};
  }),
  embedImages: vi.fn(async ({data, dims: [count, , height, width]}: Tensor): Promise<Tensor> => {
    const size = height * width;
    const rows = Array.from({length: count}, (_, i) => [
      data[3 * size * i] + 1.01,
      data[3 * size * i + 2 * size] + 1.01
    ]);
    return {data: Float32Array.from(rows.flat()), dims: [count, 2]};
  })
});

const stateOf = (change: Partial<ClipState> = {}): ClipState => ({
  ...{pictures: [pictureOf(0), pictureOf(255)], captions: ["1,1", "1,0"], temperature: 0.1, learned: 0.05},
  model: "toy",
  ...{view: "cosine", cell: {row: 0, column: 0}, picking: null, shift: 0, labels: ["0,1"], template: "{}"},
  ...{subject: 0, embedded: 0, error: null},
  ...change
});

describe("embeddings", () => {
  test("are asked for once, all new ones together, and a recorded one until it is computed", async () => {
    const engine = toyEngine();
    const embeddings = createEmbeddings(engine);
    const {pictures, captions} = stateOf();
    const pixels = pictures.map((picture) => picture!.pixels);
    embeddings.putText("1,0", Float32Array.of(9, 9));
    expect(embeddings.text("1,0")).toEqual(Float32Array.of(9, 9));
    expect(embeddings.live(["1,0"], [])).toBe(false);
    const first = embeddings.want(captions, pixels);
    await Promise.all([first, embeddings.want([...captions, "0,2"], pixels)]);
    expect(engine.embedTexts.mock.calls.map(([texts]) => texts)).toEqual([["1,1", "1,0"], ["0,2"]]);
    expect(engine.embedImages).toHaveBeenCalledTimes(1);
    expect(embeddings.text("1,0")).toEqual(Float32Array.of(1, 0));
    expect(embeddings.live([...captions, "0,2"], pixels)).toBe(true);
  });

  test("one that fails is asked for again", async () => {
    const engine = toyEngine();
    engine.embedTexts.mockRejectedValueOnce(new Error("no model"));
    const embeddings = createEmbeddings(engine);
    await expect(embeddings.want(["1,0"], [])).rejects.toThrow("no model");
    await embeddings.want(["1,0"], []);
    expect(embeddings.text("1,0")).toEqual(Float32Array.of(1, 0));
  });
});

describe("the batch", () => {
  test("has cosines of what is known, and a loss once all is", async () => {
    const embeddings = createEmbeddings(toyEngine());
    const state = stateOf();
    await embeddings.want(["1,1"], [state.pictures[0]!.pixels]);
    expect(batchOf(state, embeddings)).toMatchObject({cosines: null, loss: null, live: false});
    expect(batchOf(state, embeddings).cells.map((cell) => cell !== null)).toEqual([true, false, false, false]);
    await embeddings.want(
      state.captions,
      state.pictures.map((picture) => picture!.pixels)
    );
    const batch = batchOf(state, embeddings);
    expect(batch.cells[0]).toBeCloseTo(1);
    expect(batch.cells[3]).toBeGreaterThan(0.99);
    expect(batch.live).toBe(true);
    const shifted = batchOf({...state, shift: 0.3}, embeddings);
    expect(shifted.cells[0]! - batch.cells[0]!).toBeCloseTo(0.3);
    expect(shifted.loss!.loss).toBeCloseTo(batch.loss!.loss, 5);
  });

  test("labels share out 100 %", async () => {
    const embeddings = createEmbeddings(toyEngine());
    const state = stateOf({labels: ["0,1", "1,0", "1,1"]});
    expect(sharesOf(state, embeddings)).toBeNull();
    await embeddings.want(state.labels, [state.pictures[1]!.pixels]);
    const shares = sharesOf({...state, subject: 1}, embeddings)!;
    expect(shares.reduce((sum, {share}) => sum + share, 0)).toBeCloseTo(1);
    expect(shares.map(({label}) => label)).toEqual(state.labels);
    expect(shares[1].share).toBeGreaterThan(shares[2].share);
    expect(sharesOf({...state, labels: []}, embeddings)).toBeNull();
  });

  test("labels are read between commas, and a sentence has the right article", () => {
    expect(labelsIn(" horse, cat ,, horse")).toEqual(["horse", "cat"]);
    expect(sentenceOf("apple", "a picture of a {}")).toBe("a picture of an apple");
    expect(sentenceOf("cat", "a {}")).toBe("a cat");
    expect(sentenceOf("apple", "{}")).toBe("apple");
  });
});

describe("the address", () => {
  const usual = {
    ...{prompt: "a horse on the grass", seed: 7, other: "a penguin in space"},
    ...{step: null, checkpoint: null, arrows: ARROWS}
  };

  test("brings every control back", () => {
    const state = stateOf({
      ...{
        captions: ["a | b".replace("|", "and"), "c", "d", "e", "f"],
        labels: ["x", "y z"],
        temperature: 0.2,
        view: "pull"
      },
      ...{cell: {row: 1, column: 2}, subject: 3, template: "a picture of a {}"},
      pictures: [5, 6, 7, 8, 9].map(pictureOf)
    });
    const arrows = [
      {angle: 350, length: 1.25},
      {angle: 0, length: 2}
    ] as const;
    const query = queryOf(state, {prompt: "a cat", seed: 3, other: "a dog", step: 4, checkpoint: 0, arrows}, usual);
    expect(readAddress(query)).toEqual({
      ...{pair: {row: 1, column: 2}, subject: 4, template: "a picture of a {}"},
      ...{other: "a dog", step: 4, checkpoint: 0, arrows},
      ...{
        prompt: "a cat",
        captions: state.captions,
        labels: ["x", "y z"],
        tau: 0.2,
        view: "pull",
        pictures: [5, 6, 7, 8, 9]
      }
    });
  });

  test("is plain on a plain visit, and what is not valid is left out", () => {
    const pictures = SCENES.map((seed) => ({...pictureOf(0), seed}));
    const plain = stateOf({captions: CAPTIONS, pictures, labels: LABELS, temperature: 0.05, template: TEMPLATE});
    expect(queryOf(plain, usual, usual)).toBe("");
    expect(readAddress("?pictures=1,x&tau=7&view=magic&captions=||&labels=,")).toEqual({});
    expect(readAddress("?pair=6A&subject=0&template=x&arrows=1,1,400,1&checkpoint=-1&step=0")).toEqual({});
    expect(readAddress("?arrows=1,2,3")).toEqual({});
  });

  test("a prompt that came along is the first caption", () => {
    expect(captionsFor({prompt: "a cat"})).toEqual(["a cat", ...CAPTIONS.slice(1)]);
    expect(captionsFor({prompt: "a cat", captions: ["", "two"]})).toEqual([CAPTIONS[0], "two", ...CAPTIONS.slice(2)]);
  });
});

describe("how far a picture is", () => {
  const calibration = {count: 2, checked: 100, median: 0.9, leastCosine: 0.8, mostLook: 40};
  const plain = blankPixels(16, [200, 200, 200]);

  test("is told by the direction and the looks of the nearest training scenes", async () => {
    const embeddings = createEmbeddings(toyEngine());
    const noise = {...plain, data: plain.data.map((_, i) => (i % 4 === 3 ? 255 : (97 * i * i) % 256))};
    const pictureLike = (name: string, pixels: typeof plain, row: number[]) => {
      const copy = {...pixels, data: pixels.data.slice()};
      embeddings.putPicture(copy, Float32Array.from(row));
      return {kind: "upload" as const, name, pixels: copy};
    };
    const near = pictureLike("near", plain, [1, 0.1]);
    const turned = pictureLike("turned", plain, [-1, 1]);
    const noisy = pictureLike("noisy", noise, [1, 0]);
    const recorded = {anchors: [Int8Array.of(0, 127), Int8Array.of(127, 0)], looks: [lookOf(plain), lookOf(plain)]};
    const scene = vi.fn(async () => near);
    const distance = createDistance({embeddings, recorded, calibration, scene});
    expect(distance.nearest(near)).toMatchObject({index: 1, look: 0});
    expect([near, turned, noisy].map(distance.far)).toEqual([false, true, true]);
    const words = (picture: typeof near) =>
      distance
        .words(picture)
        .map((part) => (part as Node).textContent)
        .join("");
    expect(words(turned)).toMatch(
      /far from what CLIP learned.*cosine 0\.71 with it.*never saw one has more than 0\.80/
    );
    expect(words(near)).toMatch(/about as near to what CLIP learned.*differs by 0;/);
    expect(scene).toHaveBeenCalledWith(1);
    expect(distance.words(pictureOf(3))[0]).toMatch(/not known until the model is here/);
  });

  test("looks are means and contrasts of blocks", () => {
    const halves = blankPixels(16, [255, 0, 0]);
    for (let i = 0; i < 256; i++) if (i % 2) halves.data.set([0, 0, 255], 4 * i); // columns of red and blue, one pixel wide
    expect([...lookOf(plain).slice(0, 4)]).toEqual([200, 200, 200, 0]);
    expect([...lookOf(halves).slice(0, 4)]).toEqual([128, 0, 128, 255]);
    expect(lookDistance([0, 0], [3, 4])).toBeCloseTo(Math.sqrt(12.5));
  });

  test("bytes keep a direction", () => {
    const row = Float32Array.from({length: 128}, (_, i) => Math.sin(i * i) / 11);
    expect(cosine(row, toBytes(row))).toBeGreaterThan(0.9999);
    expect(nearestOf(row, [toBytes(row.map((value) => -value)), toBytes(row)]).index).toBe(1);
  });
});

describe("what is recorded", () => {
  const recording = JSON.parse(readFileSync("docs/recorded/clip.json", "utf8")) as ClipRecording;
  const {buffer, byteOffset, byteLength} = readFileSync("docs/recorded/clip.bin");
  const rows = recordedEmbeddings(recording, buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);

  test("is the page's batch: pictures and captions that belong together point the same way", () => {
    expect(recording.scenes).toEqual(SCENES);
    expect(recording.captions).toEqual(CAPTIONS);
    expect(recording.model).toBe(RECORDED);
    expect(rows.anchors.length).toBe(recording.anchors.count);
    const values = rows.pictures.flatMap((picture) => rows.captions.map((caption) => cosine(picture, caption)));
    const {matched, unmatched} = meanCosines({data: Float32Array.from(values), dims: [5, 5]});
    expect(matched).toBeGreaterThan(unmatched + 0.2);
  });

  test("each line of the history is a checkpoint whose first loss is near that of a blind guess", () => {
    const snapshots = readLines<Snapshot>(readFileSync("data/models/tiny/history/clip.jsonl", "utf8"));
    const checkpoints = snapshots.map(checkpointOf);
    const size = snapshots[0].cosine.length;
    expect(checkpoints[0].loss).toBeGreaterThan(0.8 * Math.log(size));
    expect(checkpoints.at(-1)!.loss).toBeLessThan(checkpoints[0].loss);
    expect(checkpoints.at(-1)!.matched).toBeGreaterThan(checkpoints.at(-1)!.unmatched);
  });

  test("the towers' shapes come from the model's own configuration", () => {
    const config = JSON.parse(readFileSync("data/models/tiny/clip/config.json", "utf8")) as ClipConfig;
    expect(visionStages(config).map(([, shape]) => shape)).toEqual([
      ...["[3, 128, 128]", "[64, 768]", "[65, 160]", "[65, 160]", "[160]", "[128]"]
    ]);
    expect(textStages(config).at(-1)![1]).toBe("[128]");
    expect(config).toMatchObject(recording.config);
  });
});

describe("similarityTable", () => {
  const data: SimilarityData = {
    pictures: [1, 2].map((i) => ({name: `scene ${i}`, pixels: null, note: i === 2 ? "far" : ""})),
    ...{captions: ["a cat", "a dog"], cells: [0.5, -0.25, null, 1], quantity: "Cosine"},
    ...{format: (value: number) => value.toFixed(2), color: (value: number) => (value > 0 ? "#800000" : "#ffffff")},
    margins: {name: "loss", rows: ["1", "2"], columns: [], all: "1.5"}
  };

  test("names every cell and picture, and says what is not known yet", () => {
    const table = similarityTable(data);
    const names = [...table.querySelectorAll(".pair")].map((cell) => cell.getAttribute("aria-label"));
    expect(names[1]).toBe("Cosine of picture 1 and caption B: -0.25");
    expect(names[2]).toBe("Cosine of picture 2 and caption A: not known yet");
    expect(table.querySelectorAll(".thumb")[1].getAttribute("aria-label")).toBe(
      "Picture 2: scene 2, far. Choose another"
    );
    expect([...table.querySelectorAll(".margin")].map(({textContent}) => textContent)).toEqual([
      ...["loss", "1", "2", "loss", "", "", "1.5"]
    ]);
  });

  test("one cell is a tab stop; the arrow keys move it and announce the pair", () => {
    const table = similarityTable(data);
    document.body.replaceChildren(table);
    const heard = vi.fn();
    table.addEventListener("input", heard);
    const press = (key: string) =>
      document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    table.querySelector<HTMLElement>(".pair")!.focus();
    press("ArrowRight");
    press("ArrowDown");
    press("ArrowDown");
    expect([table.value, heard.mock.calls.length]).toEqual([{row: 1, column: 1}, 3]);
    expect(table.querySelectorAll('.pair[tabindex="0"]').length).toBe(1);
    table.update({...data, cells: [1, 1, 1, 1]});
    expect(document.activeElement!.getAttribute("aria-label")).toContain("picture 2 and caption B: 1.00");
  });

  test("a press on a picture asks for another", () => {
    const table = similarityTable(data);
    const asked = vi.fn();
    table.addEventListener("picture", (event) => asked((event as CustomEvent).detail));
    table.querySelectorAll<HTMLElement>(".thumb")[1].click();
    expect(asked).toHaveBeenCalledWith(1);
  });

  test("ink reads on any colour", () => {
    expect([inkOn("#fff"), inkOn("#000"), inkOn("rgb(178, 24, 43)"), inkOn("#fddbc7")]).toEqual([
      "#000",
      "#fff",
      "#fff",
      "#000"
    ]);
  });
});

describe("cosineArrows", () => {
  test("turn by the keys, and their lengths leave the cosine alone", () => {
    const node = cosineArrows({
      value: [
        {angle: 0, length: 1},
        {angle: 60, length: 2}
      ]
    });
    const words = () => node.querySelector("strong")!.textContent;
    expect(words()).toBe("cosine = 1.00 / (1.00 × 2.00) = 0.50");
    const [u] = node.querySelectorAll(".arrow");
    const press = (key: string) => u.dispatchEvent(new KeyboardEvent("keydown", {key, cancelable: true}));
    press("ArrowUp");
    expect(words()).toBe("cosine = 1.10 / (1.10 × 2.00) = 0.50");
    for (let i = 0; i < 15; i++) press("ArrowRight");
    expect(node.value[0].angle).toBe(330);
    expect(words()).toMatch(/= 0\.00$/);
    expect(u.getAttribute("aria-valuetext")).toBe("330 degrees, length 1.1");
    expect(angleBetween({angle: 350, length: 1}, {angle: 20, length: 1})).toBe(30);
  });
});

test("bars mark the largest share and write small shares with a digit", () => {
  const bars = shareBars(
    [
      {label: "a", share: 0.2, note: ""},
      {label: "b", share: 0.8, note: "x"}
    ],
    {label: "Shares"}
  );
  expect(bars.querySelector(".most")!.textContent).toBe("b80 %x");
  bars.update([{label: "c", share: 1, note: ""}]);
  expect(bars.children.length).toBe(1);
  expect([percentage(0.004), percentage(0.00001), percentage(0.123)]).toEqual(["0.4 %", "0 %", "12 %"]);
});

describe("a job", () => {
  const storeOf = () => createStore({work: null, error: null}, {later: (callback) => callback()});

  test("tells its pace, ends with nothing under way, and shows what went wrong", async () => {
    const store = storeOf();
    let at = 0;
    const labels: string[] = [];
    store.onChange(({work}) => work && labels.push((work as {label: string}).label));
    await createJob(
      store,
      async (_, report) => {
        report(0, 4, "Drawing");
        at = 2000;
        report(1, 4, "Drawing");
        throw new Error("out of memory");
      },
      {now: () => at}
    ).run();
    expect(labels.at(-1)).toBe("Drawing: 1 of 4, about 6 s left");
    expect(store.state).toEqual({work: null, error: "out of memory"});
    expect(timeLeft(1000, 0, 8)).toBe("");
    expect(timeLeft(60_000, 1, 4)).toBe(", about 3 min left");
  });

  test("what is stopped is no error", async () => {
    const store = storeOf();
    const job = createJob(
      store,
      (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))))
    );
    const run = job.run();
    await Promise.resolve();
    job.cancel();
    await run;
    expect(store.state.error).toBeNull();
  });
});

test("seeds are ranked by their scores; what is not drawn has no rank", () => {
  const item = (score: number | null) => ({seed: 1, pixels: null, score});
  expect(ranksOf([item(0.2), item(null), item(0.9), item(0.5)])).toEqual([2, null, 0, 1]);
});

test("the code names the captions, scenes and temperature on screen", () => {
  const state = stateOf({captions: ['say "hi"'], temperature: 0.0512345});
  expect(engineCode(state)).toContain('"say \\"hi\\""');
  expect(pythonCode(state)).toContain("scenes = [0, 255]\n");
  expect(pythonCode(state)).toContain("cosines / 0.0512");
  expect(pythonCode({...state, pictures: [null]})).toContain("[None]   # put your own picture");
});

describe("the page", {timeout: 60_000}, () => {
  const SLOW = {timeout: 20_000};
  const json = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;
  const bytes = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;
  const settled = () => new Promise((resolve) => setTimeout(resolve, 60));

  const pageOf = (engine: object, snapshots = readLines<Snapshot>(recordedHistory())) => {
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => setTimeout(callback));
    vi.stubGlobal("indexedDB", new IDBFactory());
    history.replaceState(null, "", "/");
    const scenes = {
      make: (seed: number) => ({
        rgb: new Uint8Array(3 * 128 * 128).fill(seed % 251),
        captions: [{text: `scene ${seed}`}]
      })
    };
    const page = createClip({
      ...{recording: json<ClipRecording>("docs/recorded/clip.json"), numbers: bytes("docs/recorded/clip.bin")},
      ...{home: json<Recording>("docs/recorded/horse.json"), homeNumbers: bytes("docs/recorded/horse.bin")},
      ...{
        snapshots,
        metrics: [
          {step: 1, loss: 4},
          {step: 9, loss: 1}
        ],
        scenes: Promise.resolve(scenes as never)
      },
      ...{engine: engine as never, invalidation: new Promise<void>(() => {})}
    });
    const {matrix, codes, towers, arrows, numbers, zeroShot, training, watching, ranking, questions} = page;
    const {cosine, loss, labels} = numbers;
    const asked = [questions.word(), questions.shift(), questions.temperature()];
    document.body.replaceChildren(
      matrix,
      codes,
      towers,
      arrows,
      loss,
      cosine,
      labels,
      zeroShot,
      training,
      watching,
      ranking,
      ...asked
    );
    page.begin();
    return page;
  };
  const recordedHistory = () => readFileSync("data/models/tiny/history/clip.jsonl", "utf8");
  const textOf = (selector: string) => document.querySelector(selector)!.textContent;

  test("shows the recorded batch without the model, and every figure has its numbers", async () => {
    const lost = () => Promise.reject(new Error("404"));
    pageOf({
      status: {state: "idle"},
      onStatus: () => () => {},
      load: lost,
      embedTexts: lost,
      embedImages: lost,
      clipInfo: lost
    });
    await vi.waitFor(() => expect(textOf(".matrix .pair")).toMatch(/^0\.\d\d$/), SLOW);
    await settled();
    expect(textOf(".matrix .badge")).toBe("recorded");
    expect(textOf(".matrix-reading")).toMatch(/Pairs on the diagonal have 0\.\d\d on average/);
    expect(textOf(".matrix-loss")).toMatch(
      /Loss of this batch: ½ \(pictures [\d.]+ \+ captions [\d.]+\) = [\d.]+ at temperature/
    );
    expect(textOf(".tower-sum")).toMatch(/Sum of the 128 products: cosine 0\.\d\d/);
    expect(textOf(".zero-verdict")).toMatch(/It answers “/);
    expect(textOf(".training-facts")).toMatch(/After \d+ steps: matched/);
    expect(textOf(".watch-reading")).toMatch(/At step 30 the guess has cosine/);
    expect(textOf(".rank-reading")).toMatch(/CLIP puts seed \d first/);
    expect(textOf(".live-numbers")).toMatch(/gradient = \(/);
    expect(document.querySelectorAll(".training svg, .watch-chart svg").length).toBe(3);
  });

  test("says that a change cannot be computed, and a history out of reach", async () => {
    const lost = () => Promise.reject(new Error("the server answered 404"));
    const page = pageOf(
      {
        status: {state: "idle"},
        onStatus: () => () => {},
        load: lost,
        embedTexts: lost,
        embedImages: lost,
        clipInfo: lost
      },
      []
    );
    await settled();
    page.store.set({captions: ["a submarine", ...page.store.state.captions.slice(1)]});
    await vi.waitFor(
      () => expect(textOf(".matrix-reading")).toContain("cannot be computed: the server answered 404"),
      SLOW
    );
    expect(textOf(".matrix .pair")).toBe("…");
    expect(document.body.textContent).toContain("The history of the training is out of reach");
  });

  test("views change the cells: shares add up along rows, pulls to nothing", async () => {
    const lost = () => Promise.reject(new Error("404"));
    const page = pageOf({
      status: {state: "idle"},
      onStatus: () => () => {},
      load: lost,
      embedTexts: lost,
      embedImages: lost,
      clipInfo: lost
    });
    page.store.set({view: "rows", temperature: 0.5});
    await vi.waitFor(() => expect(textOf(".matrix .pair")).toMatch(/%/), SLOW);
    const cells = () =>
      [...document.querySelectorAll(".pair")].map(({textContent}) => parseFloat(textContent!.replace("−", "-")));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(cells().slice(0, 5)) - 100)).toBeLessThan(3);
    page.store.set({view: "pull"});
    await vi.waitFor(() => expect(textOf(".matrix .pair")).not.toMatch(/%/), SLOW);
    expect(Math.abs(sum(cells()))).toBeLessThan(0.13);
    page.store.set({picking: 1, cell: {row: 2, column: 0}});
    await settled();
    expect(textOf(".chooser-title")).toBe(`Picture 2: scene ${SCENES[1]}`);
    expect(document.querySelector<HTMLElement>(".matrix-chooser")!.hidden).toBe(false);
  });
});
