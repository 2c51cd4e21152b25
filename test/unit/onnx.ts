/** Small ONNX files, put together from what tests say of them. */
import {joined, message, numberField} from "../../src/trace/protobuf.js";

const TYPES: Record<string, number> = {float32: 1, int32: 6, int64: 7, bool: 9, float16: 10};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const string = (number: number, text: string): Uint8Array => message(number, utf8(text));

export interface Value {
  name: string;
  type?: string;
  dims?: (number | string)[];
}

export interface Weight {
  name: string;
  type?: string;
  dims: number[];
  /** Inside, or in this file. */
  location?: string;
}

export interface OnnxFile {
  inputs: Value[];
  outputs: Value[];
  weights?: Weight[];
  nodes?: {name: string; operator: string; inputs: string[]; outputs: string[]}[];
}

export function onnxFile({inputs, outputs, weights = [], nodes = []}: OnnxFile): Uint8Array {
  const graph = [
    ...nodes.map((node) =>
      message(
        1,
        joined([
          ...node.inputs.map((name) => string(1, name)),
          ...node.outputs.map((name) => string(2, name)),
          ...[string(3, node.name), string(4, node.operator)]
        ])
      )
    ),
    ...weights.map((weight) => message(5, tensor(weight))),
    ...inputs.map((input) => message(11, value(input))),
    ...outputs.map((output) => message(12, value(output)))
  ];
  return joined([numberField(1, 8), message(7, joined(graph))]);
}

function value({name, type = "float32", dims = []}: Value): Uint8Array {
  const shape = dims.map((dim) => message(1, typeof dim === "number" ? numberField(1, dim) : string(2, dim)));
  const tensorType = joined([numberField(1, TYPES[type]), message(2, joined(shape))]);
  return joined([string(1, name), message(2, message(1, tensorType))]);
}

function tensor({name, type = "float32", dims, location}: Weight): Uint8Array {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const entry = (key: string, text: string): Uint8Array => message(13, joined([string(1, key), string(2, text)]));
  const values = location
    ? [entry("location", location), entry("offset", "0"), numberField(14, 1)]
    : [message(9, new Uint8Array(count * (type === "float16" ? 2 : 4)).fill(7))];
  return joined([...dims.map((dim) => numberField(1, dim)), numberField(2, TYPES[type]), string(8, name), ...values]);
}
