import {stepRange, type ArmSettings} from "../components/armSettings.js";
import {textToImage} from "../src/pipeline.js";
import type {Tensor} from "../src/tensor.js";
import {distanceToWorld} from "../src/world/distance.js";
import {pointAt, type Point, type World} from "../src/world/world.js";
import {worldModel} from "../src/world/worldModel.js";

/** A run of particles: where all of them are before each call, and at the end. Points are [1, 2, N, 1]. */
export interface WorldRun {
  readonly sampler: string;
  readonly frames: readonly {readonly xt: Tensor; readonly alphaCumprod: number}[];
  readonly calls: number;
  /** From the end to the true world, in the plane's own unit. */
  readonly distance: number;
}

export interface WorldRunOptions {
  readonly settings: Pick<ArmSettings, "sampler" | "eta">;
  readonly steps: number;
  readonly particles: number;
  readonly seed: number;
  readonly noiseSeed?: number | null;
  readonly signal?: AbortSignal;
}

/** The engine's own loop on the exact world. The steps are held to what the sampler can do. */
export async function drawWorld(world: World, options: WorldRunOptions): Promise<WorldRun> {
  const {settings, particles, seed, noiseSeed, signal} = options;
  const [least, most] = stepRange(settings.sampler);
  const steps = Math.min(most, Math.max(least, options.steps));
  const frames: {xt: Tensor; alphaCumprod: number}[] = [];
  const {sampler, eta} = settings;
  const asked = {prompt: "all", guidance: 1, seed, steps, sampler, eta, signal, noiseSeed: noiseSeed ?? undefined};
  let end: Tensor | null = null;
  for await (const {xt, alphaCumprod, prevXt} of textToImage(worldModel(world, {particles}), asked)) {
    frames.push({xt, alphaCumprod});
    end = prevXt;
  }
  const calls = frames.length;
  frames.push({xt: end!, alphaCumprod: 1});
  return {sampler, frames, calls, distance: distanceToWorld(end!, world)};
}

/** The frame of a run nearest in noise to a level; the last at the clean end. */
export function frameAt({frames}: WorldRun, alphaCumprod: number): number {
  const angle = (alpha: number) => Math.acos(Math.sqrt(alpha));
  const distances = frames.map((frame) => Math.abs(angle(frame.alphaCumprod) - angle(alphaCumprod)));
  return distances.lastIndexOf(Math.min(...distances));
}

/** The ways of the first `count` particles, up to a frame. */
export function pathsOf({frames}: WorldRun, until: number, count: number): Point[][] {
  return Array.from({length: Math.min(count, frames[0].xt.dims[2])}, (_, i) =>
    frames.slice(0, until + 1).map(({xt}) => pointAt(xt, i))
  );
}
