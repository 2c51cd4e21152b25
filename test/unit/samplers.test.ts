// Goldens: test/goldens/samplers.json and schedule.json, made by test/goldens/make.py from diffusers 0.42.1.
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {Generator} from "../../src/random.js";
import {createSampler, SAMPLERS} from "../../src/samplers/registry.js";
import {makeSchedule, type SchedulerConfig} from "../../src/schedule.js";
import {combine, type Tensor} from "../../src/tensor.js";

interface Case {
  sampler: string;
  config: SchedulerConfig;
  steps: number;
  eta?: number;
  timesteps: number[];
  samples: number[][];
}

const read = <T>(name: string): T => JSON.parse(readFileSync(`test/goldens/${name}.json`, "utf8")) as T;
const cases = read<Case[]>("samplers");
const {config: stableDiffusion, alphas_cumprod: alphasCumprod} = read<{
  config: SchedulerConfig;
  alphas_cumprod: number[];
}>("schedule");

/** make.py's known_model. */
const knownModel = ({data, dims}: Tensor, timestep: number): Tensor => ({
  data: data.map((x) => 0.6 * x + 0.3 * Math.sin(3 * x + timestep / 100)),
  dims
});

function relativeError(actual: Float32Array, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]))) / largest;
}

describe("samplers", () => {
  test("the schedule of Stable Diffusion has diffusers' alphas_cumprod", () => {
    expect(relativeError(makeSchedule(stableDiffusion).alphasCumprod, alphasCumprod)).toBeLessThan(1e-5);
  });

  test.each(cases.map((golden, i) => ({...golden, i})))(
    "$sampler with $steps steps and eta $eta agrees with diffusers at every step (configuration $i)",
    ({sampler: name, config, steps, eta, timesteps, samples}) => {
      const sampler = createSampler(name, config, steps, {eta});
      expect(sampler.timesteps).toEqual(timesteps);
      const generator = new Generator(11);
      let sample = generator.randn([1, 4, 4, 4]);
      let state: unknown = null;
      sampler.timesteps.forEach((timestep, index) => {
        const noise = sampler.needsNoise(index) ? generator.randn(sample.dims) : null;
        const output = sampler.step({modelOutput: knownModel(sample, timestep), index, sample, noise, state});
        [sample, state] = [output.prev, output.state];
        expect(relativeError(sample.data, samples[index + 1])).toBeLessThan(1e-4);
      });
    }
  );

  test.each(SAMPLERS)("the coefficients of $name add up to its step", ({name}) => {
    const sampler = createSampler(name, stableDiffusion, 20, {eta: 0.7});
    const generator = new Generator(1);
    const [sample, modelOutput, noise] = [0, 1, 2].map(() => generator.randn([1, 4, 2, 2]));
    for (const index of [0, 7, 19]) {
      const {x0, prev} = sampler.step({modelOutput, index, sample, noise, state: null});
      const share = sampler.coefficients(index);
      const sum = combine([share.x0, x0], [share.eps, modelOutput], [share.noise, noise]);
      expect(relativeError(sum.data, [...prev.data])).toBeLessThan(1e-5);
    }
  });

  test("DDIM with eta 1 and DDPM take the same steps over all timesteps", () => {
    const [a, b] = ["ddim", "ddpm"].map((name) =>
      createSampler(name, {...stableDiffusion, steps_offset: 0, set_alpha_to_one: true}, 1000, {eta: 1})
    );
    for (const index of [0, 400, 900]) {
      expect(a.coefficients(index).noise).toBeCloseTo(b.coefficients(index).noise, 5);
      expect(a.coefficients(index).eps).toBeCloseTo(b.coefficients(index).eps, 4);
    }
  });

  test("unknown names and step counts are refused with what would do", () => {
    expect(() => createSampler("foo", {}, 10)).toThrow("unknown sampler: foo; one of ddim, ddpm");
    expect(() => createSampler("ddim", {}, 0)).toThrow("0 steps");
    expect(() => createSampler("ddim", {beta_schedule: "cube"}, 10)).toThrow("unknown beta_schedule: cube");
  });

  test("a class name of diffusers names the same sampler", () => {
    expect(createSampler("DDIMScheduler", {}, 10).name).toBe("ddim");
  });
});
