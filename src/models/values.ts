/** Values as the engine has them (float32, or ids as int64) -> as a graph declares its inputs, and its outputs back. */
import type * as Ort from "onnxruntime-web";
import type {Tensor} from "../tensor.js";
import type {Int64Tensor} from "./runtime.js";

export type Value = Tensor | Int64Tensor;
type Metadata = Ort.InferenceSession.ValueMetadata;

/** Arrays of the element types that a model folder's graphs declare, filled from numbers. */
const ARRAYS: Readonly<Record<string, (data: Value["data"]) => Ort.Tensor.DataType>> = {
  float32: (data) => (data instanceof Float32Array ? data : Float32Array.from(data, Number)),
  float16: (data) => halves(data instanceof Float32Array ? data : Float32Array.from(data, Number)),
  float64: (data) => Float64Array.from<number | bigint>(data, Number),
  int32: (data) => Int32Array.from<number | bigint>(data, Number),
  int64: (data) =>
    data instanceof BigInt64Array ? data : BigInt64Array.from(data, (value) => BigInt(Math.trunc(value)))
};

/** How onnxruntime-web gives a free dimension without a name: -1, read as unsigned. */
const UNNAMED = 2 ** 32 - 1;

/** Whether a dimension is one number and no other. */
export const isFixed = (dim: string | number | undefined): dim is number => typeof dim === "number" && dim !== UNNAMED;

/**
 * A value for the input that `declared` describes: its element type, and where it is one number (a timestep) its shape,
 * which exporters write as [], [1] or [B].
 * @param batch B, and the name or number that the graph has for it
 */
export function inputFor(
  ort: Pick<typeof Ort, "Tensor">,
  {data, dims}: Value,
  declared: Metadata | undefined,
  batch: {readonly size: number; readonly dim: number | string | undefined}
): Ort.Tensor {
  if (!declared?.isTensor) return make(ort, data instanceof BigInt64Array ? "int64" : "float32", data, dims);
  const {type, shape} = declared;
  if (!(type in ARRAYS))
    throw new Error(`the input ${declared.name} is ${type}: export the model with ${Object.keys(ARRAYS).join(", ")}`);
  if (data.length !== 1 || dims.length > 1) return make(ort, type, data, dims);
  const fixed = (dim: string | number): number => (isFixed(dim) ? dim : 1);
  const [length = 1] = shape.map((dim) => (dim === batch.dim ? batch.size : fixed(dim)));
  return make(ort, type, repeated(data, length), shape.length ? [length] : []);
}

function make(ort: Pick<typeof Ort, "Tensor">, type: string, data: Value["data"], dims: readonly number[]): Ort.Tensor {
  return new ort.Tensor(type as "float32", ARRAYS[type](data) as Float32Array, dims); // types and arrays are paired above
}

function repeated(data: Value["data"], length: number): Value["data"] {
  if (length === data.length) return data;
  return data instanceof BigInt64Array
    ? new BigInt64Array(length).fill(data[0])
    : new Float32Array(length).fill(data[0]);
}

/** What onnxruntime hands out is the caller's own, so that float32 needs no copy. */
export function float32({type, data}: Ort.Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === "float16" && data instanceof Uint16Array) return fromHalves(data); // where there is no Float16Array
  return Float32Array.from<number | bigint>(data as ArrayLike<number | bigint>, Number);
}

/** float32 -> the bits of the nearest float16, ties to even; IEEE 754. */
export function halves(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfBits);
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
  const mantissa = bits & 0x7fffff;
  if (exponent >= 31) return sign | 0x7c00 | (exponent === 143 && mantissa ? 0x200 : 0); // infinite, or not a number
  if (exponent < -10) return sign; // less than half of the smallest
  const whole = exponent > 0 ? (exponent << 23) | mantissa : mantissa | 0x800000;
  const shift = exponent > 0 ? 13 : 14 - exponent;
  const kept = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && kept & 1) ? 1 : 0)); // a carry goes into the exponent
}

let table: Float32Array | null = null;

/** The bits of float16 -> float32. */
export function fromHalves(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({length: 1 << 16}, (_, half) => halfValue(half));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]];
  return values;
}

function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent ? sign * (1024 + mantissa) * 2 ** (exponent - 25) : sign * mantissa * 2 ** -24;
}
