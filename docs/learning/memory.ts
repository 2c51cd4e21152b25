import type {LinearPreview} from "../components/pixels.js";
import {Generator} from "../src/random.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import {halfToFloat} from "../page/recorded.js";

/** A scene that the page remembers as latents. */
export interface RememberedScene {
  readonly seed: number;
  readonly caption: string;
}

/** Scenes that one caption fits: `count` of them from `first` on, of which training saw the first `trained`. */
export interface CaptionGroup {
  readonly object: string;
  readonly caption: string;
  readonly first: number;
  readonly count: number;
  readonly trained: number;
}

/** The JSON beside the recorded latents; scripts/record/learning.ts writes both. */
export interface LearningRecord {
  readonly command: string;
  readonly model: string;
  /** [1, 4, h, w] */
  readonly dims: readonly number[];
  /** A latent is its byte times this. */
  readonly step: number;
  readonly preview: LinearPreview;
  readonly schedulerConfig: SchedulerConfig;
  readonly groups: readonly CaptionGroup[];
  /** The scene whose noised latents the UNet has answered at each of the timesteps, without and with its caption. */
  readonly shown: {
    readonly scene: number;
    readonly caption: string;
    readonly noiseSeed: number;
    readonly timesteps: readonly number[];
  };
  readonly scenes: readonly RememberedScene[];
}

/** The recorded latents and answers, as numbers. */
export interface Memory {
  readonly record: LearningRecord;
  /** All scenes, one after the other. */
  readonly samples: Float32Array;
  /** The noise that lies over every scene of the page, as torch.Generator("cpu").manual_seed(noiseSeed) throws it. */
  readonly noise: Tensor;
  /** One tensor a scene, the same each time: what is decoded is known again by it. */
  latents(scene: number): Tensor;
  /** The UNet's recorded eps for the shown scene, with the caption or without, at the timestep nearest to `timestep`. */
  answer(timestep: number, told: boolean): {readonly timestep: number; readonly eps: Tensor};
}

/** Latents to bytes, -127 ... 127: steps of 1/127 of the largest, about 0.03 where the latents' deviation is 1. */
export function quantised(values: Float32Array): {bytes: Int8Array; step: number} {
  const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const step = most / 127;
  return {bytes: Int8Array.from(values, (value) => Math.round(value / step)), step};
}

export function openMemory(record: LearningRecord, latents: ArrayBuffer, answers: ArrayBuffer): Memory {
  const {dims, step, shown} = record;
  const size = dims.reduce((a, b) => a * b);
  const samples = Float32Array.from(new Int8Array(latents), (byte) => byte * step);
  const predicted = halfToFloat(new Uint16Array(answers));
  const scenes = record.scenes.map((_, scene): Tensor => ({
    data: samples.subarray(scene * size, (scene + 1) * size),
    dims
  }));
  return {
    record,
    samples,
    noise: new Generator(shown.noiseSeed).randn(dims),
    latents: (scene) => scenes[scene],
    answer(timestep, told) {
      const distances = shown.timesteps.map((recorded) => Math.abs(recorded - timestep));
      const i = distances.indexOf(Math.min(...distances));
      const row = 2 * i + Number(told);
      return {timestep: shown.timesteps[i], eps: {data: predicted.subarray(row * size, (row + 1) * size), dims}};
    }
  };
}
