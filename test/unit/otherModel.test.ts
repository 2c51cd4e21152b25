import {describe, expect, test} from "vitest";
import {fittedTo, rectangle} from "../../docs/editing/mask.js";
import {createDecoding} from "../../docs/page/decoding.js";
import {previewOf} from "../../docs/page/look.js";
import {isReadable, markRecorded, useOwnModel} from "../../docs/page/recordedLatents.js";
import {resized} from "../../docs/page/resized.js";
import type {Tensor} from "../../src/tensor.js";

const latents = (value: number): Tensor => ({data: new Float32Array(4).fill(value), dims: [1, 4, 1, 1]});
const lookOf = (bias: number) => ({factors: [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]], bias: [bias, bias, bias]}); // prettier-ignore

describe("latents of a recording, on a model of the reader's own", () => {
  test("keep the recording's colours, and no other decoder is asked for them", async () => {
    const [recorded, live] = [latents(1), latents(2)];
    markRecorded(recorded, lookOf(1));
    expect(previewOf(recorded, lookOf(-1)).data[0]).toBe(255);
    expect(previewOf(live, lookOf(-1)).data[0]).toBe(0);
    expect(isReadable(recorded)).toBe(true);
    useOwnModel();
    const asked: Tensor[] = [];
    const decoding = createDecoding({
      decode: async (tensor) => {
        asked.push(tensor);
        return {data: new Float32Array(3), dims: [1, 3, 1, 1]};
      },
      busy: () => false,
      onDecoded: () => {}
    });
    decoding.later([recorded, live]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toEqual([live]);
  });
});

describe("a picture in another model's size", () => {
  const columns = Uint8ClampedArray.from([0, 100, 200, 40].flatMap((value) => [value, value, value, 255]));
  const picture = {data: columns, width: 4, height: 1};
  const reds = ({data}: {data: Uint8ClampedArray}) => [...data].filter((_, i) => i % 4 === 0);

  test("is itself in its own size, and means of its pixels in a smaller one", () => {
    expect(resized(picture, {width: 4, height: 1})).toBe(picture);
    expect(reds(resized(picture, {width: 2, height: 1}))).toEqual([50, 120]);
  });

  test("grows smoothly between its pixels, and keeps its edges", () => {
    expect(reds(resized(picture, {width: 8, height: 1}))).toEqual([0, 25, 75, 125, 175, 160, 80, 40]);
    expect(resized(picture, {width: 8, height: 3}).data).toHaveLength(4 * 8 * 3);
  });

  test("has its mask in the size of its latents", () => {
    const mask = rectangle(0, 0, 7, 15);
    expect(fittedTo([1, 4, 16, 16], mask)).toBe(mask);
    const fine = fittedTo([1, 4, 64, 64], mask);
    expect(fine).toHaveLength(64 * 64);
    expect([fine[31 * 64 + 5], fine[32 * 64 + 5]]).toEqual([1, 0]);
    expect([...fittedTo([1, 4, 2, 2], mask)]).toEqual([1, 1, 0, 0]);
  });
});
