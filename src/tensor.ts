/** A tensor: row-major float32 values and their dimensions, named as in onnxruntime. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** @throws when the number of values does not fit the dimensions */
export function tensor(data: Float32Array, dims: readonly number[]): Tensor {
  if (data.length !== sizeOf(dims)) throw new Error(`${data.length} values do not fill the shape [${dims.join(", ")}]`);
  return {data, dims};
}

/**
 * Sum of coefficient times tensor; null tensors and coefficients of 0 add nothing. All shapes alike. Coefficients,
 * products and sums are each rounded to float32, as torch does: where large terms nearly cancel, rounding is all that is left.
 */
export function combine(...terms: readonly (readonly [number, Tensor | null])[]): Tensor {
  const used = terms.filter((term): term is [number, Tensor] => term[0] !== 0 && term[1] !== null);
  const like = (used[0] ?? terms.find(([, value]) => value !== null))?.[1];
  if (!like) throw new Error("nothing to combine: give at least one tensor");
  const data = new Float32Array(like.data.length);
  for (const [coefficient, {data: values}] of used) {
    const factor = Math.fround(coefficient);
    for (let i = 0; i < data.length; i++) data[i] += Math.fround(factor * values[i]);
  }
  return {data, dims: like.dims};
}

/** Row `index` of the first dimension, kept as a batch of one: [B, ...] -> [1, ...]. */
export function batchItem({data, dims}: Tensor, index: number): Tensor {
  const size = sizeOf(dims.slice(1));
  return {data: data.slice(index * size, (index + 1) * size), dims: [1, ...dims.slice(1)]};
}

/** Tensors [b, ...] one after the other along the first dimension. */
export function concat(tensors: readonly Tensor[]): Tensor {
  const data = new Float32Array(tensors.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const part of tensors) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return {data, dims: [tensors.reduce((sum, part) => sum + part.dims[0], 0), ...tensors[0].dims.slice(1)]};
}

/**
 * The parts of a batch along its first dimension: `items` says how many items of the batch each part has. An inner tensor
 * may have several rows an item (heads): [B * n, ...] -> [items * n, ...]. What is one for all (a time embedding) stays whole.
 */
export function split(whole: Tensor, items: readonly number[]): Tensor[] {
  const {data, dims} = whole;
  const batch = items.reduce((sum, count) => sum + count, 0);
  if (dims[0] % batch) return items.map(() => whole);
  let offset = 0;
  return items.map((count) => {
    const from = offset;
    offset += (data.length / batch) * count;
    return {data: data.slice(from, offset), dims: [(dims[0] / batch) * count, ...dims.slice(1)]};
  });
}

/** The rows of a matrix [B, D]. */
export function rowsOf({data, dims: [count, width]}: Tensor): Float32Array[] {
  return Array.from({length: count}, (_, i) => data.slice(i * width, (i + 1) * width));
}

/** Channels of one item, one after the other: [1, a, h, w] and [1, b, h, w] -> [1, a + b, h, w]. */
export function withChannels(first: Tensor, second: Tensor): Tensor {
  const [, channels, ...place] = first.dims;
  const {data} = concat([first, second]);
  return {data, dims: [1, channels + second.dims[1], ...place]};
}
