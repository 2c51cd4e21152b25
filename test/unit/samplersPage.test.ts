// @vitest-environment jsdom
import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {armSettings} from "../../components/armSettings.js";
import {seedFields} from "../../components/seedFields.js";
import {lineChart} from "../../components/lineChart.js";
import {recordedFilm, type Recording} from "../../docs/page/recorded.js";
import {createStore} from "../../docs/page/store.js";
import {addressOf, readAddress} from "../../docs/samplers/address.js";
import {engineCode, pythonCode} from "../../docs/samplers/code.js";
import {distancesOf} from "../../docs/samplers/distances.js";
import {termsOf} from "../../docs/samplers/equations.js";
import {shownStep, withEta} from "../../docs/samplers/eta.js";
import {formulas} from "../../docs/samplers/formula.js";
import {readBlobs} from "../../docs/samplers/plane.js";
import {callsAt, longer, nearestCall, x0At} from "../../docs/page/inStep.js";
import {createSamplers, type RecordedSamplers} from "../../docs/samplers/samplers.js";
import {compared} from "../../docs/samplers/seeds.js";
import {sharesOfSteps} from "../../docs/samplers/shares.js";
import type {ArmRun, Pair, SamplersState} from "../../docs/samplers/state.js";
import {sharesOf} from "../../docs/samplers/trajectories.js";
import {drawWorld, frameAt, pathsOf} from "../../docs/samplers/worldRuns.js";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {combine, type Tensor} from "../../src/tensor.js";
import type {Engine} from "../../src/worker/client.js";
import {exampleWorld} from "../../src/world/world.js";
import {WORLD_SCHEDULE, worldModel} from "../../src/world/worldModel.js";
import {withoutCanvas} from "./canvas.js";
import {toyModel} from "./toyModel.js";

beforeAll(withoutCanvas);

/** A finished run on 64 particles of the exact world: every number is real, and no model file is needed. */
async function runOf(options: Partial<DrawOptions> & {sampler: string; steps: number}): Promise<ArmRun> {
  const asked = {prompt: "all", seed: 7, guidance: 1, eta: 0, ...options};
  const steps: StepRecord[] = [];
  for await (const record of textToImage(worldModel(exampleWorld, {particles: 64}), asked)) steps.push(record);
  const {sampler, eta} = asked;
  const settings = {sampler, steps: options.steps, guidance: 1, eta};
  return {
    ...{source: "live", prompt: "all", seed: asked.seed, noiseSeed: options.noiseSeed ?? null, settings},
    ...{steps, numSteps: steps.length, finished: true}
  };
}

