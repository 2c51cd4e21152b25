/**
 * An ONNX graph, read from the file's own bytes: weights are skipped, so a file of hundreds of MB costs milliseconds.
 * Field numbers: onnx/onnx.proto3 (ModelProto, GraphProto, NodeProto, ValueInfoProto, StringStringEntryProto).
 */
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
/** Protobuf's wire type of bytes, strings and messages. */
const LENGTH_DELIMITED = 2;

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

interface Field {
  readonly number: number;
  /** Of a length-delimited field; numbers are skipped. */
  readonly bytes: Uint8Array;
}

const allOf = (parts: readonly Field[], number: number): Uint8Array[] =>
  parts.filter((part) => part.number === number).map(({bytes}) => bytes);

const strings = (parts: readonly Field[], number: number): string[] =>
  allOf(parts, number).map((bytes) => text.decode(bytes));

function fields(message: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= message.length) throw new Error("this is no ONNX file: it ends inside a number");
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const wire = key & 7;
    if (wire === LENGTH_DELIMITED) {
      const length = varint();
      if (at + length > message.length) throw new Error("this is no ONNX file: a part is longer than the whole");
      found.push({number: Math.floor(key / 8), bytes: message.subarray(at, (at += length))});
    } else if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else throw new Error(`this is no ONNX file: it holds a field of kind ${wire}`);
  }
  return found;
}

function message(number: number, content: Uint8Array): Uint8Array {
  return joined([varintBytes(number * 8 + LENGTH_DELIMITED), varintBytes(content.length), content]);
}

function varintBytes(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
