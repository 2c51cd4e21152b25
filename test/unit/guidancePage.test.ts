import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {marksApart} from "../../components/arrowPlane.js";
import {cutAtEdge} from "../../components/blobPaint.js";
import {noiseMosaic, sizeByPlace} from "../../components/noiseMosaic.js";
import {askedExperiments, PAIR, PLANE, valuesOf, type Experiments} from "../../docs/guidance/experiments.js";
import {planeTexts, rescaleTexts, stepTexts} from "../../docs/guidance/formulas.js";
import {scalesOf} from "../../docs/guidance/partsFigure.js";
import {sweptScale} from "../../docs/guidance/playing.js";
import {stdOf} from "../../docs/guidance/views.js";
import {drawCloud, expectations, measureCloud} from "../../docs/guidance/worldGuidance.js";
import {mainCode} from "../../docs/guidance/code.js";
import {syntheticFilm} from "../../docs/home/synthetic.js";
import {writeQuery} from "../../docs/page/query.js";
import {rescaled} from "../../docs/page/rescale.js";
import {degreesBetween, guidancePlane, lengthOf} from "../../src/guidancePlane.js";
import {Generator} from "../../src/random.js";
import {exampleWorld, givenLabel, pointsTensor, sampleWorld} from "../../src/world/world.js";

interface Golden {
  step: number;
  opened: {
    alphaCumprod: number;
    xt: number[];
    uncond: number[];
    cond: number[];
    lengths: Record<"uncond" | "cond" | "difference", number>;
    angle: number;
    rescale: number;
    arms: {scale: number; length: number; angle: number; x0Std: number; rescaledX0Std: number; first: number[]}[];
  };
}

// made by test/goldens/make_guidance.py: the shipped model in onnxruntime, torch, diffusers' DDIM and rescale_noise_cfg
const {opened} = JSON.parse(readFileSync("test/goldens/guidance.json", "utf8")) as Golden;
const tensor = (values: number[]) => ({data: Float32Array.from(values), dims: [1, 4, 16, 16]});
const [xt, epsUncond, epsCond] = [opened.xt, opened.uncond, opened.cond].map(tensor);

const plainly: Experiments = {
  ...{arrows: "noise", spread: "x0", partFrom: 1, partTo: 11, partScale: 7.5, pairPrompt: "a horse on the beach"},
  ...{...PAIR, plane: PLANE}
};

describe("a step opened", () => {
  const plane = guidancePlane(epsUncond, epsCond);

  test("has the lengths and angles that torch finds", () => {
    expect(lengthOf(plane.uncond)).toBeCloseTo(opened.lengths.uncond, 5);
    expect(lengthOf(plane.cond)).toBeCloseTo(opened.lengths.cond, 5);
    expect(plane.difference).toBeCloseTo(opened.lengths.difference, 5);
    expect(plane.angle).toBeCloseTo(opened.angle, 3);
    for (const {scale, length, angle} of opened.arms) {
      expect(lengthOf(plane.guided(scale))).toBeCloseTo(length, 5);
      expect(degreesBetween(plane.uncond, plane.guided(scale))).toBeCloseTo(angle, 3);
    }
  });

  test("recomputed at another scale, and rescaled, is diffusers' step", () => {
    const [first] = syntheticFilm({numSteps: 2}).steps;
    const step = {...first, xt, epsUncond, epsCond, alphaCumprod: opened.alphaCumprod, guidanceScale: -1};
    for (const {scale, x0Std, rescaledX0Std, first: values} of opened.arms) {
      const {eps, x0} = rescaled(step, scale);
      values.forEach((value, i) => expect(eps.data[i]).toBeCloseTo(value, 4));
      expect(stdOf(x0)).toBeCloseTo(x0Std, 3);
      expect(stdOf(rescaled(step, scale, opened.rescale).x0)).toBeCloseTo(rescaledX0Std, 3);
    }
  });

  test("at scale 0 and 1 is one of its two predictions", () => {
    expect(plane.guided(0)).toEqual(plane.uncond);
    plane.guided(1).forEach((value, axis) => expect(value).toBeCloseTo(plane.cond[axis], 12));
  });

  test("is written in formulas with Python's lengths and angle", () => {
    const film = syntheticFilm({numSteps: 2});
    const step = {...film.steps[0], xt, epsUncond, epsCond, alphaCumprod: opened.alphaCumprod};
    const {scale, length, angle} = opened.arms[opened.arms.length - 1];
    const asked = {film: {steps: [step]}, step: 0, guidance: scale, rescale: opened.rescale};
    expect(stepTexts(asked)[2]).toContain(
      `so ‖ε‖ = ${length.toFixed(3)}; the angle of u and ε is ${angle.toFixed(1)}°`
    );
    const factor = Number(/= ([\d.]+) ε at step 1/.exec(rescaleTexts(asked)[1])![1]);
    const mended = rescaled(step, scale, opened.rescale).eps.data[7];
    expect(factor * rescaled(step, scale).eps.data[7]).toBeCloseTo(mended, 2);
  });

  test("is shown with code that names its own numbers", () => {
    const film = syntheticFilm();
    const {engine, python} = mainCode({guidance: 7.5, film, step: 3});
    expect(engine).toContain("steps[3]");
    expect(python).toContain("eps = u + 7.5 * (c - u)");
  });
});

