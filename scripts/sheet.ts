/** Pictures side by side in one PNG. */
import {encode} from "fast-png";

/** @param pictures RGB bytes [height, width, 3] each */
export function encodeSheet(pictures: readonly Uint8Array[], width: number, height: number): Uint8Array {
  const row = 3 * width;
  const data = new Uint8Array(row * height * pictures.length);
  for (const [i, picture] of pictures.entries()) {
    for (let y = 0; y < height; y++) {
      data.set(picture.subarray(row * y, row * (y + 1)), row * (y * pictures.length + i));
    }
  }
  return encode({width: width * pictures.length, height, data, channels: 3, depth: 8});
}
