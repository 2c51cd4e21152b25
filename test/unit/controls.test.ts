// Reading and changing the UNet's inside, with the shipped model in Node: what holds whatever its weights are.
import {beforeAll, describe, expect, test} from "vitest";
import * as ort from "onnxruntime-web";
import {controlsAt, controlsOfItems, together, type ControlPlan} from "../../src/controls.js";
import {controlFeeds} from "../../src/models/controlFeeds.js";
import {readJson, type Manifest} from "../../src/models/folder.js";
import {loadModel, type Model} from "../../src/models/model.js";
import {loadModelFromFolder, openFolder} from "../../src/node.js";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {ARMS, promptToPrompt, type PromptToPromptOptions} from "../../src/pipelines/promptToPrompt.js";
import type {Tensor} from "../../src/tensor.js";
import {LAYER, TOKENS, toyModel} from "./toyModel.js";

const FOLDER = "data/models/tiny";
const ATTN2 = "mid_block.attentions.0.transformer_blocks.0.attn2";
let model: Model;

beforeAll(async () => {
  model = await loadModelFromFolder(FOLDER);
});

const OPTIONS = {prompt: "a horse on the grass", seed: 5, steps: 2, guidance: 4};

async function draw(options: Partial<DrawOptions> = {}): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of textToImage(model, {...OPTIONS, ...options})) records.push(record);
  return records;
}

const last = (records: readonly StepRecord[]): Tensor => records[records.length - 1].prev;

/** The largest difference of two pictures, in steps of 1/255. */
async function pixelsApart(a: Tensor, b: Tensor): Promise<number> {
  const [{data: first}, {data: second}] = [await model.decode(a), await model.decode(b)];
  return Math.max(...first.map((value, i) => Math.abs(value - second[i]))) * 127.5;
}

