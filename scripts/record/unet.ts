/**
 * Records what the UNet page shows before the model is there: npx tsx scripts/record/unet.ts
 * With --looks the drawings with parts switched off (some minutes) are kept as they were recorded before.
 */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {pixelDifference, imagePixels} from "../../components/pixels.js";
import {clipped} from "../../src/pictures.js";
import {recordedFilm, type Recording} from "../../docs/page/recorded.js";
import {
  blocksOf,
  BLOCK_PARTS,
  lookInside,
  rolesToSee,
  statisticsOf,
  TIME_PARTS,
  type Look,
  type Statistics
} from "../../docs/unet/look.js";
import {partsOf} from "../../docs/unet/parts.js";
import {layerTimes} from "../../docs/unet/times.js";
import {TIME} from "../../components/unetDiagram.js";
import type {RecordedStep, RecordedTensor, UnetRecording, WrongTimes} from "../../docs/unet/recording.js";
import type {Controls} from "../../src/controls.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage} from "../../src/pipeline.js";
import {rgbBytes} from "../../src/pixels.js";
import type {Tensor} from "../../src/tensor.js";
import {unetFacts, type Shape} from "../../src/unet/facts.js";
import {planOfRoles} from "../../src/unet/plan.js";
import {encodeSheet} from "../sheet.js";

const out = "docs/recorded/unet";
const STEP = 12;
const KEPT = 8;
const TOLD = [...Array.from({length: 20}, (_, i) => 50 * i), 999];
const PROMPTS = ["a horse on the grass", "a red apple in the snow", "a rocket in space at night"];

const model = await loadModelFromFolder("data/models/tiny");
const horse = JSON.parse(readFileSync("docs/recorded/horse.json", "utf8")) as Recording;
const {buffer} = Uint8Array.from(readFileSync("docs/recorded/horse.bin"));
const film = recordedFilm(horse, buffer);
const roles = await model.roles("unet");
const plan = planOfRoles(roles);
const blocks = blocksOf(roles);
const encoderHiddenStates = await model.encodeText([film.prompt]);
const [, tokens, textWidth] = encoderHiddenStates.dims;
const sample = model.latentShape as unknown as Shape;
const asked = rolesToSee(plan, roles, {places: sample[1] * sample[2]});

const looks: Look[] = [];
for (const {xt, timestep} of film.steps)
  looks.push(await lookInside(model.inside, {part: "unet", sample: xt, timestep, encoderHiddenStates, roles: asked}));

const shapeOf = (role: string): Shape => looks[0].get(role)!.shape;
const facts = unetFacts({plan, sample, shapeOf, weights: await model.weights("unet"), tokens});
const bytes: Uint8Array[] = [];
const steps = looks.map((look): RecordedStep => ({
  timestep: look.timestep,
  layers: plan.layers.map(({role}) => {
    const {statistics, activity} = look.get(role)!;
    const peak = Math.max(...activity);
    bytes.push(Uint8Array.from(activity, (value) => Math.round((255 * value) / peak)));
    const {mean, deviation, least, most, rms} = rounded(statistics);
    return [mean, deviation, least, most, rms, digits(peak)];
  }),
  blocks: blocks.map((block) => BLOCK_PARTS.map((part) => digits(look.get(block + part)!.statistics.rms)))
}));
const tensors = asked.flatMap((role): RecordedTensor[] => {
  const seen = looks[STEP].get(role);
  if (!seen) return [];
  const {shape, statistics, channels} = seen;
  const isVector = shape[1] * shape[2] === 1 || TIME_PARTS.some((part) => part === role);
  const count = isVector ? shape[0] : Math.min(KEPT, shape[0]);
  const values = channels.data.subarray(0, count * shape[1] * shape[2]);
  const scale = Math.max(...values.map(Math.abs)) / 127;
  bytes.push(new Uint8Array(Int8Array.from(values, (value) => Math.round(value / scale)).buffer));
  return [{role, shape, statistics: rounded(statistics), channels: count, scale: digits(scale)}];
});

