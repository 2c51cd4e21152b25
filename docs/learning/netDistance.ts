import type {Lesson} from "../src/live/lesson.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import {slicedWasserstein} from "../src/world/distance.js";
import {pointAt, pointsTensor, type Point} from "../src/world/world.js";
import {grid} from "./netPlane.js";
import {NAMES} from "./state.js";

/** How many points the network draws at once. */
export const PARTICLES = 400;

/** The points that should be drawn, and how far as many of themselves, picked at random, are from them all. */
export interface Goal {
  readonly points: Tensor;
  readonly own: number;
}

export function goalOf(lesson: Lesson, prompt: string): Goal {
  const points = wantedOf(lesson, prompt);
  const chosen = new Generator(1).randint(0, points.dims[2], [PARTICLES]).data;
  const own = pointsTensor(Array.from(chosen, (i) => pointAt(points, Number(i))));
  return {points, own: slicedWasserstein(own, points)};
}

/** How far what was drawn is from what was wanted. */
export function verdictOf(drawn: Tensor, {points, own}: Goal, steps: number): string {
  const far = slicedWasserstein(drawn, points).toFixed(3);
  return `After ${steps.toLocaleString("en")} steps the points that it draws are ${far} from the drawing (as many points of the drawing itself, picked at random: ${own.toFixed(3)}).`;
}

/** The points of a label, or all. */
function wantedOf({points, labels}: Lesson, prompt: string): Tensor {
  const label = NAMES.findIndex((name) => name === prompt);
  if (label < 0 || !labels.includes(label)) return points;
  return pointsTensor(pointsOf(points).filter((_, i) => labels[i] === label));
}

/** Root mean square difference of two predictions of the noise, each place weighed by how often noised points come there. */
export function weightedError(a: Tensor, b: Tensor, likely: readonly number[]): number {
  const [sum, total] = likely.reduce(
    ([squares, weights], weight, i) => [
      squares +
        (weight * ((a.data[i] - b.data[i]) ** 2 + (a.data[grid.length + i] - b.data[grid.length + i]) ** 2)) / 2,
      weights + weight
    ],
    [0, 0]
  );
  return Math.sqrt(sum / (total || 1));
}

/** The points of a tensor [1, 2, N, 1]. */
export const pointsOf = (tensor: Tensor): Point[] => Array.from({length: tensor.dims[2]}, (_, i) => pointAt(tensor, i));
