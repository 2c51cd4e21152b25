import type {Pixels} from "../components/pixels.js";
import type {MadeScene} from "../page/scenes.js";
import {resized, type Size} from "../page/resized.js";
import {imageTensor, scenePixels, type SceneMaker} from "../page/scenes.js";
import type {Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import type {NoiseState} from "./state.js";

/** Scenes that the page offers: by day and by night, one thing and two. */
export const OFFERED = [28, 31, 18, 42, 27, 3] as const;

/** Puts pictures before the page. The latest choice wins; until the encoder has answered, the picture before stays. */
export interface Subjects {
  chooseScene(seed: number): Promise<void>;
  /** The picture of a scene, for a thumbnail. */
  look(seed: number): Promise<{caption: string; pixels: Pixels}>;
  /** From now on pictures are brought to the size that the model draws. */
  fit(size: Size): void;
}

export function createSubjects(
  {state, set}: Store<NoiseState>,
  engine: Pick<Engine, "encode">,
  maker: Promise<SceneMaker>
): Subjects {
  let latest = 0;
  let size: Size | null = null;

  async function look(seed: number) {
    const made: MadeScene = (await maker).make(seed);
    const pixels = scenePixels(made);
    return {caption: made.captions[0].text, pixels: size ? resized(pixels, size) : pixels};
  }

  async function chooseScene(scene: number): Promise<void> {
    const mine = ++latest;
    set({scene});
    const {caption, pixels} = await look(scene);
    const latents = await engine.encode(imageTensor(pixels));
    if (mine === latest && state.scene === scene) set({subject: {scene, caption, pixels, latents, from: "live"}});
  }

  return {chooseScene, look, fit: (model) => void (size = model)};
}
