/**
 * What the model page shows before the reader asks for more: errors by timestep, directions of training scenes in CLIP's space, drawn
 * held-out pairs: npx tsx scripts/record/model.ts
 */
import {readFileSync, writeFileSync} from "node:fs";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf, usualCaption} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {PLACES} from "../../data/scenes/places.js";
import {describeScene, type SceneSpec} from "../../data/scenes/scene.js";
import {PAIRS} from "../../data/scenes/split.js";
import {toBytes} from "../../docs/page/clipRecording.js";
import {averageOf, errorsAt} from "../../docs/model/errors.js";
import {GROUPS, TRAINED, type Group, type ModelRecording, type RecordedDrawing} from "../../docs/model/recorded.js";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage} from "../../src/pipeline.js";
import {rgbBytes} from "../../src/pixels.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import {concat, rowsOf, type Tensor} from "../../src/tensor.js";
import {encodeSheet} from "../sheet.js";

const OUT = "docs/recorded/model";
const [SCENES, BATCH, ANCHORS, PAIRS_DRAWN] = [48, 8, 4096, 10];
const TIMESTEPS = [0, 20, 60, 120, 200, 300, 400, 500, 600, 700, 800, 900, 999];

const config = JSON.parse(readFileSync("data/training/configs/tiny.json", "utf8")) as {objects: string[]};
const {objects} = config;
const model = await loadModelFromFolder("data/models/tiny");
const atlas = await openAtlas("data/scenes/atlas", objects);
const {alphasCumprod} = makeSchedule(model.schedulerConfig);
const pictureOf = (spec: SceneSpec): Tensor => imageTensor(scenePixels(drawScene(spec, atlas)));
const [empty] = [await model.encodeText([""])];

async function errorsOf(group: Group): Promise<ModelRecording["errors"]["groups"][Group]> {
  const {first, split} = GROUPS[group];
  const rows = TIMESTEPS.map(() => ({uncond: [] as number[], cond: [] as number[]}));
  for (let from = 0; from < SCENES; from += BATCH) {
    const specs = Array.from({length: BATCH}, (_, i) => describeScene(first + from + i, {split, objects}));
    const captions = await model.encodeText(specs.map((spec) => captionsOf(spec)[0].text));
    const batch = {
      x0: await model.encode(concat(specs.map(pictureOf))),
      eps: concat(specs.map((_, i) => new Generator(from + i).randn([1, ...model.latentShape]))),
      states: concat([...specs.map(() => empty), captions])
    };
    for (const [i, t] of TIMESTEPS.entries()) {
      const {uncond, cond} = await errorsAt(model, batch, t, alphasCumprod[t]);
      rows[i].uncond.push(...uncond);
      rows[i].cond.push(...cond);
    }
    console.info(`${group}: ${from + BATCH} of ${SCENES} scenes`);
  }
  const told = (values: number[]): [number, number] => {
    const {mean, doubt} = averageOf(values);
    return [rounded(mean), rounded(doubt)];
  };
  return rows.map(({uncond, cond}) => ({uncond: told(uncond), cond: told(cond)}));
}

async function anchors(): Promise<Int8Array[]> {
  const rows: Int8Array[] = [];
  for (let from = 0; from < ANCHORS; from += 32) {
    const specs = Array.from({length: 32}, (_, i) => describeScene(GROUPS.trained.first + from + i, {objects}));
    rows.push(...rowsOf(await model.embedImages(concat(specs.map(pictureOf)))).map(toBytes));
    if (from % 512 === 0) console.info(`anchors: ${from} of ${ANCHORS}`);
  }
  return rows;
}

/** Every tenth held-out pair of the known objects, whatever comes of it; then two horses. */
function wanted(): Omit<RecordedDrawing, "embedding">[] {
  const known = PAIRS["held-out"].filter(({object}) => objects.includes(object));
  const chosen = known.filter((_, i) => i % Math.floor(known.length / PAIRS_DRAWN) === 0).slice(0, PAIRS_DRAWN);
  return [
    ...chosen.map(({object, place}) => ({prompt: usualCaption(object, place), object, place})),
    {prompt: "a horse on the grass", object: "horse", place: "grass"},
    {prompt: "a photo of a horse", object: "horse", place: null}
  ].map((drawing, seed) => ({...drawing, seed}));
}

/** @returns how many training scenes hold each object on each place */
function countPairs(): ModelRecording["pairs"] {
  const places = [...PLACES, "a plain colour"];
  const counts = objects.map(() => places.map(() => 0));
  for (let i = 0; i < TRAINED; i++) {
    const spec = describeScene(GROUPS.trained.first + i, {objects});
    const place = spec.place ? PLACES.indexOf(spec.place) : PLACES.length;
    for (const {name} of spec.objects) counts[objects.indexOf(name)][place]++;
  }
  return {places, counts};
}

const rounded = (value: number): number => Number(value.toPrecision(4));

const {sampler, steps, guidance} = model.info.recommended;
const sheet: Uint8Array[] = [];
const drawn: RecordedDrawing[] = [];
for (const drawing of wanted()) {
  let latents: Tensor | null = null;
  for await (const {prev} of textToImage(model, {...drawing, sampler, steps, guidance})) latents = prev;
  const picture = await model.decode(latents!);
  sheet.push(rgbBytes(picture));
  drawn.push({...drawing, embedding: [...toBytes(rowsOf(await model.embedImages(picture))[0])]});
  console.info(drawing.prompt);
}
const rows = await anchors();
const recording: ModelRecording = {
  command: "npx tsx scripts/record/model.ts",
  model: model.info.name,
  objects,
  errors: {
    timesteps: TIMESTEPS,
    alphasCumprod: TIMESTEPS.map((t) => Number(alphasCumprod[t].toPrecision(7))),
    count: SCENES,
    groups: {unseen: await errorsOf("unseen"), pairs: await errorsOf("pairs"), trained: await errorsOf("trained")}
  },
  anchors: {first: GROUPS.trained.first, count: ANCHORS, width: rows[0].length},
  drawn,
  sampling: {sampler, steps, guidance},
  pairs: countPairs()
};
writeFileSync(`${OUT}.json`, JSON.stringify(recording) + "\n");
writeFileSync(`${OUT}.bin`, Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.length))));
writeFileSync(`${OUT}.png`, encodeSheet(sheet, model.info.width, model.info.height));
await model.release();
console.info(`${OUT}.json, .bin, .png`);
