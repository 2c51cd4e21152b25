/** What a page and the worker that trains its small network say to each other. */
import type {Tensor} from "../tensor.js";
import type {DenoiserSettings} from "./denoiser.js";
import type {Lesson} from "./lesson.js";

/** How particles are drawn from the network as it is now. */
export interface DrawingOptions {
  /** A label's name, or "" for any. */
  readonly prompt: string;
  readonly seed: number;
  readonly sampler: string;
  readonly steps: number;
  readonly guidance: number;
  readonly particles: number;
}

/** What it predicts at one noise level: the raw output for points [1, 2, N, 1]. */
export interface FieldOptions {
  readonly points: Tensor;
  readonly timestep: number;
  readonly prompt: string;
}

export type TrainingRequest =
  | {readonly type: "begin"; readonly lesson: Lesson; readonly settings: DenoiserSettings}
  | {readonly type: "run"}
  | {readonly type: "pause"}
  | {readonly type: "draw"; readonly id: number; readonly options: DrawingOptions}
  | {readonly type: "field"; readonly id: number; readonly options: FieldOptions};

/** Losses since the last progress, and how long they took. */
export interface TrainingProgress {
  readonly steps: number;
  readonly weights: number;
  /** The mean squared error of the exact answer: what no network of this lesson can beat for long. */
  readonly least: number | null;
  readonly losses: readonly number[];
  readonly seconds: number;
}

export type TrainingResponse =
  | {readonly type: "progress"; readonly progress: TrainingProgress}
  | {readonly type: "done"; readonly id: number; readonly result: Tensor}
  | {readonly type: "failed"; readonly id: number | null; readonly message: string};