describe("two arms in step", () => {
  test("one scrubber counts the longer run; the other arm shows its nearest noise level, and both end together", async () => {
    const runs: Pair<ArmRun> = [await runOf({sampler: "ddim", steps: 10}), await runOf({sampler: "heun", steps: 10})];
    expect([runs[1].numSteps, longer(runs)]).toEqual([19, runs[1]]);
    const [first] = callsAt(runs, 0);
    expect(first).toBe(0);
    expect(callsAt(runs, 18)).toEqual([9, 18]);
    for (let step = 0; step < 18; step++) {
      const [a, b] = callsAt(runs, step);
      expect(b).toBe(step);
      expect(a).toBe(nearestCall(runs[0], runs[1].steps[step].alphaCumprod));
    }
  });

  test("carry the same unit noise at the start, whatever their scale, and the chart's distances are those of their latents", async () => {
    const runs: Pair<ArmRun> = [await runOf({sampler: "ddpm", steps: 10}), await runOf({sampler: "ddim", steps: 10})];
    const {xt, x0} = distancesOf(runs);
    expect(xt[0]).toEqual([1, 0]);
    const [one, other] = runs.map((run) => run.steps[6].xt.data);
    const mean = one.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0) / one.length;
    expect(xt[6][1]).toBeCloseTo(Math.sqrt(mean), 6);
    expect(x0.at(-1)![1]).toBeGreaterThan(0);
    expect(x0At(runs[0], 9)).toBe(runs[0].steps[9].prevXt);
  });

  test("DDIM with eta 1 follows DDPM until the last step, weights and all", async () => {
    const [ddpm, ddim] = [await runOf({sampler: "ddpm", steps: 12}), await runOf({sampler: "ddim", steps: 12, eta: 1})];
    const {xt} = distancesOf([ddpm, ddim]);
    expect(Math.max(...xt.map(([, distance]) => distance))).toBeLessThan(1e-3);
    for (const key of ["x0", "eps", "noise"] as const) {
      expect(ddim.steps[5].coefficients[key]).toBeCloseTo(ddpm.steps[5].coefficients[key], 4);
    }
  });

  test("new step noise leaves DDIM as it was, to the bit, and changes DDPM; the same seeds repeat both", async () => {
    for (const sampler of ["ddim", "ddpm"]) {
      const [a, again, other] = [
        await runOf({sampler, steps: 8, noiseSeed: 1}),
        await runOf({sampler, steps: 8, noiseSeed: 1}),
        await runOf({sampler, steps: 8, noiseSeed: 2})
      ];
      expect(compared(again, a)).toEqual({start: 0, added: sampler === "ddpm" ? 0 : null, end: 0});
      expect(compared(other, a)!.start).toBe(0);
      expect(compared(other, a)!.end > 0).toBe(sampler === "ddpm");
    }
    expect(compared(await runOf({sampler: "ddim", steps: 8}), await runOf({sampler: "ddim", steps: 9}))).toBeNull();
  });
});

describe("the equation of pictures", () => {
  test.each(["ddpm", "ddim", "pndm", "euler", "heun", "lms", "dpm++2m", "dpm++2m-sde", "unipc"])(
    "of %s adds up to the next latents, tile by tile",
    async (sampler) => {
      const {steps} = await runOf({sampler, steps: 20});
      for (const step of steps) {
        const terms = termsOf(step, sampler);
        const sum = combine(...terms.slice(0, -1).map(({coefficient, tensor}) => [coefficient!, tensor] as const));
        const next = terms.at(-1)!.tensor!;
        sum.data.forEach((value, i) => expect(Math.abs(value - next.data[i])).toBeLessThan(1e-3));
      }
    }
  );

  test("of PNDM shows its four last noises with Adams and Bashforth's weights, once it is under way", async () => {
    const {steps} = await runOf({sampler: "pndm", steps: 20});
    const terms = termsOf(steps[18], "pndm");
    expect(terms.map(({note}) => note?.split(" ")[0])).toEqual([
      undefined,
      "55/24",
      "−59/24",
      "37/24",
      "−9/24",
      undefined,
      undefined
    ]);
    const [, , second, third, fourth] = terms.map(({coefficient}) => coefficient!);
    expect(third / second).toBeCloseTo(-37 / 59, 5);
    expect(fourth / second).toBeCloseTo(9 / 59, 5);
  });

  test("of a card has the numbers of a real step, without a picture", async () => {
    for (const sampler of ["ddpm", "lms", "dpm++2m-sde", "unipc", "heun"]) {
      const {steps} = await runOf({sampler, steps: 15});
      sharesOfSteps(sampler, WORLD_SCHEDULE, 15, 0).forEach(({coefficients, remembered, timestep}, i) => {
        expect(timestep).toBe(steps[i].timestep);
        expect(coefficients.x0).toBeCloseTo(steps[i].coefficients.x0, 6);
        expect(remembered.map(({share}) => share.toFixed(5))).toEqual(
          steps[i].remembered.map(({share}) => share.toFixed(5))
        );
      });
    }
  });
});

test("a trajectory begins at its noise and ends at its own result", async () => {
  const run = await runOf({sampler: "ddim", steps: 12});
  const shares = sharesOf(run);
  expect(shares).toHaveLength(13);
  expect([shares[0].a, shares[0].b]).toEqual([expect.closeTo(0, 6), expect.closeTo(1, 6)]);
  expect([shares[12].a, shares[12].b]).toEqual([expect.closeTo(1, 6), expect.closeTo(0, 6)]);
  expect(sharesOf({...run, finished: false})).toEqual([]);
});

