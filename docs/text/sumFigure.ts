import {html} from "../components/dom.js";
import {heatmap, type Cell, type Heatmap, type Matrix} from "../components/heatmap.js";
import {divergingScale} from "../components/scales.js";
import {nameOf, readable} from "../components/tokenChips.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf, sourceLine} from "./captions.js";
import {placedOf} from "./matrixFigure.js";
import {digits} from "./measures.js";
import {rowOf, stagesOf, type Reading} from "./reading.js";
import type {TextState} from "./state.js";

/** One row as the sum of its two parts, three strips above each other, and the sum of one column in numbers. */
export function sumFigure(store: Store<TextState>): HTMLElement {
  const {set} = store;
  const strips = ["token", "place", "sum"].map((name) => strip(name, (cell) => point(cell)));
  const [title, numbers, caption] = [html("h3", {}), html("p", {class: "sum-numbers"}), html("figcaption", {})];
  const part = (sign: string, {words, map}: Strip) =>
    html("div", {class: "sum-part"}, html("span", {class: "sign", "aria-hidden": "true"}, sign), words, map);

  const point = (cell: Cell | null) => cell && set({column: cell.column});

  function tell(reading: Reading, row: number, asked: number): void {
    const column = Math.min(asked, partsOf(reading)[0].columns - 1);
    for (const {map} of strips) map.mark({column});
    const [token, place, sum] = partsOf(reading).map(({values, columns}) => values[row * columns + column]);
    numbers.textContent = `Number ${column} of this row: ${digits(token)} + ${bracketed(place)} = ${digits(sum)}`;
  }

  onSelected(store, ["row", "reading"], (now) => {
    const [row, {reading}] = [rowShown(now), now];
    const token = placedOf(reading)[row];
    title.textContent = `Row ${row}: ${nameOf(token)}`;
    const parts = partsOf(reading).map((matrix) => ({values: rowOf(matrix, row), rows: 1, columns: matrix.columns}));
    const color = divergingScale(Math.max(...parts.flatMap(({values}) => [...values].map(Math.abs))));
    const words = [`token, id ${token.id}`, `place ${row}`, "what goes into layer 1"];
    strips.forEach(({words: label, map}, i) => {
      label.textContent = words[i];
      map.update(parts[i], `${words[i]}: ${parts[i].columns} numbers`, color);
    });
    caption.textContent = sourceLine(reading, "press another token or row above to see its sum");
  });

  onSelected(store, ["row", "reading", "column"], (now) => tell(now.reading, rowShown(now), now.column));

  return figureOf(
    "Token and place",
    title,
    part("", strips[0]),
    part("+", strips[1]),
    part("=", strips[2]),
    numbers,
    caption
  );
}

const cellText = ({column, value}: Cell): string => `number ${column}: ${digits(value)}`;

interface Strip {
  words: HTMLElement;
  map: Heatmap;
}

function strip(name: string, onHover: (cell: Cell | null) => void): Strip {
  const map = heatmap({values: [0], rows: 1, columns: 1}, {color: divergingScale(1), label: name, onHover, cellText});
  return {words: html("span", {class: "strip-words"}), map};
}

function partsOf(reading: Reading): Matrix[] {
  return stagesOf(reading)
    .slice(0, 3)
    .map(({matrix}) => matrix);
}

/** The row that the figures below the main one tell of: the pressed one, else the first word of three letters or more. */
export function rowShown({row, reading}: Pick<TextState, "row" | "reading">): number {
  if (row !== null && row < reading.ids.length) return row;
  const word = placedOf(reading).find(({kind, text}) => kind === "piece" && readable(text).length > 2);
  return word?.place ?? 1;
}

export const bracketed = (value: number): string => (value < 0 ? `(${digits(value)})` : digits(value));
