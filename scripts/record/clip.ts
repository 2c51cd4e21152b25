/** Records the CLIP page's numbers with the engine in Node, after scripts/record.ts: npx tsx scripts/record/clip.ts */
import {readFileSync, writeFileSync} from "node:fs";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";
import {CAPTIONS, LABELS, OTHER, SCENES, UNSEEN} from "../../docs/clip/defaults.js";
import {lookDistance, lookOf} from "../../docs/page/coarseLook.js";
import {nearestOf} from "../../docs/page/nearest.js";
import {toBytes, type ClipConfig, type ClipRecording, type StepScore} from "../../docs/page/clipRecording.js";
import {recordedFilm, type Recording} from "../../docs/page/recorded.js";
import {scenePixels} from "../../docs/page/scenes.js";
import {cosine} from "../../src/contrastive.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage} from "../../src/pipeline.js";
import {clipped} from "../../src/pictures.js";
import {pictureOf, rgbBytes} from "../../src/pixels.js";
import {concat, rowsOf, type Tensor} from "../../src/tensor.js";
import {encodeSheet} from "../sheet.js";

const out = "docs/recorded/clip";
const ANCHORS = 512;
const CHECKED = 512;
const BATCH = 16;
const RANKED = {prompt: "a horse on the grass", steps: 16, seeds: [1, 2, 3, 4, 5, 6, 7, 8]};

const model = await loadModelFromFolder("data/models/tiny");
const atlas = await openAtlas("data/scenes/atlas");
const {name, recommended, width: side} = model.info;

const pictures = await embedScenes(SCENES);
const captions = rowsOf(await model.embedTexts(CAPTIONS));
const labels = rowsOf(await model.embedTexts(LABELS.map((label) => `a ${label}`)));
const anchors = (await embedScenes(Array.from({length: ANCHORS}, (_, i) => i))).map(toBytes);
const unseen = await embedScenes(Array.from({length: CHECKED}, (_, i) => UNSEEN + i));
const lookAt = (seed: number): Uint8Array => lookOf(scenePixels(drawScene(describeScene(seed), atlas)));
const looks = Array.from({length: ANCHORS}, (_, i) => lookAt(i));
const apart = Array.from({length: CHECKED}, (_, i) => lookAt(UNSEEN + i))
  .map((look) => Math.min(...looks.map((other) => lookDistance(look, other))))
  .sort((a, b) => b - a);
const near = unseen.map((row) => nearestOf(row, anchors).cosine).sort((a, b) => a - b);

const recording: ClipRecording = {
  command: "npx tsx scripts/record/clip.ts",
  model: name,
  temperature: rounded(1 / (await model.clipInfo()).logitScale, 5),
  config: shapesOf(JSON.parse(readFileSync("data/models/tiny/clip/config.json", "utf8")) as ClipConfig),
  ...{scenes: SCENES, captions: CAPTIONS, labels: LABELS, width: pictures[0].length},
  anchors: {
    ...{count: ANCHORS, checked: CHECKED},
    ...{median: rounded(near[CHECKED / 2]), leastCosine: below(near[0], 4), mostLook: -below(-apart[0], 1)}
  },
  watched: await watch(),
  ranked: await rank()
};
const floats = Float32Array.from([...pictures, ...captions, ...labels].flatMap((row) => [...row]));
writeFileSync(
  `${out}.bin`,
  Buffer.concat([new Uint8Array(floats.buffer), ...anchors, ...looks].map((part) => Buffer.from(part)))
);
writeFileSync(`${out}.json`, JSON.stringify(recording) + "\n");
await model.release();
console.info(`${out}.json, .bin, .png: near ${near[0]} ... ${near.at(-1)}; most looks ${apart[0]}`);

async function embedScenes(seeds: readonly number[]): Promise<Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let from = 0; from < seeds.length; from += BATCH) {
    const images = seeds.slice(from, from + BATCH).map(sceneTensor);
    rows.push(...rowsOf(await model.embedImages(concat(images))));
  }
  return rows;
}

function sceneTensor(seed: number): Tensor {
  return pictureOf({width: side, height: side, data: drawScene(describeScene(seed), atlas).rgb, channels: 3, depth: 8});
}

/** The home page's recorded run, seen by CLIP at every step. */
async function watch(): Promise<ClipRecording["watched"]> {
  const {buffer, byteOffset, byteLength} = readFileSync("docs/recorded/horse.bin");
  const home = JSON.parse(readFileSync("docs/recorded/horse.json", "utf8")) as Recording;
  const film = recordedFilm(home, buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
  const [prompt, other] = rowsOf(await model.embedTexts([film.prompt, OTHER]));
  const scores: StepScore[] = [];
  for (const {x0, xt} of film.steps) {
    const [guess, noisy] = rowsOf(await model.embedImages(clipped(await model.decode(concat([x0, xt])))));
    scores.push({
      ...{x0: rounded(cosine(guess, prompt)), xt: rounded(cosine(noisy, prompt))},
      other: rounded(cosine(guess, other))
    });
  }
  return {prompt: film.prompt, other: OTHER, seed: film.settings.seed, scores};
}

/** One prompt by many seeds, and what CLIP says of each. */
async function rank(): Promise<ClipRecording["ranked"]> {
  const [prompt] = rowsOf(await model.embedTexts([RANKED.prompt]));
  const sheet: Uint8Array[] = [];
  const scores: number[] = [];
  for (const seed of RANKED.seeds) {
    let latents: Tensor | null = null;
    const options = {prompt: RANKED.prompt, steps: RANKED.steps, guidance: recommended.guidance, seed};
    for await (const {prev} of textToImage(model, {...options, sampler: "ddim"})) latents = prev;
    const picture = clipped(await model.decode(latents!));
    scores.push(rounded(cosine(rowsOf(await model.embedImages(picture))[0], prompt)));
    sheet.push(rgbBytes(picture));
  }
  writeFileSync(`${out}.png`, encodeSheet(sheet, side, side));
  return {...RANKED, guidance: recommended.guidance, scores};
}

/** What gives the towers their shapes, and no more of the file. */
function shapesOf({projection_dim, text_config: text, vision_config: vision}: ClipConfig): ClipConfig {
  const {hidden_size, num_hidden_layers, num_attention_heads} = vision;
  return {
    projection_dim,
    text_config: {
      ...{hidden_size: text.hidden_size, num_hidden_layers: text.num_hidden_layers},
      ...{num_attention_heads: text.num_attention_heads, vocab_size: text.vocab_size},
      max_position_embeddings: text.max_position_embeddings
    },
    vision_config: {
      ...{hidden_size, num_hidden_layers, num_attention_heads},
      ...{image_size: vision.image_size, patch_size: vision.patch_size}
    }
  };
}

/** Rounded down: what is compared with it stays on its side. */
function below(value: number, digits: number): number {
  return Math.floor(value * 10 ** digits) / 10 ** digits;
}

function rounded(value: number, digits = 4): number {
  return Number(value.toFixed(digits));
}