test("particles run through the engine, and their ways are those of their points", async () => {
  const settings = {sampler: "heun", eta: 0, steps: 30, guidance: 4}; // an arm's: the plane has its own steps
  const run = await drawWorld(exampleWorld, {settings, steps: 6, particles: 50, seed: 3});
  expect([run.calls, run.frames.length]).toEqual([11, 12]);
  expect(frameAt(run, 1)).toBe(11);
  expect(frameAt(run, 0)).toBe(0);
  const [way] = pathsOf(run, 4, 3);
  expect(way).toHaveLength(5);
  expect(way[4]).toEqual([run.frames[4].xt.data[0], run.frames[4].xt.data[50]]);
});

describe("the address", () => {
  test("names the second arm with .b, and comes back as it was", async () => {
    const runs: Pair<ArmRun> = [await runOf({sampler: "ddpm", steps: 5}), await runOf({sampler: "ddim", steps: 5})];
    const arms = [runs[0].settings, runs[1].settings] as const;
    const plain = {
      prompt: "a cat",
      negative: "",
      seed: 7,
      noiseSeed: null,
      arms,
      runs,
      step: 4
    } as unknown as SamplersState;
    const second = {sampler: "unipc", steps: 12, guidance: 3, eta: 0};
    const state = {...plain, noiseSeed: 5, step: 1, arms: [arms[0], second]} as unknown as SamplersState;
    const query = addressOf(state, plain);
    expect(query).toBe("?noiseSeed=5&sampler.b=unipc&steps.b=12&guidance.b=3&step=2");
    const read = readAddress(query);
    expect(read).toEqual({
      ...{arms: [{}, {sampler: "unipc", steps: 12, guidance: 3}], step: 2},
      ...{plane: {}, shared: {noiseSeed: 5}}
    });
    expect(addressOf(plain, plain)).toBe("");
    expect(readAddress("?sampler=best&steps.b=1000&eta=2").arms).toEqual([{}, {}]);
  });
});

test("the address holds the plane, too: its steps, where its run stands, arrows and moved blobs", () => {
  const plain = {arms: [{}, {}], runs: [{numSteps: 1}, {numSteps: 1}]} as unknown as SamplersState;
  const world = exampleWorld.map((blob, i) => (i ? blob : {...blob, mean: [0.5, -0.25] as const, deviation: 0.3}));
  const query = addressOf(plain, plain, {world, steps: 12, position: 3, field: true});
  expect(readAddress(query).plane).toEqual({world, steps: 12, position: 3, field: true});
  expect(readAddress("?planeSteps=99&planeAt=-1&arrows=yes&blobs=1+2+3").plane).toEqual({});
  expect(readBlobs("1 1 0.2, 2 nonsense 0.1, 0 0 0.1")).toBeUndefined();
});

describe("another eta at the shown step", () => {
  test("makes of DDIM's step what the engine makes of it with that eta", async () => {
    const [plain, noisy] = [
      await runOf({sampler: "ddim", steps: 8}),
      await runOf({sampler: "ddim", steps: 8, eta: 0.6})
    ];
    const [step, other] = [plain.steps[0], noisy.steps[0]]; // the one step that both begin in the same way
    const tried = withEta({...step, noise: other.noise}, 0.6);
    for (const key of ["x0", "eps", "noise"] as const)
      expect(tried.coefficients[key]).toBeCloseTo(other.coefficients[key], 5);
    tried.prevXt.data.forEach((value, i) => expect(value).toBeCloseTo(other.prevXt.data[i], 4));
    expect(withEta(step, 0.6).noise!.data.some((value) => value !== 0)).toBe(true);
    expect(withEta(step, 0).coefficients.noise).toBe(0);
  });

  test("is shown for arms that are DDIM, and of no other sampler", async () => {
    const [ddim, ddpm] = [await runOf({sampler: "ddim", steps: 5}), await runOf({sampler: "ddpm", steps: 5})];
    expect(shownStep(ddim, 2, null)).toBe(ddim.steps[2]);
    expect(shownStep(ddim, 2, 0.5)!.coefficients.noise).toBeGreaterThan(0);
    expect(shownStep(ddim, 2, 0.5)).toBe(shownStep(ddim, 2, 0.5));
    expect(shownStep(ddpm, 2, 0.5)).toBe(ddpm.steps[2]);
  });
});

