/** Draws the model card's example pictures, prompt i from seed i: npx tsx scripts/examples.ts */
import {mkdirSync, writeFileSync} from "node:fs";
import {loadModelFromFolder} from "../src/node.js";
import {textToImage} from "../src/pipeline.js";
import {rgbBytes} from "../src/pixels.js";
import {encodeSheet} from "./sheet.js";

const PROMPTS = [
  "a horse on the grass",
  "a big red apple on the beach",
  "a rocket in space",
  "a castle on the mountains at sunset",
  "a penguin on the left on a blue background",
  "a cat and a dog in the city",
  "a snowman in the snow at night",
  "paradise, cosmic, beach"
];

const model = await loadModelFromFolder("data/models/tiny");
const {recommended, width, height} = model.info;
const pictures: Uint8Array[] = [];
for (const [seed, prompt] of PROMPTS.entries()) {
  let latents = null;
  for await (const {prev} of textToImage(model, {...recommended, prompt, seed})) latents = prev;
  pictures.push(rgbBytes(await model.decode(latents!)));
}
await model.release();
mkdirSync("docs/assets", {recursive: true});
writeFileSync("docs/assets/examples.png", encodeSheet(pictures, width, height));
console.info(`docs/assets/examples.png: ${PROMPTS.map((prompt) => JSON.stringify(prompt)).join(", ")}`);
