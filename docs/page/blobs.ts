import type {World} from "../src/world/world.js";
import type {Field} from "./query.js";

/** Blobs lie in the plane that views show. */
const FAR = 4;

/** The blobs' places and spreads as text for an address: "-1.1,0.8,0.22;0.2,-1.2,0.16". Weights and labels do not travel. */
export function blobsText(world: World): string {
  return world
    .map(({mean, deviation}) => [...mean, deviation].map((value) => Number(value.toFixed(3))).join())
    .join(";");
}

/** Such text read again, over the blobs of another world: as many, with its weights and labels. */
export function blobsField(world: World): Field<World> {
  return (text) => {
    const rows = text.split(";").map((row) => row.split(",").map((value) => (value.trim() ? Number(value) : NaN)));
    const valid = ([x, y, deviation]: number[]) =>
      Math.abs(x) <= FAR && Math.abs(y) <= FAR && deviation > 0 && deviation <= FAR;
    if (rows.length !== world.length || !rows.every((row) => row.length === 3 && valid(row))) return undefined;
    return world.map((blob, i) => ({...blob, mean: [rows[i][0], rows[i][1]] as const, deviation: rows[i][2]}));
  };
}
