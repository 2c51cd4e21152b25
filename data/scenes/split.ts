/** Which (object, place) pairs are kept out of training, so that drawing them shows composition and not memory. */
import {HELD_OUT, TUNING} from "./kept-out.js";
import {objectNamed} from "./objects.js";
import type {Place} from "./places.js";

/** `train` and `validation` differ by their seeds alone. Choices are made on `tuning`; `held-out` is for the card. */
export type Split = "train" | "validation" | "tuning" | "held-out";
export const SPLITS: readonly Split[] = ["train", "validation", "tuning", "held-out"];

export interface Pair {
  readonly object: string;
  readonly place: Place;
}

const parse = (table: string): Pair[] =>
  table
    .trim()
    .split("\n")
    .map((row) => row.split(" "))
    .map(([object, place]) => ({object, place}) as Pair);

export const PAIRS: Readonly<Record<"tuning" | "held-out", readonly Pair[]>> = {
  tuning: parse(TUNING),
  "held-out": parse(HELD_OUT)
};

const keptOut = new Set([...PAIRS.tuning, ...PAIRS["held-out"]].map(({object, place}) => `${object}/${place}`));

export function isKeptOut(object: string, place: Place | null): boolean {
  return place !== null && keptOut.has(`${object}/${place}`);
}

/**
 * The pair of a seed: seeds in a row go through the whole list.
 * @throws when an object's name is unknown, or when there is none
 */
export function pairOf(split: "tuning" | "held-out", seed: number, objects?: readonly string[]): Pair {
  const names = objects?.map((name) => objectNamed(name).name);
  const pairs = PAIRS[split].filter(({object}) => !names || names.includes(object));
  if (pairs.length === 0) throw new Error(`no object to draw a ${split} pair of; name at least one`);
  return pairs[seed % pairs.length];
}
