/** Writes the two lists of kept-out pairs: `npx tsx data/scenes/pairs.ts`. The first is given (held-out.tsv, as in
 * shared/data), the second is drawn by seed: for each object one other place. */
import {readFileSync, writeFileSync} from "node:fs";
import {OBJECTS} from "./objects.js";
import {PLACES, type Place} from "./places.js";
import {SceneRandom} from "./random.js";

const here = (name: string): URL => new URL(name, import.meta.url);
const rows = readFileSync(here("held-out.tsv"), "utf8").trim().split("\n").slice(1);
const heldOut = rows.map((row) => row.split("\t")).map(([object, place]) => ({object, place: place as Place}));
const random = new SceneRandom(2026);
const tuning = OBJECTS.map(({name}) => {
  const taken = heldOut.filter((pair) => pair.object === name).map((pair) => pair.place);
  return {object: name, place: random.pick(PLACES.filter((place) => !taken.includes(place)))};
});
const json = (pairs: readonly object[]): string => `[\n${pairs.map((pair) => "  " + JSON.stringify(pair)).join(",\n")}\n]\n`;
writeFileSync(here("held-out.json"), json(heldOut));
writeFileSync(here("tuning-pairs.json"), json(tuning));
