/**
 * The learning page's memory: 2,000 training scenes as latents, and the UNet's answers to one of them by noise level, so that
 * the page has something to show before the model has come: npx tsx scripts/record/learning.ts
 */
import {writeFileSync} from "node:fs";
import {imageTensor, scenePixels} from "../../docs/page/scenes.js";
import {floatToHalf} from "../../docs/page/recorded.js";
import {quantised, type LearningRecord, type RememberedScene} from "../../docs/learning/memory.js";
import {openAtlas} from "../../data/scenes/atlasFolder.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {objectNamed} from "../../data/scenes/objects.js";
import {isKeptOut} from "../../data/scenes/split.js";
import {describeScene, type SceneSpec} from "../../data/scenes/scene.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import {loadModelFromFolder} from "../../src/node.js";
import {combine, concat, type Tensor} from "../../src/tensor.js";

const OUT = "docs/recorded/learning";
const SCENES = 2000;
const OF_EACH = 64;
const BATCH = 16;
/** Where the scenes that the UNet learned begin (data/training/scenes.py), and where those of one caption are looked for. */
const [KNOWN, FURTHER] = [400_000_000, 450_000_000];
const WANTED = [
  ["horse", "grass", "a horse on the grass"],
  ["cat", "city", "a cat in the city"],
  ["robot", "space", "a robot in space"],
  ["red-apple", "beach", "a red apple on the beach"],
  ["camel", "desert", "a camel in the desert"],
  ["castle", "mountains", "a castle in the mountains"]
] as const;
const TIMESTEPS = [40, 120, 200, 280, 360, 440, 520, 600, 680, 760, 840, 920, 999];
const [SHOWN_SEED, NOISE_SEED] = [0, 7];

const model = await loadModelFromFolder("data/models/tiny");
const objects = Object.keys(model.info.vocabulary!.objects);
const atlas = await openAtlas("data/scenes/atlas", objects);

/** Specs of one object in one place, in order of their seeds; a pair that is kept out of training never comes. */
function* ofKind(object: string, place: string): Iterator<SceneSpec> {
  if (isKeptOut(object, place as SceneSpec["place"]))
    throw new Error(`${object} and ${place} are kept out of training`);
  for (let seed = FURTHER; ; seed++) {
    const spec = describeScene(seed, {objects: [object]});
    if (spec.place === place && spec.objects.length === 1 && !spec.cosmic && !spec.paradise) yield spec;
  }
}

function take<T>(source: Iterator<T>, count: number): T[] {
  return Array.from({length: count}, () => source.next().value as T);
}

const groups = WANTED.map(([object, place]) => take(ofKind(objectNamed(object).name, place), OF_EACH));
const others = Array.from({length: SCENES - WANTED.length * OF_EACH}, (_, i) => describeScene(KNOWN + i, {objects}));
const specs = [...groups.flat(), ...others];

const encoded: Tensor[] = [];
for (let start = 0; start < SCENES; start += BATCH) {
  const pictures = specs.slice(start, start + BATCH).map((spec) => imageTensor(scenePixels(drawScene(spec, atlas))));
  encoded.push(await model.encode(concat(pictures)));
  if (start % 400 === 0) console.info(`${start} of ${SCENES} scenes`);
}
const latents = concat(encoded);
const {bytes, step} = quantised(latents.data);

const scenes: RememberedScene[] = specs.map((spec) => ({seed: spec.seed, caption: captionsOf(spec)[0].text}));
const {alphasCumprod} = makeSchedule(model.schedulerConfig);
const size = latents.data.length / SCENES;
const dims = [1, ...latents.dims.slice(1)];
const x0: Tensor = {
  data: Float32Array.from(bytes.subarray(SHOWN_SEED * size, (SHOWN_SEED + 1) * size), (b) => b * step),
  dims
};
const noise = new Generator(NOISE_SEED).randn(dims);
const states = await model.encodeText(["", WANTED[0][2]]);
const answers: Tensor[] = [];
for (const timestep of TIMESTEPS) {
  const alpha = alphasCumprod[timestep];
  const xt = combine([Math.sqrt(alpha), x0], [Math.sqrt(1 - alpha), noise]);
  answers.push((await model.predict(concat([xt, xt]), timestep, states)).output); // [2, 4, h, w]: without and with the words
}

const record: LearningRecord = {
  command: "npx tsx scripts/record/learning.ts",
  model: model.info.name,
  dims,
  step,
  preview: model.info.preview,
  schedulerConfig: model.schedulerConfig,
  groups: WANTED.map(([object, , caption], i) => ({object, caption, first: i * OF_EACH, count: OF_EACH})),
  shown: {scene: SHOWN_SEED, caption: WANTED[0][2], noiseSeed: NOISE_SEED, timesteps: TIMESTEPS},
  scenes
};
writeFileSync(`${OUT}.json`, JSON.stringify(record) + "\n");
writeFileSync(`${OUT}.bin`, bytes);
writeFileSync(`${OUT}-answers.bin`, new Uint8Array(floatToHalf(concat(answers).data).buffer));
await model.release();
console.info(
  `${OUT}.json, .bin, -answers.bin: ${SCENES} scenes in steps of ${step.toPrecision(3)}, ${TIMESTEPS.length} answers`
);
