import type {AttentionMap} from "../src/trace/attention.js";
import type {Tensor} from "../src/tensor.js";
import type {Word} from "../src/trace/words.js";
import {floatToHalf, halfToFloat} from "../page/recorded.js";
import type {LayerInside} from "./oneAttention.js";

/** Cross-attention of one run as scripts/record/attention.ts keeps it: the mean over all layers of one size and all their heads. */
export interface RecordedMaps {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  readonly steps: number;
  readonly guidance: number;
  readonly words: readonly Word[];
  /** K */
  readonly count: number;
  /** The rows that are kept. */
  readonly tokens: readonly number[];
  /** The steps that are kept; one entry of -1: the mean of all. */
  readonly frames: readonly number[];
  readonly sizes: readonly MapSize[];
  /** Where its bytes begin. */
  readonly offset: number;
}

/** Layers whose maps have as many cells. */
export interface MapSize {
  readonly cells: number;
  readonly layers: number;
}

/** Queries, keys and values of one layer at one step, as 16-bit floats in this order: the attention that is computed by hand. */
export interface RecordedInside {
  /** By diffusers' name. */
  readonly layer: string;
  /** From 0. */
  readonly step: number;
  readonly heads: number;
  /** Of one head. */
  readonly width: number;
  readonly cells: number;
  /** K */
  readonly count: number;
  readonly offset: number;
}

export function recordedInside({heads, width, cells, count, offset}: RecordedInside, buffer: ArrayBuffer): LayerInside {
  const row = heads * width;
  const halves = new Uint16Array(buffer, offset, (cells + 2 * count) * row);
  const values = halfToFloat(halves);
  const part = (from: number, rows: number) => ({
    ...{data: values.subarray(from * row, (from + rows) * row), dims: [1, rows, row]}
  });
  const [queries, keys, ofRows] = [part(0, cells), part(cells, count), part(cells + count, count)];
  return {queries, keys, values: ofRows, heads, probabilities: null};
}

/** Maps of one size, [K, cells]; K in the order of `tokens`. */
export type SizedMap = Float32Array;

/** What a recording takes: for each frame, size and token one 16-bit maximum, then a byte a cell. */
export function packed(
  frames: readonly (readonly SizedMap[])[],
  sizes: readonly MapSize[],
  tokens: number
): Uint8Array {
  const rows = frames.flatMap((maps) =>
    sizes.flatMap(({cells}, size) =>
      Array.from({length: tokens}, (_, token) => maps[size].subarray(token * cells, (token + 1) * cells))
    )
  );
  const most = halfToFloat(floatToHalf(Float32Array.from(rows, (row) => 1.0005 * Math.max(...row))));
  const bytes = rows.flatMap((row, i) => [...row].map((value) => Math.round((255 * value) / (most[i] || 1))));
  const head = new Uint8Array(floatToHalf(most).buffer);
  const whole = new Uint8Array(head.length + bytes.length + (bytes.length % 2));
  whole.set(head);
  whole.set(
    bytes.map((byte) => Math.min(255, byte)),
    head.length
  );
  return whole;
}

/** The maps of each frame, as if every layer of a size had their mean and one head: see aggregate. */
export function unpackMaps(
  {count, tokens, frames, sizes, offset}: RecordedMaps,
  buffer: ArrayBuffer
): AttentionMap[][] {
  const rows = frames.length * sizes.length * tokens.length;
  const most = halfToFloat(new Uint16Array(buffer, offset, rows));
  const bytes = new Uint8Array(buffer, offset + 2 * rows);
  let [row, at] = [0, 0];
  const nextMap = ({cells, layers}: MapSize): AttentionMap[] => {
    const data = new Float32Array(cells * count);
    for (const token of tokens) {
      const scale = most[row++] / 255;
      for (let cell = 0; cell < cells; cell++) data[cell * count + token] = scale * bytes[at++];
    }
    const probabilities: Tensor = {data, dims: [1, cells, count]};
    return Array.from({length: layers}, () => ({layer: `${cells} cells`, kind: "cross" as const, probabilities}));
  };
  return frames.map(() => sizes.flatMap(nextMap));
}
