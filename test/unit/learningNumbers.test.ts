import {readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {lessonOf} from "../../docs/learning/lessonOf.js";
import {openMemory, type LearningRecord, type Memory} from "../../docs/learning/memory.js";
import {SKETCHES} from "../../docs/learning/sketches.js";
import {squaredError} from "../../docs/learning/squaredError.js";
import {denoised, noised} from "../../src/forward.js";
import {DENOISER_DEFAULTS} from "../../src/live/denoiser.js";
import {leastError, worldOfLesson} from "../../src/live/exact.js";
import {loadModelFromFolder} from "../../src/node.js";
import {Generator} from "../../src/random.js";
import {makeSchedule} from "../../src/schedule.js";
import {effectiveCount, meanOf, recollect} from "../../src/world/memoriser.js";
import {noisedWorld} from "../../src/world/noisedWorld.js";
import {exampleWorld, givenLabel, type Point} from "../../src/world/world.js";

// made by test/goldens/make_learning.py: torch, onnxruntime and diffusers on the latents and the model that are shipped
interface Golden {
  memory: {
    caption: string;
    scene: number;
    t: number;
    likeliest: number[];
    weights: number[];
    effective: number;
    memoriserError: number;
    noiseError: number;
    cleanError: number;
    toMean: number;
    toCaptioned: number;
  }[];
  plane: {t: number; xt: [number, number]; weights: number[]; mean: number[]}[];
  drawing: {first: number[]; rows: {t: number; xt: [number, number]; label: string; eps: number[]}[]};
}
const golden = JSON.parse(readFileSync("test/goldens/learning.json", "utf8")) as Golden;

const bytes = (path: string): ArrayBuffer => new Uint8Array(readFileSync(path)).buffer;
const {alphasCumprod} = makeSchedule({beta_schedule: "scaled_linear", beta_start: 0.00085, beta_end: 0.012});

describe("the recorded latents", () => {
  let memory: Memory;
  beforeAll(() => {
    const record = JSON.parse(readFileSync("docs/recorded/learning.json", "utf8")) as LearningRecord;
    memory = openMemory(record, bytes("docs/recorded/learning.bin"), bytes("docs/recorded/learning-answers.bin"));
  });

  const seen = (row: Golden["memory"][number]) => {
    const alpha = alphasCumprod[row.t];
    const x0 = memory.latents(row.scene);
    const group = memory.record.groups.find(({caption}) => caption === row.caption)!;
    const rows = Array.from({length: group.count}, (_, i) => group.first + i);
    return {alpha, x0, rows, xt: noised(x0, memory.noise, alpha)};
  };

  test("give the memoriser the posterior weights and the effective count that torch finds, from sure to at a loss", () => {
    const counts = golden.memory.map((row) => {
      const {alpha, xt} = seen(row);
      const {weights} = recollect(memory.samples, xt, alpha);
      row.likeliest.forEach((scene, i) => expect(weights[scene], `t = ${row.t}`).toBeCloseTo(row.weights[i], 5));
      expect(effectiveCount(weights) / row.effective, `t = ${row.t}`).toBeCloseTo(1, 4);
      return effectiveCount(weights);
    });
    expect(counts[0]).toBeCloseTo(1, 6);
    expect(counts.at(-1)).toBeGreaterThan(50);
  });

  test("give the UNet, the memoriser and the mean the errors that Python finds", async () => {
    const model = await loadModelFromFolder("data/models/tiny", {threads: 1});
    for (const row of golden.memory) {
      const {alpha, x0, rows, xt} = seen(row);
      const {output} = await model.predict(xt, row.t, await model.encodeText([row.caption]));
      const guess = denoised(xt, output, alpha);
      const mean = meanOf(memory.samples, memory.record.dims, rows);
      const told = {
        noiseError: squaredError(output, memory.noise),
        cleanError: squaredError(guess, x0),
        toMean: squaredError(guess, mean),
        toCaptioned: squaredError(guess, recollect(memory.samples, xt, alpha, rows).x0)
      };
      for (const [name, value] of Object.entries(told))
        expect(value / row[name as keyof typeof told], `${name} at t = ${row.t}`).toBeCloseTo(1, 2);
    }
    await model.release();
  }, 60_000);

  test("are scenes of which none is there twice, the first of each caption known to the UNet", () => {
    const {scenes, groups} = memory.record;
    expect(new Set(scenes.map(({seed}) => seed)).size).toBe(2000);
    for (const {first, count, trained} of groups) {
      const known = scenes.slice(first, first + count).filter(({seed}) => seed >= 4e8 && seed < 4e8 + 48_000);
      expect(known.length).toBe(trained);
      expect(scenes[first + trained - 1].seed).toBeLessThan(4e8 + 48_000);
    }
    expect(scenes.slice(384).every(({seed}) => seed >= 4e8 && seed < 4e8 + 48_000)).toBe(true);
  });
});

describe("the exact answer", () => {
  test("in the plane is what torch finds: weights of the blobs, and the mean of what a point was", () => {
    for (const {t, xt, weights, mean} of golden.plane) {
      const at = noisedWorld(exampleWorld, alphasCumprod[t]);
      at.weights(xt).forEach((weight, k) => expect(weight).toBeCloseTo(weights[k], 5));
      at.posteriorMean(xt).forEach((value, axis) => expect(value).toBeCloseTo(mean[axis], 4));
    }
  });

  const lesson = lessonOf(SKETCHES["two moons"](1200, new Generator(4)), ["orange", "teal"]);

  test("to a drawing is what torch finds for its points, of one colour and of both", () => {
    const world = worldOfLesson(lesson);
    world[0].mean.forEach((value, axis) => expect(value).toBeCloseTo(golden.drawing.first[axis], 5));
    for (const {t, xt, label, eps} of golden.drawing.rows) {
      const known = label ? givenLabel(world, label) : world;
      noisedWorld(known, alphasCumprod[t])
        .eps(xt as Point)
        .forEach((value, axis) => expect(value).toBeCloseTo(eps[axis], 4));
    }
  });

  test("makes the least error: above none, below that of an answer which knows the mean alone", () => {
    const least = leastError(lesson, DENOISER_DEFAULTS);
    const untold = leastError(lesson, {...DENOISER_DEFAULTS, labelDropout: 1});
    expect(least).toBeGreaterThan(0.1);
    expect(untold).toBeGreaterThan(least); // labels help
    expect(untold).toBeLessThan(0.5);
    const clean = leastError(lesson, {...DENOISER_DEFAULTS, predictionType: "sample"});
    const v = leastError(lesson, {...DENOISER_DEFAULTS, predictionType: "v_prediction"});
    expect(v).toBeGreaterThan(clean); // v's error is that of the clean point, divided by the share of noise
  });
});
