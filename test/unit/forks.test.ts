// What holds of every pipeline: forks, batches, seeds, cancelling.
import {describe, expect, test} from "vitest";
import type {Pipeline, StepRecord} from "../../src/pipeline.js";
import type {PictureModel} from "../../src/pipelines/picture.js";
import {PIPELINES, type PipelineName, type PipelineOptions} from "../../src/pipelines/registry.js";
import {SAMPLERS} from "../../src/samplers/registry.js";
import {edited} from "../../src/stepRecord.js";
import {combine, split, type Tensor} from "../../src/tensor.js";
import {toyModel} from "./toyModel.js";

const image: Tensor = {data: Float32Array.from({length: 48}, (_, i) => Math.sin(i)), dims: [1, 3, 4, 4]};
const mask: Tensor = {data: Float32Array.from({length: 16}, (_, i) => (i % 4 < 2 ? 1 : 0)), dims: [1, 1, 4, 4]};

/** What each pipeline needs, beside a prompt and a seed. */
const OWN: {readonly [Name in PipelineName]: Omit<PipelineOptions<Name>, "prompt" | "seed">} = {
  textToImage: {},
  imageToImage: {image, strength: 0.7},
  inpainting: {image, mask, strength: 0.7},
  projection: {image, keep: "luminance"},
  inversion: {image, guidance: 2},
  interpolation: {toPrompt: "a brown cow", toSeed: 8, share: 0.3},
  promptToPrompt: {source: "a brown cow", crossShare: 0.5, selfShare: 0, weights: {a: 2}}
};
const NAMES = Object.keys(OWN) as PipelineName[];

type Options = Partial<PipelineOptions<"textToImage">> & Record<string, unknown>;
const pipelineOf = (name: PipelineName) => PIPELINES[name] as Pipeline<Options, PictureModel>;
const optionsOf = (name: PipelineName, options: Options): Options => ({
  ...{prompt: "a horse", seed: 7, steps: 6, ...OWN[name]},
  ...options
});

async function run(name: PipelineName, options: Options = {}, model = toyModel()): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of pipelineOf(name)(model, optionsOf(name, options))) records.push(record);
  return records;
}

async function batch(name: PipelineName, runs: readonly Options[], model = toyModel()): Promise<StepRecord[][]> {
  const steps: StepRecord[][] = [];
  const all = runs.map((options) => optionsOf(name, options));
  for await (const records of pipelineOf(name).batch(model, all)) steps.push(records);
  return runs.map((_, i) => steps.map((records) => records[i]));
}

const ending = (records: readonly StepRecord[]): number[] => [...records[records.length - 1].prev.data];

/** All that must be alike, as text, which is quick to compare and holds every bit of a float32. */
const comparable = (records: readonly StepRecord[]): string[] =>
  records.map((record) => JSON.stringify({...record, seconds: 0}));

