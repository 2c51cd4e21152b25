/** One attention, computed by hand: Vaswani et al. 2017, arXiv:1706.03762, equation 1, for one query of one head. */
import type {Tensor} from "../src/tensor.js";

/** What one layer gives, as the network computed it: queries [1, q, heads · d], keys and values [1, K, heads · d]. */
export interface LayerInside {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly heads: number;
  /** The network's own shares, [1, heads, q, K]; null where they are not known. */
  readonly probabilities: Tensor | null;
}

/** One place of the picture asking all K rows, in one head. */
export interface OneAttention {
  /** The head's width d. */
  readonly width: number;
  /** [d] */
  readonly query: Float32Array;
  /** K times [d] */
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** q · k / sqrt(d), for each of the K rows. */
  readonly scores: readonly number[];
  /** Their softmax. */
  readonly shares: readonly number[];
  /** The sum of shares times values, [d]. */
  readonly result: Float32Array;
  /** The network's own shares, for comparison; null where they are not known. */
  readonly own: Float32Array | null;
}

/** @param head from 0. @param cell row by row, from 0 */
export function oneAttention(
  {queries, keys, values, heads, probabilities}: LayerInside,
  {head, cell}: {head: number; cell: number}
): OneAttention {
  const [cells, count] = [queries, keys].map(({dims}) => dims[1]);
  const width = queries.dims[2] / heads;
  const rowOf = ({data}: Tensor, row: number): Float32Array => {
    const start = row * heads * width + head * width;
    return data.slice(start, start + width);
  };
  const rows = Array.from({length: count}, (_, i) => i);
  const query = rowOf(queries, cell);
  const [allKeys, allValues] = [keys, values].map((tensor) => rows.map((row) => rowOf(tensor, row)));
  const scores = allKeys.map((key) => dot(query, key) / Math.sqrt(width));
  const shares = softmax(scores);
  const result = new Float32Array(width);
  shares.forEach((share, row) => allValues[row].forEach((value, i) => (result[i] += share * value)));
  const start = (head * cells + cell) * count;
  const own = probabilities && probabilities.data.slice(start, start + count);
  return {width, query, keys: allKeys, values: allValues, scores, shares, result, own};
}

/** The sum of products. */
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

/** exp(score) over the sum of all; the largest score is taken off first, which changes nothing but the size of the numbers. */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((all, power) => all + power, 0);
  return powers.map((power) => power / sum);
}

/** The length of a vector. */
export const lengthOf = (vector: ArrayLike<number>): number => Math.sqrt(dot(vector, vector));

/** A place of the 16 x 16 grid as a cell of a layer with `side` x `side`. */
export const cellAt = ({row, column}: {row: number; column: number}, side: number): number =>
  Math.floor(((row + 0.5) * side) / 16) * side + Math.floor(((column + 0.5) * side) / 16);
