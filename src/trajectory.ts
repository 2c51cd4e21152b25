/** The way of a run through the space of its latents: how much of its two ends is in each xt, and a plane to look at it in. */
import type {Generator} from "./random.js";

/** xt = a x0 + b xT + rest. */
export interface EndShares {
  readonly a: number;
  readonly b: number;
  /** Root mean square of what neither end explains. */
  readonly rest: number;
}

/** The shares of both ends in xt that leave the least rest (least squares). All of one length. */
export function endShares(xt: Float32Array, x0: Float32Array, xT: Float32Array): EndShares {
  const [aa, ab, bb] = [dot(x0, x0), dot(x0, xT), dot(xT, xT)];
  const [ya, yb] = [dot(xt, x0), dot(xt, xT)];
  const determinant = aa * bb - ab * ab;
  const a = (ya * bb - yb * ab) / determinant;
  const b = (yb * aa - ya * ab) / determinant;
  let squares = 0;
  for (let i = 0; i < xt.length; i++) squares += (xt[i] - a * x0[i] - b * xT[i]) ** 2;
  return {a, b, rest: Math.sqrt(squares / xt.length)};
}

/** Root mean square difference of two latents: 0 for the same, about 1.4 for two that have nothing in common. */
export function rmsDistance(one: Float32Array, other: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < one.length; i++) squares += (one[i] - other[i]) ** 2;
  return Math.sqrt(squares / one.length);
}

/** Points seen from the two directions in which they differ most. */
export interface PrincipalPlane {
  readonly points: readonly (readonly [number, number])[];
  /** The share of all variance that each direction has. */
  readonly explained: readonly [number, number];
}

/**
 * Principal components of n points, from their n x n matrix of inner products: its two leading eigenvectors, by power
 * iteration. A component's sign is free; here the last point lies at or above 0.
 */
export function principalPlane(points: readonly Float32Array[]): PrincipalPlane {
  const gram = centered(points.map((one) => points.map((other) => dot(one, other))));
  const total = gram.reduce((sum, row, i) => sum + row[i], 0);
  const first = leading(gram, []);
  const second = leading(gram, [first.vector]);
  const along = ({vector, value}: {vector: number[]; value: number}) => {
    const sign = (vector.at(-1) ?? 0) < 0 ? -1 : 1;
    return vector.map((entry) => sign * entry * Math.sqrt(Math.max(0, value)));
  };
  const [xs, ys] = [along(first), along(second)];
  const share = (value: number) => (total > 0 ? value / total : 0);
  return {points: xs.map((x, i) => [x, ys[i]] as const), explained: [share(first.value), share(second.value)]};
}

/** A walk of `count` points whose every step is fresh noise: what PCA makes smooth arcs of. */
export function randomWalk(count: number, size: number, generator: Generator): Float32Array[] {
  const walk = [new Float32Array(size)];
  while (walk.length < count) {
    const before = walk[walk.length - 1];
    walk.push(generator.randn([size]).data.map((value, i) => value + before[i]));
  }
  return walk;
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

/** Inner products of points about their mean. */
function centered(gram: readonly (readonly number[])[]): number[][] {
  const means = gram.map((row) => row.reduce((a, b) => a + b, 0) / row.length);
  const all = means.reduce((a, b) => a + b, 0) / means.length;
  return gram.map((row, i) => row.map((value, j) => value - means[i] - means[j] + all));
}

/** The leading eigenvector of a symmetric matrix, at right angles to those known. */
function leading(matrix: readonly (readonly number[])[], known: readonly (readonly number[])[]) {
  let vector = matrix.map((_, i) => Math.cos(i) + 0.01 * i);
  let value = 0;
  for (let turn = 0; turn < 300; turn++) {
    let next = matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * vector[j], 0));
    for (const other of known) {
      const along = next.reduce((sum, entry, i) => sum + entry * other[i], 0);
      next = next.map((entry, i) => entry - along * other[i]);
    }
    const length = Math.hypot(...next);
    if (length === 0) return {vector: next, value: 0};
    [vector, value] = [next.map((entry) => entry / length), length];
  }
  return {vector, value};
}
