/**
 * The 2-D world: a mixture of round, coloured Gaussian blobs in the plane. Everything that a network has to learn is exact
 * here, at any noise level: see noisedWorld.ts. Points travel as tensors [1, 2, N, 1], all x first and then all y: to the
 * engine that is a picture of N pixels with two channels, so thousands of particles are one run of the loop.
 */
import type {Generator} from "../random.js";
import type {Tensor} from "../tensor.js";

/** x and y. */
export type Point = readonly [number, number];

/** One round Gaussian of the mixture. */
export interface WorldBlob {
  readonly mean: Point;
  /** Standard deviation in each direction, above 0. */
  readonly deviation: number;
  /** Its share of the mixture beside the others' weights; they need not sum to 1. */
  readonly weight: number;
  /** What it is: the "prompt" that means it, and its colour. Several blobs may share one. */
  readonly label: string;
}

export type World = readonly WorldBlob[];

/** Two kinds, one of them in two places; about unit variance, as latents have. */
export const exampleWorld: World = [
  {mean: [-1.1, 0.8], deviation: 0.22, weight: 1, label: "orange"},
  {mean: [0.2, -1.2], deviation: 0.16, weight: 0.7, label: "orange"},
  {mean: [1.2, 0.7], deviation: 0.28, weight: 1.3, label: "teal"}
];

/** The labels of a world, in the order of their first blobs. */
export const labelsOf = (world: World): string[] => [...new Set(world.map(({label}) => label))];

/** The world given a label: a world of that label's blobs alone. @throws when no blob has it */
export function givenLabel(world: World, label: string): World {
  const blobs = world.filter((blob) => blob.label === label);
  if (!blobs.length) throw new Error(`no blob is labelled ${label}; one of ${labelsOf(world).join(", ")}`);
  return blobs;
}

/** `count` points of the world, [1, 2, count, 1]. The same generator state gives the same points. */
export function sampleWorld(world: World, count: number, generator: Generator): Tensor {
  const total = world.reduce((sum, {weight}) => sum + weight, 0);
  const choices = generator.rand([count]).data;
  const points = generator.randn([1, 2, count, 1]);
  for (let i = 0; i < count; i++) {
    const {mean, deviation} = blobAt(world, choices[i] * total);
    for (const axis of [0, 1]) points.data[axis * count + i] = mean[axis] + deviation * points.data[axis * count + i];
  }
  return points;
}

/** The blob in which a running sum of weights passes `share`. */
function blobAt(world: World, share: number): WorldBlob {
  let sum = 0;
  return world.find(({weight}) => (sum += weight) > share) ?? world[world.length - 1];
}

/** Point `i` of a tensor of points. */
export function pointAt({data, dims}: Tensor, i: number): Point {
  return [data[i], data[dims[2] + i]];
}

/** Points as a tensor [1, 2, N, 1]. */
export function pointsTensor(points: readonly Point[]): Tensor {
  const data = Float32Array.from([...points.map(([x]) => x), ...points.map(([, y]) => y)]);
  return {data, dims: [1, 2, points.length, 1]};
}
