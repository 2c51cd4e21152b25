import {announce, html, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {symbol} from "./symbol.js";

/** The pictures of one step. */
export type TileKey = "x0" | "eps" | "noise" | "next";

/**
 * A picture of the equation: its linear preview and, for the terms on the left, the number it is multiplied by. A tile beside the usual
 * four brings its name and its symbol; `note` says more below it.
 */
export interface EquationTile<K extends string = TileKey> {
  key: K;
  pixels: Pixels | null;
  coefficient?: number;
  name?: string;
  symbol?: () => HTMLElement;
  note?: string;
}

/** The equation as an input: `value` is the opened tile, or `null`. */
export type Equation<K extends string = TileKey> = HTMLElement & {
  value: K | null;
  update(tiles: readonly EquationTile<K>[], value: K | null): void;
};

/** Options: the opened tile, and the accessible name. */
export interface EquationOptions<K extends string> {
  value?: K | null;
  label?: string;
}

export const tileNames: Record<TileKey, string> = {
  x0: "guessed picture",
  eps: "predicted noise",
  noise: "fresh noise",
  next: "next latents"
};

const symbols: Record<TileKey, () => HTMLElement> = {
  x0: () => symbol("x", {hat: true, index: "0"}),
  eps: () => symbol("ε", {hat: true}),
  noise: () => symbol("z"),
  next: () => symbol("x′")
};
const isUsual = (key: string): key is TileKey => key in tileNames;
const nameOf = ({key, name}: EquationTile<string>): string => name ?? (isUsual(key) ? tileNames[key] : key);
const symbolOf = ({key, symbol: own}: EquationTile<string>): HTMLElement | null =>
  own?.() ?? (isUsual(key) ? symbols[key]() : null);

/** [x̂0] × a + [ε̂] × b + [fresh noise] × c = [next]: a step of the loop in pictures. Bars show the coefficients; a tile opens when pressed. */
export function equation<K extends string = TileKey>(
  tiles: readonly EquationTile<K>[],
  {value = null, label = "One step as an equation of pictures"}: EquationOptions<K> = {}
): Equation<K> {
  let opened = value;
  let keys = "";
  const cells = new Map<K, Cell>();
  const node = html("div", {class: "equation", role: "group", "aria-label": label});

  function press(key: K): void {
    opened = opened === key ? null : key;
    for (const [name, {button}] of cells) button.setAttribute("aria-expanded", String(name === opened));
    announce(node);
  }

  function build(next: readonly EquationTile<K>[]): void {
    keys = keysOf(next);
    cells.clear();
    node.replaceChildren();
    node.style.setProperty("--terms", String(Math.max(1, next.length - 1)));
    next.forEach((tile, i) => cells.set(tile.key, addCell(node, tile, {first: i === 0, press: () => press(tile.key)})));
  }

  function update(next: readonly EquationTile<K>[], nextOpened: K | null): void {
    opened = nextOpened;
    if (keysOf(next) !== keys) build(next);
    for (const tile of next) fill(cells.get(tile.key)!, tile, tile.key === opened);
  }

  update(tiles, value);
  return Object.assign(
    withValue(node, () => opened),
    {update}
  );
}

const keysOf = (tiles: readonly EquationTile<string>[]): string => tiles.map(({key}) => key).join();

interface Cell {
  button: HTMLButtonElement;
  canvas: PixelCanvas;
  bar: HTMLElement;
  times: HTMLElement;
  label: HTMLElement;
  note: HTMLElement;
}

function addCell(
  parent: HTMLElement,
  tile: EquationTile<string>,
  {first, press}: {first: boolean; press: () => void}
): Cell {
  const canvas = pixelCanvas(null);
  const [bar, times] = [html("i", {class: "bar"}), html("span", {class: "times"})];
  const label = html("span", {class: "tile-label"});
  const note = html("span", {class: "tile-note"});
  const button = html("button", {type: "button", class: `tile tile-${tile.key}`, onclick: press}, canvas, label);
  const operator = tile.key === "next" ? "=" : "+";
  if (!first) parent.append(html("span", {class: "operator", "aria-hidden": "true"}, operator));
  const weight =
    tile.coefficient === undefined ? null : html("div", {class: "weight"}, times, html("span", {class: "track"}, bar));
  parent.append(html("div", {class: "term"}, button, weight, note));
  return {button, canvas, bar, times, label, note};
}

function fill(cell: Cell, tile: EquationTile<string>, expanded: boolean): void {
  const {button, canvas, bar, times, label, note} = cell;
  const {pixels, coefficient} = tile;
  canvas.paint(pixels);
  button.setAttribute("aria-expanded", String(expanded));
  const factor = coefficient === undefined ? "" : `, times ${coefficient.toFixed(2)}`;
  button.setAttribute("aria-label", `${nameOf(tile)}${factor}: open`);
  button.classList.toggle("zero", coefficient === 0 || !pixels);
  if (label.dataset.name !== nameOf(tile)) {
    label.dataset.name = nameOf(tile);
    label.replaceChildren(...[symbolOf(tile), " ", html("span", {}, nameOf(tile))].filter((part) => part !== null));
  }
  note.textContent = tile.note ?? "";
  if (coefficient === undefined) return;
  times.textContent = `× ${coefficient.toFixed(2).replace("-", "−")}`;
  bar.style.width = `${Math.min(100, (100 * Math.abs(coefficient)) / 1.05)}%`;
}
