import type {Tensor} from "../src/tensor.js";
import {heatmap, type Matrix} from "./heatmap.js";
import {divergingScale} from "./scales.js";

/** Which channels: from `first`, at most `count`, so many in a row. */
export interface MosaicOptions {
  readonly first?: number;
  readonly count?: number;
  readonly columns?: number;
}

/** What a mosaic shows; colours are full at ±limit. Without channels it is empty. */
export interface MosaicData extends MosaicOptions {
  readonly channels: Tensor | null;
  readonly limit: number;
  readonly label: string;
}

/** A mosaic that can be given another tensor. */
export type ChannelMosaic = HTMLElement & {update(data: MosaicData): void};

const COLOR = divergingScale(1);
const NOTHING: Matrix = {values: [NaN], rows: 1, columns: 1};

/** Feature maps side by side: channels of [C, h, w] as squares, blue below 0, red above. */
export function channelMosaic(label: string): ChannelMosaic {
  const map = heatmap(NOTHING, {color: COLOR, label});
  const paint = map.update;
  map.classList.add("channel-mosaic");
  return Object.assign(map, {
    update({channels, limit, label: name, ...options}: MosaicData): void {
      if (!channels) return paint(NOTHING, name);
      const {values, ...size} = mosaicOf(channels, options);
      paint({...size, values: Float32Array.from(values, (value) => value / (limit || 1))}, name);
    }
  }) as ChannelMosaic;
}

/** One matrix of many maps, with a gap of nothing between them. */
export function mosaicOf(
  {data, dims: [all, height, width]}: Tensor,
  {first = 0, count = 16, columns = 4}: MosaicOptions = {}
): Matrix {
  const gap = Math.max(1, Math.round(width / 8));
  const shown = Math.max(0, Math.min(count, all - first));
  const rows = Math.ceil(count / columns);
  const [down, across] = [rows * (height + gap) - gap, columns * (width + gap) - gap];
  const values = new Float32Array(down * across).fill(NaN);
  for (let i = 0; i < shown; i++) {
    const [top, left] = [Math.floor(i / columns) * (height + gap), (i % columns) * (width + gap)];
    for (let y = 0; y < height; y++) {
      const from = ((first + i) * height + y) * width;
      values.set(data.subarray(from, from + width), (top + y) * across + left);
    }
  }
  return {values, rows: down, columns: across};
}