const recording: UnetRecording = {
  command: "npx tsx scripts/record/unet.ts",
  ...{model: model.info.name, preview: model.info.preview, sample, tokens, textWidth},
  layers: plan.layers.map(({role}) => ({role, facts: facts.layers.get(role)!})),
  skips: plan.rungs.map(({skip}) => skip),
  ...{blocks, time: facts.time, operations: facts.operations, steps, look: {step: STEP, tensors}},
  times: await times(),
  wrong: await wrongTimes([4, STEP, 22]),
  off: process.argv.includes("--looks") ? before() : await switchedOff()
};
writeFileSync(`${out}.json`, JSON.stringify(recording) + "\n");
writeFileSync(`${out}.bin`, Buffer.concat(bytes));
await model.release();

async function wrongTimes(of: readonly number[]): Promise<WrongTimes[]> {
  const found: WrongTimes[] = [];
  for (const step of of) {
    const {xt, timestep} = film.steps[step];
    const right = (await model.predict(xt, timestep, encoderHiddenStates)).output;
    const [apart, sizes]: number[][] = [[], []];
    for (const t of TOLD) {
      const {output} = await model.predict(xt, t, encoderHiddenStates);
      apart.push(digits(statisticsOf(output.data.map((value, i) => value - right.data[i])).rms));
      sizes.push(digits(statisticsOf(output.data).rms));
    }
    console.info("true", timestep, TOLD.map((t, i) => `${t}: ${apart[i]} / ${sizes[i]}`).join("  "));
    found.push({step, timestep, told: TOLD, apart, sizes});
  }
  return found;
}

/** On a quiet machine. */
async function times(): Promise<UnetRecording["times"]> {
  const {xt, timestep} = film.steps[STEP];
  const measured = await model.timings({sample: xt, timestep, encoderHiddenStates}, 40);
  const {calls, seconds, shares} = layerTimes(measured, plan);
  const share = (role: string): number => digits(shares.get(role)!);
  return {calls, seconds: digits(seconds), layers: plan.layers.map(({role}) => share(role)), embedding: share(TIME)};
}

function before(): UnetRecording["off"] {
  const none = {keys: [], prompts: [], seed: 0, steps: 0, apart: [], cosines: []};
  return existsSync(`${out}.json`) ? (JSON.parse(readFileSync(`${out}.json`, "utf8")) as UnetRecording).off : none;
}

async function switchedOff(): Promise<UnetRecording["off"]> {
  const parts = partsOf(plan, shapeOf);
  const arms: (Controls | undefined)[] = [undefined, ...parts.map(({controls}) => controls)];
  const {seed, steps: count, guidance, sampler} = film.settings;
  const sheet: Tensor[] = [];
  const [apart, cosines] = [parts.map(() => 0), arms.map(() => 0)];
  for (const prompt of PROMPTS) {
    const pictures: Tensor[] = [];
    for (const controls of arms) {
      let last: Tensor | null = null;
      for await (const {prev} of textToImage(model, {prompt, seed, steps: count, guidance, sampler, controls}))
        last = prev;
      pictures.push(clipped(await model.decode(last!)));
    }
    if (prompt === film.prompt) sheet.push(...pictures);
    const text = (await model.embedTexts([prompt])).data;
    for (const [i, picture] of pictures.entries()) {
      if (i > 0) apart[i - 1] += pixelDifference(imagePixels(picture), imagePixels(pictures[0])) / PROMPTS.length;
      cosines[i] += cosine((await model.embedImages(picture)).data, text) / PROMPTS.length;
    }
    console.info(prompt, arms.map((_, i) => `${parts[i - 1]?.key ?? "intact"} ${cosines[i].toFixed(3)} ${apart[i - 1]?.toFixed(1)}`).join(", ")); // prettier-ignore
  }
  writeFileSync(`${out}.png`, encodeSheet(sheet.map(rgbBytes), model.info.width, model.info.height));
  const keys = parts.map(({key}) => key);
  return {keys, prompts: PROMPTS, seed, steps: count, apart: apart.map(digits), cosines: cosines.map(digits)};
}

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));
}

function digits(value: number): number {
  return Number(value.toPrecision(4));
}

function rounded({mean, deviation, least, most, rms}: Statistics): Statistics {
  return {mean: digits(mean), deviation: digits(deviation), least: digits(least), most: digits(most), rms: digits(rms)};
}
