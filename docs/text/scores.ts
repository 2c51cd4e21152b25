/** The scores behind one row's attention, from the running encoder. Vaswani et al. 2017, arXiv:1706.03762, equation 1. */
import type {Engine} from "../src/worker/client.js";
import type {Tensor} from "../src/tensor.js";

/** Which row of which head is asked for: layer and head count from 1, the row from 0. */
export interface Asked {
  readonly prompt: string;
  readonly layer: number;
  readonly head: number;
  readonly heads: number;
  readonly row: number;
}

/** q · k / sqrt(d) of a row with itself and every row before it. */
export async function scoresOf(
  engine: Pick<Engine, "inside">,
  {prompt, layer, head, heads, row}: Asked
): Promise<number[]> {
  const roles = ["q_proj", "k_proj"].map((name) => `encoder.layers.${layer - 1}.self_attn.${name}`);
  const found = await engine.inside({part: "text_encoder", texts: [prompt], roles});
  const [queries, keys] = roles.map((role) => found[role]);
  const query = ofHead(queries, row, head, heads);
  return Array.from({length: row + 1}, (_, i) => {
    const key = ofHead(keys, i, head, heads);
    return query.reduce((sum, value, e) => sum + value * key[e], 0) / Math.sqrt(query.length);
  });
}

/** A head's part of a row of [1, K, heads · d]. */
function ofHead({data, dims}: Tensor, row: number, head: number, heads: number): Float32Array {
  const [, , width] = dims;
  const size = width / heads;
  const start = row * width + (head - 1) * size;
  return data.subarray(start, start + size);
}
