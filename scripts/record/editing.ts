/**
 * What the chapter on editing shows before the model has come:
 * npx tsx scripts/record/editing.ts && python scripts/record/webp.py docs/recorded/editing
 */
import {writeFileSync} from "node:fs";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";
import {paintedLatents, stepFrom} from "../../docs/editing/brush.js";
import {DEFAULTS, LOOSE} from "../../docs/editing/defaults.js";
import {maskTensor, readMask} from "../../docs/editing/mask.js";
import {fidelityOf, lengthOf, rmsOf} from "../../docs/editing/measure.js";
import {toByte, type EditingRecording, type RecordedRun, type WayBack} from "../../docs/editing/recording.js";
import {floatToHalf} from "../../docs/page/recorded.js";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage, type StepRecord} from "../../src/pipeline.js";
import {imageToImage} from "../../src/pipelines/imageToImage.js";
import {inpainting} from "../../src/pipelines/inpainting.js";
import {inversion} from "../../src/pipelines/inversion.js";
import {projection} from "../../src/pipelines/projection.js";
import {psnr} from "../../src/pictures.js";
import {rgbBytes} from "../../src/pixels.js";
import {concat, type Tensor} from "../../src/tensor.js";
import {keyFrames} from "../../components/keyFrames.js";
import {encodeSheet} from "../sheet.js";

const OUT = "docs/recorded/editing";
const KEPT = 5;
const STRIP = 6;
const COLORS = {
  ...{red: [217, 45, 32], orange: [245, 130, 32], yellow: [255, 211, 77], green: [90, 170, 70]},
  ...{blue: [64, 130, 230], purple: [150, 100, 200], white: [250, 250, 252], black: [24, 22, 34]}
};

const model = await loadModelFromFolder("data/models/tiny");
const {name, preview, schedulerConfig, vocabulary, recommended, width, height} = model.info;
const objects = Object.keys(vocabulary!.objects);
const atlas = await openAtlas("data/scenes/atlas", objects);
const {scene, prompt, seed, steps, inpaint, mask, brush} = DEFAULTS;
const {guidance} = recommended;
const spec = describeScene(scene, {objects});
const image = imageTensor(scenePixels(drawScene(spec, atlas)));
const caption = captionsOf(spec)[0].text;
const shared = {seed, steps, guidance, sampler: "ddim"} as const;

const latents = new Map<string, Tensor>();
const sheet = new Map<string, Uint8Array>();
const runs: RecordedRun[] = [];
const bytes: Int8Array[] = [];
const began = Date.now();

async function recordsOf(run: AsyncIterable<StepRecord>): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of run) records.push(record);
  return records;
}

async function picture(key: string, result: Tensor): Promise<Tensor> {
  const decoded = await model.decode(result);
  sheet.set(key, rgbBytes(decoded));
  console.info(`${key}, ${Math.round((Date.now() - began) / 1000)} s`);
  return decoded;
}

/** Keeps a run's result, and some of its steps. */
async function keep(
  key: string,
  run: AsyncIterable<StepRecord>,
  count = KEPT
): Promise<{records: StepRecord[]; decoded: Tensor}> {
  const records = await recordsOf(run);
  const kept = keyFrames(records.length, count).map((i) => records[i]);
  runs.push({name: key, first: records[0].index, indices: kept.map(({index}) => index)});
  for (const {xt, x0} of kept) for (const {data} of [xt, x0]) bytes.push(Int8Array.from(data, toByte));
  const result = records.at(-1)!.prev;
  latents.set(key, result);
  return {records, decoded: await picture(key, result)};
}

const lastOf = async (run: AsyncIterable<StepRecord>): Promise<Tensor> => (await recordsOf(run)).at(-1)!.prev;

const given = await model.encode(image);
latents.set("picture", given);
const coded = await picture("picture", given);

const colors: Record<string, number[]> = {};
for (const [color, rgb] of Object.entries(COLORS)) {
  const plain = {
    data: Float32Array.from({length: 3 * 128 * 128}, (_, i) => rgb[Math.floor(i / 128 ** 2)] / 127.5 - 1),
    dims: [1, 3, 128, 128]
  };
  const {data} = await model.encode(plain);
  colors[color] = [0, 1, 2, 3].map((channel) => rounded(data[channel * 256 + 8 * 16 + 8], 4));
}

