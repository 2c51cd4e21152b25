/**
 * The learning page's memory: 2,000 training scenes as latents, and the UNet's answers to one of them by noise level, so that
 * the page has something to show before the model has come: npx tsx scripts/record/learning.ts
 *
 * Training saw some forty scenes of each of the captions; what is missing to 64 is made by the same program from other seeds.
 */
import {readFileSync, writeFileSync} from "node:fs";
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
import {noised} from "../../src/forward.js";
import {concat, type Tensor} from "../../src/tensor.js";

const OUT = "docs/recorded/learning";
const SCENES = 2000;
const OF_EACH = 64;
const BATCH = 16;
/** Seeds of the scenes that the UNet learned (data/training/scenes.py), and where more of one caption are looked for. */
const [KNOWN, FURTHER] = [400_000_000, 450_000_000];
/** The settings of that training: its objects in their order, on which a seed's scene depends, and how many scenes. */
const training = JSON.parse(readFileSync("data/training/configs/tiny.json", "utf8")) as {
  readonly objects: readonly string[];
  readonly scenes: {readonly known: number};
};
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
const {objects} = training;
const atlas = await openAtlas("data/scenes/atlas", objects);

/** What training saw, in order of seeds. */
const known = Array.from({length: training.scenes.known}, (_, i) => describeScene(KNOWN + i, {objects}));

/** Specs of one object in one place: first those that training saw, then others. A pair that is kept out of training never comes. */
function* ofKind(object: string, place: string): Iterator<SceneSpec> {
  if (isKeptOut(object, place as SceneSpec["place"]))
    throw new Error(`${object} and ${place} are kept out of training`);
  const fits = (spec: SceneSpec) =>
    spec.place === place &&
    spec.objects.length === 1 &&
    spec.objects[0].name === object &&
    !spec.cosmic &&
    !spec.paradise;
  yield* known.filter(fits);
  for (let seed = FURTHER; ; seed++) {
    const spec = describeScene(seed, {objects: [object]});
    if (fits(spec)) yield spec;
  }
}

function take<T>(source: Iterator<T>, count: number): T[] {
  return Array.from({length: count}, () => source.next().value as T);
}

const groups = WANTED.map(([object, place]) => take(ofKind(objectNamed(object).name, place), OF_EACH));
const wanted = new Set(groups.flat());
const others = known.filter((spec) => !wanted.has(spec)).slice(0, SCENES - wanted.size); // none is remembered twice
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
  const xt = noised(x0, noise, alphasCumprod[timestep]);
  answers.push((await model.predict(concat([xt, xt]), timestep, states)).output); // [2, 4, h, w]: without and with the words
}

const record: LearningRecord = {
  command: "npx tsx scripts/record/learning.ts",
  model: model.info.name,
  dims,
  step,
  preview: model.info.preview,
  schedulerConfig: model.schedulerConfig,
  groups: WANTED.map(([object, , caption], i) => ({
    ...{object, caption, first: i * OF_EACH, count: OF_EACH},
    trained: groups[i].filter((spec) => spec.seed < FURTHER).length
  })),
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
