import {announce, html, withValue} from "./dom.js";
import {pixelCanvas, type PixelCanvas} from "./pixelCanvas.js";
import type {Pixels} from "./pixels.js";

/** One picture of many: its accessible name, a line of words below it, and a mark in its corner. `null` pixels: not there yet. */
export interface GridPicture {
  readonly key: string;
  readonly pixels: Pixels | null;
  readonly name: string;
  readonly words: string;
  readonly mark?: string;
  /** Stands out from the others. */
  readonly best?: boolean;
}

/** The pictures as an input: `value` is the key of the one that was pressed last, null before. */
export type PictureGrid = HTMLElement & {value: string | null; update(pictures: readonly GridPicture[]): void};

interface Cell {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly canvas: PixelCanvas;
  readonly mark: HTMLElement;
  readonly words: HTMLElement;
  key: string;
}

/** Pictures in rows, each a button; `label` is the list's accessible name. */
export function pictureGrid(label: string, pictures: readonly GridPicture[] = []): PictureGrid {
  const node = html("ul", {class: "picture-grid", "aria-label": label, role: "list"});
  const cells: Cell[] = [];
  let value: string | null = null;

  function addCell(): Cell {
    const [canvas, mark, words] = [pixelCanvas(null), html("span", {class: "grid-mark"}), html("span")];
    const button = html("button", {type: "button"}, html("span", {class: "grid-picture"}, canvas, mark), words);
    const item = html("li", {}, button);
    const cell: Cell = {item, button, canvas, mark, words, key: ""};
    button.addEventListener("click", () => {
      value = cell.key;
      announce(node);
    });
    node.append(item);
    return cell;
  }

  function fill(cell: Cell, {key, pixels, name, words, mark = "", best = false}: GridPicture): void {
    cell.key = key;
    cell.canvas.paint(pixels);
    cell.canvas.classList.toggle("soft", (pixels?.width ?? 128) < 64);
    cell.button.disabled = !pixels;
    cell.button.setAttribute("aria-label", name);
    cell.item.classList.toggle("best", best);
    if (cell.mark.textContent !== mark) cell.mark.textContent = mark;
    if (cell.words.textContent !== words) cell.words.textContent = words;
  }

  function update(next: readonly GridPicture[]): void {
    while (cells.length > next.length) cells.pop()!.item.remove();
    while (cells.length < next.length) cells.push(addCell());
    next.forEach((picture, i) => fill(cells[i], picture));
  }

  update(pictures);
  return Object.assign(
    withValue(node, () => value),
    {update}
  );
}
