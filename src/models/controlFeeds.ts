/** Controls as inputs of `unet/controls.onnx`, which needs all of its inputs at every run: see data/training/controls.py. */
import {fedMap, type Controls, type Gate} from "../controls.js";
import {sizeOf, type Tensor} from "../tensor.js";

const PROBABILITIES = /\.probabilities$/;
/** Inputs that add or blend in, whose neutral value is 0, with their number of dimensions; all others multiply: 1. */
const NEUTRAL: readonly (readonly [name: RegExp, value: number, dimensions: number])[] = [
  [PROBABILITIES, 0, 4],
  [/\.attn[12]\.gate$/, 0, 4],
  [/\.residual$/, 0, 4],
  [/^token_weights$/, 1, 2],
  [/\.gate$/, 1, 1]
];

/**
 * A value for every one of the inputs `names` (those of the plain UNet left out), for a batch of `items.length`. What no
 * item controls is a single number. @throws when an item controls what the graph lacks, or a value is out of range
 */
export function controlFeeds(names: readonly string[], items: readonly (Controls | null)[]): Record<string, Tensor> {
  const known = new Set(names);
  const given = items.map((controls) => new Map(controls ? inputsOf(controls) : []));
  for (const name of given.flatMap((inputs) => [...inputs.keys()])) {
    if (!known.has(name)) throw new Error(`this model has no ${name} to control; it has ${names.join(", ")}`);
  }
  return Object.fromEntries(
    names.map((name) => {
      const neutral = neutralOf(name);
      if (!given.some((inputs) => inputs.has(name))) return [name, neutral];
      return [name, stacked(given.map((inputs) => inputs.get(name) ?? neutral))];
    })
  );
}

function neutralOf(name: string): Tensor {
  const found = NEUTRAL.find(([pattern]) => pattern.test(name));
  if (!found)
    throw new Error(`unet/controls.onnx has an input ${name}, which this program does not know: export it again`);
  const [, value, dimensions] = found;
  return {data: Float32Array.of(value), dims: new Array<number>(dimensions).fill(1)};
}

/** The inputs that one item of a batch does not leave neutral. */
function inputsOf(controls: Controls): (readonly [name: string, value: Tensor])[] {
  const {attention = {}, tokenWeights, skips = {}, timeEmbedding, crossAttention, residuals = {}} = controls;
  const gates = {...skips, time_embedding: timeEmbedding, cross_attention: crossAttention};
  return [
    ...Object.entries(attention).flatMap(([role, map]) => {
      const {probabilities, gate} = fedMap(map);
      return [[role, probabilities] as const, [role.replace(PROBABILITIES, ".gate"), gatesOf(role, gate)] as const];
    }),
    ...(tokenWeights ? [["token_weights", row(tokenWeights)] as const] : []),
    ...Object.entries(gates).flatMap(([role, gate]) =>
      gate === undefined ? [] : [[`${role}.gate`, {data: Float32Array.of(checked(role, gate)), dims: [1]}] as const]
    ),
    ...Object.entries(residuals).map(([block, residual]) => [`${block}.residual`, residual] as const)
  ];
}

/** Of a map's columns, [1, 1, 1, K or 1]. */
function gatesOf(role: string, gate: Gate | readonly Gate[]): Tensor {
  const {data, dims} = row((typeof gate === "number" ? [gate] : gate).map((value) => checked(role, value)));
  return {data, dims: [1, 1, ...dims]};
}

const row = (values: readonly number[]): Tensor => ({data: Float32Array.from(values), dims: [1, values.length]});

function checked(role: string, gate: number): number {
  if (!(gate >= 0 && gate <= 1)) throw new Error(`the gate of ${role} is ${gate}: give a number of 0 to 1`);
  return gate;
}

/** One after the other along the batch, each repeated to the largest size of each other dimension. */
function stacked(tensors: readonly Tensor[]): Tensor {
  const dims = tensors[0].dims.map((_, axis) => Math.max(...tensors.map((tensor) => tensor.dims[axis])));
  const size = sizeOf(dims.slice(1));
  const data = new Float32Array(tensors.length * size);
  tensors.forEach((tensor, i) => data.set(repeated(tensor, dims.slice(1)), i * size));
  return {data, dims: [tensors.length, ...dims.slice(1)]};
}

/** Values of [1, ...] at a larger size `dims`, those along a dimension of 1 repeated. */
function repeated({data, dims: [, ...from]}: Tensor, dims: readonly number[]): Float32Array {
  if (data.length === sizeOf(dims)) return data;
  if (data.length === 1) return new Float32Array(sizeOf(dims)).fill(data[0]);
  const [length, ...inner] = dims;
  const part = sizeOf(inner);
  const own = sizeOf(from.slice(1));
  const whole = new Float32Array(length * part);
  for (let i = 0; i < length; i++) {
    const start = from[0] === 1 ? 0 : i * own;
    whole.set(repeated({data: data.subarray(start, start + own), dims: [1, ...from.slice(1)]}, inner), i * part);
  }
  return whole;
}
