import {sizeOf, type Tensor} from "../src/tensor.js";
import type {AttentionMap} from "../src/trace/attention.js";
import {aggregate, resized, wordMap} from "../src/trace/daam.js";
import type {AttentionRun, Half} from "./run.js";
import type {Item} from "./tokens.js";

/** From which of a run's maps a figure is made. */
export interface Look {
  /** "all"; the rows of a grid ("16": all layers of 16 x 16); or the number of one layer from 1, "layer 3". */
  readonly layer: string;
  /** From 1; 0 is the mean of all. */
  readonly head: number;
  /** A step's own maps, or the mean over all steps so far. */
  readonly steps: "one" | "all";
  readonly smooth: boolean;
}

export const PLAIN: Look = {layer: "all", head: 0, steps: "one", smooth: false};

/** Rows and columns on which smoothed maps are drawn. */
const FINE = 64;

/** The maps of the chosen layers. */
export function chosenLayers(maps: readonly AttentionMap[], layer: string): readonly AttentionMap[] {
  if (layer === "all") return maps;
  const number = /^layer (\d+)$/.exec(layer);
  if (number) return maps.slice(Number(number[1]) - 1, Number(number[1]));
  return maps.filter(({probabilities}) => probabilities.dims[1] === Number(layer) ** 2);
}

/** How each cell shares itself among all K tokens, [K, h, w], in the layers' own cells or smoothed; null where nothing is known. */
export function tokenMaps(maps: readonly AttentionMap[], {layer, head, smooth}: Omit<Look, "steps">): Tensor | null {
  const chosen = chosenLayers(maps, layer);
  if (!chosen.length) return null;
  const heads = head > 0 && chosen.every(({probabilities}) => probabilities.dims[0] >= head) ? [head - 1] : undefined;
  return aggregate(chosen, {heads, ...(smooth ? {grid: [FINE, FINE], smoothing: "bicubic" as const} : {})});
}

const made = new WeakMap<AttentionRun, Map<string, Tensor | null>>();

/** The same of a run, each made once. */
export function mapsOf(run: AttentionRun, index: number, look: Look, half: Half = "cond"): Tensor | null {
  const all = look.steps === "all" && run.finished;
  const key = JSON.stringify([look.layer, look.head, look.smooth, half, all ? "all" : index]);
  const known = made.get(run) ?? new Map<string, Tensor | null>();
  made.set(run, known);
  const before = known.get(key);
  if (before) return before;
  const maps = all ? run.steps.flatMap((_, i) => run.mapsAt(i, half)) : run.mapsAt(index, half);
  const found = tokenMaps(maps, look);
  if (found && known.size < MOST) known.set(key, found);
  return found;
}

/** So many are kept of a run: they are small, but a reader may play for long. */
const MOST = 400;

/** The map of an item: the share that all its tokens together have of each cell, [h, w]. */
export function mapOf(maps: Tensor, {tokens}: Item): Tensor {
  return wordMap(maps, tokens, "sum");
}

/** An item's share of all attention. */
export function shareOf(maps: Tensor, {tokens}: Item): number {
  const cells = sizeOf(maps.dims.slice(1));
  let sum = 0;
  for (const token of tokens) for (let i = 0; i < cells; i++) sum += maps.data[token * cells + i];
  return sum / cells;
}

/** What one place of the 16 x 16 grid takes from each item. @param place in cells of `grid` */
export function sharesAt(
  maps: Tensor,
  items: readonly Item[],
  {row, column}: {row: number; column: number},
  grid = 16
): number[] {
  const [, height, width] = maps.dims;
  const at = Math.floor(((row + 0.5) * height) / grid) * width + Math.floor(((column + 0.5) * width) / grid);
  return items.map(({tokens}) => tokens.reduce((sum, token) => sum + maps.data[token * height * width + at], 0));
}

/** The largest value of a map; never 0. */
export const largest = ({data}: Tensor): number => data.reduce((most, value) => Math.max(most, value), 1e-9);

/** How much two maps lie in the same cells, 0 ... 1: each is brought to a sum of 1, and the smaller one counts in every cell. */
export function overlapOf(a: Tensor, b: Tensor): number {
  const [sumA, sumB] = [a, b].map(({data}) => data.reduce((sum, value) => sum + value, 0));
  return a.data.reduce((sum, value, i) => sum + Math.min(value / sumA, b.data[i] / sumB), 0);
}

/** A map on another grid, its cells repeated. */
export function onGrid({data, dims}: Tensor, grid: number): Tensor {
  const whole = resized({data, dims: [1, ...dims]}, [grid, grid], "cells");
  return {data: whole.data, dims: [grid, grid]};
}
