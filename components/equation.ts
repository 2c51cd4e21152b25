import {announce, html, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {symbol} from "./symbol.js";

/** The pictures of one step. */
export type TileKey = "x0" | "eps" | "noise" | "next";

/** A picture of the equation: its linear preview and, for the terms on the left, the number it is multiplied by. */
export interface EquationTile {
  key: TileKey;
  pixels: Pixels | null;
  coefficient?: number;
}

/** The equation as an input: `value` is the opened tile, or `null`. */
export type Equation = HTMLElement & {
  value: TileKey | null;
  update(tiles: readonly EquationTile[], value: TileKey | null): void;
};

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
const operators: Record<TileKey, string> = {x0: "", eps: "+", noise: "+", next: "="};

/** [x̂0] × a + [ε̂] × b + [fresh noise] × c = [next]: a step of the loop in pictures. Bars show the coefficients; a tile opens when pressed. */
export function equation(tiles: readonly EquationTile[], {value = null}: {value?: TileKey | null} = {}): Equation {
  let opened = value;
  const cells = new Map<TileKey, Cell>();
  const node = html("div", {class: "equation", role: "group", "aria-label": "One step as an equation of pictures"});

  function press(key: TileKey): void {
    opened = opened === key ? null : key;
    for (const [name, {button}] of cells) button.setAttribute("aria-expanded", String(name === opened));
    announce(node);
  }

  function update(next: readonly EquationTile[], nextOpened: TileKey | null): void {
    opened = nextOpened;
    for (const tile of next) {
      if (!cells.has(tile.key))
        cells.set(
          tile.key,
          addCell(node, tile, () => press(tile.key))
        );
      fill(cells.get(tile.key)!, tile, tile.key === opened);
    }
  }

  update(tiles, value);
  return Object.assign(
    withValue(node, () => opened),
    {update}
  );
}

interface Cell {
  button: HTMLButtonElement;
  canvas: PixelCanvas;
  bar: HTMLElement;
  times: HTMLElement;
}

function addCell(parent: HTMLElement, {key, coefficient}: EquationTile, press: () => void): Cell {
  const canvas = pixelCanvas(null);
  const [bar, times] = [html("i", {class: "bar"}), html("span", {class: "times"})];
  const label = html("span", {class: "tile-label"}, symbols[key](), " ", html("span", {}, tileNames[key]));
  const button = html("button", {type: "button", class: `tile tile-${key}`, onclick: press}, canvas, label);
  if (operators[key]) parent.append(html("span", {class: "operator", "aria-hidden": "true"}, operators[key]));
  const weight =
    coefficient === undefined ? null : html("div", {class: "weight"}, times, html("span", {class: "track"}, bar));
  parent.append(html("div", {class: "term"}, button, weight));
  return {button, canvas, bar, times};
}

function fill({button, canvas, bar, times}: Cell, {key, pixels, coefficient}: EquationTile, expanded: boolean): void {
  canvas.paint(pixels);
  button.setAttribute("aria-expanded", String(expanded));
  const factor = coefficient === undefined ? "" : `, times ${coefficient.toFixed(2)}`;
  button.setAttribute("aria-label", `${tileNames[key]}${factor}: open`);
  button.classList.toggle("zero", coefficient === 0 || !pixels);
  if (coefficient === undefined) return;
  times.textContent = `× ${coefficient.toFixed(2)}`;
  bar.style.width = `${Math.min(100, (100 * Math.abs(coefficient)) / 1.05)}%`;
}
