import type {BytePairs} from "../src/models/bytePairs.js";
import {choice, number, text, writeQuery, type Field} from "../page/query.js";
import type {Reading} from "./reading.js";

/** What the address says of this page. `prompt.b` is the other prompt, `row` a place from 0, `head` 0 stands for the mean of all. */
export interface TextAddress {
  prompt: string;
  "prompt.b": string;
  stage: string;
  row: number | null;
  layer: number;
  head: number;
  word: string;
  phrase: string;
  /** The stage after which two prompts are compared. */
  after: string;
  /** Which rows of the attention maps are shown: up to the end mark, or all. */
  rows: "words" | "all";
}

/** Two readings to be compared, both of one kind. */
export interface ReadingPair {
  readonly from: Reading;
  readonly to: Reading;
  /** The cosine of CLIP's embeddings of the two whole texts; null while it is not known. */
  readonly pooledCosine: number | null;
}

/** A phrase that lies near another. */
export interface Neighbour {
  readonly phrase: string;
  readonly cosine: number;
  /** Of its vector. */
  readonly length: number;
}

/** Phrases by their cosine to one, the nearest first. */
export interface Nearest {
  readonly source: "live" | "recorded";
  /** The name of the model whose embeddings they are. */
  readonly model: string;
  readonly phrase: string;
  /** Of its vector. */
  readonly length: number;
  readonly list: readonly Neighbour[];
}

export interface TextState extends Omit<TextAddress, "prompt.b"> {
  /** The prompt with something changed. */
  other: string;
  /** What the figures show: the newest reading there is. */
  reading: Reading;
  pair: ReadingPair;
  nearest: Nearest;
  /** The place under the pointer. */
  hovered: number | null;
  /** Whether the stages follow each other by themselves. */
  playing: boolean;
  /** How many rungs of the merges are to be seen; null: all. */
  rung: number | null;
  /** Whether the merges follow each other by themselves. */
  replaying: boolean;
  /** The shipped model's tokenizer, where it has come; null: not yet, or missing. */
  bytePairs: BytePairs | null;
  /** The column whose sum is written out. */
  column: number;
}

export const DEFAULTS = {
  ...{prompt: "a horse on the grass", other: "a horse on the beach"},
  ...{stage: "final", row: null, layer: 1, head: 1, word: "horses", phrase: "a horse"},
  ...{after: "final", rows: "words"}
} as const satisfies Partial<TextState>;

/** The longest prompt: K tokens never come from so many characters, unless they are spaces. */
export const MOST = 400;

const short: Field<string> = (value) => text(value)?.slice(0, MOST);
const stageKey: Field<string> = (value) => (/^(token|place|sum|final|layer\d{1,2})$/.test(value) ? value : undefined);
const wordStage: Field<string> = (value) => (value === "place" ? undefined : stageKey(value));

export const FIELDS: {[K in keyof TextAddress]: Field<TextAddress[K]>} = {
  ...{prompt: short, "prompt.b": short, stage: stageKey},
  ...{row: number(0, 999, {whole: true}), layer: number(1, 99, {whole: true}), head: number(0, 99, {whole: true})},
  ...{word: (value) => value.slice(0, 40), phrase: short},
  ...{after: wordStage, rows: choice("words", "all")}
};

/** The address of a state. */
export function queryOf(state: Readonly<TextState>): string {
  const {prompt, other, stage, row, layer, head, word, phrase, after, rows} = state;
  const {other: usualOther, ...usual} = DEFAULTS;
  return writeQuery(
    {prompt, "prompt.b": other, stage, row, layer, head, word, phrase, after, rows},
    {...usual, "prompt.b": usualOther}
  );
}