test("the formulas hold the step's numbers, and each sum comes out as it says", async () => {
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => callback());
  const runs: Pair<ArmRun> = [await runOf({sampler: "ddpm", steps: 10}), await runOf({sampler: "lms", steps: 10})];
  const node = formulas(createStore({runs, step: 4, triedEta: null} as unknown as SamplersState));
  const lines = [...node.querySelectorAll(".live-formula")].map((line) => line.textContent.replaceAll("−", "-"));
  expect(lines).toHaveLength(5); // DDPM's with its sigma
  for (const line of lines) {
    const [, sum, result] = /^[^=]+= (.+) = (\S+)$/.exec(line)!;
    expect(Math.abs((0, eval)(sum.replaceAll("×", "*")) - Number(result))).toBeLessThan(0.01);
  }
  vi.unstubAllGlobals();
});

describe("inputs", () => {
  test("an arm's settings have names of their own, and eta belongs to DDIM", () => {
    const node = armSettings({value: {sampler: "ddim", steps: 30, guidance: 4, eta: 0.5}, title: "Arm B", suffix: "B"});
    expect([...node.querySelectorAll("label")].map((label) => label.textContent)).toEqual([
      ...["Sampler of B", "Steps of B", "Guidance scale of B", "Eta of B"]
    ]);
    expect(node.value.eta).toBe(0.5);
    const select = node.querySelector("select")!;
    select.value = "lcm";
    select.dispatchEvent(new Event("input", {bubbles: true}));
    expect(node.value).toEqual({sampler: "lcm", steps: 30, guidance: 4, eta: 0});
    expect(node.querySelector<HTMLInputElement>("#eta-b")!.disabled).toBe(true);
    node.value = {...node.value, steps: 90};
    expect(node.value.steps).toBe(50);
  });

  test("the step-noise seed may be empty, and a seed that is none keeps the last", () => {
    const node = seedFields({seed: 7, noiseSeed: null});
    const heard = vi.fn();
    node.addEventListener("input", heard);
    const [seed, noise] = node.querySelectorAll("input");
    expect(node.value).toEqual({seed: 7, noiseSeed: null});
    noise.value = "3";
    noise.dispatchEvent(new Event("input", {bubbles: true}));
    seed.value = "-1";
    seed.dispatchEvent(new Event("input", {bubbles: true}));
    expect([node.value, heard.mock.calls.length]).toEqual([{seed: 7, noiseSeed: 3}, 2]);
  });

  test("a chart names what it shows and lists its lines", () => {
    const axes = {x: {title: "calls", log: true}, y: {title: "error", log: true}};
    const node = lineChart({lines: [], label: "Nothing yet"}, axes);
    const line = {
      name: "DDIM",
      tone: "red",
      points: [
        [5, 0.5],
        [10, 0.25]
      ] as const,
      dots: true
    };
    node.update({lines: [line], marks: [{at: [5, 0.5], tone: "red"}], label: "Error by calls"});
    expect(node.querySelector("svg")!.getAttribute("aria-label")).toBe("Error by calls");
    expect(node.querySelectorAll("circle.dot")).toHaveLength(3); // two places and the legend's
    expect(node.querySelector("li")!.textContent).toBe("DDIM");
    expect(node.innerHTML).not.toContain("NaN");
  });
});

