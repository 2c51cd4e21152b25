// Goldens: samplers.json, loops.json and schedule.json, made by test/goldens/make.py from diffusers 0.42.1.
import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {Generator} from "../../src/random.js";
import {predictionOf} from "../../src/samplers/prediction.js";
import {createSampler, SAMPLERS, samplerNamed} from "../../src/samplers/registry.js";
import type {Sampler, SamplerOptions} from "../../src/samplers/sampler.js";
import {makeSchedule} from "../../src/schedule.js";
import type {SchedulerConfig} from "../../src/schedulerConfig.js";
import {combine, type Tensor} from "../../src/tensor.js";

interface Trajectory {
  sampler: string;
  config: SchedulerConfig;
  steps: number;
  options: SamplerOptions;
  timesteps: number[];
  samples: number[][];
  x0: number[] | null;
}

interface Loop {
  sampler: string;
  config: SchedulerConfig;
  steps: number;
  start: number | null;
  sum: number;
  mean: number;
}

interface Table {
  config: SchedulerConfig;
  places: number[];
  betas: number[];
  alphasCumprod: number[];
}

const read = <T>(name: string): T[] => JSON.parse(readFileSync(`test/goldens/${name}.json`, "utf8")) as T[];
const brief = (config: SchedulerConfig): string =>
  JSON.stringify(config).slice(1, -1).replaceAll('"', "").slice(0, 150);
const titled = <T extends {config: SchedulerConfig}>(cases: T[]) =>
  cases.map((golden) => ({...golden, title: brief(golden.config)}));

const stableDiffusion = {
  ...{beta_start: 0.00085, beta_end: 0.012, beta_schedule: "scaled_linear"},
  ...{clip_sample: false, set_alpha_to_one: false, steps_offset: 1, timestep_spacing: "leading"}
};

/** make.py's known_model. */
const knownModel = ({data, dims}: Tensor, timestep: number): Tensor => ({
  data: data.map((x) => 0.6 * x + 0.3 * Math.sin(3 * x + timestep / 100)),
  dims
});

/** The known model with a variance in as many channels again: [B, C, ...] -> [B, 2C, ...]. */
function learnedModel(sample: Tensor, timestep: number): Tensor {
  const {data, dims} = knownModel(sample, timestep);
  const row = data.length / dims[0];
  const rows = Array.from({length: dims[0]}, (_, i) => [
    ...data.slice(i * row, (i + 1) * row),
    ...sample.data.slice(i * row, (i + 1) * row).map((x) => 0.5 + 0.4 * Math.sin(x))
  ]);
  return {data: Float32Array.from(rows.flat()), dims: [dims[0], 2 * dims[1], ...dims.slice(2)]};
}

function relativeError(actual: Float32Array, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  const errors = expected.map((value, i) => Math.abs(value - actual[i]));
  return errors.some(Number.isNaN) ? NaN : Math.max(...errors) / largest;
}

describe("schedules", () => {
  test.each(titled(read<Table>("schedule")))("$title has diffusers' betas and alpha-bars", (golden) => {
    const {betas, alphasCumprod} = makeSchedule(golden.config);
    // torch's own square roots, which zero SNR takes the differences of, are off by a float32 rounding here and there.
    const tolerance = golden.config.rescale_betas_zero_snr ? 4e-6 : 1e-8;
    for (const [i, t] of golden.places.entries()) {
      expect(Math.abs(betas[t] - golden.betas[i])).toBeLessThan(tolerance);
      expect(Math.abs(alphasCumprod[t] - golden.alphasCumprod[i])).toBeLessThan(tolerance);
    }
  });

  test("sigma is noise over signal, and SNR its square turned over", () => {
    const {alphasCumprod, sigmas, snr} = makeSchedule(stableDiffusion);
    expect(sigmas[999]).toBeCloseTo(Math.sqrt((1 - alphasCumprod[999]) / alphasCumprod[999]), 4);
    expect(snr[500]).toBeCloseTo(1 / sigmas[500] ** 2, 5);
  });

  test("a schedule rescaled to zero terminal SNR ends in pure noise and begins as before", () => {
    const [plain, rescaled] = [false, true].map((rescale_betas_zero_snr) => makeSchedule({rescale_betas_zero_snr}));
    expect(rescaled.alphasCumprod[999]).toBe(0);
    expect(rescaled.alphasCumprod[0]).toBeCloseTo(plain.alphasCumprod[0], 6);
  });
});

