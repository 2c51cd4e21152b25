import {textToImage} from "../src/pipeline.js";
import type {Tensor} from "../src/tensor.js";
import {distanceToWorld} from "../src/world/distance.js";
import {noisedWorld} from "../src/world/noisedWorld.js";
import {givenLabel, pointAt, type Point, type World} from "../src/world/world.js";
import {worldModel} from "../src/world/worldModel.js";

/** What a cloud drawn under guidance became, beside the blobs that were asked for. Lengths in the plane's own unit. */
export interface CloudMeasure {
  /** Spread of the particles around their own middle, over the true deviation: mean over blobs. 1 is right. */
  readonly spread: number;
  /** How far the middles have left the blobs' own: mean over particles. */
  readonly overshoot: number;
  /** Mean distance of two particles: how different the samples are. */
  readonly diversity: number;
  /** Sliced Wasserstein distance to the blobs asked for. */
  readonly distance: number;
}

export interface Cloud extends CloudMeasure {
  readonly points: Tensor;
}

export interface CloudOptions {
  readonly label: string;
  readonly guidance: number;
  readonly particles?: number;
  readonly seed?: number;
  readonly steps?: number;
  readonly signal?: AbortSignal;
}

/** Particles drawn by the engine's own loop, DDIM, with exact predictions without and with the label. */
export async function drawCloud(
  world: World,
  {label, guidance, particles = 1500, seed = 7, steps = 30, signal}: CloudOptions
): Promise<Cloud> {
  let end: Tensor | null = null;
  const model = worldModel(world, {particles});
  for await (const {prevXt} of textToImage(model, {prompt: label, guidance, seed, steps, signal})) end = prevXt;
  return {points: end!, ...measureCloud(end!, givenLabel(world, label))};
}

/** @param asked the blobs of the label; each particle counts to the nearest of them, in deviations */
export function measureCloud(points: Tensor, asked: World): CloudMeasure {
  const groups = asked.map((): Point[] => []);
  const all = Array.from({length: points.dims[2]}, (_, i) => pointAt(points, i));
  for (const point of all) groups[nearestBlob(point, asked)].push(point);
  let [spread, overshoot, blobs] = [0, 0, 0];
  groups.forEach((group, k) => {
    if (group.length < 2) return;
    const middle = middleOf(group);
    const variance = group.reduce((sum, point) => sum + apart(point, middle) ** 2, 0) / group.length / 2;
    spread += Math.sqrt(variance) / asked[k].deviation;
    overshoot += (group.length / all.length) * apart(middle, asked[k].mean);
    blobs++;
  });
  return {
    spread: spread / Math.max(1, blobs),
    ...{overshoot, diversity: meanDistance(all.slice(0, PAIRED)), distance: distanceToWorld(points, asked)}
  };
}

/** Particles of which all pairs are measured. */
const PAIRED = 300;

/** The exact expectations of the clean point from a noised one: without a label, with it, and guided. */
export function expectations(world: World, label: string, xt: Point, alphaCumprod: number, scale: number) {
  const u = noisedWorld(world, alphaCumprod).posteriorMean(xt);
  const c = noisedWorld(givenLabel(world, label), alphaCumprod).posteriorMean(xt);
  const w: Point = [u[0] + scale * (c[0] - u[0]), u[1] + scale * (c[1] - u[1])];
  return {u, c, w};
}

function nearestBlob(point: Point, blobs: World): number {
  let best = 0;
  blobs.forEach((blob, k) => {
    const reach = (one: (typeof blobs)[number]) => apart(point, one.mean) / one.deviation;
    if (reach(blob) < reach(blobs[best])) best = k;
  });
  return best;
}

const apart = ([x0, y0]: Point, [x1, y1]: Point): number => Math.hypot(x0 - x1, y0 - y1);

function middleOf(points: readonly Point[]): Point {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}

function meanDistance(points: readonly Point[]): number {
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < points.length; i++) {
    for (let j = 0; j < i; j++, pairs++) sum += apart(points[i], points[j]);
  }
  return sum / Math.max(1, pairs);
}