test("a recorded run of DDPM gets its fresh noise back out of its latents", () => {
  const recording = JSON.parse(readFileSync("docs/recorded/horse-ddpm.json", "utf8")) as Recording;
  const bytes = readFileSync("docs/recorded/horse-ddpm.bin");
  const film = recordedFilm(recording, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const {noise} = film.steps[10];
  const variance = noise!.data.reduce((sum, value) => sum + value ** 2, 0) / noise!.data.length;
  expect(variance).toBeGreaterThan(0.8);
  expect(variance).toBeLessThan(1.2);
});

test("code names both arms in both languages", () => {
  const arms = [
    {sampler: "ddpm", steps: 30, guidance: 4, eta: 0},
    {sampler: "dpm++2m-sde", steps: 20, guidance: 5, eta: 0}
  ] as const;
  const asked = {prompt: "a “cat”", negative: "", seed: 7, noiseSeed: 3, arms};
  expect(engineCode(asked)).toContain(`{sampler: "dpm++2m-sde", steps: 20, guidance: 5}`);
  expect(pythonCode(asked)).toContain(
    `DPMSolverMultistepScheduler.from_config({**config, "algorithm_type": "sde-dpmsolver++"})`
  );
  expect(pythonCode(asked)).toContain("noise_seed=3");
  expect(pythonCode(asked)).toContain("a \\u201ccat\\u201d");
});

describe("the whole chapter, on a toy model", () => {
  const recordedArm = (name: string) => {
    const bytes = readFileSync(`docs/recorded/${name}.bin`);
    return {
      recording: JSON.parse(readFileSync(`docs/recorded/${name}.json`, "utf8")) as Recording,
      numbers: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    };
  };
  const toy = toyModel();
  const engine = {
    status: {state: "ready"},
    onStatus: () => () => {},
    load: async () => ({name: "toy", preview: recordedArm("horse").recording.preview}),
    draw: (options: DrawOptions) => textToImage(toy, options),
    decode: (latents: Tensor) => toy.decode(latents)
  } as unknown as Engine;

  test("plays its recording, draws both arms, and says what became of each with other step noise", async () => {
    vi.stubGlobal("requestAnimationFrame", (callback: () => void) => setTimeout(callback));
    const recorded = JSON.parse(readFileSync("docs/recorded/samplers.json", "utf8")) as RecordedSamplers;
    let leave = () => {};
    const invalidation = new Promise<void>((resolve) => (leave = resolve));
    const arms = [recordedArm("horse-ddpm"), recordedArm("horse")] as const;
    const page = createSamplers({arms, recorded, engine, invalidation});
    document.body.replaceChildren(
      page.stage,
      page.equations,
      page.distances,
      page.seeds,
      page.trajectories,
      page.cards
    );
    document.body.append(page.principal, page.world, page.ddpm, page.convergence, page.judgement);
    page.begin();
    await vi.waitFor(() => expect(document.body.textContent).toContain("recorded · “a horse on the grass”"));
    expect(page.trajectories.textContent).toMatch(/Here: Arm A: a \d\.\d\d, b/);

    const draw = async (press: () => void) => {
      const {runs} = page.store.state;
      press();
      await vi.waitFor(() => expect(page.store.state.runs).not.toBe(runs), {timeout: 5000});
      await vi.waitFor(() => expect([page.store.state.work, page.store.state.error]).toEqual([null, null]), {
        timeout: 5000
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const button = (name: string) =>
      [...document.querySelectorAll("button")].find((node) => node.textContent === name)!;
    await draw(() => document.querySelector("form")!.requestSubmit());
    const [a, b] = page.store.state.runs;
    expect([a.source, a.steps.length, b.steps.length, a.finished, b.finished]).toEqual(["live", 30, 30, true, true]);
    expect(a.steps[0].xt.data).toEqual(b.steps[0].xt.data);
    await draw(() => button("New step noise, same start").click());
    const [first, second] = [...page.seeds.querySelectorAll("tbody tr")].map((row) => row.textContent);
    expect(first).toMatch(/Arm A, ddpmthe same, bit for bit\d+\.\d{3} away\d+\.\d{3} away/);
    expect(second).toMatch(/Arm B, ddimthe same, bit for bitnonethe same, bit for bit/);
    leave();
    vi.unstubAllGlobals();
  });
});
