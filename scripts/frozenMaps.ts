/**
 * Whether frozen attention keeps an object's place: draws pairs of prompts by prompt-to-prompt's three arms, and lets the
 * judge of data/training say where the objects are. npx tsx scripts/frozenMaps.ts [pairs, at most 20] [folder] [steps]
 */
import {spawnSync} from "node:child_process";
import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {encode} from "fast-png";
import type {Model} from "../src/models/model.js";
import {loadModelFromFolder} from "../src/node.js";
import {textToImage, type StepRecord} from "../src/pipeline.js";
import {ARMS, promptToPrompt} from "../src/pipelines/promptToPrompt.js";
import {rgbBytes} from "../src/pixels.js";

/** What is swapped, by the names of data/scenes, and where it is. Pair i is drawn from seed i. */
const PAIRS: readonly (readonly [from: string, to: string, where: string])[] = [
  ["horse", "cow", "on the grass"],
  ["cat", "dog", "in the city"],
  ["red-apple", "lemon", "on the beach"],
  ["lion", "tiger", "in the desert"],
  ["automobile", "bus", "in the city"],
  ["castle", "church", "on the mountains"],
  ["penguin", "snowman", "in the snow"],
  ["whale", "shark", "in the ocean"],
  ["rocket", "flying-saucer", "in space"],
  ["balloon", "star", "on a blue background"],
  ["panda", "bear", "on the grass"],
  ["banana", "carrot", "on a white background"],
  ["rabbit", "fox", "in the snow"],
  ["elephant", "camel", "in the desert"],
  ["house", "tent", "on the grass"],
  ["pizza", "hamburger", "on a pink background"],
  ["owl", "parrot", "on the mountains"],
  ["robot", "ghost", "in the city"],
  ["sunflower", "tulip", "on the beach"],
  ["teddy-bear", "birthday-cake", "on a yellow background"]
];

const [count = "20", folder = "build/frozen-maps", steps] = process.argv.slice(2);
const model = await loadModelFromFolder("data/models/tiny");
const settings = {...model.info.recommended, ...(steps ? {steps: Number(steps)} : {})};
mkdirSync(folder, {recursive: true});
const drawn = [];
for (const [seed, [from, to, where]] of PAIRS.slice(0, Number(count)).entries()) {
  const [source, prompt] = [from, to].map((name) => `${phraseOf(model, name)} ${where}`);
  const run = {...settings, seed};
  const pictures: Record<string, string> = {
    source: await save(`${seed}-source`, textToImage(model, {...run, prompt: source}))
  };
  for (const [arm, shares] of Object.entries(ARMS)) {
    pictures[arm] = await save(`${seed}-${arm}`, promptToPrompt(model, {...run, prompt, source, ...shares}));
  }
  drawn.push({from, to, source, prompt, seed, pictures});
  console.info(`${source} -> ${prompt}`);
}
await model.release();
writeFileSync(join(folder, "pairs.json"), JSON.stringify({...settings, arms: ARMS, pairs: drawn}, null, 1) + "\n");
const {status} = spawnSync("bash", ["data/training/run", "places", "--pairs", folder], {stdio: "inherit"});
process.exitCode = status ?? 1;

/** "a horse", as the model learned to say it. */
function phraseOf({info: {vocabulary}}: Model, name: string): string {
  const phrase = vocabulary?.objects[name]?.[0];
  if (!phrase) throw new Error(`this model does not know ${name}: choose pairs from its vocabulary.json`);
  return `${/^[aeiou]/i.test(phrase) ? "an" : "a"} ${phrase}`;
}

/** Draws the run to its end, as a PNG. */
async function save(name: string, run: AsyncGenerator<StepRecord>): Promise<string> {
  let latents = null;
  for await (const {prev} of run) latents = prev;
  const {width, height} = model.info;
  const data = rgbBytes(await model.decode(latents!));
  writeFileSync(join(folder, `${name}.png`), encode({width, height, data, channels: 3, depth: 8}));
  return `${name}.png`;
}
