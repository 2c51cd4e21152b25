import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {readGraph} from "../../src/trace/graph.js";
import {readHeader} from "../../src/trace/header.js";
import {externalFiles, readSignature} from "../../src/trace/signature.js";
import {onnxFile} from "./onnx.js";

/** The file in parts, and how many were read. */
function parts(file: Uint8Array) {
  let reads = 0;
  const read = async (begin: number, end: number): Promise<Uint8Array> => {
    reads++;
    return file.subarray(begin, end);
  };
  return {read, reads: () => reads};
}

const file = onnxFile({
  inputs: [
    {name: "sample", type: "float16", dims: ["batch", 4, 64, 64]},
    {name: "timestep", type: "int64"}
  ],
  outputs: [{name: "out_sample", type: "float16", dims: ["batch", 4, 64, 64]}],
  nodes: [{name: "/conv_in/Conv", operator: "Conv", inputs: ["sample", "a"], outputs: ["out_sample"]}],
  weights: [
    {name: "a", type: "float16", dims: [1000, 500]},
    {name: "small", dims: [3]},
    {name: "b", dims: [300_000]},
    {name: "outside", dims: [7, 11], location: "./weights.pb"}
  ]
});

describe("an ONNX file without its weights", () => {
  test("says the same of itself as the whole one, from a small part of it", async () => {
    const {read, reads} = parts(file);
    const {model, bytesRead} = await readHeader(read, file.length);
    expect(readGraph(model)).toEqual(readGraph(file));
    expect(readSignature(model)).toEqual(readSignature(file));
    expect(file.length).toBeGreaterThan(2e6);
    expect(bytesRead).toBeLessThan(1e5);
    expect(reads()).toBeLessThanOrEqual(4);
    expect(model.length).toBeLessThan(2000);
  });

  test("works on the shipped graphs too, whose weights lie inside and beside them", async () => {
    for (const path of ["vae_decoder/model.onnx", "unet/model.onnx", "text_encoder/model.onnx"]) {
      const whole = readFileSync(`data/models/tiny/${path}`);
      const {model, bytesRead} = await readHeader(parts(whole).read, whole.length);
      expect(readGraph(model)).toEqual(readGraph(whole));
      expect(readSignature(model)).toEqual(readSignature(whole));
      expect(bytesRead).toBeLessThan(3e6);
    }
  });

  test("refuses what is no ONNX file", async () => {
    const text = new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 1234\n");
    await expect(readHeader(parts(text).read, text.length)).rejects.toThrow("this is no ONNX file");
  });
});

test("a signature has types, fixed and free dimensions, and where each weight lies", () => {
  const {inputs, outputs, weights} = readSignature(file);
  expect(inputs).toEqual([
    {name: "sample", type: "float16", dims: ["batch", 4, 64, 64]},
    {name: "timestep", type: "int64", dims: []}
  ]);
  expect(outputs[0].name).toBe("out_sample");
  expect(weights.map(({name, type, bytes, location}) => [name, type, bytes, location])).toEqual([
    ["a", "float16", 1e6, null],
    ["small", "float32", 12, null],
    ["b", "float32", 1.2e6, null],
    ["outside", "float32", 308, "weights.pb"]
  ]);
  expect(externalFiles(file)).toEqual(["weights.pb"]);
  expect(externalFiles(readFileSync("data/models/tiny/unet/model.onnx"))).toEqual(["model.onnx_data"]);
});
