/**
 * Where each word looks: cross-attention of many heads, layers and steps on one grid. After Tang et al. 2022, "What the
 * DAAM", arXiv:2210.04885, section 3.1: every head's map is brought to the size of the largest and all are added up. Here they
 * are averaged instead, so that the shares of all K tokens in a cell still sum to 1, begin, end and padding included.
 */
import {sizeOf, type Tensor} from "../tensor.js";
import type {AttentionMap} from "./attention.js";

/** How a coarse map fills a finer grid: its cells repeated, as they are, or smoothed (bicubic in the paper). */
export type Smoothing = "cells" | "bilinear" | "bicubic";

export interface AggregateOptions {
  /** Rows and columns of the result; the largest map's where left out. */
  readonly grid?: readonly [height: number, width: number];
  readonly smoothing?: Smoothing;
  /** Which heads of every layer; all where left out. */
  readonly heads?: readonly number[];
  /** Height over width of the latents, 1 for squares. */
  readonly aspect?: number;
}

/**
 * Maps of any layers, steps and sizes -> how each cell shares itself among the tokens, [K, h, w]. Every head counts alike.
 * @throws when there is no map, or maps differ in K (self-attention of several sizes)
 */
export function aggregate(maps: readonly AttentionMap[], options: AggregateOptions = {}): Tensor {
  if (!maps.length) throw new Error('no attention to add up: draw with trace: ["attn2"]');
  const {smoothing = "cells", heads, aspect = 1} = options;
  const tokens = maps[0].probabilities.dims[2];
  const sums = new Map<number, Float32Array>(); // of maps with as many cells: each size is resized but once
  let counted = 0;
  for (const {layer, probabilities} of maps) {
    const [all, cells, places] = probabilities.dims;
    if (places !== tokens)
      throw new Error(`${layer} looks at ${places} places and another layer at ${tokens}: take one layer`);
    const sum = sums.get(cells) ?? new Float32Array(tokens * cells);
    const chosen = heads ?? range(all);
    addByToken(sum, probabilities, chosen);
    sums.set(cells, sum);
    counted += chosen.length;
  }
  const grid = options.grid ?? gridOf(Math.max(...sums.keys()), aspect);
  const total = new Float32Array(tokens * grid[0] * grid[1]);
  for (const [cells, data] of sums) {
    const map = resized({data, dims: [tokens, ...gridOf(cells, aspect)]}, grid, smoothing);
    for (let i = 0; i < total.length; i++) total[i] += map.data[i] / counted;
  }
  return {data: total, dims: [tokens, ...grid]};
}

/** [K, h, w] -> each token's share of all attention; all K sum to 1. */
export function tokenShares({data, dims}: Tensor): Float32Array {
  const cells = sizeOf(dims.slice(1));
  return Float32Array.from({length: dims[0]}, (_, token) => mean(data.subarray(token * cells, (token + 1) * cells)));
}

/**
 * [K, h, w] -> the map of a word that is spelled by these tokens, [h, w].
 * @param pooling the mean over its tokens, as DAAM does, or their sum: the share that the whole word has of each cell
 */
export function wordMap({data, dims}: Tensor, tokens: readonly number[], pooling: "mean" | "sum" = "mean"): Tensor {
  if (!tokens.length) throw new Error("the word has no tokens: it is not in the prompt, or beyond the last token read");
  const cells = sizeOf(dims.slice(1));
  const map = new Float32Array(cells);
  const scale = pooling === "mean" ? 1 / tokens.length : 1;
  for (const token of tokens) for (let i = 0; i < cells; i++) map[i] += scale * data[token * cells + i];
  return {data: map, dims: dims.slice(1)};
}

/** A map whose values sum to 1: where the attention lies, however much of it there is. Negative ripples of bicubic are cut. */
export function normalized({data, dims}: Tensor): Tensor {
  const positive = data.map((value) => Math.max(0, value));
  const sum = positive.reduce((all, value) => all + value, 0);
  return {data: sum > 0 ? positive.map((value) => value / sum) : positive, dims};
}

/** Where one cell looks in self-attention, [h, w], averaged over heads; sums to 1. @param cell row * width + column */
export function lookFrom(
  {probabilities}: AttentionMap,
  cell: number,
  {heads, aspect = 1}: AggregateOptions = {}
): Tensor {
  const [all, queries, keys] = probabilities.dims;
  if (!(cell >= 0 && cell < queries)) throw new Error(`cell ${cell}: give one of 0 to ${queries - 1}`);
  const chosen = heads ?? range(all);
  const map = new Float32Array(keys);
  for (const head of chosen) {
    const start = (head * queries + cell) * keys;
    for (let key = 0; key < keys; key++) map[key] += probabilities.data[start + key] / chosen.length;
  }
  return {data: map, dims: gridOf(keys, aspect)};
}

const range = (length: number): number[] => Array.from({length}, (_, i) => i);
const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Rows and columns of a layer's cells: so many of them in the shape of the latents. */
function gridOf(cells: number, aspect: number): readonly [number, number] {
  const height = Math.round(Math.sqrt(cells * aspect));
  const width = cells / height;
  if (!Number.isInteger(width)) throw new Error(`${cells} cells fill no grid of height over width ${aspect}`);
  return [height, width];
}

/** Heads [heads, q, K] onto a sum with tokens first, [K, q]. */
function addByToken(sum: Float32Array, {data, dims: [, cells, tokens]}: Tensor, heads: readonly number[]): void {
  for (const head of heads) {
    for (let cell = 0; cell < cells; cell++) {
      const row = (head * cells + cell) * tokens;
      for (let token = 0; token < tokens; token++) sum[token * cells + cell] += data[row + token];
    }
  }
}

/** Maps [n, h, w] on another grid. Pixel centres as torch's interpolate with align_corners=False. */
export function resized(maps: Tensor, [height, width]: readonly [number, number], smoothing: Smoothing): Tensor {
  const [count, fromHeight, fromWidth] = maps.dims;
  if (fromHeight === height && fromWidth === width) return maps;
  const rows = tapsOf(fromHeight, height, smoothing);
  const columns = tapsOf(fromWidth, width, smoothing);
  const data = new Float32Array(count * height * width);
  let at = 0;
  for (let map = 0; map < count; map++) {
    for (const row of rows) {
      for (const column of columns) {
        let value = 0;
        for (const [y, ofRow] of row)
          for (const [x, ofColumn] of column)
            value += ofRow * ofColumn * maps.data[(map * fromHeight + y) * fromWidth + x];
        data[at++] = value;
      }
    }
  }
  return {data, dims: [count, height, width]};
}

type Tap = readonly [index: number, weight: number];

/** For each place of the new line the old places it is made of; weights sum to 1, edges are repeated. */
function tapsOf(from: number, to: number, smoothing: Smoothing): readonly (readonly Tap[])[] {
  return range(to).map((i) => {
    if (smoothing === "cells") return [[Math.floor((i * from) / to), 1]];
    const place = ((i + 0.5) * from) / to - 0.5;
    const below = Math.floor(place);
    const reach = smoothing === "bilinear" ? [0, 1] : [-1, 0, 1, 2];
    const kernel = smoothing === "bilinear" ? triangle : cubic;
    return reach.map((step) => {
      const index = below + step;
      return [Math.min(from - 1, Math.max(0, index)), kernel(Math.abs(place - index))] as const;
    });
  });
}

const triangle = (distance: number): number => Math.max(0, 1 - distance);

/** Keys 1981, eq. 4, with a = -0.75 as torch has it. */
function cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a;
  return 0;
}
