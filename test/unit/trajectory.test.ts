import {describe, expect, test} from "vitest";
import {Generator} from "../../src/random.js";
import {endShares, principalPlane, randomWalk, rmsDistance} from "../../src/trajectory.js";

const noise = (seed: number, size = 1024) => new Generator(seed).randn([size]).data;
const mix = (...terms: readonly (readonly [number, Float32Array])[]) =>
  terms[0][1].map((_, i) => terms.reduce((sum, [share, values]) => sum + share * values[i], 0));

describe("the shares of a run's ends", () => {
  const [x0, xT] = [mix([0.8, noise(1)], [0.3, noise(2)]), noise(2)]; // not at right angles

  test("are found again where xt is made of nothing else", () => {
    const {a, b, rest} = endShares(mix([0.3, x0], [0.9, xT]), x0, xT);
    expect(a).toBeCloseTo(0.3, 5);
    expect(b).toBeCloseTo(0.9, 5);
    expect(rest).toBeLessThan(1e-6);
  });

  test("leave as rest what is at right angles to both, in its own size", () => {
    const fresh = noise(3);
    const {a, b, rest} = endShares(mix([0.3, x0], [0.5, xT], [0.4, fresh]), x0, xT);
    expect(a).toBeCloseTo(0.3, 1);
    expect(b).toBeCloseTo(0.5, 1);
    expect(rest).toBeGreaterThan(0.37);
    expect(rest).toBeLessThan(0.43);
  });

  test("are 0 and 1 at the ends themselves", () => {
    const ends = [endShares(xT, x0, xT), endShares(x0, x0, xT)];
    [0, 1, 1, 0].forEach((share, i) => expect([ends[0].a, ends[0].b, ends[1].a, ends[1].b][i]).toBeCloseTo(share, 6));
  });
});

test("shares, rest and explained variance are NumPy's: lstsq and svd of the same waves", () => {
  const wave = (f: (i: number) => number) => Float32Array.from({length: 1024}, (_, i) => f(i));
  const xt = wave((i) => 0.6 * Math.sin(i) + 0.4 * Math.cos(1.3 * i) + 0.3 * Math.sin(2.7 * i));
  const {a, b, rest} = endShares(
    xt,
    wave(Math.sin),
    wave((i) => Math.cos(1.3 * i) + 0.2 * Math.sin(i))
  );
  [0.52004926, 0.40003306, 0.21217035].forEach((value, i) => expect([a, b, rest][i]).toBeCloseTo(value, 6));
  const points = [0, 1, 2, 3, 4].map((k) => wave((i) => Math.sin((i * (k + 1)) / 7) + k * Math.cos(i)));
  const {explained} = principalPlane(points);
  [0.78643929, 0.07192943].forEach((value, i) => expect(explained[i]).toBeCloseTo(value, 4));
});

test("two unit noises are about the square root of 2 apart", () => {
  expect(rmsDistance(noise(1), noise(2))).toBeCloseTo(Math.SQRT2, 1);
  expect(rmsDistance(noise(1), noise(1))).toBe(0);
});

describe("the principal plane", () => {
  test("of points in a plane keeps all their distances and all their variance", () => {
    const [u, v] = [noise(4).map((x) => x / 32), noise(5).map((x) => x / 32)];
    const points = Array.from({length: 12}, (_, i) => mix([Math.cos(i), u], [0.4 * Math.sin(i), v]));
    const plane = principalPlane(points);
    expect(plane.explained[0] + plane.explained[1]).toBeCloseTo(1, 5);
    expect(plane.explained[0]).toBeGreaterThan(plane.explained[1]);
    for (const [i, j] of [
      [0, 5],
      [3, 11]
    ]) {
      const flat = Math.hypot(...[0, 1].map((axis) => plane.points[i][axis] - plane.points[j][axis]));
      expect(flat).toBeCloseTo(rmsDistance(points[i], points[j]) * 32, 4);
    }
  });

  test("makes one smooth half wave of a walk of pure noise: the warning's reason", () => {
    const {points, explained} = principalPlane(randomWalk(30, 1024, new Generator(9)));
    const turns = points.slice(2).filter(([x], i) => (x - points[i + 1][0]) * (points[i + 1][0] - points[i][0]) < 0);
    expect(turns.length).toBeLessThanOrEqual(4);
    expect(explained[0]).toBeGreaterThan(0.5); // 6 / pi^2 for a long walk
  });
});
