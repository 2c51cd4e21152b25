/**
 * The exact answer beside the small network's: a drawing is a 2-D world whose blobs have no width, one a point, so all that a
 * denoiser of it should say has a closed form (Karras et al. 2022, arXiv:2206.00364, appendix B.3).
 */
import {Generator} from "../random.js";
import {outputOf} from "../samplers/prediction.js";
import {makeSchedule} from "../schedule.js";
import {noisedWorld} from "../world/noisedWorld.js";
import {givenLabel, pointAt, type World} from "../world/world.js";
import {denoiserSchedule, type DenoiserSettings} from "./denoiser.js";
import type {Lesson} from "./lesson.js";

/** A lesson as a world: each of its points a blob without width. */
export function worldOfLesson({points, labels, names}: Lesson): World {
  return Array.from(labels, (label, i) => ({mean: pointAt(points, i), deviation: 0, weight: 1, label: names[label]}));
}

/**
 * The mean squared error that training ends above: what the exact denoiser of the lesson makes, because no one can tell the noise of
 * a point from that of its neighbours. Estimated on `size` noised points, spread evenly over the timesteps.
 */
export function leastError(lesson: Lesson, settings: DenoiserSettings, size = 1200): number {
  const {alphasCumprod, numTrainTimesteps} = makeSchedule(denoiserSchedule(settings));
  const generator = new Generator(settings.seed);
  const rows = generator.randint(0, lesson.labels.length, [size]).data;
  const noise = generator.randn([size, 2]).data;
  const dropped = generator.rand([size]).data;
  const world = worldOfLesson(lesson);
  const given = lesson.names.map((name, label) => (lesson.labels.includes(label) ? givenLabel(world, name) : world));
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const alpha = alphasCumprod[Math.floor(((i + 0.5) * numTrainTimesteps) / size)];
    const row = Number(rows[i]);
    const {mean} = world[row];
    const xt = mean.map((x, axis) => Math.sqrt(alpha) * x + Math.sqrt(1 - alpha) * noise[2 * i + axis]);
    const known = dropped[i] < settings.labelDropout ? world : given[lesson.labels[row]];
    const best = noisedWorld(known, alpha).posteriorMean([xt[0], xt[1]]);
    const answer = (x0: readonly number[]) => outputOf(pair(x0), pair(xt), alpha, settings.predictionType).data;
    const [told, true_] = [answer(best), answer(mean)];
    sum += ((told[0] - true_[0]) ** 2 + (told[1] - true_[1]) ** 2) / 2;
  }
  return sum / size;
}

const pair = (values: readonly number[]) => ({data: Float32Array.from(values), dims: [2]});
