/** A network that learns to denoise points, as a model of the engine: every sampler and guidance run on it while it learns. */
import type {DiffusionModel} from "../pipeline.js";
import {Generator} from "../random.js";
import {makeSchedule} from "../schedule.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import type {Tensor} from "../tensor.js";
import {INPUTS, makeBatch, MOST_LABELS, NO_LABEL, OUTPUTS, writeInputs, type Lesson} from "./lesson.js";
import {createNet, type Jax} from "./net.js";

export interface DenoiserSettings {
  /** Decides the weights it begins with and all that is drawn in training. */
  readonly seed: number;
  /** Of `makeSchedule`: "scaled_linear", "linear", "squaredcos_cap_v2" ... */
  readonly betaSchedule: string;
  /** "epsilon", "v_prediction" or "sample". */
  readonly predictionType: string;
  readonly labelDropout: number;
  readonly batchSize: number;
}

export const DENOISER_DEFAULTS: DenoiserSettings = {
  seed: 0,
  betaSchedule: "scaled_linear",
  predictionType: "epsilon",
  labelDropout: 0.15,
  batchSize: 512
};

/** Betas of Stable Diffusion where the schedule is its own, else diffusers' usual ones. */
export function denoiserSchedule({betaSchedule, predictionType}: DenoiserSettings): SchedulerConfig {
  const ends = betaSchedule === "scaled_linear" ? {beta_start: 0.00085, beta_end: 0.012} : {};
  return {
    ...{num_train_timesteps: 1000, beta_schedule: betaSchedule, prediction_type: predictionType, ...ends},
    ...{clip_sample: false, set_alpha_to_one: false, steps_offset: 1, timestep_spacing: "leading"}
  };
}

export interface Denoiser {
  readonly weights: number;
  /** How many steps it has learned. */
  readonly steps: number;
  /** One step of training; returns the mean squared error of its batch. */
  learn(): Promise<number>;
  /** The network as it is now, drawing `particles` points at once. A prompt that is a label's name means that label. */
  model(particles: number): DiffusionModel;
  dispose(): void;
}

export function createDenoiser(jax: Jax, lesson: Lesson, settings: DenoiserSettings): Denoiser {
  if (!lesson.labels.length) throw new Error("there is nothing to learn yet: draw some points first");
  if (lesson.names.length > MOST_LABELS)
    throw new Error(`${lesson.names.length} colours: the small network tells at most ${MOST_LABELS} apart`);
  const generator = new Generator(settings.seed);
  const net = createNet(jax, generator, {inputs: INPUTS, outputs: OUTPUTS});
  const schedulerConfig = denoiserSchedule(settings);
  const schedule = makeSchedule(schedulerConfig);
  let steps = 0;

  return {
    weights: net.weights,
    get steps() {
      return steps;
    },
    async learn() {
      const {inputs, targets} = makeBatch(lesson, schedule, settings, settings.batchSize, generator);
      const loss = await net.train(inputs, targets);
      steps++;
      return loss;
    },
    model: (particles) => ({
      schedulerConfig,
      latentShape: [2, particles, 1],
      async encodeText(texts) {
        const labels = texts.map((text) => lesson.names.indexOf(text)); // an unknown text is no label, as "" is
        return {data: Float32Array.from(labels), dims: [texts.length, 1, 1]};
      },
      async predict(sample, timestep, states) {
        const time = timestep / schedule.numTrainTimesteps;
        const inputs = inputsOf(sample, time, states);
        return {output: fromRows(await net.predict(inputs), sample.dims), inside: {}};
      }
    }),
    dispose: () => net.dispose()
  };
}

/** Points [B, 2, N, 1] and their labels [B, 1, 1] as rows of inputs [B * N, INPUTS]. */
function inputsOf({data, dims}: Tensor, time: number, states: Tensor): Float32Array {
  const [batch, , count] = dims;
  const inputs = new Float32Array(batch * count * INPUTS);
  for (let b = 0; b < batch; b++) {
    const start = 2 * b * count;
    const label = states.data[b] ?? NO_LABEL;
    for (let i = 0; i < count; i++) {
      writeInputs(inputs, b * count + i, [data[start + i], data[start + count + i]], time, label);
    }
  }
  return inputs;
}

/** Rows of outputs [B * N, 2] as [B, 2, N, 1]. */
function fromRows(rows: Float32Array, dims: readonly number[]): Tensor {
  const [batch, , count] = dims;
  const data = new Float32Array(rows.length);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < count; i++) {
      for (const axis of [0, 1]) data[(2 * b + axis) * count + i] = rows[2 * (b * count + i) + axis];
    }
  }
  return {data, dims};
}
