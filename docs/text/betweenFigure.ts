import {html} from "../components/dom.js";
import {colorLegend, heatmap, matrixPixels, type Cell, type Matrix} from "../components/heatmap.js";
import {labelledMatrix} from "../components/labelledMatrix.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {rowBars} from "../components/rowBars.js";
import {sequentialScale} from "../components/scales.js";
import {segments} from "../components/segments.js";
import {nameOf} from "../components/tokenChips.js";
import type {Tensor} from "../src/tensor.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {figureOf, sourceLine} from "./captions.js";
import {placedOf, rowLabel} from "./matrixFigure.js";
import {rowShown} from "./sumFigure.js";
import type {Reading} from "./reading.js";
import type {TextState} from "./state.js";

const SHARES = sequentialScale(1);

/** Who looks at whom: the attention matrix of a layer and a head, with what one row takes from each. */
export function betweenFigure(store: Store<TextState>): HTMLElement {
  const {state, set} = store;
  const [layers, heads] = [segments("Layer", []), segments("Head", [])];
  layers.addEventListener("input", () => set({layer: Number(layers.value)}));
  heads.addEventListener("input", () => set({head: Number(heads.value)}));
  const rows = segments("Rows", ROWS);
  rows.addEventListener("input", () => set({rows: rows.value as TextState["rows"]}));

  const map = heatmap(EMPTY, {
    ...{color: SHARES, label: "Attention"},
    onHover: (cell) => show(cell),
    onPick: ({row}) => set({row}),
    cellText: (cell) => sentence(cell, state.reading)
  });
  const matrix = labelledMatrix(map, {onPickRow: (row) => set({row})});
  const bars = rowBars([], {label: "What the row takes"});
  const overview = headOverview((layer, head) => set({layer, head}));
  const [line, title, caption] = [html("p", {class: "readout"}), html("h3", {}), html("figcaption", {})];
  const legend = colorLegend(SHARES, {
    from: 0,
    to: 1,
    title: "share of the looking; hatched: masked, never looked at",
    format: share
  });
  let pointed: Cell | null = null;

  function show(cell: Cell | null): void {
    pointed = cell;
    matrix.mark(cell?.row ?? null, cell?.column ?? null);
    line.textContent = cell
      ? sentence(cell, state.reading)
      : "A row of the picture is the token that looks, a column the one looked at.";
    tell(cell?.row ?? rowShown(state));
  }

  function tell(row: number): void {
    const {reading} = state;
    const weights = headOf(reading, state);
    if (!weights) return;
    const tokens = placedOf(reading);
    const count = countOf(state);
    const at = Math.min(row, count - 1);
    title.textContent = `${nameOf(tokens[at])} takes`;
    const list = tokens.slice(0, count).map(({word, kind, text}, i) => {
      const value = weights.data[at * weights.dims[1] + i];
      const label = rowLabel({word, kind, text} as (typeof tokens)[number]);
      return {label: label.text, tint: label.tint, share: i > at ? 0 : value, value: i > at ? "masked" : share(value)};
    });
    bars.update(list.slice(0, MOST_BARS));
  }

  onSelected(store, ["reading", "layer", "head", "rows", "row"], (now) => {
    const {reading, layer, head, row} = now;
    const {attentions} = reading;
    if (!attentions) {
      caption.textContent = "This text encoder was exported with fused attention, which keeps no weights to show.";
      return;
    }
    const numHeads = attentions[0].dims[0];
    layers.update(numbered(attentions.length, "layer"), String(Math.min(layer, attentions.length)));
    heads.update([...numbered(numHeads, "head"), {value: "0", text: "mean"}], String(head > numHeads ? 0 : head));
    rows.value = now.rows;
    const weights = headOf(reading, {layer, head})!;
    const count = countOf(now);
    const labels = placedOf(reading).slice(0, count).map(rowLabel);
    const name = head === 0 ? "mean of all heads" : `head ${heads.value}`;
    map.update(masked(weights, count), `Attention of “${reading.prompt}”, layer ${layers.value}, ${name}`);
    map.mark(row === null || row >= count ? null : {row});
    matrix.update(labels, count > MOST_COLUMNS ? [] : labels);
    matrix.classList.toggle("dense", count > MOST_WIDE_ROWS);
    bars.tabIndex = count > MOST_WIDE_ROWS ? 0 : -1; // more bars than fit: they scroll, by keyboard too
    overview.update(reading, layer, head);
    caption.textContent = sourceLine(reading, `layer ${layers.value}, ${name}`);
    show(pointed && pointed.row < count && pointed.column < count ? withValue(pointed, weights) : null);
  });

  return figureOf(
    "Attention between the words",
    html("div", {class: "figure-controls between-controls"}, layers, heads, rows),
    html(
      "div",
      {class: "between"},
      html("div", {class: "between-map"}, matrix, line, legend),
      html("div", {class: "between-bars"}, title, bars, html("h3", {}, "All heads"), overview.node)
    ),
    caption
  );
}

