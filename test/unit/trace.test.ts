import {readFileSync} from "node:fs";
import {expect, test} from "vitest";
import {attentionLayers} from "../../src/trace/attention.js";
import {readNodes, withOutputs, type GraphNode} from "../../src/trace/graph.js";

const unet = readFileSync("data/models/tiny/unet/model.onnx");
const node = (name: string, operator = "Softmax"): GraphNode => ({
  name,
  operator,
  inputs: [],
  outputs: [`${name}_out`]
});

test("a graph is read from its bytes: every node with its operator and edges", () => {
  const nodes = readNodes(unet);
  const made = new Set(nodes.flatMap(({outputs}) => outputs));
  expect(made.has("out_sample")).toBe(true);
  expect(nodes.filter(({operator}) => operator === "Conv").length).toBeGreaterThan(20);
  expect(nodes.every(({outputs}) => outputs.length > 0)).toBe(true);
});

test("outputs are added without touching the bytes before them", () => {
  const names = ["mid_block", "x".repeat(300)];
  const more = withOutputs(unet, names);
  expect(Buffer.from(more.subarray(0, unet.length)).equals(unet)).toBe(true);
  expect(readNodes(more)).toEqual(readNodes(unet));
  expect(Buffer.from(more.subarray(unet.length)).includes(names[1])).toBe(true);
  expect(withOutputs(unet, [])).toBe(unet);
});

test("what is no ONNX file is refused in one sentence", () => {
  expect(() => readNodes(new TextEncoder().encode("<!doctype html>"))).toThrow("this is no ONNX file");
});

test("attention layers are found by diffusers' names, with dots or slashes", () => {
  const dots = node("mid_block.attentions.0.transformer_blocks.0.attn2/Softmax");
  const slashes = node("/down_blocks.0/attentions.1/transformer_blocks.0/attn1/Softmax");
  expect(attentionLayers([dots, node("head/Softmax"), slashes])).toEqual([
    {layer: "mid_block.attentions.0.transformer_blocks.0.attn2", kind: "cross", tensor: dots.outputs[0]},
    {layer: "down_blocks.0.attentions.1.transformer_blocks.0.attn1", kind: "self", tensor: slashes.outputs[0]}
  ]);
});

test("a file with fused attention says that it has no probabilities", () => {
  expect(() => attentionLayers([node("attn", "MultiHeadAttention")])).toThrow("fused attention (MultiHeadAttention)");
});
