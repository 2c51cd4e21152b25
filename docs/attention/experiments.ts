/** What the page's experiments draw, live as well as in scripts/record/attention.ts. */
import type {Tensor} from "../src/tensor.js";
import {ARMS} from "../src/pipelines/promptToPrompt.js";
import type {Experiments} from "./state.js";
import {called, firstToShow, type Item} from "./tokens.js";

/** The rows of a prompt that are replaced by the empty prompt's. */
export interface RowArm {
  readonly title: string;
  readonly tokens: readonly number[];
}

/** Nothing replaced; a word alone; the last word alone; the padding alone; the padding and the end mark; all words. */
export function rowArms(items: readonly Item[]): RowArm[] {
  const words = items.filter(({kind}) => kind === "word");
  const first = items[firstToShow(items)];
  const last = words[words.length - 1] ?? first;
  const tokensOf = (...kinds: readonly Item["kind"][]): number[] =>
    items.filter(({kind}) => kinds.includes(kind)).flatMap(({tokens}) => tokens);
  return [
    {title: "every row as it is", tokens: []},
    {title: `only the row of ${called(first)}`, tokens: first.tokens},
    {title: `only the row of ${called(last)}`, tokens: last.tokens},
    {title: "only the padding", tokens: tokensOf("padding")},
    {title: "padding and end mark", tokens: tokensOf("end", "padding")},
    {title: "all words", tokens: tokensOf("word")}
  ];
}

/** Rows of one text's states exchanged for those of another. Both [1, K, E]. */
export function withRows(states: Tensor, others: Tensor, tokens: readonly number[]): Tensor {
  const width = states.dims[2];
  const data = states.data.slice();
  for (const token of tokens) data.set(others.data.subarray(token * width, (token + 1) * width), token * width);
  return {data, dims: states.dims};
}

/** The ways to draw another prompt from the same noise. */
export const FROZEN_ARMS: readonly {readonly key: keyof typeof ARMS; readonly title: string}[] = [
  {key: "seed", title: "the seed alone"},
  {key: "cross", title: "cross-attention frozen"},
  {key: "crossAndSelf", title: "cross- and self-attention frozen"}
];

/** Factors on what a word gives. */
export const WEIGHTS = [0, 0.5, 1, 2, 3] as const;

/** A factor for each of the K rows. */
export function weightsOf(count: number, tokens: readonly number[], weight: number): number[] {
  return Array.from({length: count}, (_, token) => (tokens.includes(token) ? weight : 1));
}

/** What is recorded, and what the figures begin with. */
export const SHOWN = {
  main: {prompt: "a horse on the grass", seed: 7},
  eating: {prompt: "a horse eating grass", seed: 7},
  leak: {prompt: "a cat and a dog in the city", seed: 1},
  negative: {prompt: "a horse", negative: "ocean", seed: 7},
  frozen: {source: "a horse on the grass", prompt: "a cow on the grass", seed: 7},
  weight: {prompt: "a horse on the grass", word: "horse", seed: 7}
} as const;

/** The experiments as they are recorded. */
export const EXPERIMENTS: Experiments = {
  ...{wanted: SHOWN.negative.prompt, unwanted: SHOWN.negative.negative, pair: SHOWN.leak.prompt},
  ...{first: SHOWN.frozen.source, second: SHOWN.frozen.prompt, weighted: SHOWN.weight.word, weight: 2}
};

/** Pictures of the sheet, by name, in its order. */
export const SHEET = [
  "eating",
  "leak",
  "negative without",
  "negative with",
  ...Array.from({length: 6}, (_, i) => `rows ${i}`),
  "frozen source",
  ...FROZEN_ARMS.map(({key}) => `frozen ${key}`),
  ...WEIGHTS.map((weight) => `weight ${weight}`)
] as const;
