import {announce, html, withValue} from "./dom.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** A row of the board: the trunk (from = 0) or a branch that left it at step `from`. Frames before that are the trunk's own. */
export interface BoardRow {
  label: string;
  from: number;
  frames: readonly (Pixels | null)[];
  final: Pixels | null;
  note?: string;
  /** The row that it leaves: 0, the trunk, where nothing is said, or an earlier branch's. */
  parent?: number;
}

/** What the board compares: rows over one row of key steps. */
export interface BoardData {
  keys: readonly number[];
  trunk: BoardRow;
  branches: readonly BoardRow[];
}

/** The board as an input: `value` is the row that the reader has chosen to watch; 0 is the trunk. */
export type BranchBoard = HTMLElement & {value: number};

/**
 * Trunk and branches side by side, key step over key step; a branch starts where it leaves its parent, its last picture stands large. Press
 * the words of a row to watch it.
 */
export function branchBoard({keys, trunk, branches}: BoardData, {watched = 0} = {}): BranchBoard {
  let value = watched;
  const node = html("div", {class: "board", style: `--columns: ${keys.length}`});
  const watch = (i: number) => {
    value = i;
    node
      .querySelectorAll(".board-label button")
      .forEach((button, j) => button.setAttribute("aria-pressed", `${i === j}`));
    announce(node);
  };
  [trunk, ...branches].forEach((row, i) => {
    const first = keys.findIndex((key) => key >= row.from);
    const start = first < 0 ? keys.length - 1 : first;
    node.append(rowLabel(row, 2 * i + 1, i === value, () => watch(i)));
    if (i > 0) node.append(...stem(start + 1, 2 * (row.parent ?? 0) + 2, 2 * i + 2));
    row.frames.forEach((frame, column) => {
      if (column >= start) node.append(cell(frame, column + 1, 2 * i + 2));
    });
    node.append(finalPicture(row, 2 * i + 2, keys.length + 1));
  });
  return withValue(node, () => value);
}

function rowLabel({label, note}: BoardRow, row: number, watched: boolean, onclick: () => void): HTMLElement {
  const side = note ? html("span", {class: "board-note"}, note) : null;
  const button = html("button", {type: "button", "aria-pressed": String(watched), onclick}, label);
  return html("div", {class: "board-label", style: `grid-row: ${row}`}, button, side);
}

/** The line that leaves a row between two frames, runs down beside the rows above, and turns into its own row. */
function stem(column: number, top: number, row: number): HTMLElement[] {
  return [
    html("i", {class: "stem", style: `grid-column: ${column}; grid-row: ${top} / ${row}`}),
    html("i", {class: "elbow", style: `grid-column: ${column}; grid-row: ${row}`})
  ];
}

function cell(pixels: Pixels | null, column: number, row: number): HTMLElement {
  const style = `grid-column: ${column}; grid-row: ${row}`;
  return html("div", {class: pixels ? "board-frame" : "board-frame empty", style}, pixelCanvas(pixels));
}

function finalPicture({label, final}: BoardRow, row: number, column: number): HTMLElement {
  const canvas = pixelCanvas(final, {label: `Last picture: ${label}`});
  if (final && final.width < 64) canvas.classList.add("soft");
  return html(
    "div",
    {class: final ? "board-final" : "board-final empty", style: `grid-row: ${row}; grid-column: ${column}`},
    canvas
  );
}
