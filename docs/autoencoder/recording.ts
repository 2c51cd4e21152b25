import {halfToFloat} from "../page/recorded.js";
import {imageTensor} from "../page/scenes.js";
import type {LinearPreview, Pixels} from "../components/pixels.js";
import type {SourcePicture} from "../components/pictureSource.js";
import type {DecoderConfig, UnetConfig} from "../src/cost.js";
import {modeOf} from "../src/models/latents.js";
import type {Tensor} from "../src/tensor.js";
import type {Coded} from "./state.js";

/** The JSON beside the recorded numbers and pictures; scripts/record/autoencoder.ts writes all three. */
export interface Recording {
  command: string;
  model: string;
  scalingFactor: number;
  preview: LinearPreview;
  /** The objects that the model learned: scenes hold no others. */
  objects: readonly string[];
  /** What the cost of a call is counted from, and K. */
  unet: UnetConfig;
  decoder: DecoderConfig;
  tokens: number;
  /** Numbers of the two scenes that the chapter opens with. */
  scenes: readonly [number, number];
  /** The first edit of the latents: one value is moved. */
  disturbed: {channel: number; row: number; column: number; amount: number};
  snr: {decibels: number; seed: number};
  shares: readonly number[];
  seeds: {prompt: string; seed: number; toSeed: number; steps: number; sampler: string; guidance: number};
  sample: {seed: number};
  nothing: {seed: number};
  /** The pictures of the sheet, left to right. */
  sheet: readonly string[];
}

/** The shape of the latents of the recorded model. */
export const DIMS = [1, 4, 16, 16];
const SIZE = 1024;

/** Recorded numbers: for each scene means, then log variances, then at each pixel how much the first edit changed. 16-bit floats. */
export interface RecordedNumbers {
  scenes: readonly {mean: Tensor; logVariance: Tensor}[];
  difference: Float32Array;
}

export function recordedNumbers({scenes}: Recording, buffer: ArrayBuffer): RecordedNumbers {
  const values = halfToFloat(new Uint16Array(buffer));
  const tensor = (i: number): Tensor => ({data: values.slice(i * SIZE, (i + 1) * SIZE), dims: DIMS});
  return {
    scenes: scenes.map((_, i) => ({mean: tensor(2 * i), logVariance: tensor(2 * i + 1)})),
    difference: values.slice(2 * scenes.length * SIZE)
  };
}

/** Recorded pictures by name. */
export type RecordedPictures = ReadonlyMap<string, Pixels>;

export function namedPictures({sheet}: Recording, pictures: readonly Pixels[]): RecordedPictures {
  return new Map(sheet.map((name, i) => [name, pictures[i]]));
}

/** What the recorded model made of a scene, the picture itself made here. */
export function recordedCoded(
  recording: Recording,
  numbers: RecordedNumbers,
  pictures: RecordedPictures,
  scene: 0 | 1,
  picture: SourcePicture
): Coded {
  const distribution = numbers.scenes[scene];
  return {
    ...{picture, source: "recorded", distribution, image: imageTensor(picture.pixels)},
    latents: modeOf(distribution, recording.scalingFactor),
    decoded: imageTensor(pictures.get(`scene ${scene}`)!)
  };
}