describe("guidance in the plane", () => {
  test("is a line through both exact expectations", () => {
    const {u, c, w} = expectations(exampleWorld, "teal", [0.2, 0.1], 0.2, 3);
    w.forEach((value, axis) => expect(value).toBeCloseTo(u[axis] + 3 * (c[axis] - u[axis]), 12));
  });

  test("is told by each blob's share, which sum to all", () => {
    const told = planeTexts({...PLANE, label: "orange", point: [0.2, 0.1]});
    for (const line of told.slice(0, 2)) {
      const shares = [...line.matchAll(/([\d.]+) %/g)].map(([, share]) => Number(share));
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 0);
    }
    expect(told[1]).not.toContain("(1.20, 0.70)");
  });

  test("makes samples overshoot and come closer together", async () => {
    const [one, seven] = await Promise.all(
      [1, 7].map((guidance) => drawCloud(exampleWorld, {label: "teal", guidance, particles: 300}))
    );
    expect(seven.overshoot).toBeGreaterThan(one.overshoot + 0.2);
    expect(seven.spread).toBeLessThan(0.8 * one.spread);
    expect(seven.diversity).toBeLessThan(0.8 * one.diversity);
  });

  test("measures true samples as true", () => {
    const asked = givenLabel(exampleWorld, "orange");
    const {spread, overshoot, distance} = measureCloud(sampleWorld(asked, 4000, new Generator(3)), asked);
    expect(spread).toBeCloseTo(1, 1);
    expect(overshoot).toBeLessThan(0.03);
    expect(distance).toBeLessThan(0.06);
    expect(
      measureCloud(
        pointsTensor([
          [-1.1, 0.8],
          [-1.1, 0.8]
        ]),
        asked
      ).diversity
    ).toBe(0);
  });
});

describe("pictures of predictions", () => {
  test("four channels stand two by two, with a line between them", () => {
    const data = Float32Array.from({length: 16}, (_, i) => i);
    const pixels = noiseMosaic({data, dims: [1, 4, 2, 2]}, (value) => `rgb(${value}, 0, 0)`);
    expect([pixels.width, pixels.height]).toEqual([5, 5]);
    expect([pixels.data[0], pixels.data[4 * 3], pixels.data[4 * 15]]).toEqual([0, 4, 8]);
    expect(pixels.data[4 * 2 + 3]).toBe(0);
  });

  test("a place is as large as its channels' root mean square", () => {
    const sizes = sizeByPlace({data: Float32Array.of(3, 0, 4, 0), dims: [1, 2, 1, 2]});
    expect([...sizes].map((value) => Number(value.toFixed(4)))).toEqual([3.5355, 0]);
  });
});

describe("scales by step", () => {
  test("are 1 outside of the part", () => expect(scalesOf(7, 2, 3, 4)).toEqual([1, 7, 7, 1]));

  test("sweep from the page's own down to 0, up to 12 and back", () =>
    expect([0, 0.2, 0.75, 1].map((share) => sweptScale(share, 4))).toEqual([4, 0, 12, 4]));
});

describe("arrows and their words", () => {
  test("an arrow that leaves the plane ends at its edge, on its own line", () => {
    expect(cutAtEdge([0, 0], [1, 2], 3)).toEqual([1, 2]);
    const [x, y] = cutAtEdge([0.5, 0.5], [6.5, 3.5], 3);
    expect(x).toBeCloseTo(2.91);
    expect((y - 0.5) / (x - 0.5)).toBeCloseTo(0.5);
  });

  test("words beside marks that lie close together stand clear of each other, those below first", () => {
    const marks = marksApart([
      {at: [50, 90] as const, text: "w = 2"},
      {at: [50, 100] as const, text: "w = 1"},
      {at: [50, 94] as const, text: "w = 2.0", left: true}
    ]);
    const heights = Object.fromEntries(marks.map(({text, wordsAt}) => [text, wordsAt]));
    expect(heights["w = 1"]).toBe(100);
    expect(heights["w = 1"] - heights["w = 2"]).toBeGreaterThanOrEqual(14);
    expect(heights["w = 2.0"]).toBe(94);
  });
});

test("the address keeps what is set in every figure, and a plain visit has none", () => {
  const plain = valuesOf(plainly);
  expect(writeQuery(plain, plain)).toBe("");
  const blobs = "-1,0.5,0.3,0.2,-1.2,0.16,1.2,0.7,0.28";
  const query = `?arrows=picture&spread=xt&partFrom=3&partTo=5&partScale=2&pairMinus=a+horse&pairScale=7&word=orange&planeScale=6.5&planeT=120&point=0.1%2C-0.3&blobs=${encodeURIComponent(blobs)}`;
  const asked = askedExperiments(query, plainly, 30);
  expect(writeQuery(valuesOf(asked), plain).split("&").sort()).toEqual(query.split("&").sort());
  expect(askedExperiments("?partFrom=40&planeT=2000&word=red&point=1&blobs=1,2", plainly, 30)).toEqual({
    ...plainly,
    ...{partFrom: 30, partTo: 30}
  });
});
