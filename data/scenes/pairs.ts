/**
 * Writes the lists of kept-out pairs: `npx tsx data/scenes/pairs.ts`. held-out.tsv is given (as in shared/data);
 * tuning-pairs.tsv is drawn by seed, for each object one other place. Both go into kept-out.ts, because pages cannot
 * import a table. Node only.
 */
import {readFileSync, writeFileSync} from "node:fs";
import {OBJECTS} from "./objects.js";
import {PLACES} from "./places.js";
import {SceneRandom} from "./random.js";
import type {Pair} from "./split.js";

const HEADER = "object\tplace";
const SEED = 2026;

const here = (name: string): URL => new URL(name, import.meta.url);

/** The pairs of a table in this folder: a header, then one "object<TAB>place" a line. */
export function readPairs(name: string): Pair[] {
  const [header, ...rows] = readFileSync(here(name), "utf8").trim().split("\n");
  if (header !== HEADER) throw new Error(`${name} begins with ${header}, not with object<TAB>place`);
  return rows.map((row) => row.split("\t")).map(([object, place]) => ({object, place}) as Pair);
}

/** For each object one place that `heldOut` does not give it. */
export function drawTuningPairs(heldOut: readonly Pair[]): Pair[] {
  const random = new SceneRandom(SEED);
  return OBJECTS.map(({name}) => {
    const taken = heldOut.filter((pair) => pair.object === name).map((pair) => pair.place);
    return {object: name, place: random.pick(PLACES.filter((place) => !taken.includes(place)))};
  });
}

function main(): void {
  const heldOut = readPairs("held-out.tsv");
  const tuning = drawTuningPairs(heldOut);
  const lines = (pairs: readonly Pair[], between: string): string =>
    pairs.map(({object, place}) => `${object}${between}${place}\n`).join("");
  writeFileSync(here("tuning-pairs.tsv"), `${HEADER}\n${lines(tuning, "\t")}`);
  writeFileSync(
    here("kept-out.ts"),
    "/** Made by pairs.ts from held-out.tsv and tuning-pairs.tsv: one pair a line. Change those, not this. */\n" +
      `export const HELD_OUT = \`\n${lines(heldOut, " ")}\`;\n\nexport const TUNING = \`\n${lines(tuning, " ")}\`;\n`
  );
}

if (process.argv[1]?.endsWith("pairs.ts")) main();
