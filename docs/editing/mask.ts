import type {Tensor} from "../src/tensor.js";

/** One cell a latent: 16 x 16 of 0 (keep) and 1 (draw). */
export type Mask = Uint8Array;

export const SIDE = 16;

/** A rectangle of cells, ends included. */
export function rectangle(top: number, left: number, bottom: number, right: number): Mask {
  const inside = (row: number, column: number) => row >= top && row <= bottom && column >= left && column <= right;
  return Uint8Array.from({length: SIDE * SIDE}, (_, i) => Number(inside(Math.floor(i / SIDE), i % SIDE)));
}

/** A mask as the pipelines take it. */
export const maskTensor = (mask: Mask): Tensor => ({data: Float32Array.from(mask), dims: [1, 1, SIDE, SIDE]});

/** A mask in the size of latents [., ., h, w]: each of their cells has the value of the mask's cell that it lies in. */
export function fittedTo([, , height, width]: readonly number[], mask: Mask): Mask {
  if (height === SIDE && width === SIDE) return mask;
  const at = (i: number, length: number): number => Math.floor((i * SIDE) / length);
  return Uint8Array.from(
    {length: height * width},
    (_, i) => mask[at(Math.floor(i / width), height) * SIDE + at(i % width, width)]
  );
}

/** Four cells a letter, for an address and a recording. */
export function writeMask(mask: Mask): string {
  return Array.from({length: mask.length / 4}, (_, i) =>
    mask
      .subarray(4 * i, 4 * i + 4)
      .reduce((sum, cell) => 2 * sum + cell, 0)
      .toString(16)
  ).join("");
}

/** Such letters read again; `undefined` where they are no mask. */
export function readMask(text: string): Mask | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return Uint8Array.from(
    [...text].flatMap((letter) => [8, 4, 2, 1].map((bit) => Number((parseInt(letter, 16) & bit) > 0)))
  );
}
