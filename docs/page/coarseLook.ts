import type {Pixels} from "../components/pixels.js";

/** Blocks a side of a picture. */
const BLOCKS = 8;

/** Numbers of a look. */
export const LOOK_SIZE = 4 * BLOCKS * BLOCKS;

/** How a picture looks from afar: of each of 8 x 8 blocks the mean red, green and blue, and twice the contrast; 256 numbers from 0 to 255. */
export function lookOf({data, width, height}: Pixels): Uint8Array {
  const look = new Uint8Array(LOOK_SIZE);
  const [wide, high] = [width / BLOCKS, height / BLOCKS];
  for (let block = 0; block < BLOCKS * BLOCKS; block++) {
    const [left, top] = [(block % BLOCKS) * wide, Math.floor(block / BLOCKS) * high];
    const sums = [0, 0, 0];
    let squares = 0;
    for (let y = top; y < top + high; y++) {
      for (let x = left; x < left + wide; x++) {
        for (let c = 0; c < 3; c++) {
          const value = data[4 * (y * width + x) + c];
          sums[c] += value;
          squares += value * value;
        }
      }
    }
    const size = wide * high;
    const means = sums.map((sum) => sum / size);
    const variance = squares / size - means.reduce((sum, mean) => sum + mean * mean, 0);
    look.set([...means, Math.min(255, 2 * Math.sqrt(Math.max(0, variance)))].map(Math.round), 4 * block);
  }
  return look;
}

/** The root of the mean squared difference of two looks, in levels of 255. */
export function lookDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum / a.length);
}
