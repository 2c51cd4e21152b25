import type {Neighbour} from "./state.js";

/** The mean colour of a thing's emoji: red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** By phrase. */
export type Colors = ReadonlyMap<string, Rgb>;

/** How far two colours are apart: 0 the same, 442 black and white. */
export const colorDistance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** How far the colours of a phrase's nearest neighbours are from its own on average, and those of all; null where its colour is not known. */
export function colorsAround(
  phrase: string,
  list: readonly Neighbour[],
  colors: Colors,
  count: number
): {nearest: number; all: number} | null {
  const own = colors.get(phrase);
  if (!own) return null;
  const distances = list.flatMap((one) => {
    const color = colors.get(one.phrase);
    return color ? [colorDistance(own, color)] : [];
  });
  if (distances.length < list.length || list.length <= count) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {nearest: mean(distances.slice(0, count)), all: mean(distances)};
}

/** The mean colour of RGBA bytes with straight alpha: what cannot be seen does not count. */
export function meanColor(data: Uint8Array): Rgb {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3];
    for (let channel = 0; channel < 3; channel++) sums[channel] += alpha * data[i + channel];
    sums[3] += alpha;
  }
  const [red, green, blue] = sums.slice(0, 3).map((sum) => Math.round(sum / (sums[3] || 1)));
  return [red, green, blue];
}
