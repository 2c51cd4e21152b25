/**
 * The world as a model of the engine: its "UNet" is the exact noise prediction, its prompt a label. `textToImage` and every
 * other pipeline, sampler, guidance scale and fork then run on particles as they run on latents.
 */
import type {DiffusionModel} from "../pipeline.js";
import {makeSchedule} from "../schedule.js";
import {outputOf} from "../samplers/prediction.js";
import type {SchedulerConfig} from "../schedulerConfig.js";
import {sigmaAt} from "../sigmas.js";
import {sizeOf, type Tensor} from "../tensor.js";
import {noisedWorld} from "./noisedWorld.js";
import {labelsOf, type World} from "./world.js";

/** Stable Diffusion's schedule. */
export const WORLD_SCHEDULE: SchedulerConfig = {
  ...{num_train_timesteps: 1000, beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear"},
  ...{prediction_type: "epsilon", clip_sample: false, set_alpha_to_one: false},
  ...{steps_offset: 1, timestep_spacing: "leading"}
};

/**
 * A model of `particles` points, latents [B, 2, particles, 1]. A prompt that holds labels as words ("orange") is given
 * those blobs; one without any ("all", or the empty negative prompt) the whole world.
 */
export function worldModel(
  world: World,
  {particles, schedulerConfig = WORLD_SCHEDULE}: {particles: number; schedulerConfig?: SchedulerConfig}
): DiffusionModel {
  const labels = labelsOf(world);
  const {sigmas} = makeSchedule(schedulerConfig);
  const type = schedulerConfig.prediction_type;

  return {
    schedulerConfig,
    latentShape: [2, particles, 1],
    async encodeText(texts) {
      const rows = texts.map((text) => labels.map((label) => Number(text.split(/\s+/).includes(label))));
      return {data: Float32Array.from(rows.flat()), dims: [texts.length, 1, labels.length]}; // [B, 1, labels]
    },
    async predict(sample, timestep, states) {
      const alpha = 1 / (1 + sigmaAt(timestep, sigmas) ** 2); // between whole timesteps as samplers take it
      const rows = Array.from({length: sample.dims[0]}, (_, row) => {
        const meant = labels.filter((_, i) => states.data[row * labels.length + i] > 0);
        const given = meant.length ? world.filter(({label}) => meant.includes(label)) : world;
        return outputRow(given, rowOf(sample, row), alpha, type);
      });
      const output = new Float32Array(sample.data.length);
      rows.forEach((row, i) => output.set(row, i * row.length));
      return {output: {data: output, dims: sample.dims}, inside: {}};
    }
  };
}

/** E[eps | xt] of every particle. Both [1, 2, N, 1]. */
export function exactEps(world: World, {data, dims}: Tensor, alphaCumprod: number): Tensor {
  const {eps} = noisedWorld(world, alphaCumprod);
  return eachPoint({data, dims}, eps);
}

/** E[x0 | xt] of every particle. Both [1, 2, N, 1]. */
export function exactX0(world: World, points: Tensor, alphaCumprod: number): Tensor {
  return eachPoint(points, noisedWorld(world, alphaCumprod).posteriorMean);
}

function outputRow(world: World, xt: Tensor, alpha: number, type: string | undefined): Float32Array {
  if (type === undefined || type === "epsilon") return exactEps(world, xt, alpha).data;
  return outputOf(exactX0(world, xt, alpha), xt, alpha, type).data;
}

function rowOf({data, dims}: Tensor, row: number): Tensor {
  const size = sizeOf(dims.slice(1));
  return {data: data.subarray(row * size, (row + 1) * size), dims: [1, ...dims.slice(1)]};
}

function eachPoint({data, dims}: Tensor, f: (point: readonly [number, number]) => readonly [number, number]): Tensor {
  const count = dims[2];
  const result = new Float32Array(data.length);
  for (let i = 0; i < count; i++) {
    const [x, y] = f([data[i], data[count + i]]);
    result[i] = x;
    result[count + i] = y;
  }
  return {data: result, dims};
}
