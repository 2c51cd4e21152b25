/**
 * What a small network is taught in the 2-D plane: noised points in, what was done to them out. The same three steps that
 * train the UNet: noise a clean point, ask for the answer, compare (Ho et al. 2020, arXiv:2006.11239, algorithm 1).
 */
import type {Generator} from "../random.js";
import {outputOf} from "../samplers/prediction.js";
import type {Schedule} from "../schedule.js";
import type {Tensor} from "../tensor.js";

/** Clean points [1, 2, N, 1] and what each is: an index into `names`. */
export interface Lesson {
  readonly points: Tensor;
  readonly labels: Uint8Array;
  readonly names: readonly string[];
}

/** As many labels as a network can tell apart. */
export const MOST_LABELS = 6;

const FREQUENCIES = 5;

/** Numbers that a network is told of a noised point: x and y, its timestep as waves, its label as one 1 among zeros. */
export const INPUTS = 2 + 2 * FREQUENCIES + MOST_LABELS;
export const OUTPUTS = 2;

/** No label: what a dropped caption and the empty prompt are. */
export const NO_LABEL = -1;

/** A mini-batch: the network's inputs [B, INPUTS] and the answers it should give [B, 2]. */
export interface Batch {
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

export interface LessonOptions {
  /** "epsilon", "v_prediction" or "sample". */
  readonly predictionType: string;
  /** Share of the points whose label is dropped, so that guidance works. */
  readonly labelDropout: number;
}

/** Writes the inputs of one point into `row` of `inputs`. `time` is t / T. */
export function writeInputs(
  inputs: Float32Array,
  row: number,
  [x, y]: readonly [number, number],
  time: number,
  label: number
): void {
  const start = row * INPUTS;
  inputs[start] = x;
  inputs[start + 1] = y;
  for (let k = 0; k < FREQUENCIES; k++) {
    const angle = (Math.PI / 2) * 2 ** k * time; // the slowest wave tells the two ends of time apart
    inputs[start + 2 + 2 * k] = Math.cos(angle);
    inputs[start + 3 + 2 * k] = Math.sin(angle);
  }
  if (label >= 0) inputs[start + 2 + 2 * FREQUENCIES + label] = 1;
}

/** `size` points of the lesson, each noised to a timestep of its own. */
export function makeBatch(
  {points, labels}: Lesson,
  {numTrainTimesteps, alphasCumprod}: Schedule,
  {predictionType, labelDropout}: LessonOptions,
  size: number,
  generator: Generator
): Batch {
  const count = labels.length;
  const rows = generator.randint(0, count, [size]).data;
  const timesteps = generator.randint(0, numTrainTimesteps, [size]).data;
  const noise = generator.randn([size, 2]).data;
  const dropped = generator.rand([size]).data;
  const inputs = new Float32Array(size * INPUTS);
  const targets = new Float32Array(size * OUTPUTS);
  for (let i = 0; i < size; i++) {
    const [row, timestep] = [Number(rows[i]), Number(timesteps[i])];
    const alpha = alphasCumprod[timestep];
    const [signal, deviation] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
    const x0 = {data: Float32Array.of(points.data[row], points.data[count + row]), dims: [2]};
    const xt = {data: x0.data.map((value, axis) => signal * value + deviation * noise[2 * i + axis]), dims: [2]};
    const label = dropped[i] < labelDropout ? NO_LABEL : labels[row];
    writeInputs(inputs, i, [xt.data[0], xt.data[1]], timestep / numTrainTimesteps, label);
    const told =
      predictionType === "epsilon" ? noise.subarray(2 * i, 2 * i + 2) : outputOf(x0, xt, alpha, predictionType).data;
    targets.set(told, i * OUTPUTS);
  }
  return {inputs, targets};
}
