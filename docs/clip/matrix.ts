import {html} from "../components/dom.js";
import {colorLegend} from "../components/heatmap.js";
import {percentage} from "../components/shareBars.js";
import {divergingScale, sequentialScale, type ColorScale} from "../components/scales.js";
import {letter, similarityTable, type SimilarityData} from "../components/similarityTable.js";
import {slider} from "../components/slider.js";
import {meanCosines} from "../src/contrastive.js";
import type {Store} from "../page/store.js";
import type {Distance} from "../page/distance.js";
import type {Embeddings} from "../page/embeddings.js";
import {batchOf, sourceLine, VIEWS, type Batch, type ClipState, type View} from "./state.js";

/** What the matrix draws on. */
export interface MatrixParts {
  store: Store<ClipState>;
  embeddings: Embeddings;
  distance: Distance;
  /** The control that chooses the picture of a row. */
  chooser: HTMLElement;
}

const TITLES: Record<View, string> = {
  cosine: "Cosine",
  rows: "Pictures choose",
  columns: "Captions choose",
  pull: "Push and pull"
};

/** The batch: captions to edit, the matrix, what its numbers mean, and the temperature. */
export function matrix({store, embeddings, distance, chooser}: MatrixParts): HTMLElement {
  const {state} = store;
  const captions = captionList(store);
  const table = similarityTable(dataOf(state, batchOf(state, embeddings), distance), {value: state.cell});
  const legend = html("div", {class: "legend-slot"});
  const reading = html("p", {class: "matrix-reading", "aria-live": "polite"});
  const lossLine = html("p", {class: "matrix-loss"});
  const badge = html("span", {class: "badge"});
  const caption = html("p", {class: "caption"});
  const panel = html("div", {class: "matrix-chooser", role: "group", "aria-label": "Choose a picture"});

  table.addEventListener("input", () => store.set({cell: table.value}));
  table.addEventListener("picture", (event) => {
    const row = (event as CustomEvent<number>).detail;
    store.set({picking: state.picking === row ? null : row});
  });

  const title = html("p", {class: "chooser-title"});
  const far = html("p", {class: "chooser-far"});
  const close = html("button", {type: "button", class: "quiet", onclick: () => store.set({picking: null})}, "Done");
  panel.append(html("div", {class: "chooser-head"}, title, close), chooser, far);

  let legendOf: string | null = null;
  let told: {picture: object | null; nearest: object | null} = {picture: null, nearest: null};
  store.onChange((now) => {
    const batch = batchOf(now, embeddings);
    const data = dataOf(now, batch, distance);
    table.update(data);
    badge.textContent = batch.live ? "live" : "recorded";
    badge.className = `badge badge-${badge.textContent}`;
    caption.textContent = sourceLine(now, batch.live, [
      `temperature learned: ${tauText(now.learned)}`,
      ...numbersOf(now)
    ]);
    const range = rangeOf(now.view, batch);
    if (legendOf !== `${now.view} ${range}`) legend.replaceChildren(legendFor(now.view, data.color, range));
    legendOf = `${now.view} ${range}`;
    const words = readingOf(now, batch);
    if (reading.textContent !== words) reading.textContent = words;
    lossLine.replaceChildren(...lossOf(batch, now));
    panel.hidden = now.picking === null;
    if (now.picking !== null) {
      const picture = now.pictures[now.picking];
      title.textContent = `Picture ${now.picking + 1}: ${picture?.name ?? "…"}`;
      const nearest = picture && distance.nearest(picture);
      if (told.picture !== picture || told.nearest !== nearest)
        far.replaceChildren(...(picture ? distance.words(picture) : []));
      told = {picture, nearest};
    }
  });

  return html(
    "section",
    {class: "figure wide matrix", "aria-label": "Pictures and captions"},
    html("div", {class: "matrix-head"}, viewSwitch(store), html("span", {class: "matrix-badge"}, badge)),
    html("div", {class: "matrix-grid"}, captions, table),
    panel,
    html("div", {class: "matrix-foot"}, reading, legend),
    html("div", {class: "matrix-controls"}, temperatureControl(store), lossLine),
    caption
  );
}

