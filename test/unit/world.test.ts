import {describe, expect, test} from "vitest";
import {textToImage, type DrawOptions, type StepRecord} from "../../src/pipeline.js";
import {Generator} from "../../src/random.js";
import {SAMPLERS} from "../../src/samplers/registry.js";
import {distanceToWorld, slicedWasserstein} from "../../src/world/distance.js";
import {noisedWorld} from "../../src/world/noisedWorld.js";
import {exactEps, exactX0, WORLD_SCHEDULE, worldModel} from "../../src/world/worldModel.js";
import {
  exampleWorld,
  givenLabel,
  labelsOf,
  pointAt,
  pointsTensor,
  sampleWorld,
  type Point
} from "../../src/world/world.js";

const LEVELS = [1, 0.8, 0.3, 0.0047];
const PLACES: readonly Point[] = [
  [0.1, -0.4],
  [-1.2, 0.9],
  [2.5, 2.2]
];

/** Sums f over a fine grid of [-7, 7]^2. */
function integrated(f: (point: Point) => number, {cells = 200, extent = 7} = {}): number {
  const width = (2 * extent) / cells;
  const at = (i: number) => -extent + (i + 0.5) * width;
  let sum = 0;
  for (let i = 0; i < cells; i++) for (let j = 0; j < cells; j++) sum += f([at(i), at(j)]);
  return sum * width ** 2;
}

const shifted = ([x, y]: Point, axis: number, by: number): Point => (axis ? [x, y + by] : [x + by, y]);

