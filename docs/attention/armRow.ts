import {html} from "../components/dom.js";
import {pixelCanvas, type PixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

/** One picture of a row of experiments. `source` of null: not drawn. */
export interface Arm {
  readonly title: string;
  readonly pixels: Pixels | null;
  readonly source: "recorded" | "live" | null;
}

/** Pictures side by side, each with what was done to it. */
export type ArmRow = HTMLElement & {update(arms: readonly Arm[]): void};

export function armRow(label: string): ArmRow {
  const node = html("div", {class: "arm-row", role: "group", "aria-label": label});
  const cells: {node: HTMLElement; canvas: PixelCanvas; words: HTMLElement}[] = [];

  function add(): void {
    const [canvas, words] = [pixelCanvas(null, {label, smooth: true}), html("figcaption", {})];
    const cell = html("figure", {}, canvas, words);
    node.append(cell);
    cells.push({node: cell, canvas, words});
  }

  return Object.assign(node, {
    update(arms: readonly Arm[]): void {
      while (cells.length > arms.length) cells.pop()!.node.remove();
      while (cells.length < arms.length) add();
      arms.forEach(({title, pixels, source}, i) => {
        const {canvas, words} = cells[i];
        canvas.paint(pixels);
        canvas.label(`${title}${source === "recorded" ? " (recorded)" : ""}`);
        words.replaceChildren(title, ...(source ? [html("small", {}, source)] : []));
      });
    }
  });
}
