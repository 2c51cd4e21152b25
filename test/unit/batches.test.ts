import {expect, test} from "vitest";
import {inCalls, ofCalls} from "../../src/models/batches.js";
import type {ModelFolder} from "../../src/models/folder.js";
import {openGraph, Queue, type OrtRuntime} from "../../src/models/runtime.js";
import type {Tensor} from "../../src/tensor.js";

const rows = (values: readonly number[], width = 1): Tensor => ({
  data: Float32Array.from(values),
  dims: [values.length / width, width]
});

test("items are cut into calls, the last one filled up; what is not one for each item goes along", () => {
  const timestep = rows([500]);
  const calls = inCalls({sample: rows([1, 2, 3, 4, 5, 6], 2), timestep}, 3, 2);
  expect(calls.map(({sample}) => [...sample.data])).toEqual([
    [1, 2, 3, 4],
    [5, 6, 5, 6]
  ]);
  expect(calls.map((call) => call.timestep)).toEqual([timestep, timestep]);
  const joined = ofCalls([{out: rows([1, 2, 3, 4], 2)}, {out: rows([5, 6, 5, 6], 2)}], 3, 2);
  expect([...joined.out.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(joined.out.dims).toEqual([3, 2]);
});

test("maps of all heads, several rows an item, stay in order", () => {
  const joined = ofCalls([{map: rows([1, 2, 3])}, {map: rows([4, 5, 6])}], 2, 1);
  expect([...joined.map.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(joined.map.dims).toEqual([6, 1]);
});

/** A graph that doubles its sample and adds the timestep, exported for a fixed batch. */
function fixedGraph(batch: number | string) {
  const sizes: number[] = [];
  class Plain {
    constructor(
      readonly type: string,
      readonly data: Float32Array,
      readonly dims: readonly number[]
    ) {}
  }
  const shapes = {sample: [batch, 1], timestep: [1]};
  const session = {
    inputNames: Object.keys(shapes),
    outputNames: ["out"],
    inputMetadata: Object.entries(shapes).map(([name, shape]) => ({name, isTensor: true, type: "float32", shape})),
    async run({sample, timestep}: Record<string, Plain>) {
      sizes.push(sample.dims[0]);
      return {
        out: new Plain(
          "float32",
          sample.data.map((value) => 2 * value + timestep.data[0]),
          sample.dims
        )
      };
    }
  };
  const ort = {Tensor: Plain, InferenceSession: {create: async () => session}} as unknown as OrtRuntime;
  const folder: ModelFolder = {has: () => true, bytes: async () => new Uint8Array()};
  return {sizes, open: () => openGraph(ort, folder, "unet/model.onnx", {}, new Queue())};
}

test.each([
  [1, [1, 1]],
  [2, [2]],
  [4, [4]],
  ["batch", [2]]
])("guidance on a UNet whose batch is %s gives the same", async (batch, expected) => {
  const {sizes, open} = fixedGraph(batch);
  const graph = await open();
  const {out} = await graph.run({sample: rows([1, 2]), timestep: {data: Float32Array.of(10), dims: [1]}}, ["out"]);
  expect([...out.data]).toEqual([12, 14]);
  expect(out.dims).toEqual([2, 1]);
  expect(sizes).toEqual(expected);
});
