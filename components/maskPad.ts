import {announce, html, withValue} from "./dom.js";
import {gridCursor} from "./gridCursor.js";
import {pixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";
import {segments} from "./segments.js";

/** Options: the picture below, the cells of a side, the accessible name, what painted cells are called, and their colour. */
export interface MaskPadOptions {
  readonly value: Uint8Array;
  readonly pixels?: Pixels | null;
  readonly side?: number;
  readonly label?: string;
  readonly painted?: string;
  readonly color?: readonly [number, number, number];
}

/** The pad as an input: `value` has one entry a cell, 1 where it is painted. */
export type MaskPad = HTMLElement & {
  value: Uint8Array;
  show(pixels: Pixels | null, color?: readonly [number, number, number]): void;
};

const PINK = [219, 39, 119] as const;

/** Cells of a picture to paint and to clear, by mouse, finger or keyboard. */
export function maskPad({
  value,
  pixels = null,
  side = 16,
  label = "Paint the mask",
  painted = "painted",
  color = PINK
}: MaskPadOptions): MaskPad {
  let cells: Uint8Array = value.slice();
  let [mode, tone]: [0 | 1, readonly number[]] = [1, color];
  const picture = pixelCanvas(pixels, {smooth: true});
  const overlay = pixelCanvas(null);
  const size = segments(
    "Size of the brush in cells",
    [1, 3, 5].map((n) => ({value: String(n), text: `${n} × ${n}`})),
    {value: "3"}
  );
  const tool = segments("What the brush does", [
    {value: "1", text: "paint"},
    {value: "0", text: "erase"}
  ]);
  const clear = html(
    "button",
    {type: "button", class: "chip", onclick: () => set(new Uint8Array(side * side))},
    "Clear"
  );
  const pad = gridCursor(html("div", {class: "mask-layers"}, picture, overlay), {
    ...{rows: side, columns: side, size: 3, value: {row: side / 2, column: side / 2}},
    label: `${label}: the arrow keys move the brush, the space bar paints`,
    describe: ({row, column}) =>
      `row ${row + 1}, column ${column + 1}: ${cells[row * side + column] ? painted : "not " + painted}`,
    onPress: ({row, column}) => set(brushed(cells, side, {row, column}, Number(size.value), mode))
  });
  const node = html("div", {class: "mask-pad"}, pad, html("div", {class: "mask-tools"}, tool, size, clear));

  function paint(): void {
    const data = new Uint8ClampedArray(4 * side * side);
    cells.forEach((cell, i) => cell && data.set([...tone, 150], 4 * i));
    overlay.paint({data, width: side, height: side});
  }

  function set(next: Uint8Array): void {
    cells = next;
    paint();
    announce(node);
  }

  pad.addEventListener("input", (event) => event.stopPropagation());
  size.addEventListener("input", (event) => {
    event.stopPropagation();
    pad.size = Number(size.value);
  });
  tool.addEventListener("input", (event) => {
    event.stopPropagation();
    mode = tool.value === "1" ? 1 : 0;
  });
  paint();
  const input = withValue(
    node,
    () => cells,
    (next: Uint8Array) => {
      cells = next.slice();
      paint();
    }
  );
  return Object.assign(input, {
    show(next: Pixels | null, nextTone: readonly number[] = tone): void {
      picture.paint(next);
      if (nextTone === tone) return;
      tone = nextTone;
      paint();
    }
  });
}

/** Cells with a square brush of `size` cells set or cleared; the square is cut at the edges. */
export function brushed(
  cells: Uint8Array,
  side: number,
  {row, column}: {row: number; column: number},
  size: number,
  value: 0 | 1
): Uint8Array {
  const next = cells.slice();
  const reach = (size - 1) / 2;
  for (let y = Math.max(0, row - reach); y <= Math.min(side - 1, row + reach); y++)
    for (let x = Math.max(0, column - reach); x <= Math.min(side - 1, column + reach); x++) next[y * side + x] = value;
  return next;
}
