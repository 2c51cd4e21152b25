/**
 * What an ONNX file says of its inputs, outputs and weights, read from its own bytes without opening it.
 * Field numbers: onnx/onnx.proto3 (GraphProto, ValueInfoProto, TypeProto, TensorShapeProto, TensorProto).
 */
import {allOf, fields, readVarint, strings, type Field} from "./protobuf.js";

export interface TensorInfo {
  readonly name: string;
  /** As onnxruntime spells it: "float32", "float16", "int64" ...; "" where the file does not say. */
  readonly type: string;
  /** A number where it is fixed, a name (or "") where it is free; null where the file does not say. */
  readonly dims: readonly (number | string)[] | null;
}

export interface Weight {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly number[];
  readonly bytes: number;
  /** The file that holds the values, relative to the graph's own folder; null where they lie in the graph's file. */
  readonly location: string | null;
}

export interface Signature {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly weights: readonly Weight[];
}

const GRAPH = 7;
const [INITIALIZER, INPUT, OUTPUT] = [5, 11, 12];
const [VALUE_NAME, VALUE_TYPE] = [1, 2];
const TENSOR_TYPE = 1;
const [ELEMENT, SHAPE] = [1, 2];
const DIM = 1;
const [DIM_VALUE, DIM_NAME] = [1, 2];
const [DIMS, DATA_TYPE, NAME, EXTERNAL] = [1, 2, 8, 13];
const [KEY, VALUE] = [1, 2];

/** TensorProto.DataType -> its name, and bytes of one element. */
const TYPES: Readonly<Record<number, readonly [string, number]>> = {
  1: ["float32", 4],
  2: ["uint8", 1],
  3: ["int8", 1],
  4: ["uint16", 2],
  5: ["int16", 2],
  6: ["int32", 4],
  7: ["int64", 8],
  9: ["bool", 1],
  10: ["float16", 2],
  11: ["float64", 8],
  12: ["uint32", 4],
  13: ["uint64", 8],
  16: ["bfloat16", 2],
  21: ["uint4", 0.5],
  22: ["int4", 0.5]
};

/** @throws when the bytes are no protobuf message */
export function readSignature(model: Uint8Array): Signature {
  const graph = graphOf(model);
  const weights = allOf(graph, INITIALIZER).map(readWeight);
  const names = new Set(weights.map(({name}) => name)); // older files list their weights among the inputs too
  return {
    inputs: allOf(graph, INPUT)
      .map(readValue)
      .filter(({name}) => !names.has(name)),
    outputs: allOf(graph, OUTPUT).map(readValue),
    weights
  };
}

/** The files that hold a graph's weights, relative to its own folder; none where they lie in the graph's file. */
export function externalFiles(model: Uint8Array): readonly string[] {
  const locations = allOf(graphOf(model), INITIALIZER).map((bytes) => externalData(fields(bytes)).location);
  return [...new Set(locations.filter((location) => location !== undefined))];
}

const graphOf = (model: Uint8Array): Field[] => allOf(fields(model), GRAPH).flatMap(fields);

function readValue(bytes: Uint8Array): TensorInfo {
  const parts = fields(bytes);
  const tensor = allOf(parts, VALUE_TYPE).flatMap(fields).filter(isField(TENSOR_TYPE)).flatMap(open);
  const [shape] = allOf(tensor, SHAPE);
  return {
    name: strings(parts, VALUE_NAME)[0] ?? "",
    type: TYPES[tensor.find(isField(ELEMENT))?.value ?? 0]?.[0] ?? "",
    dims: shape ? allOf(fields(shape), DIM).map(readDim) : null
  };
}

function readDim(bytes: Uint8Array): number | string {
  const parts = fields(bytes);
  return parts.find(isField(DIM_VALUE))?.value ?? strings(parts, DIM_NAME)[0] ?? "";
}

function readWeight(bytes: Uint8Array): Weight {
  const parts = fields(bytes);
  const dims = parts.filter(isField(DIMS)).flatMap(numbers);
  const [type, size] = TYPES[parts.find(isField(DATA_TYPE))?.value ?? 0] ?? ["", 0];
  const {location} = externalData(parts);
  const count = dims.reduce((product, dim) => product * dim, 1);
  return {name: strings(parts, NAME)[0] ?? "", type, dims, bytes: Math.ceil(count * size), location: location ?? null};
}

function externalData(tensor: readonly Field[]): {readonly location?: string} {
  const entries = allOf(tensor, EXTERNAL).map((bytes) => {
    const parts = fields(bytes);
    return [strings(parts, KEY)[0], strings(parts, VALUE)[0]];
  });
  const {location} = Object.fromEntries(entries) as {location?: string};
  return {location: location?.replace(/^\.\//, "")};
}

/** Repeated numbers come one by one, or packed into bytes. */
function numbers({bytes, value}: Field): number[] {
  if (!bytes.length) return [value];
  const found: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const read = readVarint(bytes, at);
    found.push(read.value);
    at = read.next;
  }
  return found;
}

const isField =
  (wanted: number) =>
  ({number}: Field): boolean =>
    number === wanted;

const open = ({bytes}: Field): Field[] => fields(bytes);
