import type {PictureModel} from "../../src/pipelines/picture.js";
import type {SchedulerConfig} from "../../src/schedulerConfig.js";
import type {Tensor} from "../../src/tensor.js";

export interface ToyModel extends PictureModel {
  /** Of `predict`, and how many rows each had. */
  readonly calls: number[];
}

/** Of pictures [1, 3, 4, 4], latents [1, 4, 2, 2]. Each row's prediction depends on all its inputs, its text among them. */
export function toyModel(config: SchedulerConfig = {}, inChannels = 4): ToyModel {
  const calls: number[] = [];
  return {
    ...{calls, inChannels, latentShape: [4, 2, 2]},
    schedulerConfig: {beta_schedule: "scaled_linear", clip_sample: false, steps_offset: 1, ...config},
    encodeText: async (texts) => ({
      data: Float32Array.from(texts, (text) => text.length / 10),
      dims: [texts.length, 1, 1]
    }),
    async predict({data, dims: [batch, channels]}, timestep, states, tensors = []) {
      calls.push(batch);
      const output = Float32Array.from({length: batch * 16}, (_, i) => {
        const row = Math.floor(i / 16);
        const beside = channels > 4 ? data[row * channels * 4 + 16 + (i % 16)] : 0;
        const text = states.data[row];
        return (1 + text) * Math.sin(data[row * channels * 4 + (i % 16)] + timestep / 300) + text + 0.1 * beside;
      });
      return {
        output: {data: output, dims: [batch, 4, 2, 2]},
        inside: Object.fromEntries(tensors.map((name) => [name, states]))
      };
    },
    encode: async ({data}) => latents(data),
    decode: async ({data}) => ({
      data: Float32Array.from({length: 48}, (_, i) => data[(i >> 4) * 4 + ((i % 16) >> 3) * 2 + ((i % 4) >> 1)]),
      dims: [1, 3, 4, 4]
    })
  };
}

/** Means of 2 x 2 pixels; the fourth channel is the picture's mean. */
function latents(picture: Float32Array): Tensor {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const cell = (i: number): number => {
    const corner = (i >> 2) * 16 + ((i >> 1) & 1) * 8 + (i & 1) * 2;
    return mean([0, 1, 4, 5].map((offset) => picture[corner + offset]));
  };
  const data = Float32Array.from({length: 16}, (_, i) => (i < 12 ? cell(i) : mean([...picture])));
  return {data, dims: [1, 4, 2, 2]};
}
