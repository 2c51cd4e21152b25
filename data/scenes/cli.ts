/** Writes scenes to disk: npm run scenes -- --count 1000 --out folder [--seed 0] [--split train] [--objects a,b] */
import {mkdirSync, openSync, readFileSync, writeFileSync, writeSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {readAtlas, type Atlas, type AtlasManifest, type Style} from "./atlas.js";
import {captionsOf} from "./captions.js";
import {SIDE} from "./canvas.js";
import {drawScene, type Scene} from "./compose.js";
import {byteArrayWriter} from "./npy.js";
import {contactSheet} from "./preview.js";
import {describeScene, type SceneSpec} from "./scene.js";
import {SPLITS, type Split} from "./split.js";

const USAGE =
  "npm run scenes -- --count N --out folder [--seed S] [--split train|validation|tuning|held-out] " +
  "[--objects names,or,a-file] [--preview sheet.png] [--atlas folder]";

interface Options {
  count: number;
  out?: string;
  seed: number;
  split: Split;
  objects?: string[];
  preview?: string;
  atlas: string;
}

function readOptions(args: string[]): Options {
  const {values} = parseArgs({
    args,
    options: {
      count: {type: "string", default: "48"},
      out: {type: "string"},
      seed: {type: "string", default: "0"},
      split: {type: "string", default: "train"},
      objects: {type: "string"},
      preview: {type: "string"},
      atlas: {type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "atlas")}
    }
  });
  if (!values.out && !values.preview) throw new Error(`nothing to write: give --out or --preview; ${USAGE}`);
  if (!SPLITS.includes(values.split as Split))
    throw new Error(`unknown split: ${values.split}; one of ${SPLITS.join(", ")}`);
  return {
    ...values,
    count: whole("count", values.count),
    seed: whole("seed", values.seed),
    split: values.split as Split,
    objects: values.objects ? namesIn(values.objects) : undefined
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} ${text} is not a whole number of 0 or more`);
  return value;
}

/** Names between commas, or the lines of a file. */
const namesIn = (text: string): string[] =>
  (text.includes(".") ? readFileSync(text, "utf8").split("\n") : text.split(","))
    .map((name) => name.trim())
    .filter(Boolean);

/** Read an atlas from a folder (Node). */
export async function openAtlas(folder: string, names?: readonly string[]): Promise<Atlas> {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as AtlasManifest;
  const bins = Object.entries(manifest.styles).map(
    ([style, {file}]) => [style, readFileSync(join(folder, file))] as const
  );
  return readAtlas(manifest, Object.fromEntries(bins) as unknown as Record<Style, Uint8Array>, names);
}

/** One line of scenes.jsonl: all that is known of a scene but its pixels. */
export function sceneRecord(spec: SceneSpec, scene: Scene, index: number): object {
  const {seed, place, color, time, paradise, cosmic} = spec;
  const objects = spec.objects.map(({name, style, size, position}, i) => ({
    name,
    style,
    size,
    position,
    box: scene.boxes[i]
  }));
  return {index, seed, captions: captionsOf(spec), objects, place, color, time, paradise, cosmic};
}

function writeScenes({count, out = "", seed, split, objects}: Options, atlas: Atlas): void {
  mkdirSync(out, {recursive: true});
  const images = byteArrayWriter(join(out, "images.npy"), [count, SIDE, SIDE, 3]);
  const masks = byteArrayWriter(join(out, "masks.npy"), [count, SIDE, SIDE]);
  const records = openSync(join(out, "scenes.partial"), "w");
  for (let index = 0; index < count; index++) {
    const spec = describeScene(seed + index, {split, objects});
    const scene = drawScene(spec, atlas);
    images.write(scene.rgb);
    masks.write(scene.mask);
    writeSync(records, JSON.stringify(sceneRecord(spec, scene, index)) + "\n");
    if (index % 2000 === 1999) console.error(`${split}: ${index + 1} of ${count} scenes`);
  }
  images.close();
  masks.close();
  // Last of all, so that a folder with scenes.jsonl is a whole one.
  writeFileSync(join(out, "scenes.jsonl"), readFileSync(join(out, "scenes.partial")));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const atlas = await openAtlas(options.atlas, options.objects);
  const {preview, count, seed, split, objects} = options;
  if (options.out) writeScenes(options, atlas);
  if (preview) {
    const specs = Array.from({length: Math.min(count, 96)}, (_, i) => describeScene(seed + i, {split, objects}));
    writeFileSync(
      preview,
      contactSheet(
        specs.map((spec) => drawScene(spec, atlas).rgb),
        8
      )
    );
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
