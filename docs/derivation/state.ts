import {number, text, seed, writeQuery} from "../page/query.js";
import {makeSchedule, type Schedule} from "../src/schedule.js";
import type {Mixture, StepBack} from "../src/posterior.js";

/** All that the page's figures share. Values are those of one number of the latents. */
export interface DerivationState {
  readonly t: number;
  /** How many timesteps the step goes back: 1 in training's derivation. */
  readonly back: number;
  readonly x0: number;
  readonly xt: number;
  /** The thrown number of mu + sigma z. */
  readonly z: number;
  /** The noise that a network says, less the true one. */
  readonly miss: number;
  /** Half the distance between the two blobs of the small world. */
  readonly apart: number;
  readonly prompt: string;
  readonly seed: number;
  readonly table: Schedule;
  readonly playing: boolean;
}

export const fields = {
  t: number(1, 999, {whole: true}),
  back: number(1, 999, {whole: true}),
  x0: number(-2, 2),
  xt: number(-3, 3),
  z: number(-3, 3),
  miss: number(-1.5, 1.5),
  apart: number(0.2, 2),
  prompt: text,
  seed
};

export type Address = Pick<DerivationState, keyof typeof fields>;

export const defaults: Address = {
  ...{t: 500, back: 150, x0: 0.9, xt: -0.6, z: 0.8, miss: 0.4, apart: 1.1},
  ...{prompt: "", seed: 7}
};

/** Stable Diffusion's schedule, on which the model is trained: this page keeps to it. */
export const table = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});

export function queryOf(state: Address): string {
  const told = Object.fromEntries(Object.keys(fields).map((name) => [name, state[name as keyof Address]]));
  return writeQuery(told, {...defaults});
}

/** Where the step begins and ends: from t back to s, never before 0. */
export function stepOf({
  t,
  back,
  table: {alphasCumprod}
}: Pick<DerivationState, "t" | "back" | "table">): StepBack & {s: number} {
  const s = Math.max(0, t - back);
  return {s, alphaCumprod: alphasCumprod[t], prevAlphaCumprod: alphasCumprod[s]};
}

/** Two blobs of clean values, alike in size. */
export const worldOf = ({apart}: Pick<DerivationState, "apart">): Mixture => [
  {mean: -apart, variance: 0.15 ** 2, share: 0.5},
  {mean: apart, variance: 0.15 ** 2, share: 0.5}
];

/** A number as the page writes it. */
export const shown = (value: number, digits = 3): string => value.toFixed(digits).replace("-", "−");

/** A negative number after a sign stands in brackets. */
export const bracket = (value: number, digits: number): string =>
  value < 0 ? `(${shown(value, digits)})` : shown(value, digits);
