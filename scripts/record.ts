/**
 * Draws a recorded run with the engine in Node, as docs/recorded/<name>.json, .bin and .png:
 * npx tsx scripts/record.ts ["a horse on the grass"] [seed] [ddim | ddpm] [name]
 */
import {writeFileSync} from "node:fs";
import {keyFrames} from "../components/keyFrames.js";
import {floatToHalf, type Recording} from "../docs/page/recorded.js";
import {loadModelFromFolder} from "../src/node.js";
import {textToImage, type StepRecord} from "../src/pipeline.js";
import {rgbBytes} from "../src/pixels.js";
import type {Tensor} from "../src/tensor.js";
import {encodeSheet} from "./sheet.js";

const [prompt = "a horse on the grass", seed = "7", sampler = "ddim", name = "horse"] = process.argv.slice(2);
const out = `docs/recorded/${name}`;
if (sampler !== "ddim" && sampler !== "ddpm") throw new Error(`${sampler} is not recorded; one of ddim, ddpm`);

const model = await loadModelFromFolder("data/models/tiny");
const {recommended, preview, name: modelName, width, height} = model.info;
const settings = {
  ...{seed: Number(seed), steps: recommended.steps, guidance: recommended.guidance},
  ...({sampler, negative: "", noiseSeed: null} as const)
};
const records: StepRecord[] = [];
for await (const record of textToImage(model, {...settings, prompt, noiseSeed: undefined})) records.push(record);

const sheet = keyFrames(records.length);
const {ids, tokens} = model.tokenize(prompt);
const recording: Recording = {
  command: `npx tsx scripts/record.ts ${JSON.stringify(prompt)} ${seed} ${sampler} ${name}`,
  ...{model: modelName, prompt, settings, dims: records[0].latents.dims, preview, sheet},
  tokens: ids.map((id, i) => ({text: tokens[i], id})),
  secondsPerStep: rounded(records.reduce((sum, {seconds}) => sum + seconds, 0) / records.length),
  steps: records.map(({timestep, prevTimestep, alphaCumprod, prevAlphaCumprod, coefficients}) => ({
    ...{timestep, prevTimestep, alphaCumprod, prevAlphaCumprod, coefficients}
  }))
};
writeFileSync(`${out}.json`, JSON.stringify(recording) + "\n");
writeFileSync(`${out}.bin`, new Uint8Array(floatToHalf(numbersOf(records)).buffer));
writeFileSync(`${out}.png`, await sheetOf([...sheet.map((index) => records[index].x0), records.at(-1)!.prev]));
await model.release();
console.info(`${out}.json, .bin, .png: ${prompt}, seed ${seed}, ${records.length} steps`);

/** The latents before each step and after the last, then the predictions without and with the prompt. */
function numbersOf(steps: readonly StepRecord[]): Float32Array {
  const tensors = [
    ...steps.map(({latents}) => latents),
    steps.at(-1)!.prev,
    ...steps.map(({epsUncond}) => epsUncond),
    ...steps.map(({epsCond}) => epsCond)
  ];
  const size = tensors[0].data.length;
  const numbers = new Float32Array(size * tensors.length);
  tensors.forEach(({data}, i) => numbers.set(data, i * size));
  return numbers;
}

/** Decoded pictures side by side in one PNG. */
async function sheetOf(list: readonly Tensor[]): Promise<Uint8Array> {
  const pictures: Uint8Array[] = [];
  for (const latents of list) pictures.push(rgbBytes(await model.decode(latents)));
  return encodeSheet(pictures, width, height);
}

function rounded(seconds: number): number {
  return Math.round(1000 * seconds) / 1000;
}
