/**
 * The exact answer beside the small network's: a drawing is a 2-D world whose blobs have no width, one a point, so all that a
 * denoiser of it should say has a closed form (Karras et al. 2022, arXiv:2206.00364, appendix B.3).
 */
import {Generator} from "../random.js";
import {makeSchedule} from "../schedule.js";
import {noisedWorld} from "../world/noisedWorld.js";
import {pointAt, type Point, type World} from "../world/world.js";
import {denoiserSchedule, type DenoiserSettings} from "./denoiser.js";
import type {Lesson} from "./lesson.js";

/** A lesson as a world: each of its points a blob without width. */
export function worldOfLesson({points, labels, names}: Lesson): World {
  return Array.from(labels, (label, i) => ({mean: pointAt(points, i), deviation: 0, weight: 1, label: names[label]}));
}

/**
 * The mean squared error that training ends above: what the exact denoiser of the lesson makes, because no one can tell the noise of
 * a point from that of its neighbours. It is the variance of what a noised point may have been, averaged over `size` of them, spread
 * evenly over the timesteps.
 */
export function leastError(lesson: Lesson, settings: DenoiserSettings, size = 600): number {
  const {alphasCumprod, numTrainTimesteps} = makeSchedule(denoiserSchedule(settings));
  const generator = new Generator(settings.seed);
  const rows = generator.randint(0, lesson.labels.length, [size]).data;
  const noise = generator.randn([size, 2]).data;
  const dropped = generator.rand([size]).data;
  const world = worldOfLesson(lesson);
  const given = lesson.names.map((name) => world.filter(({label}) => label === name));
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const alpha = alphasCumprod[Math.floor(((i + 0.5) * numTrainTimesteps) / size)];
    const row = Number(rows[i]);
    const at = (axis: 0 | 1) => Math.sqrt(alpha) * world[row].mean[axis] + Math.sqrt(1 - alpha) * noise[2 * i + axis];
    const known = dropped[i] < settings.labelDropout ? world : given[lesson.labels[row]];
    sum += (varianceOf(known, [at(0), at(1)], alpha) / 2) * errorScale(alpha, settings.predictionType);
  }
  return sum / size;
}

/** E |x0 - E[x0 | xt]|^2 over what a noised point may have been. */
function varianceOf(world: World, xt: Point, alpha: number): number {
  const at = noisedWorld(world, alpha);
  const [x, y] = at.posteriorMean(xt);
  return at.weights(xt).reduce((sum, weight, k) => {
    const {mean} = world[k];
    return sum + weight * ((mean[0] - x) ** 2 + (mean[1] - y) ** 2);
  }, 0);
}

/** How a squared error of the clean point counts in what the network predicts: eps and v are linear in it. */
function errorScale(alpha: number, predictionType: string): number {
  if (predictionType === "sample") return 1;
  return predictionType === "epsilon" ? alpha / (1 - alpha) : 1 / (1 - alpha);
}
