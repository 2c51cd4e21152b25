import {Generator} from "../src/random.js";
import {combine, type Tensor} from "../src/tensor.js";

/** The mean of the values' squares: a signal's power. */
export function powerOf({data}: Tensor): number {
  return data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
}

/** The power of what is not the mean: the variance over all values. */
export function varianceOf({data}: Tensor): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
}

/** The noise's standard deviation at which a signal's variance is `decibels` above it: sqrt(variance / 10^(dB / 10)). */
export function noiseFor(signal: Tensor, decibels: number): number {
  return Math.sqrt(varianceOf(signal) / 10 ** (decibels / 10));
}

/** A signal with unit normal noise times `deviation` added. */
export function withNoise(signal: Tensor, deviation: number, seed: number): Tensor {
  return combine([1, signal], [deviation, new Generator(seed).randn(signal.dims)]);
}

/** (1 - share) of one and a share of the other, value by value. */
export function mixed(from: Tensor, to: Tensor, share: number): Tensor {
  return combine([1 - share, from], [share, to]);
}
