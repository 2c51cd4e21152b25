import {describe, expect, test} from "vitest";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {predictionOf} from "../../src/samplers/prediction.js";
import {createSampler, SAMPLERS} from "../../src/samplers/registry.js";
import {makeSchedule} from "../../src/schedule.js";
import {combine, type Tensor} from "../../src/tensor.js";
import {toyModel} from "./toyModel.js";

async function run(options: Partial<DrawOptions>, model = toyModel()): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  const all = {prompt: "a horse", seed: 7, steps: 6, ...options};
  for await (const record of textToImage(model, all)) records.push(record);
  return records;
}

const ending = (records: readonly StepRecord[]): number[] => [...records[records.length - 1].prev.data];

describe("text to image", () => {
  test("hands out the inner tensors it is asked for, and none else", async () => {
    const [{inside}] = await run({steps: 1, trace: ["mid_block"]});
    expect(Object.keys(inside)).toEqual(["mid_block"]);
    expect(inside.mid_block.dims[0]).toBe(2);
    expect((await run({steps: 1}))[0].inside).toEqual({});
  });

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
    ...SAMPLERS.map(({name}) => [name, 0, undefined] as const),
    ...SAMPLERS.filter(({noise}) => noise === "always").map(({name}) => [name, 0, 99] as const),
    ["ddim", 1, undefined] as const,
    ["ddim", 1, 99] as const
  ])(
    "a fork of %s (eta %s, step-noise seed %s) from any step, with nothing changed, ends bit for bit alike",
    async (sampler, eta, noiseSeed) => {
      const options = {sampler, eta, noiseSeed, steps: 8};
      const trunk = await run(options);
      for (const record of trunk) {
        expect(ending(await run({...options, from: structuredClone(record)}))).toEqual(ending(trunk));
      }
    }
  );

  test("a fork takes another sampler from where the trunk is, in that sampler's own scale", async () => {
    const trunk = await run({sampler: "ddim"});
    const [first] = await run({sampler: "euler", from: trunk[3]});
    first.xt.data.forEach((value, i) => expect(value).toBeCloseTo(trunk[3].xt.data[i], 4));
    const back = await run({sampler: "ddim", from: {...first, index: 3}});
    back[0].latents.data.forEach((value, i) => expect(value).toBeCloseTo(trunk[3].latents.data[i], 4));
  });

  test("a fork runs only the rest, with its own prompt", async () => {
    const model = toyModel();
    const trunk = await run({}, model);
    const before = model.calls.length;
    const branch = await run({from: trunk[4], prompt: "a brown cow"}, model);
    expect(model.calls.length - before).toBe(2);
    expect(branch[0].latents.data).toEqual(trunk[4].latents.data);
    expect(ending(branch)).not.toEqual(ending(trunk));
  });

  test.each(SAMPLERS)("records of $name are told in variance-preserving scale, whatever it carries", async ({name}) => {
    const config = toyModel().schedulerConfig;
    const sampler = createSampler(name, config, 6);
    const records = await run({sampler: name, steps: 6});
    expect(records.map(({timestep}) => timestep)).toEqual(sampler.timesteps);
    records.forEach(({xt, eps, x0, alphaCumprod, numSteps, prev, prevXt}, i) => {
      expect(numSteps).toBe(records.length);
      if (name !== "lcm") {
        const clean = predictionOf(eps, xt, alphaCumprod).x0; // epsilon in, so the record's own x0 out
        clean.data.forEach((value, j) =>
          expect(Math.abs(value - x0.data[j])).toBeLessThan(1e-3 * (1 + Math.abs(value)))
        );
      }
      if (i + 1 < records.length) {
        expect(records[i + 1].latents.data).toEqual(prev.data);
        records[i + 1].xt.data.forEach((value, j) => expect(prevXt.data[j]).toBeCloseTo(value, 4));
      }
    });
  });

  test.each(SAMPLERS)("a record of $name adds up: the parts make the next latents", async ({name}) => {
    for (const {coefficients: share, x0, eps, noise, earlier, prevXt} of await run({sampler: name})) {
      const sum = combine([share.x0, x0], [share.eps, eps], [share.noise, noise], [1, earlier]);
      sum.data.forEach((value, i) =>
        expect(Math.abs(value - prevXt.data[i])).toBeLessThan(2e-4 * (1 + Math.abs(value)))
      );
    }
  });

  test.each(SAMPLERS)("what $name remembers is told one by one, from a whole run", async ({name}) => {
    let told = 0;
    for (const {earlier, remembered} of await run({sampler: name, steps: 20})) {
      if (!earlier) return expect(remembered).toEqual([]);
      told += remembered.length;
      const sum = combine([0, earlier], ...remembered.map(({share, value}) => [share, value] as const));
      sum.data.forEach((value, i) =>
        expect(Math.abs(value - earlier.data[i])).toBeLessThan(5e-4 * (1 + Math.abs(value)))
      );
    }
    expect(told).toBeGreaterThan(0);
  });

  test("samplers draw the same picture of one seed, given enough steps", async () => {
    const betas = {beta_start: 0.0001, beta_end: 0.02}; // named, as Heun's class has others by default
    const schedulerConfig = {...betas, clip_sample: false, timestep_spacing: "trailing"};
    const {alphasCumprod} = makeSchedule(schedulerConfig);
    // Exact for data of mean 0.5 and variance 0.09: the noise expected in x.
    const predict = async ({data, dims}: Tensor, timestep: number) => {
      const [a, b] = [Math.sqrt(alphasCumprod[timestep]), Math.sqrt(1 - alphasCumprod[timestep])];
      const output = {data: data.map((x) => (b * (x - 0.5 * a)) / (0.09 * a ** 2 + b ** 2)), dims};
      return {output, inside: {}};
    };
    const exact = {...toyModel(), schedulerConfig, predict};
    const names = ["ddim", "pndm", "euler", "heun", "lms", "dpm++2m", "unipc"];
    const ends = await Promise.all(
      names.map(async (sampler) => ending(await run({sampler, steps: 200, guidance: 1}, exact)))
    );
    for (const end of ends) end.forEach((value, i) => expect(Math.abs(value - ends[0][i])).toBeLessThan(0.02));
  });

  test("a model that predicts v has its records' noise told as noise", async () => {
    const model = toyModel();
    const ofV = {...model, schedulerConfig: {...model.schedulerConfig, prediction_type: "v_prediction"}};
    for (const sampler of ["ddim", "euler", "pndm", "unipc"]) {
      for (const {xt, x0, eps, alphaCumprod: alpha} of await run({sampler, steps: 5}, ofV)) {
        const noised = combine([Math.sqrt(alpha), x0], [Math.sqrt(1 - alpha), eps]);
        noised.data.forEach((value, i) => expect(value).toBeCloseTo(xt.data[i], 3));
      }
    }
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
    expect(model.calls).toHaveLength(3);
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
