/**
 * Records what the chapter "attention" shows before the model is there: npx tsx scripts/record/attention.ts
 * Measured figures are copied from data/models/tiny/history/evaluation.json (npm run model:evaluate) and, where it is there, from
 * build/frozen-maps/result.json (npx tsx scripts/frozenMaps.ts 20); else they stay as they were recorded before.
 */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import type {AttentionRecording} from "../../docs/attention/recordings.js";
import {FROZEN_ARMS, rowArms, SHEET, SHOWN, WEIGHTS, weightsOf, withRows} from "../../docs/attention/experiments.js";
import {
  packed,
  type MapSize,
  type RecordedInside,
  type RecordedMaps,
  type SizedMap
} from "../../docs/attention/recording.js";
import {itemsOf} from "../../docs/attention/tokens.js";
import {floatToHalf, recordedFilm, type Recording} from "../../docs/page/recorded.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {ARMS, promptToPrompt} from "../../src/pipelines/promptToPrompt.js";
import {rgbBytes} from "../../src/pixels.js";
import {batchItem} from "../../src/tensor.js";
import {attentionMaps, type AttentionMap} from "../../src/trace/attention.js";
import {tokensOf, wordsOf} from "../../src/trace/words.js";
import {encodeSheet} from "../sheet.js";

const OUT = "docs/recorded/attention";
const COMMAND = "npx tsx scripts/record/attention.ts";
const FROZEN = "build/frozen-maps/result.json";

const model = await loadModelFromFolder("data/models/tiny");
const {recommended, width, height, maxTokens} = model.info;
const settings = recommended as {steps: number; guidance: number; sampler: string};
const pictures = new Map<string, Uint8Array>();
const parts: Uint8Array[] = [];
let offset = 0;

const shape = await shapeOf();
const all = range(maxTokens);
const last = settings.steps - 1;
const main = await mapped(SHOWN.main, {frames: range(settings.steps), tokens: all});
const hand = await handed();
const eating = await mapped(SHOWN.eating, {frames: range(settings.steps), picture: "eating"});
const leak = await mapped(SHOWN.leak, {frames: [-1], picture: "leak"});
await drawn(
  "negative without",
  textToImage(model, {...settings, prompt: SHOWN.negative.prompt, seed: SHOWN.negative.seed})
);
const negative = await mapped(SHOWN.negative, {frames: [-1], item: 0, picture: "negative with"});
await drawRows();
await drawFrozen();
await drawWeights();
await model.release();

const recording: AttentionRecording = {
  ...{command: COMMAND, model: model.info.name, ...shape, hand},
  maps: {main, eating, leak, negative},
  measured: measured()
};
writeFileSync(`${OUT}.json`, JSON.stringify(recording) + "\n");
writeFileSync(`${OUT}.bin`, Buffer.concat(parts));
writeFileSync(
  `${OUT}.png`,
  encodeSheet(
    SHEET.map((name) => pictures.get(name)!),
    width,
    height
  )
);
console.info(`${OUT}.json, .bin (${offset} bytes), .png: ${last + 1} steps, ${SHEET.length} pictures`);

interface Asked {
  readonly prompt: string;
  readonly negative?: string;
  readonly seed: number;
}

/** Draws with attention and keeps the maps of some steps, or their mean over all (frames of [-1]). */
async function mapped(
  asked: Asked,
  {frames, tokens, item = -1, picture}: {frames: number[]; tokens?: number[]; item?: number; picture?: string}
): Promise<RecordedMaps> {
  const records: StepRecord[] = [];
  for await (const record of textToImage(model, {...settings, ...asked, trace: ["attn2"]})) records.push(record);
  if (picture) pictures.set(picture, rgbBytes(await model.decode(records[records.length - 1].prev)));
  const read = item === 0 ? (asked.negative ?? "") : asked.prompt;
  const words = wordsOf(model.tokenize(read), read);
  const kept = tokens ?? words.flatMap((word) => word.tokens);
  const steps = records.map(({inside}) => attentionMaps(inside, {kind: "cross", item}));
  const sizes = sizesOf(steps[0]);
  const shown = frames[0] === -1 ? [steps.flat()] : frames.map((index) => steps[index]);
  const bytes = packed(
    shown.map((maps) => sizes.map(({cells}) => sizeMean(maps, cells, kept))),
    sizes,
    kept.length
  );
  const at = offset;
  parts.push(bytes);
  offset += bytes.length;
  const {prompt, negative: without = "", seed} = asked;
  return {
    ...{prompt, negative: without, seed, steps: settings.steps, guidance: settings.guidance},
    ...{words, count: maxTokens, tokens: kept, frames, sizes, offset: at}
  };
}

function sizesOf(maps: readonly AttentionMap[]): MapSize[] {
  const counts = new Map<number, number>();
  for (const {probabilities} of maps) counts.set(probabilities.dims[1], (counts.get(probabilities.dims[1]) ?? 0) + 1);
  return [...counts].map(([cells, number]) => ({cells, layers: number}));
}

