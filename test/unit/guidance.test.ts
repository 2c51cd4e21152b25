import {describe, expect, test} from "vitest";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {rescaleNoiseCfg} from "../../src/guidance.js";
import {Generator} from "../../src/random.js";
import {batchItem, combine} from "../../src/tensor.js";
import {toyModel} from "./toyModel.js";

async function run(options: Partial<DrawOptions>, model = toyModel()): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for await (const record of textToImage(model, {prompt: "a horse", seed: 7, steps: 4, ...options}))
    records.push(record);
  return records;
}

const latentsOf = (records: readonly StepRecord[]) => records.map(({prev}) => prev);

function spread({data}: {data: Float32Array}): number {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (data.length - 1));
}

describe("the guidance scale", () => {
  test("may be a function of the step, or a list of one for each call", async () => {
    const byStep = await run({guidance: ({index, numSteps, timestep}) => (timestep > 500 ? index + 2 : numSteps)});
    expect(byStep.map(({guidanceScale}) => guidanceScale)).toEqual([2, 3, 4, 4]);
    expect(latentsOf(await run({guidance: [2, 3, 4, 4]}))).toEqual(latentsOf(byStep));
    expect(latentsOf(await run({guidance: () => 5}))).toEqual(latentsOf(await run({guidance: 5})));
  });

  test("of 1 spares a step its call without the prompt", async () => {
    const model = toyModel();
    const records = await run({guidance: [1, 4, 4, 1]}, model);
    expect(model.calls).toEqual([1, 2, 2, 1]);
    expect(records[0].epsUncond).toEqual(records[0].epsCond);
  });

  test("out of range is refused where it is met", async () => {
    await expect(run({guidance: [4, 4]})).rejects.toThrow("guidance scale undefined");
    await expect(run({guidance: ({index}) => 3 - 2 * index})).rejects.toThrow("guidance scale -1");
  });
});

describe("guidance rescale", () => {
  test("gives each item of a batch back the spread it has without guidance", () => {
    const random = new Generator(1);
    const [mixed, cond] = [combine([3, random.randn([2, 4, 2, 2])]), random.randn([2, 4, 2, 2])];
    const rescaled = rescaleNoiseCfg(mixed, cond, 1);
    for (const item of [0, 1]) expect(spread(batchItem(rescaled, item))).toBeCloseTo(spread(batchItem(cond, item)), 5);
    expect(rescaleNoiseCfg(mixed, cond, 0)).toEqual(mixed);
  });

  test("leaves a run without guidance alone, and changes one with it", async () => {
    expect(latentsOf(await run({guidance: 1, guidanceRescale: 1}))).toEqual(latentsOf(await run({guidance: 1})));
    expect(latentsOf(await run({guidanceRescale: 1}))).not.toEqual(latentsOf(await run({})));
    await expect(run({guidanceRescale: 2})).rejects.toThrow("guidance rescale 2");
  });
});

describe("given embeddings and noise", () => {
  test("are those of the prompts and of the seed, or others", async () => {
    const model = toyModel();
    const [negativePromptEmbeds, promptEmbeds] = [await model.encodeText([""]), await model.encodeText(["a horse"])];
    const latents = new Generator(7).randn([1, 4, 2, 2]);
    const given = await run({prompt: "passed over", negativePromptEmbeds, promptEmbeds, latents, seed: 1});
    expect(latentsOf(given)).toEqual(latentsOf(await run({})));
    const wrong = {data: new Float32Array(4), dims: [1, 1, 2, 2]};
    await expect(run({latents: wrong})).rejects.toThrow("latents of shape [1, 1, 2, 2]");
  });
});
