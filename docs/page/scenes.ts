import type {Pixels} from "../components/pixels.js";
import {readAtlas, type Atlas, type AtlasManifest} from "../scenes/atlas.js";
import {captionsOf, type Caption} from "../scenes/captions.js";
import {drawScene, type Scene} from "../scenes/compose.js";
import {describeScene, type SceneOptions, type SceneSpec} from "../scenes/scene.js";
import type {Tensor} from "../src/tensor.js";

/** Emoji scenes made in this browser, the same bytes that the model learned from (data/scenes). */
export interface SceneMaker {
  /** The scene of a seed. Those that CLIP and the autoencoder learned from have seeds from 0, and every object of the atlas. */
  make(seed: number, options?: SceneOptions): MadeScene;
}

/** A maker that also draws what is described by hand. */
export interface SceneStudio extends SceneMaker {
  draw(spec: SceneSpec): MadeScene;
}

/** A scene with all that is known about it. */
export interface MadeScene extends Scene {
  readonly spec: SceneSpec;
  /** The first is the full one. */
  readonly captions: readonly Caption[];
}

/**
 * A maker over the atlas of sprites.
 * @param known names of the objects that the UNet learned to draw; scenes hold no others
 */
export async function openScenes(
  manifest: AtlasManifest,
  flat: ArrayBuffer,
  known?: readonly string[]
): Promise<SceneStudio> {
  const atlas: Atlas = await readAtlas(manifest, {flat: new Uint8Array(flat)}, known);
  const draw = (spec: SceneSpec): MadeScene => ({...drawScene(spec, atlas), spec, captions: captionsOf(spec)});
  return {draw, make: (seed, options = {}) => draw(describeScene(seed, {objects: known, ...options}))};
}

/** RGB bytes of a scene as a canvas takes them. */
export function scenePixels({rgb}: Pick<Scene, "rgb">, side = Math.sqrt(rgb.length / 3)): Pixels {
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let i = 0; i < side * side; i++) data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  return {data, width: side, height: side};
}

/** Pixels as a model takes them: [1, 3, H, W] in [-1, 1]. */
export function imageTensor({data, width, height}: Pixels): Tensor {
  const size = width * height;
  const values = new Float32Array(3 * size);
  for (let i = 0; i < size; i++) for (let c = 0; c < 3; c++) values[c * size + i] = data[4 * i + c] / 127.5 - 1;
  return {data: values, dims: [1, 3, height, width]};
}
