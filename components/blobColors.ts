import {rgb} from "d3";

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Colours of labels that name one; none of them stands for one of the three boxes, and all are seen on light and dark. */
const NAMED: Record<string, string> = {
  orange: "#d9661f",
  teal: "#0f9a83",
  violet: "#8a63e8",
  olive: "#87891a",
  brown: "#a0694b"
};

/** The colour of a label: its own name's, or that of its place among the labels. */
export function labelColor(label: string, labels: readonly string[]): Rgb {
  const others = Object.values(NAMED);
  const {r, g, b} = rgb(NAMED[label] ?? others[Math.max(0, labels.indexOf(label)) % others.length]);
  return [r, g, b];
}

/** Colours mixed by shares that sum to 1. */
export function mixed(colors: readonly Rgb[], shares: ArrayLike<number>): Rgb {
  const sum: [number, number, number] = [0, 0, 0];
  colors.forEach((color, k) => color.forEach((value, i) => (sum[i] += shares[k] * value)));
  return sum;
}
