import {readFileSync} from "node:fs";
import {expect, test} from "@playwright/test";
import {build} from "esbuild";
import {readAtlas, type AtlasManifest} from "../../data/scenes/atlas.js";
import {captionsOf} from "../../data/scenes/captions.js";
import {drawScene} from "../../data/scenes/compose.js";
import {describeScene} from "../../data/scenes/scene.js";

const SEEDS = Array.from({length: 24}, (_, seed) => seed);

/** The scene maker as one script that a page can run. */
async function bundle(): Promise<string> {
  const modules = ["atlas", "captions", "compose", "scene"].map((name) => `export * from "./data/scenes/${name}.js";`);
  const stdin = {contents: modules.join("\n"), resolveDir: process.cwd(), loader: "ts" as const};
  const {outputFiles} = await build({stdin, bundle: true, format: "iife", globalName: "scenes", write: false});
  return outputFiles[0].text;
}

test("the browser composes the very bytes that Node does", async ({page}) => {
  const manifest = JSON.parse(readFileSync("data/scenes/atlas/manifest.json", "utf8")) as AtlasManifest;
  const flat = readFileSync("data/scenes/atlas/flat.bin");
  await page.addScriptTag({content: await bundle()});
  const inBrowser = await page.evaluate(
    async ({manifest, bytes, seeds}) => {
      const {scenes} = globalThis as unknown as {
        scenes: {
          readAtlas: typeof readAtlas;
          describeScene: typeof describeScene;
          drawScene: typeof drawScene;
          captionsOf: typeof captionsOf;
        };
      };
      const atlas = await scenes.readAtlas(manifest, {flat: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))});
      return seeds.map((seed) => {
        const spec = scenes.describeScene(seed, {split: "train"});
        const {rgb, mask, boxes} = scenes.drawScene(spec, atlas);
        return JSON.stringify([[...rgb], [...mask], boxes, scenes.captionsOf(spec)]);
      });
    },
    {manifest, bytes: flat.toString("base64"), seeds: SEEDS}
  );
  const atlas = await readAtlas(manifest, {flat});
  for (const seed of SEEDS) {
    const spec = describeScene(seed, {split: "train"});
    const {rgb, mask, boxes} = drawScene(spec, atlas);
    expect(inBrowser[seed] === JSON.stringify([[...rgb], [...mask], boxes, captionsOf(spec)]), `seed ${seed}`).toBe(
      true
    );
  }
});
