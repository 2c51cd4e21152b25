/** What each layer of a UNet is: shapes, learned numbers, and multiply-adds of one call, counted as src/cost.ts counts. */
import {sizeOf} from "../tensor.js";
import type {ModuleWeight} from "../trace/weights.js";
import type {UnetLayer, UnetPlan} from "./plan.js";

/** [channels, height, width] */
export type Shape = readonly [channels: number, height: number, width: number];

export interface LayerFacts {
  /** With a skip: both together, the layer before first. */
  readonly input: Shape;
  readonly output: Shape;
  readonly parameters: number;
  /** Multiply-adds of one call for one picture. */
  readonly operations: number;
}

export interface UnetFacts {
  readonly layers: ReadonlyMap<string, LayerFacts>;
  /** The two linear layers of the time; width M of the sinusoids, and 4M. */
  readonly time: {readonly width: number; readonly output: number; readonly parameters: number};
  readonly parameters: number;
  readonly operations: number;
}

/** What is known of a UNet: of every layer the shape that it gives, and what was learned. */
export interface KnownUnet {
  readonly plan: UnetPlan;
  /** Of the latents. */
  readonly sample: Shape;
  shapeOf(role: string): Shape;
  readonly weights: readonly ModuleWeight[];
  /** K */
  readonly tokens: number;
}

export function unetFacts({plan, sample, shapeOf, weights, tokens}: KnownUnet): UnetFacts {
  const layers = new Map<string, LayerFacts>();
  for (const layer of plan.layers) {
    const output = shapeOf(layer.role);
    const own = weights.filter(({module}) => belongsTo(module, layer.role));
    layers.set(layer.role, {
      ...{input: inputOf(layer, sample, shapeOf), output},
      ...{parameters: parametersOf(own), operations: operationsOf(own, output, tokens)}
    });
  }
  const time = weights.filter(({module}) => belongsTo(module, "time_embedding"));
  const linear = time.find(({module, dims}) => module.endsWith("linear_1") && dims.length === 2);
  const [least, most] = [...(linear?.dims ?? [0, 0])].sort((a, b) => a - b); // stored in either orientation
  const sum = (key: "parameters" | "operations"): number =>
    [...layers.values()].reduce((total, facts) => total + facts[key], 0);
  return {
    layers,
    time: {width: least, output: most, parameters: parametersOf(time)},
    parameters: sum("parameters") + parametersOf(time),
    operations: sum("operations") + operationsOf(time, [0, 1, 1], tokens)
  };
}

function inputOf({before, skip}: UnetLayer, sample: Shape, shapeOf: (role: string) => Shape): Shape {
  const [channels, height, width] = before === null ? sample : shapeOf(before);
  return [channels + (skip ? shapeOf(skip.from)[0] : 0), height, width];
}

/** The norm before the last convolution is told with it. */
const belongsTo = (module: string, role: string): boolean =>
  module === role || module.startsWith(`${role}.`) || (role === "conv_out" && module === "conv_norm_out");

const parametersOf = (weights: readonly ModuleWeight[]): number =>
  weights.reduce((sum, {dims}) => sum + sizeOf(dims), 0);

/** Matrices work once at each place; the time's once, the text's keys and values once a token. */
function operationsOf(weights: readonly ModuleWeight[], [channels, height, width]: Shape, tokens: number): number {
  const places = height * width;
  return weights.reduce((sum, {module, dims}) => {
    if (dims.length !== 2 && dims.length !== 4) return sum; // norms and biases
    const times = /time_emb/.test(module) ? 1 : /\.attn2\.to_[kv]$/.test(module) ? tokens : places;
    const looks = /\.attn1\.to_q$/.test(module) ? places : /\.attn2\.to_q$/.test(module) ? tokens : 0;
    return sum + times * sizeOf(dims) + 2 * places * looks * channels;
  }, 0);
}
