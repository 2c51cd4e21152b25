import {html} from "../components/dom.js";
import {gridCursor, type Cell} from "../components/gridCursor.js";
import {colorLegend, heatmap, type Heatmap} from "../components/heatmap.js";
import {moments} from "../components/latentChannels.js";
import {divergingScale} from "../components/scales.js";
import {signed} from "../components/valueBars.js";
import type {Tensor} from "../src/tensor.js";

/** Beyond this, colours of latents change no more: they spread by about 1. */
export const LIMIT = 3;
export const latentColor = divergingScale(LIMIT);

/** The legend of latents' colours. */
export function latentLegend(): HTMLElement {
  return colorLegend(latentColor, {
    ...{from: -LIMIT, to: LIMIT, title: "value of a latent"},
    format: (value) => (value < 0 ? `−${-value}` : `+${value}`)
  });
}

/** The four channels of latents, with a square at the place that the lens looks at. */
export type Channels = HTMLElement & {update(latents: Tensor, cell: Cell): void};

export function channels(onMove: (cell: Cell) => void, title: string): Channels {
  const maps: Heatmap[] = [];
  const captions: HTMLElement[] = [];
  const cursors = [0, 1, 2, 3].map((channel) => {
    const map = heatmap({values: new Float32Array(256), rows: 16, columns: 16}, {color: latentColor, label: title});
    const cursor = gridCursor(map, {rows: 16, columns: 16, hover: true});
    cursor.addEventListener("input", () => onMove(cursor.value));
    maps.push(map);
    captions.push(html("figcaption", {}, `channel ${channel + 1}`));
    return cursor;
  });
  const node = html(
    "div",
    {class: "channel-grid"},
    ...cursors.map((cursor, i) => html("figure", {class: "channel"}, cursor, captions[i]))
  );
  let shown: Tensor | null = null;
  return Object.assign(node, {
    update(latents: Tensor, cell: Cell): void {
      for (const cursor of cursors) cursor.value = cell;
      if (latents === shown) return;
      shown = latents;
      maps.forEach((map, channel) => {
        const {mean, deviation} = moments(latents, channel, maps.length);
        const words = `mean ${signed(mean)}, spread ${deviation.toFixed(2)}`;
        map.update(channelMatrix(latents, channel), `${title}, channel ${channel + 1}: ${words}`);
        captions[channel].textContent = `${channel + 1}: ${signed(mean)} ± ${deviation.toFixed(2)}`;
      });
    }
  });
}

/** One channel of [1, C, h, w] as a matrix. */
export function channelMatrix({data, dims}: Tensor, channel: number) {
  const [, , rows, columns] = dims;
  const area = rows * columns;
  return {values: data.subarray(channel * area, (channel + 1) * area), rows, columns};
}
