import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {contrastiveLoss, cosine, meanCosines, softmax} from "../../src/contrastive.js";
import {cosines} from "../../src/models/insides.js";

/** Made by test/goldens/make_contrastive.py with PyTorch. */
const golden = JSON.parse(readFileSync("test/goldens/contrastive.json", "utf8")) as Record<string, number[]> & {
  temperature: number;
  loss: number;
};
const matrix = {data: Float32Array.from(golden.cosines), dims: [4, 4]};
const close = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5));
};

describe("CLIP's loss", () => {
  const result = contrastiveLoss(matrix, golden.temperature);

  test("has PyTorch's softmaxes, losses and gradient", () => {
    close(result.rows.data, golden.rows);
    close(result.columns.data, golden.columns);
    close(result.pictureLosses, golden.picture_losses);
    close(result.captionLosses, golden.caption_losses);
    expect(result.loss).toBeCloseTo(golden.loss, 5);
    close(result.gradient.data, golden.gradient);
  });

  test("does not change when all cosines grow by one number: nothing asks the unmatched ones to be 0", () => {
    const shifted = {...matrix, data: matrix.data.map((value) => value + 0.3)};
    expect(contrastiveLoss(shifted, golden.temperature).loss).toBeCloseTo(result.loss, 5);
  });

  test("is ln B where every pair is alike, and its gradient pulls the diagonal alone", () => {
    const {loss, gradient} = contrastiveLoss({data: new Float32Array(9).fill(0.5), dims: [3, 3]}, 0.1);
    expect(loss).toBeCloseTo(Math.log(3), 6);
    expect(Array.from(gradient.data, Math.sign)).toEqual([-1, 1, 1, 1, -1, 1, 1, 1, -1]);
    expect(gradient.data.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
  });

  test("wants as many captions as pictures", () => {
    expect(() => contrastiveLoss({data: new Float32Array(6), dims: [2, 3]}, 1)).toThrow("2 pictures and 3 captions");
  });
});

test("a cosine is that of the matrix of cosines, and forgets lengths", () => {
  const [a, b] = [golden.pictures.slice(0, 16), golden.captions.slice(16, 32)];
  expect(cosine(a, b)).toBeCloseTo(golden.cosines[1], 6);
  expect(
    cosine(
      a.map((value) => 7 * value),
      b
    )
  ).toBeCloseTo(golden.cosines[1], 6);
  const tensorOf = (values: number[]) => ({data: Float32Array.from(values), dims: [4, 16]});
  close(cosines(tensorOf(golden.pictures), tensorOf(golden.captions)).data, golden.cosines);
});

test("softmax withstands large logits", () => {
  close(softmax([1000, 1000, -1000]), [0.5, 0.5, 0]);
});

test("means of matched and unmatched cosines", () => {
  expect(meanCosines({data: Float32Array.of(1, 0.25, 0.75, 0), dims: [2, 2]})).toEqual({matched: 0.5, unmatched: 0.5});
});
