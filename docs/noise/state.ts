import type {LinearPreview, Pixels} from "../components/pixels.js";
import {choice, number, seed, text, writeQuery} from "../page/query.js";
import {blobsField, blobsText} from "../page/blobs.js";
import {cosineBetas, makeSchedule, type Schedule} from "../src/schedule.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import {exampleWorld, type World} from "../src/world/world.js";

/** The picture that is being noised, and its latents [1, 4, h, w] as the UNet sees them. */
export interface Subject {
  /** The seed of the scene, or null for a picture of the reader's. */
  readonly scene: number | null;
  readonly caption: string;
  /** Null until the scene has been composed here. */
  readonly pixels: Pixels | null;
  readonly latents: Tensor;
  /** Whether this browser encoded it, or a recording holds it. */
  readonly from: "recorded" | "live";
}

/** Schedules that the reader chooses from, by diffusers' names. */
export const SCHEDULES = ["linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

/** What people call them. */
export const scheduleNames: Record<ScheduleName, string> = {
  linear: "linear",
  scaled_linear: "scaled linear",
  squaredcos_cap_v2: "cosine",
  sigmoid: "sigmoid"
};

/** A schedule with its own parameters: the ends of the betas, or the cosine's offset s. */
export interface ScheduleChoice {
  readonly schedule: ScheduleName;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly offset: number;
}

/** Stable Diffusion's, on which the model here is trained. */
export const trained: ScheduleChoice = {schedule: "scaled_linear", betaStart: 0.00085, betaEnd: 0.012, offset: 0.008};

/** All that the page's figures share. */
export interface NoiseState extends ScheduleChoice {
  readonly t: number;
  /** Of the noise: the same that a drawing with this seed begins with. */
  readonly seed: number;
  /** Asked for on other pages; kept so that it travels on. */
  readonly prompt: string;
  readonly scene: number;
  readonly subject: Subject;
  readonly table: Schedule;
  readonly playing: boolean;
  /** The wrong part of the noise that is taken away again, 0 ... 1 (amplitude). */
  readonly wrong: number;
  /** Where the reader's own eye lost the picture. */
  readonly eye: number | null;
  /** How many timesteps a drawing would visit. */
  readonly steps: number;
  /** The blobs whose points are noised. */
  readonly blobs: World;
  readonly preview: LinearPreview;
  readonly model: string;
  readonly ready: boolean;
  /** How many pictures the decoder has made: a change means that views may show them. */
  readonly decoded: number;
}

export const fields = {
  t: number(0, 999, {whole: true}),
  seed,
  prompt: text,
  scene: number(0, 1e9, {whole: true}),
  schedule: choice(...SCHEDULES),
  betaStart: number(1e-5, 0.01),
  betaEnd: number(1e-4, 0.1),
  offset: number(0, 0.2),
  wrong: number(0, 1),
  eye: number(0, 999, {whole: true}),
  steps: number(1, 1000, {whole: true}),
  blobs: blobsField(exampleWorld)
};

export type Address = Pick<NoiseState, keyof typeof fields>;

/** What a plain visit shows. */
export const defaults: Address = {
  t: 300,
  seed: 7,
  prompt: "",
  scene: 28,
  ...trained,
  wrong: 0.1,
  eye: null,
  steps: 10,
  blobs: exampleWorld
};

export const queryOf = (state: Address): string => writeQuery(valuesOf(state), valuesOf(defaults));

function valuesOf(state: Address): Record<string, string | number | null> {
  const told = Object.fromEntries(Object.keys(fields).map((name) => [name, state[name as keyof Address]]));
  return {...told, blobs: blobsText(state.blobs)} as Record<string, string | number | null>;
}

/** Whether a choice is a cosine with an offset that diffusers has no key for. */
export const isOwnCosine = ({schedule, offset}: ScheduleChoice): boolean =>
  schedule === "squaredcos_cap_v2" && offset !== trained.offset;

/** The tables of a choice. */
export const tableOf = (choice: ScheduleChoice): Schedule => makeSchedule(configOf(choice));

/** A choice in diffusers' keys. */
function configOf(choice: ScheduleChoice): SchedulerConfig {
  if (isOwnCosine(choice)) return {trained_betas: [...cosineBetas(1000, choice.offset)]};
  const [beta_start, beta_end] = endsOf(choice);
  return {beta_schedule: choice.schedule, beta_start, beta_end};
}

/** The smaller and the larger end of the betas, whichever way they were drawn. */
export const endsOf = ({betaStart, betaEnd}: ScheduleChoice): readonly [number, number] => [
  Math.min(betaStart, betaEnd),
  Math.max(betaStart, betaEnd)
];

/** Whether the reader left the schedule that the model is trained on. */
export const isTrained = (choice: ScheduleChoice): boolean =>
  choice.schedule === trained.schedule && choice.betaStart === trained.betaStart && choice.betaEnd === trained.betaEnd;
