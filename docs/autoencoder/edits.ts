import type {Cell} from "../components/gridCursor.js";
import type {Tensor} from "../src/tensor.js";

/** What the reader did to latents: channels set to 0 first, then single values by their place in the tensor. */
export interface Edits {
  readonly zeroed: readonly number[];
  readonly values: ReadonlyMap<number, number>;
}

export const noEdits: Edits = {zeroed: [], values: new Map()};

/** Values are kept in this range: the picture's own lie within about ±3. */
export const EDGE = 6;

/** A brush: what it does to each cell of a square of `size` x `size`. */
export interface Brush {
  readonly channel: number;
  readonly brush: "add" | "set";
  readonly amount: number;
  readonly size: number;
}

/** Latents [1, 4, h, w] with the edits, in new memory. */
export function edited({data, dims}: Tensor, {zeroed, values}: Edits): Tensor {
  const next = data.slice();
  const area = dims[2] * dims[3];
  for (const channel of zeroed) next.fill(0, channel * area, (channel + 1) * area);
  for (const [index, value] of values) next[index] = value;
  return {data: next, dims};
}

/** One touch of the brush at a cell. */
export function painted(latents: Tensor, edits: Edits, {channel, brush, amount, size}: Brush, cell: Cell): Edits {
  const [, , height, width] = latents.dims;
  const {data} = edited(latents, edits);
  const values = new Map(edits.values);
  const reach = (size - 1) / 2;
  for (let row = Math.max(0, cell.row - reach); row <= Math.min(height - 1, cell.row + reach); row++) {
    for (let column = Math.max(0, cell.column - reach); column <= Math.min(width - 1, cell.column + reach); column++) {
      const index = (channel * height + row) * width + column;
      values.set(index, limited(brush === "set" ? amount : data[index] + amount));
    }
  }
  return {...edits, values};
}

/** A channel set to 0: what was painted on it is gone. */
export function withoutChannel({zeroed, values}: Edits, channel: number, area = 256): Edits {
  const kept = [...values].filter(([index]) => Math.floor(index / area) !== channel);
  return {zeroed: [...new Set([...zeroed, channel])].sort(), values: new Map(kept)};
}

/** Distance in cells from each cell to the nearest one whose value differs, along rows, columns or diagonals; `null` where nothing does. */
export function distances(before: Tensor, after: Tensor): Uint8Array | null {
  const [, channels, height, width] = before.dims;
  const area = height * width;
  const changed: Cell[] = [];
  for (let i = 0; i < area; i++) {
    const differs = Array.from({length: channels}, (_, c) => c * area + i).some(
      (at) => before.data[at] !== after.data[at]
    );
    if (differs) changed.push({row: Math.floor(i / width), column: i % width});
  }
  if (!changed.length) return null;
  return Uint8Array.from({length: area}, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return Math.min(...changed.map((cell) => Math.max(Math.abs(cell.row - row), Math.abs(cell.column - column))));
  });
}

/** The largest of the three colours' differences at each pixel: [1, 3, H, W] twice -> H x W values. */
export function differences(a: Tensor, b: Tensor): {values: Float32Array; width: number; height: number} {
  const [, , height, width] = a.dims;
  const area = height * width;
  const values = Float32Array.from({length: area}, (_, i) =>
    Math.max(...[i, area + i, 2 * area + i].map((at) => Math.abs(a.data[at] - b.data[at])))
  );
  return {values, width, height};
}

/** Mean difference of the pixels at each distance from what was edited, in cells of width / h pixels. */
export function byDistance(
  {values, width}: {values: ArrayLike<number>; width: number},
  distance: Uint8Array,
  columns: number
): number[] {
  const side = width / columns;
  const [sums, counts] = [[] as number[], [] as number[]];
  for (let i = 0; i < values.length; i++) {
    const at = distance[Math.floor(Math.floor(i / width) / side) * columns + Math.floor((i % width) / side)];
    sums[at] = (sums[at] ?? 0) + values[i];
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return sums.map((sum, at) => sum / counts[at]);
}

/** Edits as short text for an address: "0z.4g:200"; more than `most` values are left out of it. */
export function writeEdits({zeroed, values}: Edits, most = 150): string {
  if (values.size > most) return "";
  const cells = [...values].map(([index, value]) => `${index.toString(36)}:${Math.round(100 * value)}`);
  return [...zeroed.map((channel) => `${channel}z`), ...cells].join(".");
}

/** Such text read again; `undefined` where it is not valid. */
export function readEdits(text: string, size = 1024): Edits | undefined {
  const zeroed: number[] = [];
  const values = new Map<number, number>();
  for (const part of text ? text.split(".") : []) {
    const [, channel] = /^([0-3])z$/.exec(part) ?? [];
    const [, index, value] = /^([0-9a-z]{1,2}):(-?\d{1,3})$/.exec(part) ?? [];
    if (channel !== undefined) zeroed.push(Number(channel));
    else if (index !== undefined && parseInt(index, 36) < size)
      values.set(parseInt(index, 36), limited(Number(value) / 100));
    else return undefined;
  }
  return {zeroed, values};
}

const limited = (value: number): number => Math.min(EDGE, Math.max(-EDGE, value));
