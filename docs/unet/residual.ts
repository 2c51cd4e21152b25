import {html} from "../components/dom.js";
import {lineChart, type Place} from "../components/lineChart.js";
import {rowBars} from "../components/rowBars.js";
import {heatmap} from "../components/heatmap.js";
import {sequentialScale} from "../components/scales.js";
import {progressBar} from "../components/progressBar.js";
import {figure} from "../page/figure.js";
import {onSelected} from "../page/selected.js";
import {chooser, layerName} from "./chooser.js";
import {BLOCK_PARTS} from "./look.js";
import type {Parts} from "./stage.js";
import {sightAt} from "./state.js";

const TERMS = [
  {name: "what goes in", tone: "var(--text-muted)", tint: "term-in"},
  {name: "+ self-attention", tone: "var(--unet-strong)", tint: "term-self"},
  {name: "+ cross-attention", tone: "var(--text-encoder-strong)", tint: "term-cross"},
  {name: "+ feed-forward", tone: "var(--decoder-strong)", tint: "term-ff"},
  {name: "what comes out", tone: "var(--text-muted)", tint: "term-in"}
] as const;
const COLOR = sequentialScale(1);

/** Inside a spatial transformer: what goes in, the three terms that are added to it, by size and by place. */
export function residualFigure({store, running}: Parts): HTMLElement {
  const choose = chooser("Transformer", (role) => store.set({block: role}));
  const tiles = TERMS.map(({name, tint}) => {
    const map = heatmap({values: [NaN], rows: 1, columns: 1}, {color: COLOR, label: name});
    return {map, node: html("figure", {class: tint}, map, html("figcaption", {}, name))};
  });
  const bars = rowBars([], {label: "Sizes of the terms"});
  const chart = lineChart(
    {lines: [], label: "Not known yet"},
    {x: {title: "step"}, y: {title: "size (root mean square)"}, width: 640, height: 240}
  );
  const all = html("button", {type: "button", class: "chip"}, "Look at every step of this drawing");
  all.addEventListener("click", () => void running.lookAtAll());
  const bar = progressBar();
  store.onChange(({work}) => bar.update(work));
  const words = html("p", {class: "verdict", role: "status"});
  const note = html("figcaption", {class: "caption"});

  onSelected(store, ["graph", "block"], ({graph, block}) =>
    choose.update(
      graph.blocks.map((role) => ({value: role, text: layerName(role)})),
      block
    )
  );
  onSelected(store, ["sight", "film", "step", "block", "summaries", "work"], (state) => {
    const {block, summaries, step, film} = state;
    const look = sightAt(state)?.look;
    const sizes = summaries.get(step)?.blocks.get(block);
    const seen = BLOCK_PARTS.map((part) => look?.get(block + part) ?? null);
    const most = Math.max(...seen.map((one) => (one ? Math.max(...one.activity) : 0)), 1e-9);
    seen.forEach((one, i) => {
      if (!one) return tiles[i].map.update({values: [NaN], rows: 1, columns: 1});
      const [, rows, columns] = one.shape;
      tiles[i].map.update(
        {values: one.activity.map((value) => value / most), rows, columns},
        `${TERMS[i].name}: how much at each place`
      );
    });
    const largest = Math.max(...(sizes ?? [1]));
    bars.update(
      TERMS.map(({name, tint}, i) => ({
        label: name,
        tint,
        share: sizes ? sizes[i] / largest : 0,
        value: sizes ? sizes[i].toFixed(2) : "–"
      }))
    );
    words.textContent = sizes ? verdict(sizes) : "The sizes at this step come with the model.";
    const lines = [1, 2, 3].map((term) => {
      const points = [...summaries]
        .sort(([a], [b]) => a - b)
        .flatMap(([at, {blocks}]): Place[] => (blocks.has(block) ? [[at + 1, blocks.get(block)![term]]] : []));
      return {name: TERMS[term].name.slice(2), tone: TERMS[term].tone, points, dots: points.length < 5};
    });
    const marks = sizes
      ? [1, 2, 3].map((term) => ({at: [step + 1, sizes[term]] as Place, tone: TERMS[term].tone}))
      : [];
    chart.update({
      lines,
      marks,
      label: `Sizes of the three terms over ${lines[0].points.length} steps`,
      domain: {
        x: [1, Math.max(2, film.numSteps)],
        y: [0, Math.max(0.1, ...lines.flatMap(({points}) => points.map(([, y]) => y)))]
      }
    });
    const live = [...summaries.values()].filter(({source}) => source === "live").length;
    all.disabled = state.work !== null || live >= film.frames.length;
    note.textContent = `Maps: ${look ? look.source : "not here yet"}, all five on one scale · curves: ${live} steps live, ${summaries.size - live} recorded, of ${film.numSteps} · size: root mean square over channels and places`;
  });

  return figure(
    "Inside a spatial transformer",
    html("div", {class: "figure-controls"}, choose, html("div", {}, all)),
    bar,
    html("div", {class: "stations"}, ...tiles.map(({node}) => node)),
    html("div", {class: "residual-row"}, html("div", {}, bars, words), chart),
    note
  );
}

function verdict(sizes: readonly number[]): string {
  const [, ...terms] = sizes.slice(0, 4);
  const names = ["self-attention", "cross-attention", "the feed-forward layer"];
  const order = [0, 1, 2].sort((a, b) => terms[b] - terms[a]);
  const percent = (i: number): string => `${Math.round((100 * terms[i]) / sizes[0])} %`;
  return `Here ${names[order[0]]} adds most: its size is ${percent(order[0])} of what goes in; ${names[order[1]]} adds ${percent(order[1])}, ${names[order[2]]} ${percent(order[2])}.`;
}