for (let made = 1; made <= steps; made++)
  await keep(`enter ${made}`, imageToImage(model, {...shared, prompt, image: given, strength: made / steps}));

await keep(
  "inpaint",
  inpainting(model, {...shared, prompt: inpaint, image: given, mask: maskTensor(readMask(mask)!)}),
  STRIP
);

const free = await keep("free", textToImage(model, {...shared, prompt: caption}), STRIP);
const projected: Record<string, EditingRecording["projection"]["luminance"]> = {};
for (const kept of ["luminance", "low-frequencies"] as const) {
  const {decoded} = await keep(kept, projection(model, {...shared, prompt: caption, image, keep: kept}), STRIP);
  projected[kept] = {held: figures(decoded), free: figures(free.decoded), coded: figures(coded)};
}

const noise = await lastOf(inversion(model, {prompt: caption, image: given, steps}));
latents.set("noise", noise);
const back: WayBack[] = [];
for (const scale of LOOSE) {
  const result = await lastOf(textToImage(model, {...shared, guidance: scale, prompt: caption, latents: noise}));
  latents.set(`back ${scale}`, result);
  const decoded = await picture(`back ${scale}`, result);
  back.push({
    guidance: scale,
    error: rounded(rmsOf(result.data, given.data), 5),
    psnr: rounded(psnr(decoded, image), 3)
  });
}
const changed = await lastOf(textToImage(model, {...shared, prompt, latents: noise}));
latents.set("changed", changed);
await picture("changed", changed);
const bySteps: {steps: number; error: number}[] = [];
for (const count of [5, 10, 40]) {
  const there = await lastOf(inversion(model, {prompt: caption, image: given, steps: count}));
  const result = await lastOf(
    textToImage(model, {...shared, guidance: 1, steps: count, prompt: caption, latents: there})
  );
  bySteps.push({steps: count, error: rounded(rmsOf(result.data, given.data), 5)});
}

const trunk = await recordsOf(textToImage(model, {...shared, prompt: brush.prompt}));
runs.push({name: "trunk", first: 0, indices: trunk.map(({index}) => index)});
for (const {xt, x0} of trunk) for (const {data} of [xt, x0]) bytes.push(Int8Array.from(data, toByte));
latents.set("trunk", trunk.at(-1)!.prev);
await picture("trunk", trunk.at(-1)!.prev);
for (const at of brush.steps) {
  const frame = trunk[at];
  const from = stepFrom(frame, paintedLatents(frame, readMask(brush.mask)!, colors[brush.color]));
  await keep(`brush ${at}`, textToImage(model, {...shared, prompt: brush.prompt, from}));
}

const recording: EditingRecording = {
  command: "npx tsx scripts/record/editing.ts && python scripts/record/webp.py docs/recorded/editing",
  ...{model: name, preview, scheduler: schedulerConfig, objects, dims: given.dims, scene, caption},
  ...{prompt, seed, steps, guidance, latents: [...latents.keys()], runs, sheet: [...sheet.keys()]},
  inpainting: {prompt: inpaint, mask},
  projection: projected as EditingRecording["projection"],
  inversion: {
    deviation: rounded(lengthOf(noise), 4),
    coded: rounded(psnr(coded, image), 3),
    back,
    bySteps: [...bySteps, {steps, error: back.find(({guidance: scale}) => scale === 1)!.error}].sort(
      (a, b) => a.steps - b.steps
    )
  },
  ...{brush, colors}
};
const halves = floatToHalf(concat([...latents.values()]).data);
writeFileSync(`${OUT}.json`, JSON.stringify(recording) + "\n");
writeFileSync(
  `${OUT}.bin`,
  Buffer.concat(
    [new Uint8Array(halves.buffer), ...bytes].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))
  )
);
writeFileSync(`${OUT}.png`, encodeSheet([...sheet.values()], width, height));
await model.release();
console.info(`${OUT}.json, .bin, .png: ${sheet.size} pictures, ${bytes.length / 2} steps`);

function figures(decoded: Tensor) {
  const {luminance, low} = fidelityOf(decoded, image);
  return {luminance: rounded(luminance, 3), low: rounded(low, 3)};
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
