import {html} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** One picture of a sum. `coefficient`: the number it is multiplied by; left out for a result. */
export interface SumTerm {
  readonly pixels: Pixels | null;
  readonly coefficient?: number;
}

/** What never changes of a term: the sign before it, its letter, its name, and the colour of its bar. */
export interface TermLabel {
  readonly sign?: string;
  readonly symbol: () => Node;
  readonly name: string;
  readonly tone?: "signal" | "noise" | "result";
}

/** A sum of pictures that can be given other pictures and numbers. */
export type PictureSum = HTMLElement & {update(terms: readonly SumTerm[]): void};

/** [picture] × a + [picture] × b = [picture]: bars show the coefficients, `most` of which fills a bar. */
export function pictureSum(
  labels: readonly TermLabel[],
  terms: readonly SumTerm[],
  {label, most = 1}: {label: string; most?: number}
): PictureSum {
  const cells = labels.map(cellOf);
  const parts = labels.flatMap(({sign}, i) => [sign ? signOf(sign) : null, cells[i].node]);
  const node = html(
    "div",
    {class: "picture-sum", role: "group", "aria-label": label},
    ...parts.filter((part) => part !== null)
  );

  function update(next: readonly SumTerm[]): void {
    next.forEach((term, i) => fill(cells[i], labels[i], term, most));
  }

  update(terms);
  return Object.assign(node, {update});
}

interface Cell {
  readonly node: HTMLElement;
  readonly canvas: PixelCanvas;
  readonly times: HTMLElement;
  readonly bar: HTMLElement;
}

function cellOf({symbol, name, tone = "result"}: TermLabel): Cell {
  const [times, bar] = [html("span", {class: "times"}), html("i", {class: "bar"})];
  const canvas = pixelCanvas(null, {label: name});
  const node = html(
    "figure",
    {class: `term tone-${tone}`},
    canvas,
    html("figcaption", {class: "tile-label"}, symbol(), " ", name),
    html("div", {class: "weight"}, times, html("span", {class: "track"}, bar))
  );
  return {node, canvas, times, bar};
}

function fill({canvas, times, bar}: Cell, {name}: TermLabel, {pixels, coefficient}: SumTerm, most: number): void {
  canvas.paint(pixels);
  canvas.classList.toggle("smooth", (pixels?.width ?? 0) > 16);
  const told = coefficient !== undefined;
  times.parentElement!.classList.toggle("empty", !told);
  canvas.label(told ? `${name}, times ${coefficient.toFixed(2)}` : name);
  times.textContent = told ? `× ${coefficient.toFixed(2)}` : "";
  bar.style.width = told ? `${Math.min(100, (100 * Math.abs(coefficient)) / most)}%` : "0";
}

function signOf(sign: string): HTMLElement {
  return html("span", {class: "operator", "aria-hidden": "true"}, sign);
}
