import {expect, test} from "vitest";
import type {AttentionMap} from "../../src/trace/attention.js";
import {aggregate, lookFrom, normalized, resized, tokenShares, wordMap} from "../../src/trace/daam.js";
import {Generator} from "../../src/random.js";

/** A map with random rows that sum to 1. */
function randomMap(heads: number, cells: number, tokens: number, seed: number): AttentionMap {
  const {data} = new Generator(seed).rand([heads, cells, tokens]);
  for (let row = 0; row < data.length; row += tokens) {
    const sum = data.subarray(row, row + tokens).reduce((a, b) => a + b, 0);
    for (let i = row; i < row + tokens; i++) data[i] /= sum;
  }
  return {layer: `layer ${seed}`, kind: "cross", probabilities: {data, dims: [heads, cells, tokens]}};
}

const maps = [randomMap(2, 16, 5, 1), randomMap(4, 4, 5, 2)];

test.each(["cells", "bilinear", "bicubic"] as const)("shares of all tokens sum to 1 in every cell: %s", (smoothing) => {
  const all = aggregate(maps, {smoothing, grid: [8, 8]});
  expect(all.dims).toEqual([5, 8, 8]);
  for (let cell = 0; cell < 64; cell++) {
    const sum = [0, 1, 2, 3, 4].reduce((total, token) => total + all.data[token * 64 + cell], 0);
    expect(sum).toBeCloseTo(1, 5);
  }
  expect(tokenShares(all).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
});

test("every head counts alike, in the largest layer's cells", () => {
  const all = aggregate(maps);
  expect(all.dims).toEqual([5, 4, 4]);
  const [fine, coarse] = maps.map(({probabilities}) => probabilities.data);
  const share = (data: Float32Array, heads: number, cells: number, cell: number): number =>
    Array.from({length: heads}, (_, head) => data[(head * cells + cell) * 5 + 3]).reduce((a, b) => a + b, 0);
  // cell (1, 2) of 4 x 4 lies in cell (0, 1) of 2 x 2
  expect(all.data[3 * 16 + 6]).toBeCloseTo((share(fine, 2, 16, 6) + share(coarse, 4, 4, 1)) / 6, 6);
});

test("one head can be looked at alone", () => {
  const one = aggregate([maps[0]], {heads: [1]});
  expect(one.data[2 * 16 + 7]).toBeCloseTo(maps[0].probabilities.data[(16 + 7) * 5 + 2], 6);
});

test("a word has the mean of its tokens' maps, or their sum; a normalised map sums to 1", () => {
  const all = aggregate(maps);
  const [mean, sum] = [wordMap(all, [1, 2]), wordMap(all, [1, 2], "sum")];
  expect(sum.data[5]).toBeCloseTo(2 * mean.data[5], 6);
  expect(sum.data[5]).toBeCloseTo(all.data[16 + 5] + all.data[32 + 5], 6);
  expect(normalized(mean).data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  expect(() => wordMap(all, [])).toThrow("the word has no tokens");
});

test("self-attention tells where one cell looks; layers of several sizes cannot be added up", () => {
  const map = {...randomMap(2, 9, 9, 3), kind: "self" as const};
  const look = lookFrom(map, 4);
  expect(look.dims).toEqual([3, 3]);
  expect(look.data.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  expect(look.data[7]).toBeCloseTo((map.probabilities.data[4 * 9 + 7] + map.probabilities.data[13 * 9 + 7]) / 2, 6);
  expect(() => aggregate([map, maps[0]])).toThrow("take one layer");
});

test("maps of wide latents have wide cells", () => {
  expect(aggregate([randomMap(1, 8, 5, 4)], {aspect: 0.5}).dims).toEqual([5, 2, 4]);
  expect(() => aggregate([randomMap(1, 8, 5, 4)])).toThrow("8 cells fill no grid");
});

// torch 2.13, torch.nn.functional.interpolate(torch.arange(4.).square().view(1, 1, 2, 2), size=(4, 4), mode=mode); cells are its mode nearest
test.each([
  ["bilinear", [0, 0.25, 0.75, 1, 1, 1.5, 2.5, 3, 3, 4, 6, 7, 4, 5.25, 7.75, 9]],
  [
    "bicubic",
    [
      ...[-0.48285, -0.29089, 0.02527, 0.21722, 0.7052, 1.33813, 2.38062, 3.01355],
      ...[2.66199, 4.02124, 6.26001, 7.61926, 3.85004, 5.65027, 8.61536, 10.41559]
    ]
  ],
  ["cells", [0, 0, 1, 1, 0, 0, 1, 1, 4, 4, 9, 9, 4, 4, 9, 9]]
] as const)("resizing is torch's: %s", (smoothing, expected) => {
  const {data} = resized({data: Float32Array.of(0, 1, 4, 9), dims: [1, 2, 2]}, [4, 4], smoothing);
  data.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
});