/** The mean over all maps of one size and their heads, tokens first: [K, cells]. */
function sizeMean(maps: readonly AttentionMap[], cells: number, tokens: readonly number[]): SizedMap {
  const same = maps.filter(({probabilities}) => probabilities.dims[1] === cells);
  const mean = new Float32Array(tokens.length * cells);
  for (const {probabilities} of same) {
    const [of, , count] = probabilities.dims;
    for (let head = 0; head < of; head++)
      for (let cell = 0; cell < cells; cell++)
        tokens.forEach((token, i) => {
          mean[i * cells + cell] += probabilities.data[(head * cells + cell) * count + token] / (of * same.length);
        });
  }
  return mean;
}

async function drawn(name: string, run: AsyncGenerator<StepRecord>): Promise<void> {
  let latents = null;
  for await (const {prev} of run) latents = prev;
  pictures.set(name, rgbBytes(await model.decode(latents!)));
  console.info(name);
}

async function drawRows(): Promise<void> {
  const {prompt, seed} = SHOWN.main;
  const both = await model.encodeText([prompt, ""]);
  const items = itemsOf(wordsOf(model.tokenize(prompt), prompt), maxTokens);
  for (const [i, {tokens}] of rowArms(items).entries()) {
    const promptEmbeds = withRows(batchItem(both, 0), batchItem(both, 1), tokens);
    await drawn(`rows ${i}`, textToImage(model, {...settings, prompt, seed, promptEmbeds}));
  }
}

async function drawFrozen(): Promise<void> {
  const {source, prompt, seed} = SHOWN.frozen;
  await drawn("frozen source", textToImage(model, {...settings, prompt: source, seed}));
  for (const {key} of FROZEN_ARMS)
    await drawn(`frozen ${key}`, promptToPrompt(model, {...settings, prompt, source, seed, ...ARMS[key]}));
}

async function drawWeights(): Promise<void> {
  const {prompt, word, seed} = SHOWN.weight;
  const tokens = tokensOf(model.tokenize(prompt), prompt, word);
  for (const weight of WEIGHTS) {
    const options: DrawOptions = {...settings, prompt, seed};
    const controls = {tokenWeights: weightsOf(maxTokens, tokens, weight)};
    await drawn(`weight ${weight}`, textToImage(model, {...options, controls}));
  }
}

/** The layers as they run, by one call; and what the first of them holds at the last step of the page's own run. */
async function handed(): Promise<RecordedInside> {
  const encoderHiddenStates = await model.encodeText([SHOWN.main.prompt]);
  const {steps} = recordedFilm(
    JSON.parse(readFileSync("docs/recorded/horse.json", "utf8")) as Recording,
    Uint8Array.from(readFileSync("docs/recorded/horse.bin")).buffer
  );
  const {xt, timestep} = steps[last];
  const [layer] = shape.layers;
  const roles = ["to_q", "to_k", "to_v"].map((part) => `${layer}.${part}`);
  const inside = await model.inside({part: "unet", sample: xt, timestep, encoderHiddenStates, roles});
  const [{dims}, keys] = roles.map((role) => inside[role]);
  const at = offset;
  for (const role of roles) {
    const bytes = new Uint8Array(floatToHalf(inside[role].data).buffer);
    parts.push(bytes);
    offset += bytes.length;
  }
  const {heads} = shape;
  return {layer, step: last, heads, width: dims[2] / heads, cells: dims[1], count: keys.dims[1], offset: at};
}

/** The cross-attention layers in the order they run. */
async function shapeOf(): Promise<{layers: string[]; sides: number[]; heads: number}> {
  let maps: AttentionMap[] = [];
  for await (const {inside} of textToImage(model, {...settings, ...SHOWN.main, steps: 5, trace: ["attn2"]}))
    maps = attentionMaps(inside, {kind: "cross"});
  return {
    layers: maps.map(({layer}) => layer),
    sides: maps.map(({probabilities}) => Math.sqrt(probabilities.dims[1])),
    heads: maps[0].probabilities.dims[0]
  };
}

function measured(): AttentionRecording["measured"] {
  const history = (split: string) =>
    JSON.parse(readFileSync(`data/models/tiny/history/evaluation${split}.json`, "utf8")) as {
      attention: AttentionRecording["measured"]["pointing"];
      attention_while_drawing: {objects: number; near_judged_cell: number};
    };
  const {attention, attention_while_drawing: drawing} = history("");
  const heldOut = history("-held-out").attention_while_drawing;
  type Arms = AttentionRecording["measured"]["frozen"];
  const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
  const frozen = existsSync(FROZEN)
    ? (read(FROZEN) as {arms: Arms}).arms
    : (read(`${OUT}.json`) as AttentionRecording).measured.frozen;
  return {pointing: attention, drawing, drawingHeldOut: heldOut, frozen};
}

function range(count: number): number[] {
  return Array.from({length: count}, (_, i) => i);
}
