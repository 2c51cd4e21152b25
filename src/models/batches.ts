/**
 * A graph that was exported with a fixed batch takes so many items at once and no other number: more are given to it in
 * several calls (guidance then takes two), and what a call lacks is filled up with the last item again.
 */
import type {Tensor} from "../tensor.js";
import type {Value} from "./values.js";

type Feeds = Readonly<Record<string, Value>>;
type Tensors = Record<string, Tensor>;

/** `batch` items, in calls of `size`: tensors of [batch, ...] are cut, all others (a timestep) go along with each call. */
export function inCalls(feeds: Feeds, batch: number, size: number): Feeds[] {
  return Array.from({length: Math.ceil(batch / size)}, (_, call) =>
    Object.fromEntries(
      Object.entries(feeds).map(([name, value]) => [
        name,
        value.dims[0] === batch && value.data.length > 1 ? items(value, call * size, size, batch) : value
      ])
    )
  );
}

/** Outputs of all calls, one behind the other, without those of the items that were filled up. */
export function ofCalls(results: readonly Tensors[], batch: number, size: number): Tensors {
  const join = (name: string): Tensor => {
    const parts = results.map((result) => result[name]);
    const [rows, ...dims] = parts[0].dims;
    const whole = (rows * batch) / size; // a map of all heads has several rows for an item
    const data = new Float32Array(whole * dims.reduce((product, dim) => product * dim, 1));
    let offset = 0;
    for (const part of parts) {
      const kept = part.data.subarray(0, data.length - offset);
      data.set(kept, offset);
      offset += kept.length;
    }
    return {data, dims: [whole, ...dims]};
  };
  return Object.fromEntries(Object.keys(results[0]).map((name) => [name, join(name)]));
}

function items({data, dims}: Value, first: number, size: number, batch: number): Value {
  const length = data.length / batch;
  const taken = Array.from({length: size}, (_, i) => Math.min(first + i, batch - 1));
  const shape = [size, ...dims.slice(1)];
  if (data instanceof BigInt64Array) {
    const cut = new BigInt64Array(size * length);
    taken.forEach((item, i) => cut.set(data.subarray(item * length, (item + 1) * length), i * length));
    return {data: cut, dims: shape};
  }
  const cut = new Float32Array(size * length);
  taken.forEach((item, i) => cut.set(data.subarray(item * length, (item + 1) * length), i * length));
  return {data: cut, dims: shape};
}
