import type {Drawing} from "../components/pointDrawing.js";
import type {Lesson} from "../src/live/lesson.js";
import {pointsTensor} from "../src/world/world.js";

/** A drawing as a lesson for the small network. */
export function lessonOf({points, labels}: Drawing, names: readonly string[]): Lesson {
  return {points: pointsTensor(points), labels: Uint8Array.from(labels), names};
}
