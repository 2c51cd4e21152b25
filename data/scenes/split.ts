/** Which (object, place) pairs are kept out of training, so that drawing them shows composition and not memory. */
import heldOut from "./held-out.json" with {type: "json"};
import tuning from "./tuning-pairs.json" with {type: "json"};
import type {Place} from "./places.js";

/** `train` and `validation` differ by their seeds alone. Choices are made on `tuning`; `held-out` is for the card. */
export type Split = "train" | "validation" | "tuning" | "held-out";
export const SPLITS: readonly Split[] = ["train", "validation", "tuning", "held-out"];

export interface Pair {
  readonly object: string;
  readonly place: Place;
}

const PAIRS: Record<"tuning" | "held-out", readonly Pair[]> = {
  tuning: tuning as Pair[],
  "held-out": heldOut as Pair[]
};

const keptOut = new Set([...PAIRS.tuning, ...PAIRS["held-out"]].map(({object, place}) => `${object}/${place}`));

export function isKeptOut(object: string, place: Place | null): boolean {
  return place !== null && keptOut.has(`${object}/${place}`);
}

/** The pair of a seed: seeds in a row go through the whole list. */
export function pairOf(split: "tuning" | "held-out", seed: number, objects?: readonly string[]): Pair {
  const pairs = PAIRS[split].filter(({object}) => !objects || objects.includes(object));
  return pairs[seed % pairs.length];
}
