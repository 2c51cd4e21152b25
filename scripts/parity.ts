/**
 * Draws a list of pictures with the site's own engine, for scripts/parity.py:
 * npx tsx scripts/parity.ts MODEL_FOLDER JOBS.json OUT_FOLDER       writes OUT_FOLDER/<place in the list>.rgb
 */
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {loadModelFromFolder} from "../src/node.js";
import {textToImage, type DrawOptions} from "../src/pipeline.js";
import {rgbBytes} from "../src/pixels.js";
import type {Tensor} from "../src/tensor.js";

async function main([folder, jobs, out]: readonly string[]): Promise<void> {
  const model = await loadModelFromFolder(folder);
  for (const [place, options] of (JSON.parse(readFileSync(jobs, "utf8")) as DrawOptions[]).entries()) {
    let latents: Tensor | undefined;
    for await (const {prev} of textToImage(model, options)) latents = prev;
    writeFileSync(join(out, `${place}.rgb`), rgbBytes(await model.decode(latents!)));
  }
  await model.release();
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
