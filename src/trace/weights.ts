/** Which module of a graph holds which learned numbers: read from the file's own nodes, not from a configuration. */
import {sizeOf} from "../tensor.js";
import type {GraphNode, OnnxGraph} from "./graph.js";
import {moduleOf} from "./roles.js";
import type {Weight} from "./signature.js";

/** One array of learned numbers, where it is used. */
export interface ModuleWeight {
  /** diffusers' path of the module whose node reads it: "down_blocks.0.resnets.0.conv1". */
  readonly module: string;
  readonly dims: readonly number[];
}

/** Operators that hand on what they get: exporters store weights in another type or orientation. */
const PASSING = new Set(["Cast", "Identity", "Transpose", "Reshape", "Unsqueeze", "DequantizeLinear"]);
/** Operators that compute with learned numbers. A norm that was taken apart has its own in a Mul and an Add. */
const LEARNED = new Set(["Conv", "ConvTranspose", "Gemm", "MatMul", "Mul", "Add", "LayerNormalization", "GroupNormalization", "Gather"]); // prettier-ignore
const NUMBERS = /^(b?float|u?int[48]$)/;
/** The sinusoids of the time are fixed: nothing in them was learned. */
const FIXED = /^time_proj(\.|$)/;

/** In the order in which they are used. What two modules share is told of both. */
export function moduleWeights({nodes}: OnnxGraph, weights: readonly Weight[]): ModuleWeight[] {
  const dims = new Map(weights.flatMap(({name, type, dims: of}) => (NUMBERS.test(type) ? [[name, of] as const] : [])));
  return nodes.flatMap((node) => {
    const first = dims.get(node.inputs[0]);
    if (PASSING.has(node.operator) && first) {
      for (const output of node.outputs) dims.set(output, first);
      return [];
    }
    return usedBy(node, dims);
  });
}

function usedBy(node: GraphNode, dims: ReadonlyMap<string, readonly number[]>): ModuleWeight[] {
  const module = moduleOf(node);
  if (!LEARNED.has(node.operator) || module === "" || FIXED.test(module)) return [];
  return node.inputs.flatMap((name) => {
    const of = dims.get(name);
    return of && sizeOf(of) > 1 ? [{module, dims: of}] : [];
  });
}
