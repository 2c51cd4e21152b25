import type {Matrix} from "../components/heatmap.js";
import type {TextReading} from "../src/models/insides.js";
import type {Tensor} from "../src/tensor.js";
import {halfToFloat} from "../page/recorded.js";
import type {Colors, Rgb} from "./colors.js";

/** A text as the encoder read it, here or when it was recorded. */
export interface Reading extends Omit<TextReading, "offsets"> {
  readonly source: "live" | "recorded";
  /** The name of the model that read it. */
  readonly model: string;
  readonly prompt: string;
}

/** The JSON beside docs/recorded/text.bin; scripts/record/text.ts writes both. */
export interface TextRecording {
  readonly command: string;
  readonly model: string;
  readonly layers: number;
  readonly heads: number;
  /** K and E, and the length of CLIP's embedding of a whole text. */
  readonly maxTokens: number;
  readonly width: number;
  readonly pooledWidth: number;
  readonly texts: readonly {prompt: string; ids: readonly number[]; tokens: readonly string[]; truncated: boolean}[];
  /** Phrases whose pooled embeddings come after those of the texts. */
  readonly phrases: readonly string[];
  /** Of each phrase: the mean colour of its emoji. */
  readonly colors: readonly Rgb[];
}

/** What a recording holds: readings, and a pooled embedding for each of its texts and phrases. */
export interface Recorded {
  readonly readings: readonly Reading[];
  readonly pooled: ReadonlyMap<string, Float32Array>;
  readonly colors: Colors;
}

/** Unpacks the 16-bit floats of a recording: for each text all stages and all attention maps, then the pooled embeddings. */
export function unpack(recording: TextRecording, numbers: ArrayBuffer): Recorded {
  const {model, layers, heads, maxTokens: K, width: E, pooledWidth: D, texts, phrases, colors} = recording;
  const values = halfToFloat(new Uint16Array(numbers));
  let at = 0;
  const next = (...dims: number[]): Tensor => {
    const size = dims.reduce((a, b) => a * b);
    return {data: values.subarray(at, (at += size)), dims};
  };
  const several = (count: number, ...dims: number[]): Tensor[] => Array.from({length: count}, () => next(...dims));
  const readings = texts.map(({prompt, ids, tokens, truncated}): Reading => ({
    ...{source: "recorded", model, prompt, ids: [...ids], tokens: [...tokens], truncated},
    tokenEmbeddings: next(K, E),
    positionEmbeddings: next(K, E),
    hiddenStates: several(layers + 1, K, E),
    lastHiddenState: next(K, E),
    attentions: several(layers, heads, K, K)
  }));
  const names = [...texts.map(({prompt}) => prompt), ...phrases];
  return {
    readings,
    pooled: new Map(names.map((name) => [name, next(D).data])),
    colors: new Map(phrases.map((phrase, i) => [phrase, colors[i]]))
  };
}

/** A reading's tensors in the order in which a recording keeps them. */
export function tensorsOf({
  tokenEmbeddings,
  positionEmbeddings,
  hiddenStates,
  lastHiddenState,
  attentions
}: Omit<Reading, "source" | "model" | "prompt">): Tensor[] {
  return [tokenEmbeddings, positionEmbeddings, ...hiddenStates, lastHiddenState, ...(attentions ?? [])];
}

/** One stage on the way from ids to what the UNet reads. */
export interface Stage {
  readonly key: string;
  /** In a word or two, for a button. */
  readonly name: string;
  readonly matrix: Matrix;
  /** Nearly all entries lie within ± this: 99 of 100. */
  readonly limit: number;
  /** What happens in it, in a sentence. */
  readonly says: string;
}

const made = new WeakMap<Reading, Stage[]>();

/** The stages of a reading, in order, made once. */
export function stagesOf(reading: Reading): Stage[] {
  const known = made.get(reading);
  if (known) return known;
  const {tokenEmbeddings, positionEmbeddings, hiddenStates, lastHiddenState} = reading;
  const layers = hiddenStates.slice(1);
  const stages = [
    stage("token", "Token", tokenEmbeddings, SAYS.token),
    stage("place", "Place", positionEmbeddings, SAYS.place),
    stage("sum", "Sum", hiddenStates[0], SAYS.sum),
    ...layers.map((states, i) =>
      stage(`layer${i + 1}`, `Layer ${i + 1}`, states, i === 0 ? SAYS.firstLayer : SAYS.laterLayer)
    ),
    stage("final", "Final", lastHiddenState, SAYS.final)
  ];
  made.set(reading, stages);
  return stages;
}

/** The stage of a key, or the last one where there is none. */
export function stageShown(reading: Reading, key: string): Stage {
  const stages = stagesOf(reading);
  return stages.find((stage) => stage.key === key) ?? stages.at(-1)!;
}

const SAYS = {
  token:
    "Each id is a row number in a long table that began at random and was adjusted in training. Equal tokens get equal rows: look at the padding.",
  place: "A second table has one row for each place in the prompt, whatever word stands there.",
  sum: "The two are added, number by number. Now the same word in two places has two different rows. This goes into the first layer.",
  firstLayer:
    "Every row looked at itself and at the rows above it, and added what it found. From here on a row no longer stands for one word alone.",
  laterLayer: "The same again, with other weights: rows that already know of each other look once more.",
  final:
    "Every row is brought to a common size (layer normalisation). This table is all that the UNet will ever know of the prompt."
};

function stage(key: string, name: string, {data, dims: [rows, columns]}: Tensor, says: string): Stage {
  return {key, name, says, matrix: {values: data, rows, columns}, limit: quantile(data, 0.99)};
}

/** The size that a share of the entries does not exceed. */
function quantile(values: Float32Array, share: number): number {
  const sizes = values.map(Math.abs).sort();
  return sizes[Math.floor(share * (sizes.length - 1))] || 1;
}

/** One row of a matrix. */
export function rowOf({values, columns}: Matrix, row: number): Float32Array {
  return Float32Array.from({length: columns}, (_, i) => values[row * columns + i]);
}
