// Golden: trajectories.json, made by test/goldens/make_trajectories.py with diffusers 0.42.1's own schedulers on the shipped model.
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {distancesOf} from "../../docs/samplers/distances.js";
import type {ArmRun} from "../../docs/samplers/state.js";
import {sharesOf} from "../../docs/samplers/trajectories.js";
import type {Model} from "../../src/models/model.js";
import {loadModelFromFolder} from "../../src/node.js";
import {textToImage, type StepRecord} from "../../src/pipeline.js";
import {Generator} from "../../src/random.js";
import {createSampler, SAMPLERS} from "../../src/samplers/registry.js";

interface Golden {
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
  readonly kept: number;
  readonly runs: readonly {
    readonly sampler: string;
    readonly steps: number;
    readonly eta?: number;
    readonly noiseSeed?: number;
    readonly timesteps: readonly number[];
    /** a, b and the rest of every xt and of the result. */
    readonly shares: readonly (readonly number[])[];
    /** The xt of call `kept`. */
    readonly xt?: readonly number[];
  }[];
}

const golden = JSON.parse(readFileSync("test/goldens/trajectories.json", "utf8")) as Golden;
const {prompt, seed, guidance} = golden;

let model: Model;
beforeAll(async () => void (model = await loadModelFromFolder("data/models/tiny")));

/** A run as an arm of the page holds it. */
async function armOf(options: {sampler: string; steps: number; eta?: number; noiseSeed?: number}): Promise<ArmRun> {
  const steps: StepRecord[] = [];
  for await (const record of textToImage(model, {prompt, seed, guidance, ...options})) steps.push(record);
  const settings = {sampler: options.sampler, steps: options.steps, guidance, eta: options.eta ?? 0};
  return {
    ...{source: "live", prompt, seed, noiseSeed: options.noiseSeed ?? null, settings},
    ...{steps, numSteps: steps.length, finished: true}
  };
}

test.each(golden.runs.map((run) => [`${run.sampler}, ${run.steps} steps`, run] as const))(
  "the trajectory of %s has diffusers' timesteps and NumPy's shares",
  async (_, {timesteps, shares, xt, ...asked}) => {
    const run = await armOf(asked);
    expect(run.steps.map(({timestep}) => timestep)).toEqual(timesteps);
    const found = sharesOf(run);
    expect(found).toHaveLength(shares.length);
    found.forEach(({a, b, rest}, i) =>
      [a, b, rest].forEach((value, j) => expect(Math.abs(value - shares[i][j])).toBeLessThan(3e-3))
    );
    xt?.forEach((value, i) => expect(Math.abs(run.steps[golden.kept].xt.data[i] - value)).toBeLessThan(0.02));
  },
  300_000
);

describe("two arms with one seed", () => {
  const noise = new Generator(seed).randn([1, 4, 16, 16]).data;

  test("DDPM and DDIM carry the same latents at the start, bit for bit: the seed's noise itself", async () => {
    const [ddpm, ddim] = [await armOf({sampler: "ddpm", steps: 2}), await armOf({sampler: "ddim", steps: 3, eta: 0.5})];
    for (const {steps} of [ddpm, ddim])
      expect(steps[0].latents.data.every((value, i) => value === noise[i])).toBe(true);
    expect(distancesOf([ddpm, ddim]).xt[0]).toEqual([1, 0]);
  });

  test.each(SAMPLERS.filter(({name}) => name !== "ddim-inverse").map(({name}) => name))(
    "%s starts from the same unit normal noise, times its own scale",
    async (sampler) => {
      const {initNoiseSigma} = createSampler(sampler, model.schedulerConfig, 5);
      for await (const {latents, xt} of textToImage(model, {prompt, seed, guidance: 1, sampler, steps: 5})) {
        const scaled = noise.map((value) => Math.fround(initNoiseSigma) * value); // in float32, as torch does
        expect(latents.data.every((value, i) => value === scaled[i])).toBe(true);
        xt.data.forEach((value, i) => expect(Math.abs(value - noise[i])).toBeLessThan(0.02)); // what the UNet is shown
        break;
      }
    }
  );
});
