import {announce, html, withProperty, withValue} from "./dom.js";

/** A place in a grid, counted from 0. */
export interface Cell {
  row: number;
  column: number;
}

/** Options: the grid, the name, and what pressing does beside moving (painting). */
export interface GridCursorOptions {
  rows: number;
  columns: number;
  /** The accessible name; without one the grid takes no keys: another one nearby does. */
  label?: string;
  value?: Cell;
  /** Cells of the square's side. */
  size?: number;
  /** Says what lies under the cursor; read aloud when it moves. */
  describe?: (cell: Cell) => string;
  /** Follow the pointer also when it is not pressed. */
  hover?: boolean;
  /** The pointer went down here or was dragged here, or Enter or Space was pressed. `first`: a new stroke begins. */
  onPress?: (cell: Cell, first: boolean) => void;
}

/** A picture with a square on it that is moved by pointer or arrow keys; its cell is the `value`. */
export type GridCursor = HTMLElement & {value: Cell; size: number};

const MOVES: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1]
};

/** Lays a cursor over a picture of rows x columns cells. */
export function gridCursor(
  picture: HTMLElement,
  {rows, columns, label, value = {row: 0, column: 0}, size = 1, describe, hover = false, onPress}: GridCursorOptions
): GridCursor {
  let cell = value;
  let side = size;
  const mark = html("span", {class: "cell-mark", "aria-hidden": "true"});
  const spoken = html("output", {class: "visually-hidden"});
  const keys = label ? {tabindex: 0, role: "application", "aria-label": label} : {};
  const node = html("div", {class: onPress ? "grid-cursor paintable" : "grid-cursor", ...keys}, picture, mark, spoken);

  function show(): void {
    const reach = (side - 1) / 2;
    const [top, left] = [Math.max(0, cell.row - reach), Math.max(0, cell.column - reach)];
    const [bottom, right] = [Math.min(rows, cell.row + reach + 1), Math.min(columns, cell.column + reach + 1)];
    mark.style.top = `${(100 * top) / rows}%`;
    mark.style.left = `${(100 * left) / columns}%`;
    mark.style.height = `${(100 * (bottom - top)) / rows}%`;
    mark.style.width = `${(100 * (right - left)) / columns}%`;
  }

  function move(next: Cell): boolean {
    if (next.row === cell.row && next.column === cell.column) return false;
    cell = next;
    show();
    announce(node);
    return true;
  }

  function under({clientX, clientY}: PointerEvent): Cell {
    const {left, top, width, height} = picture.getBoundingClientRect();
    const at = (share: number, count: number) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    return {row: at((clientY - top) / height, rows), column: at((clientX - left) / width, columns)};
  }

  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (onPress) node.setPointerCapture(event.pointerId);
    move(under(event));
    onPress?.(cell, true);
  });
  node.addEventListener("pointermove", (event) => {
    const pressed = (event.buttons & 1) === 1;
    if (!pressed && !(hover && event.pointerType === "mouse")) return;
    if (move(under(event)) && pressed) onPress?.(cell, false);
  });
  node.addEventListener("keydown", (event) => {
    const by = MOVES[event.key];
    const presses = onPress && (event.key === "Enter" || event.key === " ");
    if (!by && !presses) return;
    event.preventDefault();
    if (by) {
      const [row, column] = [cell.row + by[0], cell.column + by[1]];
      if (row >= 0 && row < rows && column >= 0 && column < columns) move({row, column});
    } else onPress?.(cell, !event.repeat);
    if (describe) spoken.value = describe(cell);
  });

  show();
  const input = withValue(
    node,
    () => cell,
    (next: Cell) => {
      cell = next;
      show();
    }
  );
  return withProperty(
    input,
    "size",
    () => side,
    (next: number) => {
      side = next;
      show();
    }
  );
}
