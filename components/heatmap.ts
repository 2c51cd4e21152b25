import {rgb} from "d3";
import {pixelCanvas} from "./pixelCanvas.js";
import {html} from "./dom.js";
import type {Pixels} from "./pixels.js";
import {sequentialScale, type ColorScale} from "./scales.js";

/** A matrix as a picture: row-major values [rows, columns]. NaN is no value: nothing is painted there. */
export interface Matrix {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** One entry of a matrix. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/**
 * Options: the colours and the accessible name; what hears of the cell under the pointer or the keyboard's cursor (null: none), and of
 * a cell that is pressed; what is read aloud of a cell. With `onHover` or `onPick` the heatmap can be focused, and the arrow keys, Home,
 * End, Page Up and Page Down move its cursor.
 */
export interface HeatmapOptions {
  color: ColorScale;
  label: string;
  onHover?: (cell: Cell | null) => void;
  onPick?: (cell: Cell) => void;
  cellText?: (cell: Cell) => string;
}

/** A whole row, a whole column, or the cell where they meet. */
export interface Place {
  readonly row?: number | null;
  readonly column?: number | null;
}

/** A heatmap that can be given another matrix, name and colours. Cells are squares unless CSS gives it another aspect ratio. */
export type Heatmap = HTMLElement & {
  update(matrix: Matrix, label?: string, color?: ColorScale): void;
  /** Frames a row, a column or both until told otherwise: what is chosen elsewhere on the page. */
  mark(place: Place | null): void;
};

/** One cell of the matrix a pixel of a canvas, drawn as squares, under a crosshair. */
export function heatmap(
  matrix: Matrix,
  {color, label, onHover, onPick, cellText = describeCell}: HeatmapOptions
): Heatmap {
  const interactive = Boolean(onHover ?? onPick);
  const canvas = pixelCanvas(null);
  const [cursorFrame, markFrame] = [frame("heatmap-cursor"), frame("heatmap-mark")];
  const spoken = html("output", {class: "visually-hidden"});
  const node = html("div", {class: "heatmap"}, canvas, markFrame.node, cursorFrame.node);
  let [shown, colors, name] = [matrix, color, label];
  let cursor = {row: 0, column: 0};
  let marked: Place | null = null;

  function update(next: Matrix, nextLabel = name, nextColor = colors): void {
    [shown, colors, name] = [next, nextColor, nextLabel];
    node.style.setProperty("--cells", `${next.columns} / ${next.rows}`);
    node.setAttribute("aria-label", name);
    canvas.paint(matrixPixels(next, colors));
    markFrame.show(marked, shown);
    moveTo(cursor.row, cursor.column);
  }

  /** Keeps the cursor inside of the matrix. */
  function moveTo(row: number, column: number): Cell {
    const within = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
    cursor = {row: within(row, shown.rows), column: within(column, shown.columns)};
    return {...cursor, value: shown.values[cursor.row * shown.columns + cursor.column]};
  }

  function hover(cell: Cell | null): void {
    cursorFrame.show(cell, shown);
    onHover?.(cell);
  }

  function cellAt({clientX, clientY}: PointerEvent): Cell {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    const [x, y] = [(clientX - left) / (width || 1), (clientY - top) / (height || 1)];
    return moveTo(Math.floor(y * shown.rows), Math.floor(x * shown.columns));
  }

  function press(event: KeyboardEvent): void {
    const {row, column} = cursor;
    if (event.key === "Enter" || event.key === " ") onPick?.(moveTo(row, column));
    else {
      const to = destination(event, cursor, shown);
      if (!to) return;
      const cell = moveTo(to.row, to.column);
      hover(cell);
      spoken.value = cellText(cell);
    }
    event.preventDefault();
  }

  if (interactive) {
    for (const [attribute, value] of Object.entries(FOCUSABLE)) node.setAttribute(attribute, value);
    node.append(spoken);
    node.addEventListener("pointermove", (event) => hover(cellAt(event)));
    node.addEventListener("pointerdown", (event) => hover(cellAt(event)));
    node.addEventListener("pointerleave", () => hover(null));
    node.addEventListener("click", (event) => onPick?.(cellAt(event as PointerEvent)));
    node.addEventListener("keydown", press);
    node.addEventListener("focus", () => node.matches(":focus-visible") && hover(moveTo(cursor.row, cursor.column)));
    node.addEventListener("blur", () => hover(null));
  } else node.setAttribute("role", "img");
  update(matrix);
  return Object.assign(node, {
    update,
    mark(place: Place | null): void {
      marked = place;
      markFrame.show(marked, shown);
    }
  });
}

/** Arrow keys belong to the heatmap while it is focused: a screen reader passes them on to an application. */
const FOCUSABLE = {role: "application", "aria-roledescription": "heatmap", tabindex: "0"};

/** How far Page Up and Page Down go. */
const PAGE = 10;

/** Where a key leads from a cell; null where it leads nowhere. */
function destination(
  {key, ctrlKey}: KeyboardEvent,
  {row, column}: {row: number; column: number},
  {rows, columns}: Matrix
): {row: number; column: number} | null {
  const moves: Record<string, [row: number, column: number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    PageUp: [row - PAGE, column],
    PageDown: [row + PAGE, column],
    Home: [ctrlKey ? 0 : row, 0],
    End: [ctrlKey ? rows - 1 : row, columns - 1]
  };
  return key in moves ? {row: moves[key][0], column: moves[key][1]} : null;
}

const describeCell = ({row, column, value}: Cell): string =>
  `row ${row + 1}, column ${column + 1}: ${Number(value.toPrecision(3))}`;

/** Two bands, one over a row and one over a column. */
function frame(name: string): {node: HTMLElement; show(place: Place | null, matrix: Matrix): void} {
  const [row, column] = [html("i", {class: "row", hidden: true}), html("i", {class: "column", hidden: true})];
  const node = html("span", {class: name, "aria-hidden": "true"}, row, column);
  return {
    node,
    show(place, {rows, columns}) {
      row.hidden = place?.row == null || place.row >= rows;
      column.hidden = place?.column == null || place.column >= columns;
      if (!row.hidden) Object.assign(row.style, {top: percent(place!.row!, rows), height: percent(1, rows)});
      if (!column.hidden)
        Object.assign(column.style, {left: percent(place!.column!, columns), width: percent(1, columns)});
    }
  };
}

const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;

/** The pixels of a matrix under a colour scale; where there is no value they are transparent. */
export function matrixPixels({values, rows, columns}: Matrix, color: ColorScale): Pixels {
  const data = new Uint8ClampedArray(4 * rows * columns);
  const look = color.range ? tabled(color, color.range) : (value: number) => channels(color(value));
  for (let i = 0; i < rows * columns; i++) if (!Number.isNaN(values[i])) data.set(look(values[i]), 4 * i);
  return {data, width: columns, height: rows};
}

const SHARES = sequentialScale(1);

/** A map of shares, dark at 0 and bright at `most`: one table of colours serves them all. */
export function mapPixels({values, rows, columns}: Matrix, most: number): Pixels {
  return matrixPixels({values: Float32Array.from(values, (value) => value / most), rows, columns}, SHARES);
}

const STEPS = 1025; // odd: the middle of a signed scale is one of them
const tables = new WeakMap<ColorScale, Uint8ClampedArray>();

/** Writing and parsing a CSS colour for each cell is slow: a scale that tells its range is read from a table. */
function tabled(color: ColorScale, [from, to]: readonly [number, number]): (value: number) => ArrayLike<number> {
  const known = tables.get(color);
  const table = known ?? new Uint8ClampedArray(4 * STEPS);
  if (!known) {
    for (let i = 0; i < STEPS; i++) table.set(channels(color(from + ((to - from) * i) / (STEPS - 1))), 4 * i);
    tables.set(color, table);
  }
  return (value) => {
    const at = Math.round((STEPS - 1) * Math.max(0, Math.min(1, (value - from) / (to - from))));
    return table.subarray(4 * at, 4 * at + 4);
  };
}

function channels(color: string): [number, number, number, number] {
  const {r, g, b} = rgb(color);
  return [r, g, b, 255];
}

/** The legend of a colour scale: a bar from `from` to `to`, with its ends in words and its unit. */
export function colorLegend(
  color: ColorScale,
  {from, to, title, format = String}: {from: number; to: number; title: string; format?: (value: number) => string}
): HTMLElement {
  const columns = 64;
  const values = Float32Array.from({length: columns}, (_, i) => from + ((to - from) * i) / (columns - 1));
  const bar = pixelCanvas(matrixPixels({values, rows: 1, columns}, color), {smooth: true});
  return html(
    "div",
    {class: "color-legend"},
    html("span", {class: "legend-title"}, title),
    html("span", {}, format(from)),
    bar,
    html("span", {}, format(to))
  );
}