/** Every head of every layer as a small map to press, a layer a line. */
function headOverview(choose: (layer: number, head: number) => void): {
  node: HTMLElement;
  update(reading: Reading, layer: number, head: number): void;
} {
  const node = html("div", {class: "head-overview", role: "group", "aria-label": "All heads"});
  let drawn: Reading | null = null;

  function draw(reading: Reading): void {
    const heads = reading.attentions![0].dims[0];
    const count = countOf({reading, rows: "words"});
    node.style.setProperty("--heads", String(heads));
    const small = (layer: number, head: number): HTMLElement => {
      const picture = pixelCanvas(matrixPixels(masked(headOf(reading, {layer, head})!, count), SHARES));
      const name = `Layer ${layer}, head ${head}`;
      const button = html("button", {type: "button", "aria-label": name, "data-at": `${layer} ${head}`}, picture);
      button.addEventListener("click", () => choose(layer, head));
      return button;
    };
    const all = reading.attentions!.flatMap((_, layer) =>
      Array.from({length: heads}, (__, head) => small(layer + 1, head + 1))
    );
    node.replaceChildren(...all);
  }

  return {
    node,
    update(reading, layer, head) {
      if (reading !== drawn) draw(reading);
      drawn = reading;
      for (const button of node.querySelectorAll("button"))
        button.setAttribute("aria-pressed", String(button.dataset.at === `${layer} ${head}`));
    }
  };
}

const EMPTY: Matrix = {values: [0], rows: 1, columns: 1};
const ROWS = [
  {value: "words", text: "the words"},
  {value: "all", text: "with padding"}
];
/** More columns than these have no room for names, more rows only for small ones. */
const [MOST_COLUMNS, MOST_WIDE_ROWS] = [24, 16];
/** More bars than these are no longer read. */
const MOST_BARS = 34;

const numbered = (count: number, name: string) =>
  Array.from({length: count}, (_, i) => ({value: String(i + 1), text: i === 0 ? `${name} 1` : String(i + 1)}));

/** How many rows are shown: up to the end mark, or all. */
function countOf({reading, rows}: Pick<TextState, "reading" | "rows">): number {
  return placedOf(reading).filter(({kind}) => rows === "all" || kind !== "padding").length;
}

/** The row whose shares are told as bars. */
export function attentionRow(state: Pick<TextState, "reading" | "rows" | "row">): number {
  return Math.min(rowShown(state), countOf(state) - 1);
}

/** The weights [K, K] of one head of a layer, or the mean of its heads; layer and head count from 1, head 0 is the mean. */
export function headOf({attentions}: Reading, {layer, head}: Pick<TextState, "layer" | "head">): Tensor | null {
  if (!attentions) return null;
  const {data, dims} = attentions[Math.min(layer, attentions.length) - 1];
  const [heads, rows, columns] = dims;
  const size = rows * columns;
  const at = head > heads ? 0 : head;
  if (at > 0) return {data: data.subarray((at - 1) * size, at * size), dims: [rows, columns]};
  const mean = new Float32Array(size);
  data.forEach((value, i) => (mean[i % size] += value / heads));
  return {data: mean, dims: [rows, columns]};
}

/** The first `count` rows and columns; above the diagonal, where no token may look, there is no value. */
export function masked({data, dims: [, columns]}: Tensor, count: number): Matrix {
  const value = (row: number, column: number) => (column > row ? NaN : data[row * columns + column]);
  const values = Float32Array.from({length: count * count}, (_, i) => value(Math.floor(i / count), i % count));
  return {values, rows: count, columns: count};
}

const withValue = ({row, column}: Cell, {data, dims}: Tensor): Cell => ({
  ...{row, column},
  value: column > row ? NaN : data[row * dims[1] + column]
});

function sentence({row, column, value}: Cell, reading: Reading): string {
  const tokens = placedOf(reading);
  const [from, to] = [nameOf(tokens[row]), nameOf(tokens[column])];
  if (column > row) return `${from} cannot look at ${to}, which comes after it.`;
  return `${from} takes ${share(value)} of its look from ${row === column ? "itself" : to}.`;
}

const share = (value: number): string => `${Math.round(100 * value)} %`;
