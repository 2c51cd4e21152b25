import type {LinearPreview, Pixels} from "../components/pixels.js";
import {choice, number, seed, text, writeQuery} from "../page/query.js";
import {makeSchedule, type Schedule} from "../src/schedule.js";
import type {Tensor} from "../src/tensor.js";

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

/** A schedule with its own parameters; the cosine has none. */
export interface ScheduleChoice {
  readonly schedule: ScheduleName;
  readonly betaStart: number;
  readonly betaEnd: number;
}

/** Stable Diffusion's, on which the model here is trained. */
export const trained: ScheduleChoice = {schedule: "scaled_linear", betaStart: 0.00085, betaEnd: 0.012};

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
  wrong: number(0, 1)
};

export type Address = Pick<NoiseState, keyof typeof fields>;

/** What a plain visit shows. */
export const defaults: Address = {t: 300, seed: 7, prompt: "", scene: 28, ...trained, wrong: 0.1};

export const queryOf = (state: Address): string => {
  const told = Object.fromEntries(Object.keys(fields).map((name) => [name, state[name as keyof Address]]));
  return writeQuery(told, {...defaults});
};

/** The tables of a choice; betas that run the wrong way are put in order. */
export function tableOf({schedule, betaStart, betaEnd}: ScheduleChoice): Schedule {
  return makeSchedule({
    beta_schedule: schedule,
    beta_start: Math.min(betaStart, betaEnd),
    beta_end: Math.max(betaStart, betaEnd)
  });
}

/** Whether the reader left the schedule that the model is trained on. */
export const isTrained = (choice: ScheduleChoice): boolean =>
  choice.schedule === trained.schedule && choice.betaStart === trained.betaStart && choice.betaEnd === trained.betaEnd;
