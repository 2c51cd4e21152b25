/** Attention probabilities: which layers of a UNet have them, and how to take them out of what a drawing traced. */
import type {OnnxGraph} from "./graph.js";
import {findRoles, type Roles} from "./roles.js";
import {batchItem, type Tensor} from "../tensor.js";

/** attn1 looks from cell to cell, attn2 from cells to the tokens of the text. */
export type AttentionKind = "self" | "cross";

export interface AttentionLayer {
  /** diffusers' module path, for example "mid_block.attentions.0.transformer_blocks.0.attn2". */
  readonly layer: string;
  readonly kind: AttentionKind;
  /** What to ask for: `trace: [role]`. */
  readonly role: string;
}

/** The probabilities of one layer for one item of a batch. */
export interface AttentionMap {
  readonly layer: string;
  readonly kind: AttentionKind;
  /** [heads, q, K]: how each of q cells, row by row, shares itself among K tokens (or q cells). Rows sum to 1. */
  readonly probabilities: Tensor;
}

const LAYER = /\.attn([12])$/;
const PROBABILITIES = ".probabilities";

/**
 * The attention layers of a UNet in the order they run.
 * @throws when the file holds fused attention, which keeps no probabilities, or does not name its modules
 */
export function attentionLayers(graph: OnnxGraph, roles: Roles): AttentionLayer[] {
  const found = [...roles.values()].filter(({part, module}) => part === "probabilities" && LAYER.test(module));
  const layers = found.length ? found : findRoles(graph, roles, ["attn2"]); // which throws
  return layers.map(({module, role}) => ({layer: module, kind: kindOf(module), role}));
}

const kindOf = (layer: string): AttentionKind => (LAYER.exec(layer)?.[1] === "1" ? "self" : "cross");

/**
 * The maps of one item of the batch among the traced tensors of a step, in the order they were traced.
 * @param item of the batch: with guidance 0 is without the prompt, 1 with it; -1 is the last, always with the prompt
 */
export function attentionMaps(
  inside: Readonly<Record<string, Tensor>>,
  {kind, item = -1}: {kind: AttentionKind; item?: number}
): AttentionMap[] {
  const roles = Object.keys(inside).filter((role) => role.endsWith(PROBABILITIES));
  return roles.flatMap((role) => {
    const layer = role.slice(0, -PROBABILITIES.length);
    if (!LAYER.test(layer) || kindOf(layer) !== kind) return [];
    return [{layer, kind, probabilities: probabilitiesOf(inside[role], item)}];
  });
}

/** [B, heads, q, K] -> [heads, q, K] of one item, counted from the end where negative. */
export function probabilitiesOf(map: Tensor, item: number): Tensor {
  const {data, dims} = batchItem(map, item < 0 ? map.dims[0] + item : item);
  return {data, dims: dims.slice(1)};
}
