/** A contact sheet of scenes as one PNG. */
import {encode} from "fast-png";
import {SIDE} from "./canvas.js";

const GAP = 4;

/** Pictures (RGB bytes, 128 x 128) in rows of `columns`. */
export function contactSheet(pictures: readonly Uint8Array[], columns: number): Uint8Array {
  const rows = Math.ceil(pictures.length / columns);
  const cell = SIDE + GAP;
  const [width, height] = [columns * cell - GAP, rows * cell - GAP];
  const data = new Uint8Array(width * height * 3).fill(255);
  pictures.forEach((picture, i) => {
    const left = (i % columns) * cell;
    const top = Math.floor(i / columns) * cell;
    for (let y = 0; y < SIDE; y++) {
      data.set(picture.subarray(y * SIDE * 3, (y + 1) * SIDE * 3), ((top + y) * width + left) * 3);
    }
  });
  return encode({width, height, data, channels: 3, depth: 8});
}
