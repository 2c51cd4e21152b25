// Goldens: pipelines.json and slerp.json, made by test/goldens/make_pipelines.py with diffusers 0.42.1's own pipelines.
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {imageToImage} from "../../src/pipelines/imageToImage.js";
import {inpainting} from "../../src/pipelines/inpainting.js";
import {inversion} from "../../src/pipelines/inversion.js";
import type {PictureModel} from "../../src/pipelines/picture.js";
import {Generator} from "../../src/random.js";
import type {SchedulerConfig} from "../../src/schedulerConfig.js";
import {slerp} from "../../src/slerp.js";
import type {Tensor} from "../../src/tensor.js";

interface Golden {
  readonly pipeline: keyof typeof PIPELINES;
  readonly sampler: string;
  readonly config: SchedulerConfig;
  readonly channels: number;
  readonly options: Pick<DrawOptions, "steps" | "eta" | "guidanceRescale"> & {guidance: number; strength?: number};
  /** Every fifth value of the latents after each step. */
  readonly samples: readonly (readonly number[])[];
}

const PIPELINES = {textToImage, imageToImage, inpainting, inversion};
const DIMS = [1, 4, 8, 8];

const read = <T>(name: string): T[] => JSON.parse(readFileSync(`test/goldens/${name}.json`, "utf8")) as T[];

/** make_pipelines.py's ToyUnet. */
function toyModel(schedulerConfig: SchedulerConfig, inChannels: number): PictureModel {
  const never = async (): Promise<Tensor> => Promise.reject(new Error("these runs need no autoencoder and no texts"));
  return {
    ...{schedulerConfig, inChannels, latentShape: DIMS.slice(1)},
    ...{encodeText: never, encode: never, decode: never},
    async predict({data, dims: [batch]}, timestep, {data: states}) {
      const [row, size, cells] = [data.length / batch, 256, 64];
      const value = (i: number): number => {
        const [item, at] = [Math.floor(i / size), i % size];
        const x = data[item * row + at];
        const text = states.slice(item * 6, item * 6 + 6).reduce((sum, one) => sum + one, 0) / 6;
        const plain = 0.6 * x + (0.3 + text) * Math.sin(3 * x + timestep / 100) + text;
        if (row === size) return plain;
        return plain + 0.2 * data[item * row + size + (at % cells)] + 0.1 * data[item * row + size + cells + at];
      };
      return {
        output: {data: Float32Array.from({length: batch * size}, (_, i) => value(i)), dims: [batch, 4, 8, 8]},
        inside: {}
      };
    }
  };
}

const filled = (value: number): Tensor => ({data: new Float32Array(6).fill(value), dims: [1, 2, 3]});
const picture: Tensor = {data: Float32Array.from({length: 256}, (_, i) => Math.sin(i / 7)), dims: DIMS};
const mask: Tensor = {
  data: Float32Array.from({length: 64}, (_, i) => (i >> 3 >= 2 && i >> 3 < 7 && i % 8 >= 1 && i % 8 < 5 ? 1 : 0)),
  dims: [1, 1, 8, 8]
};
const kept: Tensor = {data: picture.data.map((value, i) => value * (1 - mask.data[i % 64])), dims: DIMS};

async function runOf({pipeline, sampler, config, channels, options}: Golden): Promise<StepRecord[]> {
  const embeds = {promptEmbeds: filled(0.3), negativePromptEmbeds: filled(-0.1)};
  const pictures = {image: picture, mask, maskedImage: kept};
  const all = {...options, ...embeds, ...pictures, prompt: "given as embeddings", seed: 7, sampler};
  const records: StepRecord[] = [];
  for await (const record of PIPELINES[pipeline](toyModel(config, channels), all)) records.push(record);
  return records;
}

function relativeError({data}: Tensor, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - data[5 * i]))) / largest;
}

describe("whole runs agree with diffusers' pipelines at every step", () => {
  const goldens = read<Golden>("pipelines").map((golden) => ({
    ...golden,
    title: `${golden.pipeline}, ${golden.sampler}, ${JSON.stringify(golden.options).replaceAll('"', "")}, ${golden.channels} channels`
  }));

  test.each(goldens)("$title", async (golden) => {
    const records = await runOf(golden);
    expect(records).toHaveLength(golden.samples.length);
    records.forEach(({prev}, i) => expect(relativeError(prev, golden.samples[i])).toBeLessThan(1e-4));
  });
});

test("slerp of two seeds' noise agrees with diffusers, and its ends are the seeds' own", () => {
  const [from, to] = [7, 8].map((seed) => new Generator(seed).randn(DIMS));
  for (const {share, values} of read<{share: number; values: number[]}>("slerp")) {
    expect(relativeError(slerp(from, to, share), values)).toBeLessThan(1e-5);
  }
  expect(slerp(from, to, 0)).toEqual(from);
  expect(slerp(from, to, 1)).toEqual(to);
});
