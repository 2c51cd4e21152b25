/** Paint on what a step guesses: the colour goes into x̂0, the noise that the network saw there stays. */
import {Generator} from "../src/random.js";
import type {SavedStep} from "../src/stepRecord.js";
import {edited} from "../src/stepRecord.js";
import type {Tensor} from "../src/tensor.js";
import {fittedTo, type Mask} from "./mask.js";
import type {Frame} from "./run.js";

/** x̂0 with the four numbers of a colour in the painted cells. [1, 4, h, w] */
export function paintedGuess({data, dims}: Tensor, mask: Mask, color: readonly number[]): Tensor {
  const [area, cells] = [dims[2] * dims[3], fittedTo(dims, mask)];
  return {data: data.map((value, i) => (cells[i % area] ? color[Math.floor(i / area)] : value)), dims};
}

/** The noise that a step sees in its latents: xt solved for eps. */
export function noiseIn({xt, x0, alphaCumprod}: Pick<Frame, "xt" | "x0" | "alphaCumprod">): Tensor {
  const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  return {data: xt.data.map((value, i) => (value - signal * x0.data[i]) / noise), dims: xt.dims};
}

/** The step's latents with the brush in them: sqrt(ᾱ) painted x̂0 + sqrt(1 - ᾱ) ε̂, which differs from xt in the painted cells alone. */
export function paintedLatents(
  frame: Pick<Frame, "xt" | "x0" | "alphaCumprod">,
  mask: Mask,
  color: readonly number[]
): Tensor {
  const {xt, x0, alphaCumprod} = frame;
  const signal = Math.sqrt(alphaCumprod);
  const painted = paintedGuess(x0, mask, color).data;
  return {data: xt.data.map((value, i) => value + signal * (painted[i] - x0.data[i])), dims: xt.dims};
}

/** What to go on from: of a record, or of a recorded step, which needs no more than its latents as DDIM throws no noise. */
export function stepFrom(frame: Frame, xt: Tensor): SavedStep {
  const {index, alphaCumprod, saved} = frame;
  if (saved) return edited({index, saved}, xt);
  const generator = new Generator(0).getState();
  const made = {sampler: null, latents: xt, xt, alphaCumprod, samplerState: null, generator, noiseSeed: null};
  return {index, saved: made};
}
