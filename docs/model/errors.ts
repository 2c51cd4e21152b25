import {noised} from "../src/forward.js";
import {concat, type Tensor} from "../src/tensor.js";

/** A UNet's call, as the engine and the model in Node have it. */
export interface Predictor {
  predict(sample: Tensor, timestep: number, encoderHiddenStates: Tensor): Promise<{output: Tensor}>;
}

/** Scenes to be noised: latents and noise [B, 4, h, w], the text matrices without and with captions [2B, K, E]. */
export interface NoisedBatch {
  readonly x0: Tensor;
  readonly eps: Tensor;
  readonly states: Tensor;
}

/** The mean squared error of the predicted noise, of each scene. */
export interface Errors {
  readonly timestep: number;
  readonly uncond: readonly number[];
  readonly cond: readonly number[];
}

/** One call of the UNet: all scenes at one noise level, without and with their captions. */
export async function errorsAt(
  model: Predictor,
  {x0, eps, states}: NoisedBatch,
  timestep: number,
  alphaCumprod: number
): Promise<Errors> {
  const xt = noised(x0, eps, alphaCumprod);
  const {output} = await model.predict(concat([xt, xt]), timestep, states);
  const [count, size] = [x0.dims[0], eps.data.length / x0.dims[0]];
  const errorOf = (row: number): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (output.data[row * size + i] - eps.data[(row % count) * size + i]) ** 2;
    return sum / size;
  };
  const rows = Array.from({length: 2 * count}, (_, row) => errorOf(row));
  return {timestep, uncond: rows.slice(0, count), cond: rows.slice(count)};
}

/** An error in the noise as what it does to the guessed picture: x̂0 - x0 = -sqrt((1 - ᾱ) / ᾱ) (ε̂ - ε). */
export const inGuess = (error: number, alphaCumprod: number): number => (error * (1 - alphaCumprod)) / alphaCumprod;

export interface Average {
  readonly mean: number;
  /** Standard error of the mean. */
  readonly doubt: number;
}

export function averageOf(values: readonly number[]): Average {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = values.length > 1 ? squares / (values.length - 1) : 0;
  return {mean, doubt: Math.sqrt(variance / values.length)};
}

/** Indices 0 ... count - 1, the ends first and then whatever lies in the middle of the widest gap: so that a curve fills in evenly. */
export function spread(count: number): number[] {
  const order = count > 1 ? [0, count - 1] : [0];
  while (order.length < count) {
    const sorted = [...order].sort((a, b) => a - b);
    const gaps = sorted.slice(1).map((next, i) => next - sorted[i]);
    const widest = gaps.indexOf(Math.max(...gaps));
    order.push(Math.floor((sorted[widest] + sorted[widest + 1]) / 2));
  }
  return order;
}
