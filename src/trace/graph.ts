/**
 * An ONNX graph, read from the file's own bytes: weights are skipped, so a file of hundreds of MB costs milliseconds.
 * Field numbers: onnx/onnx.proto3 (ModelProto, GraphProto, NodeProto, ValueInfoProto, StringStringEntryProto).
 */
import {allOf, fields, joined, message, strings} from "./protobuf.js";

export interface GraphNode {
  readonly name: string;
  /** The operator, for example "Softmax". */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The module that torch's newer exporter notes beside a node, whose names say nothing ("node_conv2d_12"). */
  readonly scope?: string;
}

/** Nodes in the order they run, and the names of what goes in and out. */
export interface OnnxGraph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const GRAPH = 7;
const NODE = 1;
const INPUT = 11;
const OUTPUT = 12;
const NAME = 1;
const METADATA = 9;
const KEY = 1;
const VALUE = 2;
const NODE_FIELDS = {1: "inputs", 2: "outputs", 3: "name", 4: "operator"} as const;
const SCOPES = "pkg.torch.onnx.name_scopes";

const text = new TextDecoder();

/** @throws when the bytes are no protobuf message */
export function readGraph(model: Uint8Array): OnnxGraph {
  const parts = allOf(fields(model), GRAPH).flatMap(fields);
  const names = (number: number): string[] => allOf(parts, number).flatMap((bytes) => strings(fields(bytes), NAME));
  return {nodes: allOf(parts, NODE).map(readNode), inputs: names(INPUT), outputs: names(OUTPUT)};
}

function readNode(bytes: Uint8Array): GraphNode {
  const node = {name: "", operator: "", inputs: [] as string[], outputs: [] as string[]};
  let scope: string | undefined;
  for (const {number, bytes: value} of fields(bytes)) {
    if (number === METADATA) scope ??= readScope(value);
    const field = NODE_FIELDS[number as keyof typeof NODE_FIELDS];
    if (field === "inputs" || field === "outputs") node[field].push(text.decode(value));
    else if (field) node[field] = text.decode(value);
  }
  return scope === undefined ? node : {...node, scope};
}

/** A list as Python prints it, from the outermost module to the node itself: the innermost module of it. */
function readScope(entry: Uint8Array): string | undefined {
  const parts = fields(entry);
  if (strings(parts, KEY)[0] !== SCOPES) return undefined;
  const scopes = [
    ...strings(parts, VALUE)
      .join()
      .matchAll(/'([^']*)'/g)
  ].map(([, scope]) => scope);
  return scopes.at(-2);
}

/**
 * The model with more of its inner tensors as outputs. Protobuf merges repeated messages, so another graph that holds
 * the outputs alone is appended; onnxruntime finds out type and shape by itself.
 */
export function withOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  if (!names.length) return model;
  const outputs = names.map((name) => message(OUTPUT, message(NAME, new TextEncoder().encode(name))));
  return joined([model, message(GRAPH, joined(outputs))]);
}