describe("the noised world, exactly", () => {
  test.each(LEVELS)("density sums to 1 over the plane at alpha-bar %d", (alpha) => {
    expect(integrated(noisedWorld(exampleWorld, alpha).density)).toBeCloseTo(1, 6);
  });

  test.each(LEVELS)("the score is the gradient of the log density at alpha-bar %d", (alpha) => {
    const at = noisedWorld(exampleWorld, alpha);
    for (const place of PLACES) {
      const score = at.score(place);
      for (const axis of [0, 1]) {
        const slope =
          (Math.log(at.density(shifted(place, axis, 1e-5))) - Math.log(at.density(shifted(place, axis, -1e-5)))) / 2e-5;
        expect(score[axis]).toBeCloseTo(slope, 4);
      }
    }
  });

  test.each([0.8, 0.3])("E[x0 | xt] and E[eps | xt] agree with an integral over all clean points at %d", (alpha) => {
    const clean = noisedWorld(exampleWorld, 1);
    const at = noisedWorld(exampleWorld, alpha);
    for (const xt of PLACES) {
      const posterior = (x0: Point): number =>
        clean.density(x0) *
        Math.exp(
          -((xt[0] - Math.sqrt(alpha) * x0[0]) ** 2 + (xt[1] - Math.sqrt(alpha) * x0[1]) ** 2) / (2 * (1 - alpha))
        );
      const total = integrated(posterior, {extent: 4});
      for (const axis of [0, 1]) {
        const mean = integrated((x0) => x0[axis] * posterior(x0), {extent: 4}) / total;
        expect(at.posteriorMean(xt)[axis]).toBeCloseTo(mean, 5);
        expect(at.eps(xt)[axis]).toBeCloseTo((xt[axis] - Math.sqrt(alpha) * mean) / Math.sqrt(1 - alpha), 5);
      }
    }
  });

  test("a blob's posterior weight is its part of the density, far away too", () => {
    const at = noisedWorld(exampleWorld, 0.5);
    const total = exampleWorld.reduce((sum, {weight}) => sum + weight, 0);
    for (const place of PLACES) {
      const parts = exampleWorld.map((blob) => (blob.weight / total) * noisedWorld([blob], 0.5).density(place));
      at.weights(place).forEach((weight, k) => expect(weight).toBeCloseTo(parts[k] / at.density(place), 10));
    }
    const far = at.weights([400, 100]);
    expect(far.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    expect(far[2]).toBeGreaterThan(0.99);
    expect(at.posteriorMean([400, 100]).every(Number.isFinite)).toBe(true);
  });

  test("the flow is how a quantile of a single blob moves as noise is taken away", () => {
    const [blob] = exampleWorld;
    const spread = (angle: number) => Math.sqrt(Math.cos(angle) ** 2 * blob.deviation ** 2 + Math.sin(angle) ** 2);
    const place = (angle: number) => Math.cos(angle) * blob.mean[0] + 0.7 * spread(angle);
    const [angle, h] = [0.9, 1e-5];
    const [x] = noisedWorld([blob], Math.cos(angle) ** 2).flow([place(angle), 0]);
    expect(x).toBeCloseTo(-(place(angle + h) - place(angle - h)) / (2 * h), 6);
  });
});

describe("points of the world", () => {
  test("come from the blobs by their weights, spread by their deviations, and again from the same seed", () => {
    const points = sampleWorld(exampleWorld, 20_000, new Generator(3));
    expect(points.dims).toEqual([1, 2, 20_000, 1]);
    expect(sampleWorld(exampleWorld, 20_000, new Generator(3)).data).toEqual(points.data);
    const near = exampleWorld.map(({mean: [x, y], deviation}) => {
      const own = Array.from({length: 20_000}, (_, i) => pointAt(points, i)).filter(
        (point) => Math.hypot(point[0] - x, point[1] - y) < 4 * deviation
      );
      const variance = own.reduce((sum, point) => sum + (point[0] - x) ** 2 + (point[1] - y) ** 2, 0) / own.length / 2;
      return {share: own.length / 20_000, deviation: Math.sqrt(variance)};
    });
    exampleWorld.forEach(({weight, deviation}, k) => {
      expect(near[k].share).toBeCloseTo(weight / 3, 1.7);
      expect(near[k].deviation / deviation).toBeCloseTo(1, 1.5);
    });
  });

  test("a label leaves its own blobs, and an unknown one is refused by name", () => {
    expect(labelsOf(exampleWorld)).toEqual(["orange", "teal"]);
    expect(givenLabel(exampleWorld, "orange")).toHaveLength(2);
    expect(() => givenLabel(exampleWorld, "violet")).toThrow("no blob is labelled violet; one of orange, teal");
  });

  test("go into a tensor and come back", () => {
    const tensor = pointsTensor(PLACES);
    expect(tensor.dims).toEqual([1, 2, 3, 1]);
    PLACES.forEach((place, i) =>
      pointAt(tensor, i).forEach((value, axis) => expect(value).toBeCloseTo(place[axis], 6))
    );
  });
});

describe("the distance between clouds", () => {
  const cloud = (seed: number, count = 2000) => sampleWorld(exampleWorld, count, new Generator(seed));

  test("of a cloud to itself is 0, and a shift by d counts 2 d / pi on average over directions", () => {
    const points = cloud(1);
    expect(slicedWasserstein(points, points)).toBe(0);
    const moved = {...points, data: points.data.map((value, i) => value + (i < 2000 ? 0.5 : 0))};
    expect(slicedWasserstein(points, moved)).toBeCloseTo((2 / Math.PI) * 0.5, 2);
  });

  test("to the world itself agrees with that to very many of its points, at any noise level", () => {
    const points = pointsTensor(PLACES);
    expect(distanceToWorld(points, exampleWorld)).toBeCloseTo(slicedWasserstein(points, cloud(2, 100_000)), 1.7);
    const noise = new Generator(4).randn([1, 2, 5000, 1]);
    expect(distanceToWorld(noise, exampleWorld, 1e-9)).toBeLessThan(0.03);
  });

  test("of true points is small, and falls as there are more", () => {
    const [few, many] = [200, 20_000].map((count) => distanceToWorld(cloud(5, count), exampleWorld));
    expect(few).toBeLessThan(0.2);
    expect(many).toBeLessThan(0.02);
    expect(distanceToWorld(cloud(6), givenLabel(exampleWorld, "teal"))).toBeGreaterThan(0.5);
  });
});

describe("the world as a model of the engine", () => {
  const model = worldModel(exampleWorld, {particles: 600});
  async function drawn(options: Partial<DrawOptions>): Promise<StepRecord[]> {
    const records: StepRecord[] = [];
    for await (const record of textToImage(model, {prompt: "all", seed: 1, guidance: 1, ...options}))
      records.push(record);
    return records;
  }
  const names = SAMPLERS.map(({name}) => name).filter((name) => !["ddim-inverse", "lcm"].includes(name));

  test.each(names)("%s draws the world out of noise", async (sampler) => {
    const records = await drawn({sampler, steps: 40});
    const start = distanceToWorld(records[0].xt, exampleWorld);
    expect(distanceToWorld(records.at(-1)!.prevXt, exampleWorld)).toBeLessThan(0.12);
    expect(start).toBeGreaterThan(0.15);
  });

  test("DDIM's last picture is nearer with more steps, and every prediction is exact", async () => {
    const [few, many] = [await drawn({steps: 4}), await drawn({steps: 100})];
    const error = (records: StepRecord[]) => distanceToWorld(records.at(-1)!.prevXt, exampleWorld);
    expect(error(many)).toBeLessThan(error(few));
    const {xt, x0, eps, alphaCumprod} = many[50];
    const exactNoise = exactEps(exampleWorld, xt, alphaCumprod).data;
    eps.data.forEach((value, i) => expect(value).toBeCloseTo(exactNoise[i], 5));
    const exact = exactX0(exampleWorld, xt, alphaCumprod).data;
    x0.data.forEach((value, i) => expect(value).toBeCloseTo(exact[i], 4));
  });

  test("a label as the prompt draws that label's blobs, and guidance mixes both predictions", async () => {
    const records = await drawn({prompt: "teal", steps: 30});
    expect(distanceToWorld(records.at(-1)!.prevXt, givenLabel(exampleWorld, "teal"))).toBeLessThan(0.1);
    const [{epsUncond, epsCond, eps}] = await drawn({prompt: "teal", steps: 30, guidance: 3});
    const i = 17;
    expect(eps.data[i]).toBeCloseTo(epsUncond.data[i] + 3 * (epsCond.data[i] - epsUncond.data[i]), 5);
    expect(epsUncond.data[i]).not.toBe(epsCond.data[i]);
  });

  test("v prediction draws what noise prediction draws", async () => {
    const schedulerConfig = {...WORLD_SCHEDULE, prediction_type: "v_prediction"};
    const v = worldModel(exampleWorld, {particles: 600, schedulerConfig});
    let last: StepRecord | null = null;
    for await (const record of textToImage(v, {prompt: "all", seed: 1, guidance: 1, steps: 10})) last = record;
    const [eps] = (await drawn({steps: 10})).slice(-1);
    last!.prev.data.forEach((value, i) => expect(value).toBeCloseTo(eps.prev.data[i], 3));
  });
});