describe("the UNet with handles", () => {
  test("draws the plain one's picture where every value is neutral", async () => {
    const controls = {crossAttention: 1, timeEmbedding: 1, skips: {"up_blocks.0.skips.0": 1}};
    expect(await pixelsApart(last(await draw({controls})), last(await draw()))).toBeLessThan(1);
  });

  test("draws the same picture from its own maps fed back, and rows of every map sum to 1", async () => {
    const plain = await draw({trace: ["attn1", "attn2"]});
    for (const {inside} of plain) {
      for (const {data, dims} of Object.values(inside)) {
        const keys = dims[3];
        for (let row = 0; row < data.length; row += keys)
          expect(Math.abs(data.subarray(row, row + keys).reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(
            1e-3
          );
      }
    }
    const controls = plain.map(({inside}) => ({attention: inside}));
    expect(await pixelsApart(last(await draw({controls})), last(plain))).toBeLessThan(1);
    const other = await draw({controls, prompt: "a tiger on the grass"});
    expect(await pixelsApart(last(other), last(await draw({prompt: "a tiger on the grass"})))).toBeGreaterThan(1);
  });

  test("still tells each layer's own probabilities", async () => {
    const [{inside}] = await draw({trace: ["attn2"], steps: 1});
    const flat = {
      data: new Float32Array(model.info.maxTokens).fill(1 / model.info.maxTokens),
      dims: [1, 1, 1, model.info.maxTokens]
    };
    const controls = {attention: {[`${ATTN2}.probabilities`]: flat}};
    const [{inside: controlled, epsCond, epsUncond}] = await draw({trace: ["attn2"], steps: 1, controls});
    const role = `${ATTN2}.probabilities`;
    controlled[role].data.forEach((share, i) => expect(share).toBeCloseTo(inside[role].data[i], 4));
    const [plain] = await draw({steps: 1});
    expect(epsCond.data).not.toEqual(plain.epsCond.data);
    epsUncond.data.forEach((value, i) => expect(value).toBeCloseTo(plain.epsUncond.data[i], 3));
  });

  test("reads no text where cross-attention is closed, nor where all tokens weigh nothing", async () => {
    const closed = await draw({controls: {crossAttention: 0}, steps: 1});
    closed[0].epsCond.data.forEach((value, i) => expect(value).toBeCloseTo(closed[0].epsUncond.data[i], 5));
    const tokenWeights = new Array<number>(model.info.maxTokens).fill(0);
    const [unread] = await draw({controls: {tokenWeights}, steps: 1});
    const [silent] = await draw({controls: {tokenWeights}, steps: 1, prompt: "a whale"});
    unread.epsCond.data.forEach((value, i) => expect(value).toBeCloseTo(silent.epsCond.data[i], 5));
  });

  test("every skip, the time and what is added after each block tell", async () => {
    const plain = await draw({steps: 1});
    const skips = (await model.roles("unet")).filter(({part}) => part === "skip").map(({role}) => role);
    const residual = {data: Float32Array.of(0.5), dims: [1, 1, 1, 1]};
    const all = [
      ...skips.map((role) => ({skips: {[role]: 0}})),
      {timeEmbedding: 0},
      ...[0, 1, 2].map((i) => ({residuals: {[`down_blocks.${i}`]: residual}}))
    ];
    for (const controls of all)
      expect((await draw({steps: 1, controls}))[0].eps.data, JSON.stringify(controls)).not.toEqual(plain[0].eps.data);
  });

  test("runs of a batch are controlled each by its own, at its own steps", async () => {
    const runs = [
      {...OPTIONS, controls: [null, {timeEmbedding: 0.5}]},
      {...OPTIONS, seed: 6, guidance: 1}
    ];
    const batch: StepRecord[][] = [];
    for await (const records of textToImage.batch(model, runs)) batch.push(records);
    for (const [i, run] of runs.entries()) {
      const alone = await draw(run);
      expect(await pixelsApart(last(batch.map((records) => records[i])), last(alone))).toBeLessThan(1);
    }
  });

  test("refuses in one sentence what it has no handle for", async () => {
    const refused = async (controls: ControlPlan): Promise<StepRecord[]> => draw({controls, steps: 1});
    await expect(refused({skips: {"up_blocks.9.skips.0": 0}})).rejects.toThrow(
      "no up_blocks.9.skips.0.gate to control"
    );
    await expect(refused({timeEmbedding: 2})).rejects.toThrow(
      "the gate of time_embedding is 2: give a number of 0 to 1"
    );
    const short = {data: Float32Array.of(0.5, 0.5), dims: [1, 1, 1, 2]};
    await expect(refused({attention: {[`${ATTN2}.probabilities`]: short}})).rejects.toThrow(
      "these controls do not fit this model"
    );
  });

  test("a folder without it draws, and says what it lacks when it is asked for", async () => {
    const folder = openFolder(FOLDER);
    const without = {...folder, has: (path: string) => path !== "unet/controls.onnx" && folder.has(path)};
    const manifest = await readJson<Manifest>(folder, "manifest.json");
    const plain = await loadModel(ort, without, manifest, {session: {executionProviders: ["wasm"]}});
    expect([plain.info.hasControls, model.info.hasControls]).toEqual([false, true]);
    const drawing = textToImage(plain, {...OPTIONS, steps: 1, controls: {crossAttention: 0}});
    await expect(drawing.next()).rejects.toThrow("this model folder has no unet/controls.onnx");
    expect((await textToImage(plain, {...OPTIONS, steps: 1}).next()).done).toBe(false);
    await plain.release();
  });
});

describe("controls", () => {
  const step = {index: 1, numSteps: 2, timestep: 500};

  test("are the same at each step, or a step's own from a list or a function", () => {
    const controls = {crossAttention: 0};
    expect(controlsAt(controls, step)).toBe(controls);
    expect(controlsAt([null, controls], step)).toBe(controls);
    expect(controlsAt([controls], step)).toBeNull();
    expect(controlsAt(({index}) => (index === 1 ? controls : null), step)).toBe(controls);
    expect(controlsAt(undefined, step)).toBeNull();
  });

  test("of two sides add up, the second first", () => {
    expect(together(null, undefined)).toBeNull();
    expect(together({timeEmbedding: 0, crossAttention: 0}, {crossAttention: 1, tokenWeights: undefined})).toEqual({
      timeEmbedding: 0,
      crossAttention: 1
    });
  });

  test("maps of one half act on the half with the prompt, of two on both; gates on both", () => {
    const map = (...rows: number[]): Tensor => ({data: Float32Array.from(rows), dims: [rows.length, 1, 1, 1]});
    const controls = {attention: {one: map(1), two: map(2, 3)}, tokenWeights: [5], timeEmbedding: 0.5};
    const fed = (value: number) => ({probabilities: map(value), gate: 1});
    const cond = {attention: {one: fed(1), two: fed(3)}, tokenWeights: [5], timeEmbedding: 0.5};
    expect(controlsOfItems(controls, 2)).toEqual([{attention: {two: fed(2)}, timeEmbedding: 0.5}, cond]);
    expect(controlsOfItems(controls, 1)).toEqual([cond]);
    expect(controlsOfItems(null, 2)).toEqual([null, null]);
  });

  test("become inputs: one number where nothing is controlled, else as many items as the batch has", () => {
    const names = ["x.attn2.probabilities", "x.attn2.gate", "token_weights", "skip.gate", "down_blocks.0.residual"];
    const probabilities = {data: Float32Array.of(0.25, 0.75), dims: [1, 1, 1, 2]};
    const feeds = controlFeeds(names, [
      {attention: {"x.attn2.probabilities": {probabilities, gate: 0.5}}, skips: {skip: 0}},
      null,
      {tokenWeights: [2, 3], attention: {"x.attn2.probabilities": {probabilities, gate: [1, 0]}}}
    ]);
    expect(Object.fromEntries(Object.entries(feeds).map(([name, {data, dims}]) => [name, [[...data], dims]]))).toEqual({
      "x.attn2.probabilities": [
        [0.25, 0.75, 0, 0, 0.25, 0.75],
        [3, 1, 1, 2]
      ],
      "x.attn2.gate": [
        [0.5, 0.5, 0, 0, 1, 0],
        [3, 1, 1, 2]
      ],
      token_weights: [
        [1, 1, 1, 1, 2, 3],
        [3, 2]
      ],
      "skip.gate": [[0, 1, 1], [3]],
      "down_blocks.0.residual": [[0], [1, 1, 1, 1]]
    });
  });

  test("maps with a dimension of 1 are repeated along it beside larger ones", () => {
    const fed = (data: number[], dims: number[]) => ({
      attention: {"x.attn2.probabilities": {data: Float32Array.from(data), dims}}
    });
    const {["x.attn2.probabilities"]: both} = controlFeeds(
      ["x.attn2.probabilities", "x.attn2.gate"],
      [fed([1, 2], [1, 2, 1, 1]), fed([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])]
    );
    expect([[...both.data], both.dims]).toEqual([
      [1, 1, 1, 1, 2, 2, 2, 2, 1, 2, 3, 4, 5, 6, 7, 8],
      [2, 2, 2, 2]
    ]);
  });
});

describe("prompt-to-prompt", () => {
  async function edit(options: Partial<PromptToPromptOptions>, toy = toyModel()): Promise<StepRecord[]> {
    const records: StepRecord[] = [];
    const run = {prompt: "a red horse", seed: 3, steps: 10, ...options};
    for await (const record of promptToPrompt(toy, run)) records.push(record);
    return records;
  }
  const drawToy = async (prompt: string): Promise<StepRecord[]> => {
    const records: StepRecord[] = [];
    for await (const record of textToImage(toyModel(), {prompt, seed: 3, steps: 10})) records.push(record);
    return records;
  };

  test("with nothing frozen is text to image, without a look at the first prompt", async () => {
    const toy = toyModel();
    const records = await edit({source: "a red whale", ...ARMS.seed}, toy);
    expect(last(records)).toEqual(last(await drawToy("a red horse")));
    expect(toy.calls).toHaveLength(10);
  });

  test("with the prompt as it was is its run, whatever is frozen", async () => {
    const plain = await drawToy("a red horse");
    for (const arm of Object.values(ARMS))
      last(await edit(arm)).data.forEach((value, i) => expect(value).toBeCloseTo(last(plain).data[i], 4));
  });

  test("looks where the first prompt looked for its share of the steps", async () => {
    const seen: (readonly number[] | null)[] = [];
    const toy = toyModel();
    const predict: typeof toy.predict = (...asked) => {
      const [, , , roles = [], controls = []] = asked;
      const map = controls.at(-1)?.attention?.[LAYER];
      if (!roles.length) seen.push(map && "probabilities" in map ? [...map.probabilities.data] : null);
      return toy.predict(...asked);
    };
    const sources: StepRecord[] = [];
    const run = {prompt: "a red whale", seed: 3, steps: 10, trace: ["attn2"]};
    for await (const record of textToImage(toyModel(), run)) sources.push(record);
    await edit({source: "a red whale", ...ARMS.cross}, {...toy, predict});
    expect(seen.map((map) => map !== null)).toEqual([...new Array<boolean>(8).fill(true), false, false]);
    seen.slice(0, 8).forEach((map, i) => {
      const {data} = sources[i].inside[LAYER];
      map?.forEach((share, token) => expect(share).toBeCloseTo(data[TOKENS + token], 6)); // of the half with the prompt
    });
  });

  test("weighs words", async () => {
    const heavy = await edit({weights: {horse: 3}});
    expect(last(heavy)).not.toEqual(last(await drawToy("a red horse")));
    await expect(edit({weights: {whale: 3}})).rejects.toThrow('"whale" is not in the prompt "a red horse"');
    await expect(edit({crossShare: 2})).rejects.toThrow("a share 2 of the steps: give a number of 0 to 1");
  });

  test("with the shipped model: the new word's tokens get the old word's attention", async () => {
    const options = {...OPTIONS, prompt: "a teddy bear on the grass", source: OPTIONS.prompt};
    const endings: Tensor[] = [];
    for (const arm of Object.values(ARMS)) {
      const records: StepRecord[] = [];
      for await (const record of promptToPrompt(model, {...options, ...arm})) records.push(record);
      endings.push(last(records));
    }
    expect(await pixelsApart(endings[0], last(await draw({prompt: options.prompt})))).toBe(0);
    expect(await pixelsApart(endings[1], endings[0])).toBeGreaterThan(1);
    expect(await pixelsApart(endings[2], endings[1])).toBeGreaterThan(1);
  });
});
