import {readFileSync} from "node:fs";
import {afterAll, describe, expect, test} from "vitest";
import {overlayPixels} from "../../components/mapOverPicture.js";
import {rowArms, weightsOf, withRows} from "../../docs/attention/experiments.js";
import {mapOf, mapsOf, overlapOf, PLAIN, sharesAt, tokenMaps} from "../../docs/attention/maps.js";
import {oneAttention} from "../../docs/attention/oneAttention.js";
import {packed, unpackMaps, type RecordedMaps} from "../../docs/attention/recording.js";
import type {AttentionRecording} from "../../docs/attention/recordings.js";
import {framesOf} from "../../docs/attention/run.js";
import {readAddress} from "../../docs/attention/state.js";
import {groupChoices, layersOf, shortName, singleChoices} from "../../docs/attention/layers.js";
import type {AttentionRun} from "../../docs/attention/run.js";
import {firstToShow, itemsOf, singleItems} from "../../docs/attention/tokens.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage, type StepRecord} from "../../src/pipeline.js";
import {attentionMaps, type AttentionMap} from "../../src/trace/attention.js";
import {tokenShares} from "../../src/trace/daam.js";
import {wordsOf} from "../../src/trace/words.js";

// Made by test/goldens/make_attention.py, with onnxruntime and diffusers alone.
interface Golden {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly horse: number[];
  readonly ocean: number[];
  readonly shares: number[];
  readonly last_step_layer_2_head_1_grass: number[];
}
const golden = JSON.parse(readFileSync("test/goldens/attention.json", "utf8")) as Golden;

const WORDS = [
  {text: "a", tokens: [1]},
  {text: "seahorse", tokens: [2, 3]}
];

describe("the items of a prompt", () => {
  const items = itemsOf(WORDS, 8);

  test("are begin, the words, end, and all padding as one", () => {
    expect(items.map(({name, tokens}) => [name, tokens])).toEqual([
      ["begin", [0]],
      ["a", [1]],
      ["seahorse", [2, 3]],
      ["end", [4]],
      ["padding × 3", [5, 6, 7]]
    ]);
    expect(singleItems(items)).toHaveLength(7);
  });
  test("begin with the first word that names something", () => expect(firstToShow(items)).toBe(2));
  test("of an empty prompt are marks alone", () =>
    expect(itemsOf([], 4).map(({kind}) => kind)).toEqual(["begin", "end", "padding"]));
});

describe("the experiments", () => {
  test("replace the rows of a word, of the padding, and of padding and end", () =>
    expect(rowArms(itemsOf(WORDS, 8)).map(({tokens}) => tokens)).toEqual([
      [],
      [2, 3],
      [2, 3],
      [5, 6, 7],
      [4, 5, 6, 7],
      [1, 2, 3]
    ]));
  test("leave all other rows as they were", () => {
    const states = {data: Float32Array.of(1, 2, 3, 4, 5, 6), dims: [1, 3, 2]};
    const others = {data: Float32Array.of(-1, -2, -3, -4, -5, -6), dims: [1, 3, 2]};
    expect([...withRows(states, others, [1]).data]).toEqual([1, 2, -3, -4, 5, 6]);
    expect(states.data[2]).toBe(3);
  });
  test("weight a word's rows alone", () => expect(weightsOf(4, [2], 0)).toEqual([1, 1, 0, 1]));
});

describe("maps", () => {
  const probabilities = {data: Float32Array.of(0.25, 0.75, 0.5, 0.5, 1, 0, 0, 1), dims: [1, 4, 2]};
  const maps: AttentionMap[] = [{layer: "x", kind: "cross", probabilities}];

  test("give each place its shares, which sum to 1", () => {
    const all = tokenMaps(maps, PLAIN)!;
    const items = itemsOf([{text: "a", tokens: [1]}], 2);
    expect(sharesAt(all, items.slice(0, 2), {row: 0, column: 1}, 2)).toEqual([0.5, 0.5]);
    expect([...mapOf(all, items[1]).data]).toEqual([0.75, 0.5, 0, 1]);
  });
  test("overlap wholly with themselves, and not at all with those that lie elsewhere", () => {
    const map = (...values: number[]) => ({data: Float32Array.from(values), dims: [1, values.length]});
    expect(overlapOf(map(1, 3), map(2, 6))).toBeCloseTo(1, 6);
    expect(overlapOf(map(1, 0), map(0, 5))).toBe(0);
  });
  test("survive a recording to a 255th of their largest value", () => {
    const sizes = [{cells: 4, layers: 2}];
    const values = Float32Array.of(0.1, 0.2, 0.3, 0.02, 0.9, 0.8, 0.7, 0.98); // tokens first
    const bytes = packed([[values]], sizes, 2);
    const recorded = {count: 3, tokens: [0, 2], frames: [0], sizes, offset: 0} as unknown as RecordedMaps;
    const [[first, second]] = unpackMaps(recorded, bytes.buffer as ArrayBuffer);
    expect(second.probabilities).toBe(first.probabilities);
    for (let cell = 0; cell < 4; cell++) {
      expect(first.probabilities.data[3 * cell]).toBeCloseTo(values[cell], 2);
      expect(first.probabilities.data[3 * cell + 1]).toBe(0);
      expect(first.probabilities.data[3 * cell + 2]).toBeCloseTo(values[4 + cell], 2);
    }
  });
  test("lie over a picture as light: none where they are 0, all where they are largest", () => {
    const {data} = overlayPixels({values: [0, 1], rows: 1, columns: 2}, 1, "light");
    expect([data[3], data[7]]).toEqual([219, 0]);
  });
});