describe("samplers", () => {
  test("every sampler of the registry has a golden, and every golden a sampler", () => {
    const golden = new Set(read<Trajectory>("samplers").map(({sampler}) => sampler));
    expect([...golden].sort()).toEqual(SAMPLERS.map(({name}) => name).sort());
  });

  test.each(titled(read<Trajectory>("samplers")))(
    "$sampler with $steps steps, $options agrees with diffusers at every step: $title",
    ({sampler: name, config, steps, options, timesteps, samples, x0}) => {
      const sampler = createSampler(name, config, steps, options);
      expect(sampler.timesteps.length).toBe(timesteps.length);
      timesteps.forEach((t, i) => expect(sampler.timesteps[i]).toBeCloseTo(t, 3));
      const model = config.variance_type?.startsWith("learned") ? learnedModel : knownModel;
      const generator = new Generator(11);
      let sample = combine([sampler.initNoiseSigma, generator.randn([2, 4, 1, 3])]);
      expect(relativeError(sample.data, samples[0])).toBeLessThan(1e-6);
      let state: unknown = null;
      sampler.timesteps.forEach((timestep, index) => {
        const modelOutput = model(sampler.scaleModelInput(sample, index), timestep);
        const noise = sampler.needsNoise(index) ? generator.randn(sample.dims) : null;
        const output = sampler.step({modelOutput, index, sample, noise, state});
        [sample, state] = [output.prev, output.state];
        expect(relativeError(sample.data, samples[index + 1])).toBeLessThan(1e-4);
        if (x0 && index === timesteps.length >> 1) expect(relativeError(output.x0.data, x0)).toBeLessThan(1e-4);
      });
    }
  );

  test.each(titled(read<Loop>("loops")))(
    "$sampler runs the loop of diffusers' own tests from $start in $steps steps: $title",
    ({sampler: className, config, steps, start, sum, mean}) => {
      const sampler = createSampler(className, config, steps);
      const generator = new Generator(0);
      let sample = start === null ? combine([sampler.initNoiseSigma, counting(false)]) : noisedAt(sampler, start);
      let state: unknown = null;
      for (let index = start ?? 0; index < sampler.timesteps.length; index++) {
        const t = sampler.timesteps[index];
        sample = sampler.scaleModelInput(sample, index);
        const noise = sampler.needsNoise(index) ? generator.randn(sample.dims) : null;
        const output = sampler.step({modelOutput: combine([t / (t + 1), sample]), index, sample, noise, state});
        [sample, state] = [output.prev, output.state];
      }
      const total = sample.data.reduce((all, value) => all + Math.abs(value), 0);
      expect(Math.abs(total - sum)).toBeLessThan(1e-2);
      expect(Math.abs(total / sample.data.length - mean)).toBeLessThan(1e-3);
    }
  );

  test.each(SAMPLERS)("the coefficients of $name add up to its first step", ({name}) => {
    const sampler = createSampler(name, stableDiffusion, 20, {eta: 0.7});
    const generator = new Generator(1);
    const [sample, modelOutput, noise] = [0, 1, 2].map(() => generator.randn([1, 4, 2, 2]));
    const {x0, prev, coefficients: share} = sampler.step({modelOutput, index: 0, sample, noise, state: null});
    const sum = combine([share.x0, x0], [share.eps, modelOutput], [share.noise, noise]);
    expect(relativeError(sum.data, [...prev.data])).toBeLessThan(1e-5);
  });

  test.each(SAMPLERS)("the coefficients of $name say what another prediction would change, at every step", ({name}) => {
    const sampler = createSampler(name, stableDiffusion, 8, {eta: 0.7});
    const generator = new Generator(2);
    const draw = () => generator.randn([1, 4, 2, 2]);
    let sample = combine([sampler.initNoiseSigma, draw()]);
    let state: unknown = null;
    sampler.timesteps.forEach((_, index) => {
      const [input, [here, there]] = [{index, sample, noise: draw(), state}, [draw(), draw()]];
      const [a, b] = [here, there].map((modelOutput) => sampler.step({...input, modelOutput}));
      const {x0, eps} = a.coefficients;
      const told = combine([x0, a.x0], [-x0, b.x0], [eps, here], [-eps, there]);
      expect(relativeError(told.data, [...combine([1, a.prev], [-1, b.prev]).data])).toBeLessThan(1e-4);
      [sample, state] = [a.prev, a.state];
    });
  });

  test.each(SAMPLERS)("the facts of $name are what it does", ({name, noise, callsPerStep, weights}) => {
    const sampler = createSampler(name, {skip_prk_steps: true}, 20);
    expect(Math.ceil(sampler.timesteps.length / 20 - 0.1)).toBe(callsPerStep);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(sampler.needsNoise(3)).toBe(noise === "always");
    if (noise === "optional") expect(createSampler(name, {}, 20, {eta: 1, s_churn: 1}).needsNoise(3)).toBe(true);
  });

  test("a step changes nothing that it is given", () => {
    for (const {name} of SAMPLERS) {
      const sampler = createSampler(name, stableDiffusion, 8);
      const generator = new Generator(3);
      const [sample, modelOutput, noise] = [0, 1, 2].map(() => generator.randn([1, 4, 2, 2]));
      const {state} = sampler.step({modelOutput, index: 0, sample, noise, state: null});
      const given = {modelOutput, index: 1, sample, noise, state};
      const before = structuredClone(given);
      const [once, again] = [sampler.step(given), sampler.step(given)];
      expect(given).toEqual(before);
      expect(again).toEqual(once);
    }
  });

  test("DDIM with eta 1 and DDPM take the same steps over all timesteps", () => {
    const [a, b] = ["ddim", "ddpm"].map((name) =>
      createSampler(name, {...stableDiffusion, steps_offset: 0, set_alpha_to_one: true}, 1000, {eta: 1})
    );
    const generator = new Generator(4);
    const [sample, modelOutput, noise] = [0, 1, 2].map(() => generator.randn([1, 4, 2, 2]));
    for (const index of [0, 400, 900]) {
      const [one, other] = [a, b].map((sampler) => sampler.step({modelOutput, index, sample, noise, state: null}));
      expect(relativeError(one.prev.data, [...other.prev.data])).toBeLessThan(1e-4);
    }
  });

  test.each(SAMPLERS.filter(({name}) => !["ddim-inverse", "lcm"].includes(name)))(
    "a run of $name may begin at any step, and still ends at the picture",
    ({name}) => {
      const sampler = createSampler(name, {...stableDiffusion, set_alpha_to_one: true}, 8);
      const [picture, noise] = [6, 7].map((seed) => new Generator(seed).randn([1, 4, 2, 2]));
      const ends = sampler.timesteps.map((_, start) => {
        let sample = noised(sampler, start, picture, noise);
        let state: unknown = null;
        for (let index = start; index < sampler.timesteps.length; index++) {
          const {alpha} = sampler.alphas(index); // a model that knows the picture
          const seen = sampler.scaleModelInput(sample, index);
          const modelOutput = predictionOf(picture, seen, alpha, "sample").eps;
          const given = {modelOutput, index, sample, noise: new Generator(index).randn(sample.dims), state};
          ({prev: sample, state} = sampler.step(given));
        }
        return relativeError(sample.data, [...picture.data]);
      });
      expect(Math.max(...ends)).toBeLessThan(0.05);
    }
  );

  test("samplers in sigma space show the UNet what the others carry", () => {
    const [ddim, euler] = ["ddim", "euler"].map((name) => createSampler(name, stableDiffusion, 20));
    const noise = new Generator(5).randn([1, 4, 2, 2]);
    const seen = euler.scaleModelInput(combine([euler.initNoiseSigma, noise]), 0);
    expect(relativeError(seen.data, [...noise.data])).toBeLessThan(1e-5);
    expect(euler.alphas(0).alpha).toBeCloseTo(ddim.alphas(0).alpha, 6);
    expect(euler.alphas(19).prevAlpha).toBe(1);
  });

  test("a class name of diffusers names the same sampler, and algorithm_type tells two apart", () => {
    for (const {name, className, fits} of SAMPLERS.filter((facts) => !facts.fits)) {
      expect(samplerNamed(className).name).toBe(name);
      expect(fits).toBeUndefined();
    }
    const solver = "DPMSolverMultistepScheduler";
    expect(createSampler(solver, {}, 10).name).toBe("dpm++2m");
    expect(createSampler(solver, {algorithm_type: "sde-dpmsolver++"}, 10).name).toBe("dpm++2m-sde");
    expect(createSampler("dpm++2m", {algorithm_type: "sde-dpmsolver++"}, 10).needsNoise(0)).toBe(false);
  });

  test("keys left out have the class's defaults, and keys it does not know are passed over", () => {
    expect(createSampler("heun", {}, 5).initNoiseSigma).not.toBeCloseTo(
      createSampler("euler", {}, 5).initNoiseSigma,
      1
    );
    expect(createSampler("pndm", {rescale_betas_zero_snr: true}, 5).alphas(0)).toEqual(
      createSampler("pndm", {}, 5).alphas(0)
    );
  });

  test.each<[string, SchedulerConfig, number, string]>([
    ["foo", {}, 10, "unknown sampler: foo; one of ddpm, ddim, ddim-inverse"],
    ["ddim", {}, 0, "0 steps"],
    ["ddim", {}, 1001, "1001 steps"],
    ["ddim", {beta_schedule: "cube"}, 10, "unknown beta_schedule: cube"],
    ["ddim", {timestep_spacing: "odd"}, 10, "unknown timestep_spacing: odd"],
    ["ddim", {steps_offset: 1}, 1000, "timestep 1000 is beyond the last of training, 999"],
    ["ddpm", {variance_type: "big"}, 10, "unknown variance_type: big"],
    ["pndm", {}, 3, "needs 4 steps, not 3"],
    ["pndm", {prediction_type: "sample"}, 5, "pndm knows no prediction_type sample"],
    ["euler", {use_beta_sigmas: true}, 5, "use_beta_sigmas is not built"],
    ["euler", {use_karras_sigmas: true, use_exponential_sigmas: true}, 5, "choose one of use_karras_sigmas"],
    ["euler-a", {prediction_type: "sample"}, 5, "euler-a knows no prediction_type sample"],
    ["dpm++2m", {algorithm_type: "dpmsolver"}, 5, "cannot end at sigma 0"],
    ["dpm++2m", {solver_order: 4}, 5, "solver_order 4"],
    ["lcm", {}, 51, "51 steps cannot be made of LCM's 50"]
  ])("%s with %o in %d steps is refused with what would do", (name, config, steps, message) => {
    expect(() => createSampler(name, config, steps)).toThrow(message);
  });
});

/** make.py's counting: [4, 3, 8, 8]. */
function counting(flipped: boolean): Tensor {
  const [b, c, h, w] = [4, 3, 8, 8];
  const size = b * c * h * w;
  const data = Float32Array.from({length: size}, (_, i) => {
    const [batch, place] = [Math.floor(i / (size / b)), i % (size / b)];
    const count = place * b + batch;
    return (flipped ? size - 1 - count : count) / size;
  });
  return {data, dims: [b, c, h, w]};
}

/** The counting sample with the counting noise of that step, as the sampler carries it. */
const noisedAt = (sampler: Sampler, index: number): Tensor =>
  noised(sampler, index, combine([sampler.initNoiseSigma, counting(false)]), counting(true));

function noised(sampler: Sampler, index: number, x0: Tensor, noise: Tensor): Tensor {
  const {alpha} = sampler.alphas(index);
  const scale = sampler.space === "sigma" ? 1 / Math.sqrt(alpha) : 1;
  return combine([scale * Math.sqrt(alpha), x0], [scale * Math.sqrt(1 - alpha), noise]);
}
