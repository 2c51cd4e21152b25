import {rgb} from "d3";
import {announce, html, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import type {ColorScale} from "./scales.js";

/** Pictures down, captions across, a number for each pair. */
export interface SimilarityData {
  pictures: readonly {name: string; pixels: Pixels | null; note?: string}[];
  captions: readonly string[];
  /** Row by row; `null`: not known yet. */
  cells: readonly (number | null)[];
  /** What a number is called ("cosine"), how it is written, and its colour. */
  quantity: string;
  format: (value: number) => string;
  color: ColorScale;
  /** A number beside each row and below each column, and their name; `null` leaves the places empty. */
  margins: {name: string; rows: readonly string[]; columns: readonly string[]; all: string} | null;
}

/** The cell of a pair. */
export interface PairCell {
  row: number;
  column: number;
}

/** The table as an input: `value` is the selected pair. An event "picture" (its `detail` a row) asks to choose another picture. */
export type SimilarityTable = HTMLElement & {value: PairCell; update(data: SimilarityData): void};

/** A table of numbers on colours whose cells are selected by pointer or by the arrow keys. Captions are named by letters. */
export function similarityTable(
  data: SimilarityData,
  {value = {row: 0, column: 0}}: {value?: PairCell} = {}
): SimilarityTable {
  let selected = value;
  let built: Built | null = null;
  const node = html("div", {class: "similarity"});

  function select(cell: PairCell): void {
    selected = cell;
    mark();
    announce(node);
  }

  function mark(): void {
    built?.cells.forEach((row, i) =>
      row.forEach((button, j) => {
        const here = i === selected.row && j === selected.column;
        button.setAttribute("aria-pressed", String(here));
        button.tabIndex = here ? 0 : -1;
      })
    );
  }

  function move(event: KeyboardEvent): void {
    const step = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key];
    if (!step || !built) return;
    event.preventDefault();
    const within = (at: number, count: number) => Math.min(count - 1, Math.max(0, at));
    const row = within(selected.row + step[0], built.cells.length);
    const column = within(selected.column + step[1], built.cells[0].length);
    select({row, column});
    built.cells[row][column].focus();
  }

  function update(next: SimilarityData): void {
    const [rows, columns] = [next.pictures.length, next.captions.length];
    if (built?.cells.length !== rows || built.cells[0].length !== columns) {
      built = build(rows, columns, select, move, (row) =>
        node.dispatchEvent(new CustomEvent("picture", {detail: row}))
      );
      node.replaceChildren(built.table);
    }
    fill(built, next);
    mark();
  }

  update(data);
  const set = (cell: PairCell) => {
    selected = cell;
    mark();
  };
  return Object.assign(
    withValue(node, () => selected, set),
    {update}
  );
}

/** "A", "B", ... */
export function letter(index: number): string {
  return String.fromCharCode(65 + index);
}

/** Black or white, whichever reads better on a colour; at worst 4.58 : 1. */
export function inkOn(color: string): "#000" | "#fff" {
  const {r, g, b} = rgb(color);
  const linear = (value: number) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000" : "#fff";
}

interface Built {
  table: HTMLTableElement;
  cells: HTMLButtonElement[][];
  heads: HTMLElement[];
  thumbs: {button: HTMLButtonElement; canvas: PixelCanvas; note: HTMLElement}[];
  rowMargins: HTMLElement[];
  columnMargins: HTMLElement[];
  corners: {name: HTMLElement; below: HTMLElement; all: HTMLElement};
}

function build(
  rows: number,
  columns: number,
  select: (cell: PairCell) => void,
  move: (event: KeyboardEvent) => void,
  choose: (row: number) => void
): Built {
  const list = <T>(length: number, make: (i: number) => T) => Array.from({length}, (_, i) => make(i));
  const heads = list(columns, (j) => html("th", {scope: "col"}, letter(j)));
  const cells = list(rows, (row) =>
    list(columns, (column) =>
      html("button", {
        type: "button",
        class: row === column ? "pair own" : "pair",
        style: `--order: ${row + column}`,
        onclick: () => select({row, column}),
        onkeydown: (event: Event) => move(event as KeyboardEvent)
      })
    )
  );
  const thumbs = list(rows, (row) => {
    const [canvas, note] = [pixelCanvas(null, {smooth: true}), html("span", {class: "thumb-note"})];
    return {
      button: html("button", {type: "button", class: "thumb", onclick: () => choose(row)}, canvas, note),
      canvas,
      note
    };
  });
  const rowMargins = list(rows, () => html("td", {class: "margin"}));
  const columnMargins = list(columns, () => html("td", {class: "margin"}));
  const corners = {
    name: html("td", {class: "margin"}),
    below: html("td", {class: "margin"}),
    all: html("td", {class: "margin"})
  };
  const table = html(
    "table",
    {},
    html("thead", {}, html("tr", {}, html("td", {class: "corner"}), ...heads, corners.name)),
    html(
      "tbody",
      {},
      ...cells.map((row, i) =>
        html(
          "tr",
          {},
          html("th", {scope: "row"}, thumbs[i].button),
          ...row.map((button) => html("td", {}, button)),
          rowMargins[i]
        )
      )
    ),
    html("tfoot", {}, html("tr", {}, corners.below, ...columnMargins, corners.all))
  );
  return {table, cells, heads, thumbs, rowMargins, columnMargins, corners};
}

function fill(built: Built, {pictures, captions, cells, quantity, format, color, margins}: SimilarityData): void {
  const columns = captions.length;
  built.heads.forEach((head, j) => head.setAttribute("title", captions[j]));
  pictures.forEach(({name, pixels, note}, i) => {
    const {button, canvas, note: mark} = built.thumbs[i];
    canvas.paint(pixels);
    mark.textContent = note ?? "";
    button.setAttribute("aria-label", `Picture ${i + 1}: ${name}${note ? `, ${note}` : ""}. Choose another`);
    button.title = name;
  });
  cells.forEach((value, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    const button = built.cells[i][j];
    const [ground, words] = value === null ? ["", "…"] : [color(value), format(value)];
    if (button.textContent !== words) button.textContent = words;
    button.style.background = ground;
    button.style.color = ground && inkOn(ground);
    const known = value === null ? "not known yet" : words;
    button.setAttribute("aria-label", `${quantity} of picture ${i + 1} and caption ${letter(j)}: ${known}`);
  });
  built.rowMargins.forEach((cell, i) => (cell.textContent = margins?.rows[i] ?? ""));
  built.columnMargins.forEach((cell, j) => (cell.textContent = margins?.columns[j] ?? ""));
  built.corners.name.textContent = margins?.name ?? "";
  built.corners.below.textContent = margins?.name ?? "";
  built.corners.all.textContent = margins?.all ?? "";
}
