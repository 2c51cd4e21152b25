/** Where a UNet keeps its attention probabilities: the softmax of every attention layer, named by its role. */
import {batchItem, type Tensor} from "../tensor.js";
import type {GraphNode} from "./graph.js";

export interface AttentionLayer {
  /** diffusers' module path, for example "mid_block.attentions.0.transformer_blocks.0.attn2". */
  readonly layer: string;
  /** attn1 looks from cell to cell, attn2 from cells to the tokens of the text. */
  readonly kind: "self" | "cross";
  /** The tensor of the probabilities [B * heads, q, K], or [B, heads, q, K]. */
  readonly tensor: string;
}

const FUSED = new Set(["Attention", "MultiHeadAttention", "GroupQueryAttention", "PackedMultiHeadAttention"]);

/**
 * The attention layers of a UNet's graph in the order they run. Node names may be diffusers' module paths with dots, as
 * in the tiny model, or with slashes, as Optimum writes them.
 * @throws when the file holds fused attention, which keeps no probabilities
 */
export function attentionLayers(nodes: readonly GraphNode[]): AttentionLayer[] {
  const layers = nodes.flatMap(({operator, name, outputs}) => {
    const role = name.replace(/^\//, "").replaceAll("/", ".");
    const match = /^(.*\.attn([12]))\.Softmax/.exec(role);
    if (operator !== "Softmax" || !match) return [];
    return [{layer: match[1], kind: match[2] === "1" ? "self" : "cross", tensor: outputs[0]} as const];
  });
  const fused = nodes.find(({operator}) => FUSED.has(operator));
  if (!layers.length && fused) {
    throw new Error(
      `this UNet was exported with fused attention (${fused.operator}), which keeps no probabilities: export it with plain attention to see its maps`
    );
  }
  return layers;
}

/** Probabilities of a batch -> of one item, [heads, q, K]. @param batch how many items were computed together */
export function probabilitiesOf(map: Tensor, item: number, batch: number): Tensor {
  const [queries, keys] = map.dims.slice(-2);
  const {data} = batchItem({data: map.data, dims: [batch, map.data.length / batch]}, item);
  return {data, dims: [data.length / (queries * keys), queries, keys]};
}
