/** What is measured of rows: lengths, differences and cosines. */
import type {Matrix} from "../components/heatmap.js";
import {rowOf} from "./reading.js";

/** The length of a vector, and of the difference of two. */
export const lengthOf = (a: Float32Array): number => Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
}

export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0) / (lengthOf(a) * lengthOf(b));
}

/** The mean of a row's numbers, and their standard deviation about it. */
export function spreadOf(row: Float32Array): {mean: number; deviation: number} {
  const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
  return {mean, deviation: Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length)};
}

/** How far the rows of two matrices of one shape are apart, each over the mean length of the two rows. */
export function rowDifferences(a: Matrix, b: Matrix): number[] {
  return Array.from({length: Math.min(a.rows, b.rows)}, (_, i) => {
    const [from, to] = [rowOf(a, i), rowOf(b, i)];
    return distance(from, to) / ((lengthOf(from) + lengthOf(to)) / 2 || 1);
  });
}

/** The first place where two lists differ; their length where they do not. */
export function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? a.length : at;
}

/** A share as a reader takes it in: "0", "3 %", "0.2 %", "4e-7". */
export function shareText(share: number): string {
  if (share === 0) return "0";
  if (share < 5e-4) return share.toExponential(0).replace("-", "−");
  return share < 0.0995 ? `${(100 * share).toFixed(1)} %` : `${Math.round(100 * share)} %`;
}

/** A number to three digits, with a proper minus sign. */
export function digits(value: number, count = 3): string {
  const rounded = Math.abs(value) >= 1e-4 || value === 0 ? value.toFixed(count) : value.toExponential(1);
  return rounded.replaceAll("-", "−");
}
