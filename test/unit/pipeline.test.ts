import {describe, expect, test} from "vitest";
import {textToImage, type DiffusionModel, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {combine, type Tensor} from "../../src/tensor.js";

/** A model whose prediction depends on all its inputs, each row of the batch on its own text. */
function toyModel(): DiffusionModel & {calls: number} {
  const model = {
    calls: 0,
    schedulerConfig: {beta_schedule: "scaled_linear", clip_sample: false, steps_offset: 1},
    latentShape: [4, 2, 2],
    encodeText: async (texts: readonly string[]): Promise<Tensor> => ({
      data: Float32Array.from(texts, (text) => text.length / 10),
      dims: [texts.length, 1, 1]
    }),
    async predict({data, dims}: Tensor, timestep: number, states: Tensor): Promise<Tensor> {
      model.calls++;
      const row = data.length / dims[0];
      return {data: data.map((x, i) => Math.sin(x + timestep / 300) + states.data[Math.floor(i / row)]), dims};
    }
  };
  return model;
}

async function run(options: Partial<DrawOptions>, model = toyModel()): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  const all = {prompt: "a horse", seed: 7, steps: 6, ...options};
  for await (const record of textToImage(model, all)) records.push(record);
  return records;
}

const ending = (records: readonly StepRecord[]): number[] => [...records[records.length - 1].prev.data];

describe("text to image", () => {
  test("yields one record a step, timesteps counting down", async () => {
    const records = await run({});
    expect(records.map(({index}) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(records.every(({timestep, prevTimestep}) => timestep > prevTimestep)).toBe(true);
    expect(records[5].prevTimestep).toBe(-1);
  });

  test("the same seed gives the same run, another seed another", async () => {
    expect(ending(await run({seed: 3}))).toEqual(ending(await run({seed: 3})));
    expect(ending(await run({seed: 3}))).not.toEqual(ending(await run({seed: 4})));
  });

  test("guidance mixes the two predictions of every record", async () => {
    const [first] = await run({guidance: 5});
    const mixed = combine([1 - 5, first.epsUncond], [5, first.epsCond]);
    mixed.data.forEach((value, i) => expect(first.eps.data[i]).toBeCloseTo(value, 5));
  });

  test("without guidance the UNet sees the prompt alone", async () => {
    const [first] = await run({guidance: 1});
    expect(first.epsUncond.data).toEqual(first.epsCond.data);
  });

  test.each([
    ["ddim", 0, undefined],
    ["ddim", 1, undefined],
    ["ddpm", 0, undefined],
    ["ddpm", 0, 99]
  ])(
    "a fork of %s (eta %s, step-noise seed %s) with nothing changed ends bit for bit alike",
    async (sampler, eta, noiseSeed) => {
      const options = {sampler, eta, noiseSeed};
      const trunk = await run(options);
      for (const from of [trunk[1], structuredClone(trunk[4])]) {
        expect(ending(await run({...options, from}))).toEqual(ending(trunk));
      }
    }
  );

  test("a fork runs only the rest, with its own prompt", async () => {
    const model = toyModel();
    const trunk = await run({}, model);
    const before = model.calls;
    const branch = await run({from: trunk[4], prompt: "a brown cow"}, model);
    expect(model.calls - before).toBe(2);
    expect(branch[0].latents.data).toEqual(trunk[4].latents.data);
    expect(ending(branch)).not.toEqual(ending(trunk));
  });

  test("another step-noise seed changes a stochastic run and leaves its beginning alone", async () => {
    const [a, b] = [await run({sampler: "ddpm", noiseSeed: 1}), await run({sampler: "ddpm", noiseSeed: 2})];
    expect(a[0].latents.data).toEqual(b[0].latents.data);
    expect(ending(a)).not.toEqual(ending(b));
  });

  test("an aborted run stops before its next UNet call", async () => {
    const model = toyModel();
    const controller = new AbortController();
    const steps = async (): Promise<void> => {
      for await (const {index} of textToImage(model, {prompt: "x", seed: 1, steps: 50, signal: controller.signal})) {
        if (index === 2) controller.abort();
      }
    };
    await expect(steps()).rejects.toThrow(/abort/i);
    expect(model.calls).toBe(3);
  });

  test.each<[Partial<DrawOptions>, string]>([
    [{prompt: "  "}, "the prompt is empty"],
    [{steps: 0}, "0 steps"],
    [{guidance: -1}, "guidance scale -1"],
    [{eta: 2}, "eta 2"],
    [{seed: 1.5}, "seed 1.5"],
    [{sampler: "magic"}, "unknown sampler: magic"]
  ])("%o is refused in one sentence", async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
  });
});
