/** Writes scenes to disk: npm run scenes -- --count 1000 --out folder [--seed 0] [--split train] [--objects a,b] */
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import type {Atlas} from "./atlas.js";
import {openAtlas} from "./atlasFolder.js";
import {drawScene} from "./compose.js";
import {objectNamed} from "./objects.js";
import {contactSheet} from "./preview.js";
import {describeScene} from "./scene.js";
import {writeScenes, type Shard} from "./shards.js";
import {SPLITS, type Split} from "./split.js";

const USAGE =
  "npm run scenes -- --count N --out folder [--seed S] [--split train|validation|tuning|held-out] " +
  "[--objects names,or,a-file,or-vocabulary.json] [--preview sheet.png] [--atlas folder]";
const MOST_PREVIEWED = 96;

interface Options extends Shard {
  out?: string;
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
    count: whole("count", values.count, 1),
    seed: whole("seed", values.seed, 0),
    split: values.split as Split,
    objects: values.objects === undefined ? undefined : namesIn(values.objects)
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`--${name} ${text} is not a whole number of ${least} or more`);
  return value;
}

/** Names between commas, the lines of a file, or those that a model knows by its vocabulary.json. All must be known. */
function namesIn(text: string): string[] {
  const names = listIn(text)
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0)
    throw new Error(`no object named in --objects ${text}; give names between commas or a file of names`);
  return names.map((name) => objectNamed(name).name);
}

function listIn(text: string): string[] {
  if (!existsSync(text)) return text.split(",");
  const content = readFileSync(text, "utf8");
  if (!text.endsWith(".json")) return content.split("\n");
  return Object.keys((JSON.parse(content) as {objects: Record<string, unknown>}).objects);
}

function writePreview(path: string, {count, seed, ...options}: Options, atlas: Atlas): void {
  const pictures = Array.from({length: Math.min(count, MOST_PREVIEWED)}, (_, i) =>
    drawScene(describeScene(seed + i, options), atlas)
  );
  writeFileSync(
    path,
    contactSheet(
      pictures.map(({rgb}) => rgb),
      8
    )
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const {out, preview, count, split} = options;
  const atlas = await openAtlas(options.atlas, options.objects);
  const report = (done: number): void => {
    if (done % 2000 === 0) console.error(`${split}: ${done} of ${count} scenes`);
  };
  if (out) writeScenes(out, options, atlas, report);
  if (preview) writePreview(preview, options, atlas);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
