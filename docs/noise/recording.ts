import type {LinearPreview, Pixels} from "../components/pixels.js";
import type {Tensor} from "../src/tensor.js";
import type {LossRow} from "./measure.js";

/** What was measured before, for the time until the model is here; scripts/record/noise.ts writes it. */
export interface NoiseRecording {
  readonly command: string;
  readonly model: string;
  /** What the model learned to draw: scenes hold nothing else. */
  readonly objects: readonly string[];
  readonly scene: number;
  readonly seed: number;
  readonly preview: LinearPreview;
  readonly dims: readonly number[];
  /** x0, row-major. */
  readonly latents: readonly number[];
  /** Timesteps of the sheet's pictures, decoded noised latents from left to right; drawn ones follow. */
  readonly timesteps: readonly number[];
  readonly captions: readonly string[];
  readonly loss: readonly LossRow[];
  /** Likeness of the decoded clean picture to its own mean colour, in dB. */
  readonly plain: number;
  readonly extremes: ExtremesRecord;
}

/** How bright drawn pictures become when drawing starts from noise alone, and when a trace of the right brightness is left in it. */
export interface ExtremesRecord {
  /** The first timestep of a drawing, and its ᾱ. */
  readonly timestep: number;
  readonly alphaCumprod: number;
  readonly sampler: string;
  readonly steps: number;
  readonly guidance: number;
  readonly seeds: readonly number[];
  readonly rows: readonly ExtremesRow[];
}

/** One prompt: mean brightness, 0 (black) to 255 (white), of a scene as asked for, and of drawn pictures, one a seed. */
export interface ExtremesRow {
  readonly prompt: string;
  readonly scene: number;
  readonly fromNoise: readonly number[];
  readonly withTrace: readonly number[];
}

/** The recorded x0. */
export function recordedLatents({latents, dims}: NoiseRecording): Tensor {
  return {data: Float32Array.from(latents), dims};
}

/** The sheet's pictures: those of the timesteps, and the drawn ones after them. */
export function sheetParts({timesteps}: NoiseRecording, pictures: readonly Pixels[]) {
  return {
    frames: timesteps.map((t, i) => ({t, pixels: pictures[i]})),
    drawn: pictures.slice(timesteps.length)
  };
}
