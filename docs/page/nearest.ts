import {cosine} from "../src/contrastive.js";

/** The anchor that points most nearly in a direction: its index and the cosine. */
export interface Nearest {
  index: number;
  cosine: number;
}

/** The nearest of `anchors` to an embedding. */
export function nearestOf(embedding: ArrayLike<number>, anchors: readonly ArrayLike<number>[]): Nearest {
  let best: Nearest = {index: -1, cosine: -Infinity};
  anchors.forEach((anchor, index) => {
    const value = cosine(embedding, anchor);
    if (value > best.cosine) best = {index, cosine: value};
  });
  return best;
}

/** The `count` nearest of `anchors`, the nearest first. */
export function nearestFew(
  embedding: ArrayLike<number>,
  anchors: readonly ArrayLike<number>[],
  count: number
): Nearest[] {
  return anchors
    .map((anchor, index) => ({index, cosine: cosine(embedding, anchor)}))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count);
}
