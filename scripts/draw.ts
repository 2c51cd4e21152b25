/** Draws a picture with the site's own engine: npm run draw -- "a horse on the grass" --seed 7 --out horse.png */
import {mkdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {parseArgs} from "node:util";
import {decode, encode} from "fast-png";
import {recordFiles} from "../src/exports/recordFiles.js";
import {loadModelFromFolder} from "../src/node.js";
import {encodeNpy} from "../src/npy.js";
import type {Model} from "../src/models/model.js";
import {textToImage, type DrawOptions, type StepRecord} from "../src/pipeline.js";
import {imageToImage} from "../src/pipelines/imageToImage.js";
import {inpainting} from "../src/pipelines/inpainting.js";
import {luminanceOf} from "../src/pictures.js";
import {pictureOf, rgbBytes} from "../src/pixels.js";
import {SAMPLERS} from "../src/samplers/registry.js";
import {concat, type Tensor} from "../src/tensor.js";
import {probabilitiesOf, type AttentionLayer} from "../src/trace/attention.js";

const USAGE =
  `npm run draw -- "a horse on the grass" [--seed 7] [--sampler ${SAMPLERS.map(({name}) => name).join("|")}] ` +
  "[--steps 30] [--guidance 4] [--out picture.png] [--negative text] [--eta 0] [--noise-seed 1] [--image picture.png [--strength 0.8] [--mask white-where-to-draw.png]] [--model folder] [--record folder] [--threads 2]";

const OPTIONS = {
  seed: {type: "string", default: "0"},
  sampler: {type: "string"},
  steps: {type: "string"},
  guidance: {type: "string"},
  out: {type: "string", default: "picture.png"},
  negative: {type: "string"},
  eta: {type: "string"},
  "noise-seed": {type: "string"},
  image: {type: "string"},
  strength: {type: "string"},
  mask: {type: "string"},
  model: {type: "string", default: "data/models/tiny"},
  record: {type: "string"},
  threads: {type: "string", default: "2"},
  help: {type: "boolean", default: false}
} as const;

function numeric(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new Error(`--${name} ${text} is not a number`);
  return value;
}

function readArguments(args: string[]) {
  const {values, positionals} = parseArgs({args, options: OPTIONS, allowPositionals: true});
  if (values.help) return null;
  if (positionals.length !== 1) throw new Error(`give one prompt in quotes; ${USAGE}`);
  const {out, model, record} = values;
  return {prompt: positionals[0], values, out, model, record, threads: numeric("threads", values.threads)};
}

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  if (!given) return console.info(USAGE);
  const {prompt, values, out, record, threads} = given;
  const model = await loadModelFromFolder(given.model, {threads});
  const {recommended} = model.info;
  const options: DrawOptions = {
    prompt,
    negative: values.negative,
    seed: numeric("seed", values.seed) ?? 0,
    noiseSeed: numeric("noise-seed", values["noise-seed"]),
    sampler: values.sampler ?? recommended.sampler,
    steps: numeric("steps", values.steps) ?? recommended.steps,
    guidance: numeric("guidance", values.guidance) ?? recommended.guidance,
    eta: numeric("eta", values.eta)
  };
  if (model.tokenize(prompt).truncated)
    console.warn(`the prompt is cut to the ${model.info.maxTokens} tokens this model reads`);
  const maps = record ? await crossAttention(model) : [];
  const records: StepRecord[] = [];
  const pictures = {image: values.image, mask: values.mask, strength: numeric("strength", values.strength)};
  for await (const step of drawing(model, {...options, trace: maps.map(({role}) => role)}, pictures)) {
    records.push(step);
    if (process.stderr.isTTY) process.stderr.write(`\rstep ${step.index + 1} of ${step.numSteps}`);
  }
  const {prev} = records[records.length - 1];
  const {width, height} = model.info;
  writeFileSync(out, encode({width, height, data: rgbBytes(await model.decode(prev)), channels: 3, depth: 8}));
  if (record) {
    writeRecord(record, records, options);
    writeAttention(join(record, "attention"), records, maps);
  }
  const seconds = records.reduce((sum, step) => sum + step.seconds, 0);
  console.info(`${out}: ${records.length} steps, ${seconds.toFixed(1)} s of UNet time`);
}

/** The layers whose maps a record holds; none, with a word of why, where the model was exported without. */
async function crossAttention(model: Model): Promise<AttentionLayer[]> {
  try {
    return (await model.attentionLayers()).filter(({kind}) => kind === "cross");
  } catch (error) {
    console.warn(`no maps are recorded: ${(error as Error).message}`);
    return [];
  }
}

/** Text to image, or with a picture image to image, or with a mask too inpainting. */
function drawing(
  model: Model,
  options: DrawOptions,
  {image: imagePath, mask: maskPath, strength}: {image?: string; mask?: string; strength?: number}
): AsyncGenerator<StepRecord> {
  if (!imagePath && (maskPath || strength !== undefined)) throw new Error("--mask and --strength need an --image");
  if (!imagePath) return textToImage(model, options);
  const image = readPicture(imagePath, model);
  if (!maskPath) return imageToImage(model, {...options, image, strength});
  const white = luminanceOf(readPicture(maskPath, model)).map((value) => (value + 1) / 2);
  const mask = {data: white, dims: [1, 1, ...image.dims.slice(2)]};
  return inpainting(model, {...options, image, mask, strength});
}

/** A PNG file -> [1, 3, H, W] in [-1, 1]. */
function readPicture(path: string, {info: {width, height}}: Model): Tensor {
  const {palette, ...picture} = decode(readFileSync(path));
  if (palette) throw new Error(`${path} has a palette: save it as RGB`);
  if (picture.width !== width || picture.height !== height)
    throw new Error(`${path} is ${picture.width} x ${picture.height}: this model's pictures are ${width} x ${height}`);
  return pictureOf(picture);
}

/** All step records as numpy files, for comparison with other programs. */
function writeRecord(folder: string, records: readonly StepRecord[], options: DrawOptions): void {
  mkdirSync(folder, {recursive: true});
  for (const [name, bytes] of Object.entries(recordFiles(records, options))) writeFileSync(join(folder, name), bytes);
}

/** Cross-attention of every layer as [N, 2, heads, q, K], without and with the prompt (alike where there is no guidance). */
function writeAttention(folder: string, records: readonly StepRecord[], layers: readonly AttentionLayer[]): void {
  mkdirSync(folder, {recursive: true});
  for (const {layer, role} of layers) {
    const steps = records.map(({inside}) => {
      const halves = [0, -1].map((item) => probabilitiesOf(inside[role], item));
      return {data: concat(halves).data, dims: [1, 2, ...halves[0].dims]};
    });
    writeFileSync(join(folder, `${layer}.npy`), encodeNpy(concat(steps)));
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