/** The scenes' numbers: with them the same pictures can be had again. */
function numbersOf({pictures}: Readonly<ClipState>): string[] {
  const numbers = pictures.flatMap((picture) => (picture?.seed === undefined ? [] : [String(picture.seed)]));
  return numbers.length ? [`${numbers.length === 1 ? "scene" : "scenes"} ${numbers.join(", ")}`] : [];
}

function captionList(store: Store<ClipState>): HTMLElement {
  const boxes = store.state.captions.map((caption, i) => {
    const box = html("textarea", {
      ...{id: `caption-${i}`, rows: 2, maxlength: 300, spellcheck: "false", autocapitalize: "none"}
    });
    box.value = caption;
    box.addEventListener("input", () => {
      const words = box.value.replace(/\s*\n\s*/g, " ");
      store.set({captions: store.state.captions.map((old, j) => (j === i ? words : old))});
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    return box;
  });
  store.onChange(({captions}) =>
    boxes.forEach((box, i) => {
      if (box !== document.activeElement && box.value !== captions[i]) box.value = captions[i];
    })
  );
  const items = boxes.map((box, i) =>
    html("li", {}, html("label", {for: box.id}, html("span", {}, "Caption "), letter(i)), box)
  );
  return html("ul", {class: "matrix-captions", "aria-label": "Captions"}, ...items);
}

function viewSwitch(store: Store<ClipState>): HTMLElement {
  const buttons = VIEWS.map((view) =>
    html("button", {type: "button", "data-view": view, onclick: () => store.set({view})}, TITLES[view])
  );
  store.onChange(({view}) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  });
  return html("div", {class: "segments small", role: "group", "aria-label": "What the cells show"}, ...buttons);
}

function temperatureControl(store: Store<ClipState>): HTMLElement {
  const {state} = store;
  const range = slider("Temperature", {
    ...{min: -2, max: 0, step: 0.01, value: Math.log10(state.temperature)},
    format: (power) => tauText(near(power, state.temperature) ? state.temperature : 10 ** power)
  });
  const learned = html("button", {
    type: "button",
    class: "chip",
    onclick: () => store.set({temperature: state.learned})
  });
  range.addEventListener("input", () => store.set({temperature: 10 ** range.value}));
  store.onChange(({temperature, learned: known}) => {
    range.value = Math.log10(temperature);
    learned.textContent = `learned: ${tauText(known)}`;
    learned.setAttribute("aria-pressed", String(temperature === known));
  });
  return html("div", {class: "temperature"}, range, learned);
}

/** Whether the slider stands where a temperature is: its steps are coarser than what training found. */
const near = (power: number, temperature: number): boolean => Math.abs(power - Math.log10(temperature)) < 0.0051;

/** What goes into the table: numbers, colours and margins of the view. */
function dataOf(state: Readonly<ClipState>, batch: Batch, distance: Distance): SimilarityData {
  const {view} = state;
  const {loss} = batch;
  const pictures = state.pictures.map((picture, i) => ({
    ...{name: picture?.name ?? `scene ${i + 1}`, pixels: picture?.pixels ?? null},
    note: picture && distance.far(picture) ? "far" : ""
  }));
  const whole = {pictures, captions: state.captions, color: colorOf(view, batch)};
  const shares = {quantity: "Share", format: percentage, ...whole};
  const [none, missing] = [loss ? loss.rows.data.length : batch.cells.length, null];
  const unknown = Array.from({length: none}, () => missing);
  if (view === "rows" || view === "columns") {
    const matrix = loss?.[view];
    return {...shares, cells: matrix ? [...matrix.data] : unknown, margins: marginsOf(view, batch)};
  }
  if (view === "pull") {
    const cells = loss ? Array.from(loss.gradient.data, (value) => -value) : unknown;
    return {...whole, quantity: "Pull", format: signed, cells, margins: null};
  }
  return {...whole, quantity: "Cosine", format: signed, cells: batch.cells, margins: null};
}

/** The losses −ln p beside the rows, or below the columns, of the view. */
function marginsOf(view: "rows" | "columns", {loss}: Batch): SimilarityData["margins"] {
  if (!loss) return null;
  const [rows, columns] = [loss.pictureLosses, loss.captionLosses].map((losses) => losses.map(lossText));
  const all = lossText(view === "rows" ? loss.pictureLoss : loss.captionLoss);
  return {name: "−ln p", rows: view === "rows" ? rows : [], columns: view === "columns" ? columns : [], all};
}

/** The largest number of the view's colours. */
function rangeOf(view: View, {loss}: Batch): number {
  if (view !== "pull") return 1;
  const most = loss ? Math.max(...loss.gradient.data.map(Math.abs)) : 1;
  return Number(most.toPrecision(2)) || 1;
}

function colorOf(view: View, batch: Batch): ColorScale {
  return view === "cosine" || view === "pull" ? divergingScale(rangeOf(view, batch)) : sequentialScale(1);
}

function legendFor(view: View, color: ColorScale, range: number): HTMLElement {
  if (view === "cosine") return colorLegend(color, {from: -1, to: 1, title: "cosine", format: signed});
  if (view === "pull") {
    const format = (value: number) => (value < 0 ? `apart ${signed(value)}` : `together ${signed(value)}`);
    return colorLegend(color, {
      from: -range,
      to: range,
      title: "pull: −(change of the loss) / (change of the cosine)",
      format
    });
  }
  return colorLegend(color, {from: 0, to: 1, title: "share, by softmax(cosine / temperature)", format: percentage});
}

/** One sentence on what the view shows of this batch, in its own numbers. */
function readingOf({view, captions, cell, error}: Readonly<ClipState>, {cosines, loss}: Batch): string {
  if (!cosines || !loss) return error ? `What you changed cannot be computed: ${error}` : "Being computed …";
  const size = captions.length;
  const at = (values: ArrayLike<number>, i = cell.row, j = cell.column) => values[i * size + j];
  const pair = `picture ${cell.row + 1} and caption ${letter(cell.column)}`;
  if (view === "cosine") {
    const {matched, unmatched} = meanCosines(cosines);
    return `Of ${pair} the cosine is ${signed(at(cosines.data))}. Pairs on the diagonal have ${signed(matched)} on average, the others ${signed(unmatched)}.`;
  }
  if (view === "rows") {
    return `Read along a row: picture ${cell.row + 1} gives ${percentage(at(loss.rows.data))} of itself to caption ${letter(cell.column)}, and ${percentage(at(loss.rows.data, cell.row, cell.row))} to its own.`;
  }
  if (view === "columns") {
    return `Read down a column: caption ${letter(cell.column)} gives ${percentage(at(loss.columns.data))} of itself to picture ${cell.row + 1}, and ${percentage(at(loss.columns.data, cell.column, cell.column))} to its own.`;
  }
  const pull = -at(loss.gradient.data);
  const strength = signed(Math.abs(pull));
  return `A step of learning would ${pull >= 0 ? "pull" : "push"} ${pair} ${pull >= 0 ? "together" : "apart"}, with strength ${strength}.`;
}

function lossOf({loss, cosines}: Batch, {shift, temperature}: Readonly<ClipState>): (Node | string)[] {
  if (!loss || !cosines) return ["Loss of this batch: …"];
  const blind = Math.log(cosines.dims[0]);
  const shifted = shift ? ` (with ${signed(shift)} added to every cosine)` : "";
  return [
    "Loss of this batch: ½ (pictures ",
    html("b", {}, lossText(loss.pictureLoss)),
    " + captions ",
    html("b", {}, lossText(loss.captionLoss)),
    ") = ",
    html("strong", {}, lossText(loss.loss)),
    ` at temperature ${tauText(temperature)}${shifted}. Blind guessing has ln ${cosines.dims[0]} = ${blind.toFixed(2)}.`
  ];
}

/** A loss in two digits that count: "0.13", "0.0028". */
export function lossText(loss: number): string {
  return loss >= 0.1 ? loss.toFixed(2) : loss.toFixed(loss >= 0.01 ? 3 : 4);
}

/** A temperature in three digits that count: "0.0522". */
export const tauText = (temperature: number): string => temperature.toPrecision(3);

/** Two digits, with a true minus. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
