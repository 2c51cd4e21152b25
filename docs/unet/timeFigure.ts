import {html} from "../components/dom.js";
import {colorLegend, heatmap, type Heatmap} from "../components/heatmap.js";
import {divergingScale} from "../components/scales.js";
import {figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {timeFeatures, timeFrequencies} from "../src/timeFeatures.js";
import {TIME_PARTS} from "./look.js";
import type {Parts} from "./stage.js";
import {sightAt} from "./state.js";

const LAST = 999;
/** Timesteps from one column of the heatmap to the next. */
const EVERY = 4;
const COLOR = divergingScale(1);
const NAMES = ["cosines and sines", "first linear layer", "SiLU", "second linear layer"];

/** The time on its way into the network: cosines and sines, then two linear layers. */
export function timeFigure({store}: Parts): HTMLElement {
  const spoken = html("p", {class: "how", role: "status"});
  const table = heatmap(
    {values: [0], rows: 1, columns: 1},
    {
      ...{color: COLOR, label: "Cosines and sines of the timestep"},
      onHover: (cell) => (spoken.textContent = cell ? cellText(cell.row, cell.column) : ""),
      cellText: ({row, column}) => cellText(row, column)
    }
  );
  table.classList.add("time-table");
  const strips = TIME_PARTS.map((part, i) => {
    const map = heatmap({values: [0], rows: 1, columns: 1}, {color: COLOR, label: NAMES[i]});
    map.classList.add("time-strip");
    const text = html("figcaption", {}, NAMES[i]);
    return {part, map, text, node: html("figure", {}, map, text)};
  });
  const words = html("p", {class: "verdict", role: "status"});
  const note = html("figcaption", {class: "caption"});
  let width = 0;

  function cellText(row: number, column: number): string {
    const t = EVERY * column;
    const half = width / 2;
    const period = (2 * Math.PI) / timeFrequencies(width)[row % half];
    const value = timeFeatures(t, width)[row];
    return `feature ${row + 1}: the ${row < half ? "cosine" : "sine"} that repeats every ${period < 100 ? period.toFixed(1) : Math.round(period).toLocaleString("en")} timesteps; at t = ${t} it is ${value.toFixed(2)}`;
  }

  onSelected(store, ["graph"], ({graph}) => {
    width = graph.facts.time.width;
    const columns = Math.floor(LAST / EVERY) + 1;
    const values = new Float32Array(width * columns);
    for (let column = 0; column < columns; column++)
      timeFeatures(EVERY * column, width).forEach((value, row) => (values[row * columns + column] = value));
    table.update(
      {values, rows: width, columns},
      `Cosines and sines: ${width} features (rows) of the timesteps 0 to ${LAST} (columns)`
    );
  });
  onSelected(store, ["film", "step", "sight", "graph"], (state) => {
    const {film, step} = state;
    const t = film.frames[step]?.timestep ?? 0;
    table.mark({column: Math.round(t / EVERY)});
    const look = sightAt(state)?.look;
    strips.forEach(({part, map, text}, i) => {
      const seen = look?.get(part);
      if (!seen) return clear(map);
      const values = seen.channels.data;
      const columns = foldOf(values.length);
      const limit = i === 0 ? 1 : 3 * seen.statistics.rms;
      map.update(
        {values, rows: values.length / columns, columns},
        `${NAMES[i]}: ${values.length} numbers`,
        divergingScale(limit)
      );
      text.replaceChildren(html("b", {}, NAMES[i]), ` [${values.length}], size ${seen.statistics.rms.toFixed(2)}`);
    });
    const own = look?.get("time_proj")?.channels.data;
    words.textContent = own
      ? agreement(own, look!.timestep)
      : "The model’s own numbers at this step come with the model.";
    note.textContent = look
      ? `${look.source === "live" ? "Strips: live, in this browser" : "Strips: recorded"} · step ${step + 1}, t = ${Number(t.toFixed(1))} (marked) · table: computed here by formula, from blue −1 to red +1 · size: root mean square`
      : "";
  });

  return figure(
    "The time embedding",
    html(
      "div",
      {class: "time-axis"},
      table,
      html("div", {class: "time-ends", "aria-hidden": "true"}, html("span", {}, "t = 0"), html("span", {}, "t = 999"))
    ),
    spoken,
    html("div", {class: "time-strips"}, ...strips.map(({node}) => node)),
    colorLegend(COLOR, {
      from: -1,
      to: 1,
      title: "Strips: ±1 for the first, ±3 sizes for the others",
      format: (value) => (value < 0 ? "−" : "+")
    }),
    ...[words, note]
  );
}

const clear = (map: Heatmap): void => map.update({values: [NaN], rows: 1, columns: 1});

/** A vector as a block four times as wide as it is high, or so: a divisor of its length. */
function foldOf(length: number): number {
  let columns = Math.round(2 * Math.sqrt(length));
  while (length % columns) columns++;
  return columns;
}

function agreement(own: Float32Array, t: number): string {
  const apart = (cosinesFirst: boolean): number =>
    Math.max(...timeFeatures(t, own.length, {cosinesFirst}).map((value, i) => Math.abs(value - own[i])));
  const [cosines, sines] = [apart(true), apart(false)];
  const order = cosines <= sines ? "cosines first" : "sines first";
  const exact = Math.min(cosines, sines);
  return `The model’s own ${own.length} features at t = ${Number(t.toFixed(1))} and the formula’s differ by at most ${exact < 1e-4 ? exact.toExponential(0) : exact.toFixed(3)} (${order}).`;
}
