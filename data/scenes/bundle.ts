/** Builds the scene maker as one file, for machines with Node and the atlas alone: npm run scenes:bundle */
import {build} from "esbuild";

await build({
  entryPoints: [new URL("./cli.ts", import.meta.url).pathname],
  outfile: "build/scenes/scenes.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20"
});
console.info("build/scenes/scenes.mjs; run it beside a copy of data/scenes/atlas, or with --atlas data/scenes/atlas");