describe.each(NAMES)("%s", (name) => {
  const samplers = name === "inversion" ? [undefined] : SAMPLERS.map((facts) => facts.name);
  const forward = samplers.filter(
    (sampler) => sampler !== "ddim-inverse" || ["textToImage", "projection"].includes(name)
  );

  test.each(forward)("a fork (%s) from any step, with nothing changed, ends bit for bit alike", async (sampler) => {
    for (const noiseSeed of sampler === "ddpm" ? [undefined, 99] : [undefined]) {
      const options = {sampler, noiseSeed, steps: 8, ...(sampler === "ddim" ? {eta: 0.5} : {})};
      const trunk = await run(name, options);
      for (const record of trunk) {
        const branch = await run(name, {...options, from: structuredClone(record)});
        expect(comparable(branch)).toEqual(comparable(trunk.slice(trunk.indexOf(record))));
      }
    }
  });

  test("a fork of a fork goes on with the trunk's step noise", async () => {
    if (name === "inversion") return;
    const trunk = await run(name, {sampler: "ddpm", noiseSeed: 99});
    const branch = await run(name, {sampler: "ddpm", from: trunk[1]});
    expect(ending(branch)).toEqual(ending(trunk));
    expect(ending(await run(name, {sampler: "ddpm", noiseSeed: 99, from: branch[1]}))).toEqual(ending(trunk));
  });

  test("a fork takes another prompt, scale or edited latents", async () => {
    const trunk = await run(name);
    const from = trunk[2];
    const same = await run(name, {from: edited(from, from.xt)});
    ending(same).forEach((value, i) => expect(value).toBeCloseTo(ending(trunk)[i], 5));
    for (const change of [{prompt: "a"}, {guidance: 9}, {from: edited(from, combine([0.5, from.xt]))}]) {
      expect(ending(await run(name, {from, ...change}))).not.toEqual(ending(trunk));
    }
  });

  test("a fork takes another sampler from where the trunk is", async () => {
    if (name === "inversion") return;
    const {index, xt, saved, timestep} = (await run(name, {sampler: "ddim"}))[3];
    for (const sampler of ["euler", "heun", "pndm", "unipc"]) {
      const branch = await run(name, {sampler, from: {index, saved}});
      branch[0].xt.data.forEach((value, i) => expect(value).toBeCloseTo(xt.data[i], 4));
      expect(Math.abs(branch[0].timestep - timestep)).toBeLessThan(1000 / 6);
      expect(branch[branch.length - 1].prevTimestep).toBe(-1);
    }
  });

  test("runs of a batch are each as they would be alone, with one UNet call a step", async () => {
    const runs = [{seed: 1}, {seed: 2, prompt: "a cat", guidance: 1}, {seed: 3, guidance: 7, guidanceRescale: 0.5}];
    const model = toyModel();
    const together = await batch(name, runs, model);
    const calls = name === "promptToPrompt" ? model.calls.filter((rows) => rows > 2) : model.calls; // the first prompts' apart
    expect(calls).toEqual(together[0].map(() => 2 + 1 + 2));
    for (const [i, options] of runs.entries()) {
      expect(comparable(together[i])).toEqual(comparable(await run(name, options)));
    }
  });

  test("one run of a batch can be forked alone", async () => {
    const [, second] = await batch(name, [{seed: 1}, {seed: 2}]);
    expect(ending(await run(name, {seed: 2, from: second[2]}))).toEqual(ending(second));
  });

  test("a cancelled run ends within the step that is under way", async () => {
    const model = toyModel();
    const controller = new AbortController();
    const records: StepRecord[] = [];
    const predict: PictureModel["predict"] = (...asked) => {
      if (model.calls.length === 2) controller.abort();
      return model.predict(...asked);
    };
    const drawing = pipelineOf(name)({...model, predict}, optionsOf(name, {signal: controller.signal}));
    const steps = async (): Promise<void> => {
      for await (const record of drawing) records.push(record);
    };
    await expect(steps()).rejects.toThrow(/abort/i);
    const whole = name === "promptToPrompt" ? 1 : 2; // each of its steps has two calls
    expect([records.length, model.calls.length]).toEqual([whole, 3]);
  });

  test("the same seed gives the same run, another seed another", async () => {
    expect(ending(await run(name, {seed: 3}))).toEqual(ending(await run(name, {seed: 3})));
    if (name !== "inversion")
      expect(ending(await run(name, {seed: 4}))).not.toEqual(ending(await run(name, {seed: 3})));
  });

  test("a record adds up: the parts make the next latents", async () => {
    for (const sampler of name === "inversion" ? [undefined] : ["ddim", "euler-a", "unipc", "heun"]) {
      for (const {coefficients: share, x0, eps, noise, earlier, replaced, prevXt} of await run(name, {sampler})) {
        const sum = combine([share.x0, x0], [share.eps, eps], [share.noise, noise], [1, earlier], [1, replaced]);
        sum.data.forEach((value, i) =>
          expect(Math.abs(value - prevXt.data[i])).toBeLessThan(2e-4 * (1 + Math.abs(value)))
        );
      }
    }
  });
});

test("runs that do not keep step are refused as a batch", async () => {
  await expect(batch("textToImage", [{steps: 4}, {steps: 5}])).rejects.toThrow("do not keep step");
  await expect(batch("textToImage", [{sampler: "ddim"}, {sampler: "lcm"}])).rejects.toThrow("do not keep step");
  await expect(batch("imageToImage", [{strength: 0.5}, {strength: 1}])).rejects.toThrow("do not keep step");
  await expect(batch("textToImage", [])).rejects.toThrow("a batch of no runs");
});

test("parts of a batch: rows of each item, heads too; what is one for all stays whole", () => {
  const heads: Tensor = {data: Float32Array.from({length: 12}, (_, i) => i), dims: [6, 2]};
  expect(split(heads, [2, 1]).map(({data, dims}) => [[...data], dims])).toEqual([
    [
      [0, 1, 2, 3, 4, 5, 6, 7],
      [4, 2]
    ],
    [
      [8, 9, 10, 11],
      [2, 2]
    ]
  ]);
  const shared: Tensor = {data: new Float32Array(4), dims: [1, 4]};
  expect(split(shared, [2, 1])).toEqual([shared, shared]);
});

test("runs of a batch get their own part of the inner tensors", async () => {
  const [[first], [second]] = await batch("textToImage", [
    {trace: ["mid"], prompt: "aa"},
    {trace: ["mid"], guidance: 1}
  ]);
  expect([...first.inside.mid.data]).toEqual([0, Math.fround(0.2)]);
  expect([...second.inside.mid.data]).toEqual([Math.fround(0.7)]);
});
