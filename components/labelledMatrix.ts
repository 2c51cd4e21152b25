import {html} from "./dom.js";
import type {Heatmap} from "./heatmap.js";

/** A name of a row or column: its words, its colour's class, and whether it stands back. */
export interface Label {
  readonly text: string;
  readonly tint?: string;
}

/** A heatmap between its labels. */
export type LabelledMatrix = HTMLElement & {
  update(rows: readonly Label[], columns: readonly Label[]): void;
  /** Frames a row's and a column's labels. */
  mark(row: number | null, column?: number | null): void;
};

/** Options: what hears of the row label under the pointer, and of one that is pressed. */
export interface LabelledMatrixOptions {
  onRow?: (row: number | null) => void;
  onPickRow?: (row: number) => void;
}

/** A heatmap with a label at each row and, where columns have names, above each column. The heatmap itself has the accessible name. */
export function labelledMatrix(map: Heatmap, {onRow, onPickRow}: LabelledMatrixOptions = {}): LabelledMatrix {
  const rowLabels = html("div", {class: "row-labels", "aria-hidden": "true"});
  const columnLabels = html("div", {class: "column-labels", "aria-hidden": "true"});
  const node = html("div", {class: "labelled-matrix"}, columnLabels, rowLabels, map);

  function fill(list: HTMLElement, labels: readonly Label[]): void {
    while (list.children.length > labels.length) list.lastElementChild!.remove();
    while (list.children.length < labels.length) list.append(html("span", {}, html("b", {})));
    labels.forEach(({text, tint = ""}, i) => {
      const label = list.children[i] as HTMLElement;
      if (label.firstElementChild!.textContent !== text) label.firstElementChild!.textContent = text;
      label.className = tint;
    });
  }

  const rowOf = ({target}: Event): number => [...rowLabels.children].indexOf((target as Element).closest("span")!);
  if (onRow) {
    rowLabels.addEventListener("pointerover", (event) => onRow(rowOf(event)));
    rowLabels.addEventListener("pointerleave", () => onRow(null));
  }
  if (onPickRow) rowLabels.addEventListener("click", (event) => rowOf(event) >= 0 && onPickRow(rowOf(event)));

  return Object.assign(node, {
    update(rows: readonly Label[], columns: readonly Label[]): void {
      fill(rowLabels, rows);
      fill(columnLabels, columns);
      columnLabels.hidden = !columns.length;
    },
    mark(row: number | null, column: number | null = null): void {
      [...rowLabels.children].forEach((label, i) => label.classList.toggle("hovered", i === row));
      [...columnLabels.children].forEach((label, i) => label.classList.toggle("hovered", i === column));
    }
  });
}
