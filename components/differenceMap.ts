import {rgb} from "d3";
import {html} from "./dom.js";
import {colorLegend} from "./heatmap.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {sequentialScale} from "./scales.js";

/** How much two pictures differ at each pixel, row by row: 0 or more, in units of the pictures' range [-1, 1]. */
export interface Differences {
  values: ArrayLike<number>;
  width: number;
  height: number;
}

/** Options: what is darkest and brightest on the logarithmic scale. */
export interface DifferenceMapOptions {
  least?: number;
  most?: number;
}

/** A map of differences that can be given others; `null` empties it. */
export type DifferenceMap = HTMLElement & {update(differences: Differences | null, label: string): void};

const COLORS = 256;

/** Differences on a logarithmic scale, so that a faint one can be seen beside a strong one, with its legend. */
export function differenceMap(
  differences: Differences | null,
  label: string,
  {least = 1e-4, most = 1}: DifferenceMapOptions = {}
): DifferenceMap {
  const canvas = pixelCanvas(null, {label});
  const color = sequentialScale(1);
  const table = Array.from({length: COLORS}, (_, i) => rgb(color(i / (COLORS - 1))));
  const format = (share: number) => powerOfTen(Math.log10(least) + share * Math.log10(most / least));
  const legend = colorLegend(color, {from: 0, to: 1, title: "difference, each step ten times more", format});

  function pixelsOf({values, width, height}: Differences): Pixels {
    const data = new Uint8ClampedArray(4 * width * height);
    for (let i = 0; i < width * height; i++) {
      const share = Math.log(values[i] / least) / Math.log(most / least);
      const {r, g, b} = table[Math.round((COLORS - 1) * Math.min(1, Math.max(0, share)))];
      data.set([r, g, b, 255], 4 * i);
    }
    return {data, width, height};
  }

  function update(next: Differences | null, name: string): void {
    canvas.paint(next && pixelsOf(next));
    canvas.label(name);
  }

  update(differences, label);
  return Object.assign(html("div", {class: "difference-map"}, canvas, legend), {update});
}

/** 0.001 as "0.001", smaller ones as a power of ten. */
function powerOfTen(exponent: number): string {
  return exponent > -3.5 ? String(Number((10 ** exponent).toPrecision(1))) : (10 ** exponent).toPrecision(1);
}
