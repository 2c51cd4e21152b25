import {exampleWorld, type World} from "../src/world/world.js";

/** What the reader chooses of the exact world. */
export interface Plane {
  world: World;
  steps: number;
  /** Position in the longer run, 0 ... its calls; Infinity: at its end, whatever that is. */
  position: number;
  field: boolean;
}

export const PLANE: Plane = {world: exampleWorld, steps: 8, position: Infinity, field: false};

/** "-1.1 0.8 0.22, ...": middle and spread of each blob, in their order. */
export const writeBlobs = (world: World): string =>
  world.map(({mean, deviation}) => [...mean, deviation].map((value) => Number(value.toFixed(3))).join(" ")).join(", ");

/** The example's blobs at other places; `undefined` where the text does not say that. */
export function readBlobs(text: string): World | undefined {
  const blobs = text.split(",").map((blob) => blob.trim().split(/\s+/).map(Number));
  const valid = blobs.every(
    ([x, y, deviation, ...more]) =>
      !more.length && Math.abs(x) <= 3 && Math.abs(y) <= 3 && deviation >= 0.05 && deviation <= 2
  );
  if (!valid || blobs.length !== exampleWorld.length) return undefined;
  return exampleWorld.map((blob, i) => ({...blob, mean: [blobs[i][0], blobs[i][1]], deviation: blobs[i][2]}));
}
