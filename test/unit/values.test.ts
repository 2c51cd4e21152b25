import {describe, expect, test} from "vitest";
import * as ort from "onnxruntime-web";
import {float32, fromHalves, halves, inputFor} from "../../src/models/values.js";

const declared = (type: string, ...shape: (number | string)[]) =>
  ({name: "timestep", isTensor: true, type: type as "float32", shape}) as const;
const timestep = {data: Float32Array.of(741.6), dims: [1]};
const batch = {size: 2, dim: "batch"};

describe("a timestep as graphs declare it", () => {
  test.each([
    ["float32", [1], [741.5999755859375]],
    ["int64", [1], [741n]],
    ["int32", [1], [741]],
    ["float64", [1], [741.5999755859375]]
  ])("of type %s", (type, shape, expected) => {
    const {data, dims, ...input} = inputFor(ort, timestep, declared(type, ...shape), batch);
    expect({type: input.type, dims, data: Array.from<number | bigint>(data as Float32Array)}).toEqual({
      type,
      dims: [1],
      data: expected
    });
  });

  test("is a number without dimensions, one value, one for each row, or so many as are fixed", () => {
    const dimsOf = (...shape: (number | string)[]) => {
      const {dims, data} = inputFor(ort, timestep, declared("float32", ...shape), batch);
      return [dims, [...(data as Float32Array)].map(Math.round)];
    };
    expect(dimsOf()).toEqual([[], [742]]);
    expect(dimsOf("steps")).toEqual([[1], [742]]);
    expect(dimsOf("batch")).toEqual([[2], [742, 742]]);
    expect(dimsOf(3)).toEqual([[3], [742, 742, 742]]);
    expect(dimsOf(2 ** 32 - 1)).toEqual([[1], [742]]); // free and without a name, as onnxruntime-web tells it
  });
});

test("ids go in as int32 where a graph asks for them", () => {
  const ids = {data: BigInt64Array.of(49406n, 1n), dims: [1, 2]};
  const input = inputFor(ort, ids, {name: "input_ids", isTensor: true, type: "int32", shape: ["b", "k"]}, batch);
  expect([input.type, [...(input.data as Int32Array)], input.dims]).toEqual(["int32", [49406, 1], [1, 2]]);
});

test("an element type that the engine cannot write is named", () => {
  expect(() => inputFor(ort, timestep, declared("bool", 1), batch)).toThrow("the input timestep is bool");
});

describe("float16", () => {
  test("every one of its values comes back as the same bits", () => {
    const all = Uint16Array.from({length: 1 << 16}, (_, i) => i).filter((bits) => (bits & 0x7fff) <= 0x7c00);
    expect(halves(fromHalves(all))).toEqual(all);
    expect(fromHalves(halves(Float32Array.of(NaN)))[0]).toBeNaN();
  });

  test("is the nearest one, ties to even, as in IEEE 754", () => {
    const round = (value: number) => fromHalves(halves(Float32Array.of(value)))[0];
    const values = [1 / 3, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 2 ** -25 * 1.01, -2.3e-6, -70000];
    const nearest = [0.333251953125, 1, 1 + 2 ** -9, 65504, Infinity, 0, 2 ** -24, -2.3245811462402344e-6, -Infinity];
    expect(values.map(round)).toEqual(nearest);
  });

  test("comes out of onnxruntime as bits or as a Float16Array: both are read", () => {
    const bits = halves(Float32Array.of(0.5, -2));
    expect([...float32({type: "float16", data: bits} as unknown as ort.Tensor)]).toEqual([0.5, -2]);
    class Floats extends Array<number> {} // as a Float16Array: its elements are numbers
    expect([...float32({type: "float16", data: Floats.of(0.5, -2)} as unknown as ort.Tensor)]).toEqual([0.5, -2]);
  });
});