test("an address that asks for what is not there is not heard", () => {
  expect(readAddress("?layer=99x&head=-1&place=16,3&scale=loud")).toMatchObject({layer: undefined, place: undefined});
  expect(readAddress("?layer=layer+2&head=3&place=4,15&average=all")).toMatchObject({
    ...{layer: "layer 2", head: 3, average: "all"},
    place: {row: 4, column: 15}
  });
});

test("layers are named by their block", () => {
  expect(shortName("mid_block.attentions.0.transformer_blocks.0.attn2")).toBe("mid block");
  expect(shortName("up_blocks.2.attentions.1.transformer_blocks.0.attn2")).toBe("up block 2, number 2");
});

test("the layers on offer are those of the run's own model, whatever its sizes and heads", () => {
  const map = (layer: string, heads: number, side: number) => ({
    ...{layer, kind: "cross" as const},
    probabilities: {data: new Float32Array(heads * side ** 2 * 3), dims: [heads, side ** 2, 3]}
  });
  const maps = [map("down_blocks.0.attentions.0.transformer_blocks.0.attn2", 8, 64), map("x", 8, 8), map("y", 8, 8)];
  const run = {source: "live", mapsAt: () => maps} as unknown as AttentionRun;
  const layers = layersOf(run, {layers: ["of the recording"], sides: [16], heads: 4});
  expect(layers.heads).toBe(8);
  expect([...groupChoices(layers), ...singleChoices(layers)].map(({text}) => text)).toEqual([
    ...["all 3 layers", "that of 64 × 64 cells", "those of 8 × 8 cells"],
    ...["1 of 3: down block 0", "2 of 3: x", "3 of 3: y"]
  ]);
  const recorded = {...run, source: "recorded"} as AttentionRun;
  expect(layersOf(recorded, {layers: ["of the recording"], sides: [16], heads: 4})).toEqual({
    ...{names: ["of the recording"], sides: [16], heads: 4}
  });
});

test("the recorded maps give every cell to somebody", () => {
  const recording = JSON.parse(readFileSync("docs/recorded/attention.json", "utf8")) as AttentionRecording;
  const file = readFileSync("docs/recorded/attention.bin");
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.length);
  const {frames} = framesOf(recording.maps.main, bytes);
  const shares = tokenShares(tokenMaps(frames[frames.length - 1].maps, PLAIN)!);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
});

describe("on the shipped model", async () => {
  const model = await loadModelFromFolder("data/models/tiny");
  afterAll(() => model.release());
  const {prompt, negative, seed, steps, guidance} = golden;
  const records: StepRecord[] = [];
  const options = {prompt, negative, seed, steps, guidance, sampler: "ddim", trace: ["attn2"]};
  for await (const record of textToImage(model, options)) records.push(record);
  const mapsAt = (item: number) => records.map(({inside}) => attentionMaps(inside, {kind: "cross", item}));
  const near = (values: ArrayLike<number>, wanted: readonly number[]) =>
    wanted.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 4));

  test("word maps and shares are those of onnxruntime and diffusers in Python", () => {
    const all = tokenMaps(mapsAt(-1).flat(), PLAIN)!;
    const [horse] = wordsOf(model.tokenize(prompt), prompt).filter(({text}) => text === "horse");
    near(mapOf(all, {name: "horse", kind: "word", tokens: horse.tokens}).data, golden.horse);
    near(tokenShares(all), golden.shares);
  });
  test("the negative prompt's map is on the other half of guidance", () => {
    const all = tokenMaps(mapsAt(0).flat(), PLAIN)!;
    near(mapOf(all, {name: "ocean", kind: "word", tokens: [1]}).data, golden.ocean);
  });
  test("a single layer's head is chosen by its number", () => {
    const last = mapsAt(-1)[steps - 1];
    const one = tokenMaps(last, {...PLAIN, layer: "layer 2", head: 1})!;
    near(mapOf(one, {name: "grass", kind: "word", tokens: [5]}).data, golden.last_step_layer_2_head_1_grass);
  });
  test("one attention by hand is the network's own", async () => {
    const {xt, timestep} = records[2];
    const layer = (await model.attentionLayers()).find(({kind}) => kind === "cross")!.layer;
    const roles = [`${layer}.to_q`, `${layer}.to_k`, `${layer}.to_v`, `${layer}.probabilities`];
    const encoderHiddenStates = await model.encodeText([prompt]);
    const found = await model.inside({part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
    const [queries, keys, values, probabilities] = roles.map((role) => found[role]);
    const one = oneAttention({queries, keys, values, probabilities, heads: 4}, {head: 1, cell: 168});
    near(one.shares, [...one.own!]);
    expect(one.result).toHaveLength(24);
  });
});

test("a run's maps are made once", () => {
  const maps = [
    {layer: "x", kind: "cross" as const, probabilities: {data: Float32Array.of(1, 1, 1, 1), dims: [1, 4, 1]}}
  ];
  const run = {finished: true, steps: [], mapsAt: () => maps} as unknown as Parameters<typeof mapsOf>[0];
  expect(mapsOf(run, 0, PLAIN)).toBe(mapsOf(run, 0, {...PLAIN}));
});
