/** How near a picture is to what was given, in the page's own numbers. */
import {averaged, clipped, luminanceOf} from "../src/pictures.js";
import type {Tensor} from "../src/tensor.js";
import type {Fidelity} from "./recording.js";

/** Side of the squares whose mean is kept, in pixels. */
export const BLOCK = 8;

/** Root mean square of the difference of two lists. */
export function rmsOf(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < one.length; i++) squares += (one[i] - other[i]) ** 2;
  return Math.sqrt(squares / one.length);
}

/** Errors against the given picture in levels of 255: of each pixel's luminance, and of the mean colours of squares. */
export function fidelityOf(picture: Tensor, given: Tensor): Fidelity {
  const shown = clipped(picture);
  return {
    luminance: 127.5 * rmsOf(luminanceOf(shown), luminanceOf(given)),
    low: 127.5 * rmsOf(averaged(shown, BLOCK).data, averaged(given, BLOCK).data)
  };
}

/** A picture in grey: its luminance in all channels. */
export function greyOf(picture: Tensor): Tensor {
  const grey = luminanceOf(picture);
  return {data: picture.data.map((_, i) => grey[i % grey.length]), dims: picture.dims};
}

/** A picture of squares, each of the mean colour of its own: what low frequencies leave. */
export function coarseOf(picture: Tensor, size = BLOCK): Tensor {
  const means = averaged(picture, size).data;
  const [, , height, width] = picture.dims;
  const data = picture.data.map((_, i) => {
    const [channel, y, x] = [Math.floor(i / (width * height)), Math.floor(i / width) % height, i % width];
    return means[(channel * (height / size) + Math.floor(y / size)) * (width / size) + Math.floor(x / size)];
  });
  return {data, dims: picture.dims};
}

/** Length of latents, a number: 1 for unit noise (root mean square). */
export const lengthOf = ({data}: Tensor): number =>
  Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
