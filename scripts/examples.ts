/** Draws the model card's two sheets, what it can and where it fails, prompt i from seed i: npx tsx scripts/examples.ts */
import {mkdirSync, writeFileSync} from "node:fs";
import {loadModelFromFolder} from "../src/node.js";
import {textToImage} from "../src/pipeline.js";
import {rgbBytes} from "../src/pixels.js";
import {encodeSheet} from "./sheet.js";

const SHEETS: Readonly<Record<string, readonly string[]>> = {
  examples: [
    "a horse on the grass",
    "a big red apple on the beach",
    "a rocket in space",
    "a castle on the mountains at sunset",
    "a penguin on the left on a blue background",
    "a cat and a dog in the city",
    "a snowman in the snow at night",
    "paradise, cosmic, beach"
  ],
  failures: [
    "a cat and a dog on the grass",
    "three balloons in the city",
    "a small bicycle in the city",
    "a star on a yellow background",
    "a horse, a cow and a pig on the beach",
    "a horse with a crown on the grass",
    "a green horse in the snow",
    "a submarine in the ocean"
  ]
};

const model = await loadModelFromFolder("data/models/tiny");
const {recommended, width, height} = model.info;
mkdirSync("docs/assets", {recursive: true});
for (const [name, prompts] of Object.entries(SHEETS)) {
  const pictures: Uint8Array[] = [];
  for (const [seed, prompt] of prompts.entries()) pictures.push(await drawn(prompt, seed));
  writeFileSync(`docs/assets/${name}.png`, encodeSheet(pictures, width, height));
  console.info(`docs/assets/${name}.png: ${prompts.map((prompt) => JSON.stringify(prompt)).join(", ")}`);
}
await model.release();

async function drawn(prompt: string, seed: number): Promise<Uint8Array> {
  let latents = null;
  for await (const {prev} of textToImage(model, {...recommended, prompt, seed})) latents = prev;
  return rgbBytes(await model.decode(latents!));
}
