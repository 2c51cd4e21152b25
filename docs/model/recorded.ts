import type {Split} from "../scenes/split.js";

/** The scenes whose errors are measured. */
export type Group = "unseen" | "pairs" | "trained";

/** Where each group's scenes begin (data/training/scenes.py), and how the generator makes them. */
export const GROUPS: Readonly<Record<Group, {readonly first: number; readonly split: Split; readonly title: string}>> =
  {
    unseen: {first: 500_000_000, split: "train", title: "scenes it has never seen"},
    pairs: {first: 700_000_000, split: "held-out", title: "held-out pairs"},
    trained: {first: 400_000_000, split: "train", title: "scenes it was trained on"}
  };

/** Scenes that the UNet was trained on. */
export const TRAINED = 48_000;

/** What is recorded for this page; scripts/record/model.ts writes it. */
export interface ModelRecording {
  readonly command: string;
  readonly model: string;
  /** Names of the objects that the UNet learned, in the order in which the generator was given them. */
  readonly objects: readonly string[];
  readonly errors: {
    readonly timesteps: readonly number[];
    readonly alphasCumprod: readonly number[];
    /** How many scenes of each group. */
    readonly count: number;
    /** Of each group, a row a timestep: means over the scenes, and their standard errors. */
    readonly groups: Readonly<
      Record<
        Group,
        readonly {
          readonly uncond: readonly [mean: number, doubt: number];
          readonly cond: readonly [mean: number, doubt: number];
        }[]
      >
    >;
  };
  /** Scenes `first`, `first` + 1, ... of training: their directions in CLIP's space lie in the file of bytes. */
  readonly anchors: {readonly first: number; readonly count: number; readonly width: number};
  /** Drawn before, in the order of the sheet. */
  readonly drawn: readonly RecordedDrawing[];
  readonly sampling: {readonly sampler: string; readonly steps: number; readonly guidance: number};
  /** How many of the UNet's training scenes hold an object (row) on a place (column, the last: a plain colour). */
  readonly pairs: {readonly places: readonly string[]; readonly counts: readonly (readonly number[])[]};
}

/** A drawn picture: its prompt, its seed, and what was asked for; `embedding`: its direction in CLIP's space, as bytes. */
export interface RecordedDrawing {
  readonly prompt: string;
  readonly seed: number;
  readonly object: string | null;
  readonly place: string | null;
  readonly embedding: readonly number[];
}

/** The anchors of the file of bytes, a row each. */
export function anchorsOf({anchors: {count, width}}: ModelRecording, bytes: ArrayBuffer): Int8Array[] {
  const all = new Int8Array(bytes);
  return Array.from({length: count}, (_, i) => all.subarray(i * width, (i + 1) * width));
}
