import {defaultSettings} from "../components/runSettings.js";
import type {LinearPreview} from "../components/pixels.js";
import type {Tensor} from "../src/tensor.js";
import type {Film, Step} from "../page/film.js";

/** A preview whose first three channels are the colours themselves: synthetic latents need no model. */
export const syntheticPreview: LinearPreview = {
  factors: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 0]
  ],
  bias: [0, 0, 0]
};

/** Options: the steps of the run, how many of them are done, the side of its latents. */
export interface SyntheticOptions {
  numSteps?: number;
  done?: number;
  side?: number;
  seed?: number;
}

/** A run without a model, for tests and the gallery: a sun over the sea under noise that fades as a perfect UNet would let it. */
export function syntheticFilm({numSteps = 8, side = 16, seed = 1, done = numSteps}: SyntheticOptions = {}): Film {
  const random = randomNormal(seed);
  const clean = sunset(side);
  const start = clean.map(() => random());
  const steps = Array.from({length: done}, (_, index) => syntheticStep(index, {numSteps, side, clean, start}));
  return {
    source: "recorded",
    prompt: "the sun over the sea",
    settings: {...defaultSettings, steps: numSteps},
    tokens: ["the", "sun", "over", "the", "sea"].map((text, id) => ({text, id})),
    ...{steps, numSteps, finished: done === numSteps}
  };
}

interface Synthetic {
  numSteps: number;
  side: number;
  clean: Float32Array;
  start: Float32Array;
}

function syntheticStep(index: number, {numSteps, side, clean, start}: Synthetic): Step {
  const alphaAt = (i: number) => Math.cos((0.5 * Math.PI * (numSteps - i)) / (numSteps + 0.05)) ** 2;
  const [alpha, prevAlpha] = [alphaAt(index), alphaAt(index + 1)];
  const share = index / Math.max(1, numSteps - 1); // how much of the picture the network has made out
  const tensor = (f: (i: number) => number): Tensor => ({data: clean.map((_, i) => f(i)), dims: [1, 4, side, side]});
  const x0 = tensor((i) => clean[i] * (0.3 + 0.7 * share));
  const eps = tensor((i) => start[i]);
  const coefficients = {x0: Math.sqrt(prevAlpha), eps: Math.sqrt(1 - prevAlpha), noise: 0};
  const xt = tensor((i) => Math.sqrt(alpha) * x0.data[i] + Math.sqrt(1 - alpha) * start[i]);
  const prev = tensor((i) => coefficients.x0 * x0.data[i] + coefficients.eps * eps.data[i]);
  const timestep = Math.round((999 * (numSteps - index)) / numSteps);
  return {
    ...{index, numSteps, timestep, prevTimestep: Math.round((999 * (numSteps - index - 1)) / numSteps)},
    ...{alphaCumprod: alpha, prevAlphaCumprod: prevAlpha, latents: xt, xt, epsUncond: eps, epsCond: eps, eps, x0, prev},
    ...{noise: null, coefficients, guidanceScale: defaultSettings.guidance, seconds: 0.2}
  } as Step;
}

function sunset(side: number): Float32Array {
  const data = new Float32Array(4 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const sun = Math.hypot(x - 0.5 * side, y - 0.38 * side) < 0.2 * side;
      const color = y > 0.62 * side ? [-0.8, -0.2, 0.5] : sun ? [1, 0.7, -0.4] : [0.6, 0.1 - y / side, 0.3];
      color.forEach((value, channel) => (data[(channel * side + y) * side + x] = value));
    }
  }
  return data;
}

/** Normal numbers from a small seeded generator (mulberry32, Box-Muller). */
function randomNormal(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}
