import type {Pixels} from "../components/pixels.js";
import type {Decoding} from "../page/decoding.js";
import {previewOf} from "../page/look.js";
import {noised} from "../src/forward.js";
import {Generator} from "../src/random.js";
import type {Tensor} from "../src/tensor.js";
import type {NoiseState} from "./state.js";

/** A picture of latents, and the words that say where it comes from. */
export interface Shown {
  readonly pixels: Pixels;
  readonly badges: readonly string[];
}

/** A decoded picture of noised latents, made before. */
export interface Frame {
  readonly t: number;
  readonly pixels: Pixels;
}

/** What figures read of the state: tensors made once for each value of the state, and the best picture there is of them. */
export interface Views {
  /** The noise of the seed, [1, 4, h, w]. */
  eps(state: NoiseState): Tensor;
  /** The noised latents at the state's t, or at another. */
  xt(state: NoiseState, t?: number): Tensor;
  /** The decoded picture where it is known, a recorded one of a t close by where the model is not here, else the linear preview. */
  shown(state: NoiseState, t?: number): Shown;
  /** Decoded pictures of a recording, which stand in until the model is here. */
  record(state: NoiseState, pictures: readonly Frame[]): void;
}

/** A recorded picture stands for timesteps as far away as this. */
const NEAR = 25;
const KEPT = 400;

export function createViews(decoding: Pick<Decoding, "get">): Views {
  const noises = new Map<string, Tensor>();
  const samples = new Map<string, Tensor>();
  const names = new WeakMap<Tensor, number>();
  const frames = new Map<string, readonly Frame[]>();
  let count = 0;

  /** All but t that decides what the noised latents are. */
  function keyOf({subject: {latents}, seed, schedule, betaStart, betaEnd, offset}: NoiseState): string {
    if (!names.has(latents)) names.set(latents, count++);
    return [names.get(latents), seed, schedule, betaStart, betaEnd, offset].join();
  }

  const views: Views = {
    eps: ({seed, subject: {latents}}) =>
      once(noises, `${seed},${latents.dims}`, () => new Generator(seed).randn(latents.dims)),
    xt(state, t = state.t) {
      const alpha = state.table.alphasCumprod[t];
      return once(samples, `${keyOf(state)},${t}`, () => noised(state.subject.latents, views.eps(state), alpha));
    },
    shown(state, t = state.t) {
      const xt = views.xt(state, t);
      const live = decoding.get(xt);
      if (live) return {pixels: live, badges: ["live", "decoded"]};
      const near = nearest(frames.get(keyOf(state)) ?? [], t);
      if (near?.t === t) return {pixels: near.pixels, badges: ["recorded", "decoded"]};
      if (near && !state.ready && Math.abs(near.t - t) <= NEAR)
        return {pixels: near.pixels, badges: [`recorded at t = ${near.t}`]};
      return {pixels: previewOf(xt, state.preview), badges: [state.subject.from, "preview"]};
    },
    record: (state, pictures) => void frames.set(keyOf(state), pictures)
  };
  return views;
}

function nearest(frames: readonly Frame[], t: number): Frame | undefined {
  return frames.reduce<Frame | undefined>(
    (best, frame) => (best && Math.abs(best.t - t) <= Math.abs(frame.t - t) ? best : frame),
    undefined
  );
}

/** What a map holds under a key, made where it holds nothing; the oldest is forgotten beyond `KEPT`. */
function once<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  if (map.size > KEPT) map.delete(map.keys().next().value!);
  return made;
}
