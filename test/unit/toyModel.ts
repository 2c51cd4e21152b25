import {fedMap, type Controls} from "../../src/controls.js";
import type {PictureModel} from "../../src/pipelines/picture.js";
import type {PromptModel} from "../../src/pipelines/promptToPrompt.js";
import type {SchedulerConfig} from "../../src/schedulerConfig.js";
import type {Tensor} from "../../src/tensor.js";

export interface ToyModel extends PictureModel, PromptModel {
  /** Of `predict`, and how many rows each had. */
  readonly calls: number[];
}

/** K: begin, words, end and padding. */
export const TOKENS = 8;
/** The one layer whose attention it has: of one head and one cell. */
export const LAYER = "mid_block.attn2.probabilities";

/**
 * Of pictures [1, 3, 4, 4], latents [1, 4, 2, 2]. Each row's prediction depends on all its inputs, its text among them, and
 * where it looks in its text.
 */
export function toyModel(config: SchedulerConfig = {}, inChannels = 4): ToyModel {
  const calls: number[] = [];
  return {
    ...{calls, inChannels, latentShape: [4, 2, 2]},
    schedulerConfig: {beta_schedule: "scaled_linear", clip_sample: false, steps_offset: 1, ...config},
    encodeText: async (texts) => ({
      data: Float32Array.from(texts, (text) => text.length / 10),
      dims: [texts.length, 1, 1]
    }),
    tokenize: spelled,
    async predict({data, dims: [batch, channels]}, timestep, states, tensors = [], controls = []) {
      calls.push(batch);
      const own = Array.from({length: batch}, (_, row) => looks(states.data[row], data[row * channels * 4]));
      const shifts = own.map((map, row) => place(used(map, controls[row])) - place(map));
      const output = Float32Array.from({length: batch * 16}, (_, i) => {
        const row = Math.floor(i / 16);
        const beside = channels > 4 ? data[row * channels * 4 + 16 + (i % 16)] : 0;
        const text = states.data[row];
        return (
          (1 + text) * Math.sin(data[row * channels * 4 + (i % 16)] + timestep / 300) +
          text +
          0.1 * beside +
          shifts[row]
        );
      });
      return {
        output: {data: output, dims: [batch, 4, 2, 2]},
        inside: Object.fromEntries(
          tensors.map((name) =>
            name === "attn2"
              ? [LAYER, {data: Float32Array.from(own.flat()), dims: [batch, 1, 1, TOKENS]}]
              : [name, states]
          )
        )
      };
    },
    encode: async ({data}) => latents(data),
    decode: async ({data}) => ({
      data: Float32Array.from({length: 48}, (_, i) => data[(i >> 4) * 4 + ((i % 16) >> 3) * 2 + ((i % 4) >> 1)]),
      dims: [1, 3, 4, 4]
    })
  };
}

/** A token a word. */
function spelled(text: string): ReturnType<PromptModel["tokenize"]> {
  const words = [...text.matchAll(/\S+/g)];
  const place = (i: number) =>
    words[i - 1] && ([words[i - 1].index, words[i - 1].index + words[i - 1][0].length] as const);
  const all = Array.from({length: TOKENS}, (_, i) => i);
  return {
    tokens: all.map((i) => (words[i - 1] ? `${words[i - 1][0]}</w>` : i ? "<end>" : "<begin>")),
    offsets: all.map((i) => place(i) ?? null)
  };
}

/** How the cell shares itself among the tokens. */
function looks(text: number, x: number): number[] {
  const shares = Array.from({length: TOKENS}, (_, token) => Math.exp(Math.cos(token + text + x)));
  const sum = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / sum);
}

function used(own: readonly number[], controls: Controls | null | undefined): number[] {
  const map = controls?.attention?.[LAYER];
  const {probabilities, gate} = map ? fedMap(map) : {probabilities: null, gate: 0};
  return own.map((share, token) => {
    const open = typeof gate === "number" ? gate : gate[token];
    return (controls?.tokenWeights?.[token] ?? 1) * (share + open * ((probabilities?.data[token] ?? 0) - share));
  });
}

const place = (shares: readonly number[]): number =>
  shares.reduce((sum, share, token) => sum + (share * token) / 10, 0);

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
