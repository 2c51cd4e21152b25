// A run as a film that any program plays: an animated GIF that goes round for ever (GIF89a).
// @ts-expect-error the package brings no types; the part that is used is described below
import * as untyped from "gifenc/dist/gifenc.esm.js";

type Palette = number[][];
type Format = "rgb565";

interface Gifenc {
  quantize(rgba: Uint8Array, maxColors: number, options: {format: Format}): Palette;
  applyPalette(rgba: Uint8Array, palette: Palette, format: Format): Uint8Array;
  GIFEncoder(): {
    /** `delay` in ms; `repeat` of 0: for ever. */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: {palette: Palette; delay: number; repeat: number}
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}

const {GIFEncoder, applyPalette, quantize} = untyped as Gifenc;

/** RGBA bytes, row by row. */
export interface Frame {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Milliseconds that a frame stays, and the last one. */
export interface FilmOptions {
  readonly delay?: number;
  readonly lastDelay?: number;
}

/** A GIF of frames of one size, each with the 256 colours that fit it best. */
export function encodeFilm(frames: readonly Frame[], {delay = 100, lastDelay = 1500}: FilmOptions = {}): Uint8Array {
  if (!frames.length) throw new Error("a film of no frames: draw a picture first");
  const gif = GIFEncoder();
  frames.forEach(({data, width, height}, i) => {
    const rgba = new Uint8Array(data); // a copy: the quantiser reads the whole buffer under it
    const palette = quantize(rgba, 256, {format: "rgb565"});
    const last = i === frames.length - 1;
    gif.writeFrame(applyPalette(rgba, palette, "rgb565"), width, height, {
      ...{palette, repeat: 0, delay: last ? lastDelay : delay}
    });
  });
  gif.finish();
  return gif.bytes();
}
