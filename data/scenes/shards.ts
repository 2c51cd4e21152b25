/** A folder of scenes for training: two arrays to map into memory, and a line of JSON a scene. Node only. */
import {closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync} from "node:fs";
import {join} from "node:path";
import type {Atlas} from "./atlas.js";
import {captionsOf, type Caption} from "./captions.js";
import {SIDE} from "./canvas.js";
import {drawScene, type Box, type Scene} from "./compose.js";
import {byteArrayWriter} from "./npy.js";
import {describeScene, type PlacedObject, type SceneOptions, type SceneSpec} from "./scene.js";

export interface SceneRecord extends Omit<SceneSpec, "objects"> {
  readonly index: number;
  readonly captions: readonly Caption[];
  readonly objects: readonly (Omit<PlacedObject, "x" | "y"> & {readonly box: Box})[];
}

export interface Shard extends SceneOptions {
  /** Number of scenes, with the seeds `seed`, `seed + 1`, ... */
  readonly count: number;
  readonly seed: number;
}

/** One line of scenes.jsonl: all that is known of a scene but its pixels. */
export function sceneRecord(spec: SceneSpec, scene: Scene, index: number): SceneRecord {
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

/**
 * Write images.npy uint8 [count, 128, 128, 3], masks.npy uint8 [count, 128, 128] and scenes.jsonl. The last appears
 * when all is written, so that a folder that has it is a whole one.
 * @param progress called with the number of scenes done after each
 */
export function writeScenes(
  folder: string,
  {count, seed, ...options}: Shard,
  atlas: Atlas,
  progress = (_: number): void => {}
): void {
  const [whole, partial] = [join(folder, "scenes.jsonl"), join(folder, "scenes.partial")];
  mkdirSync(folder, {recursive: true});
  rmSync(whole, {force: true});
  const images = byteArrayWriter(join(folder, "images.npy"), [count, SIDE, SIDE, 3]);
  const masks = byteArrayWriter(join(folder, "masks.npy"), [count, SIDE, SIDE]);
  const records = openSync(partial, "w");
  for (let index = 0; index < count; index++) {
    const spec = describeScene(seed + index, options);
    const scene = drawScene(spec, atlas);
    images.write(scene.rgb);
    masks.write(scene.mask);
    writeSync(records, JSON.stringify(sceneRecord(spec, scene, index)) + "\n");
    progress(index + 1);
  }
  images.close();
  masks.close();
  closeSync(records);
  renameSync(partial, whole);
}
