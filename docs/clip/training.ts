import * as Plot from "@observablehq/plot";
import {chart} from "../components/chart.js";
import {html, prefersReducedMotion} from "../components/dom.js";
import {colorLegend, heatmap, type Cell} from "../components/heatmap.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {SourcePicture} from "../components/pictureSource.js";
import {divergingScale} from "../components/scales.js";
import {slider} from "../components/slider.js";
import {contrastiveLoss, meanCosines} from "../src/contrastive.js";
import type {Tensor} from "../src/tensor.js";
import {chartWidth} from "./chartWidth.js";
import {signed} from "./matrix.js";

/** A line of history/clip.jsonl: one fixed batch at a step of training. */
export interface Snapshot {
  step: number;
  captions: readonly string[];
  scenes: readonly number[];
  temperature: number;
  cosine: readonly (readonly number[])[];
  retrieval_64: number;
}

/** A line of history/clip-metrics.jsonl: means since the line before. */
export interface Metric {
  step: number;
  loss: number;
}

/** What is read off a snapshot. */
export interface Checkpoint extends Snapshot {
  cosines: Tensor;
  loss: number;
  matched: number;
  unmatched: number;
}

export function checkpointOf(snapshot: Snapshot): Checkpoint {
  const size = snapshot.cosine.length;
  const cosines = {data: Float32Array.from(snapshot.cosine.flat()), dims: [size, size]};
  return {...snapshot, cosines, loss: contrastiveLoss(cosines, snapshot.temperature).loss, ...meanCosines(cosines)};
}

/** Options: how a scene is made, when to stop, the checkpoint to begin at, who hears of the one shown (null: the last), the pace of play in ms. */
export interface TrainingParts {
  snapshots: readonly Snapshot[];
  metrics: readonly Metric[];
  scene(seed: number): Promise<SourcePicture>;
  invalidation: Promise<void>;
  value?: number;
  onShow?: (checkpoint: number | null) => void;
  pace?: number;
}

/** The recorded training: one batch from random to trained, with the loss, scrubbed by a slider. */
export function training(parts: TrainingParts): HTMLElement {
  const {snapshots, metrics, scene, invalidation, value = Infinity, onShow, pace = 700} = parts;
  if (!snapshots.length)
    return html("p", {class: "muted"}, "The history of the training is out of reach: reload the page to try again.");
  const checkpoints = snapshots.map(checkpointOf);
  const last = checkpoints.length - 1;
  const size = checkpoints[0].cosine.length;
  const color = divergingScale(1);
  const map = heatmap(asMatrix(checkpoints[last]), {
    ...{color, label: "", onHover: (cell: Cell | null) => point(cell)},
    cellText: (at: Cell) => wordsOf(at)
  });
  const rows = html("div", {class: "training-thumbs", "aria-hidden": "true", style: `--rows: ${size}`});
  const range = slider("Checkpoint", {
    min: 0,
    max: last,
    value: Math.min(value, last),
    format: (i) => `step ${checkpoints[i].step}`
  });
  const play = html("button", {type: "button", class: "round", "aria-label": "Play"});
  const reading = html("p", {class: "training-reading"});
  const facts = html("p", {class: "training-facts"});
  const charts = html("div", {class: "training-charts"});
  let cell: Pick<Cell, "row" | "column"> = {row: 0, column: 0};
  let timer: ReturnType<typeof setInterval> | undefined;

  function point(next: Cell | null): void {
    cell = next ?? cell;
    reading.textContent = wordsOf(cell);
  }

  function wordsOf({row, column}: Pick<Cell, "row" | "column">): string {
    const {cosine, captions} = checkpoints[range.value];
    const whose = row === column ? "its own caption" : `the caption of picture ${column + 1}`;
    return `Picture ${row + 1} and ${whose}, “${captions[column]}”: cosine ${signed(cosine[row][column])}`;
  }

  function show(): void {
    const at = checkpoints[range.value];
    onShow?.(range.value === last ? null : range.value);
    map.update(
      asMatrix(at),
      `Cosines of ${size} pictures and ${size} captions after ${at.step} steps: ${signed(at.matched)} on the diagonal, ${signed(at.unmatched)} elsewhere, on average`
    );
    facts.textContent = `After ${at.step} steps: matched ${signed(at.matched)}, unmatched ${signed(at.unmatched)} on average; temperature ${at.temperature.toFixed(3)}; loss of these ${size} pairs ${at.loss.toFixed(2)}; among 64 captions the right one comes first for ${Math.round(100 * at.retrieval_64)} % of the pictures.`;
    charts.replaceChildren(...chartsOf(checkpoints, metrics, at));
    reading.textContent = wordsOf(cell);
  }

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    play.setAttribute("aria-label", "Play");
    play.classList.remove("playing");
  }

  function start(): void {
    range.value = range.value === last ? 0 : range.value;
    show();
    play.setAttribute("aria-label", "Pause");
    play.classList.add("playing");
    timer = setInterval(() => {
      if (!map.isConnected || range.value >= last) return pause();
      range.value += 1;
      show();
    }, pace);
  }

  range.addEventListener("input", () => {
    pause();
    show();
  });
  play.addEventListener("click", () => (timer ? pause() : start()));
  for (const seed of checkpoints[0].scenes) {
    const canvas = pixelCanvas(null, {smooth: true});
    rows.append(canvas);
    void scene(seed).then(({pixels}) => canvas.paint(pixels));
  }
  void invalidation.then(pause);
  show();
  playWhenSeen(
    map,
    () => {
      if (!prefersReducedMotion() && !timer && range.value === last) start();
    },
    invalidation
  );

  return html(
    "section",
    {class: "figure wide training", "aria-label": "Training, recorded"},
    html(
      "div",
      {class: "player training-player"},
      play,
      range,
      html("span", {class: "badge badge-recorded"}, "recorded")
    ),
    html(
      "div",
      {class: "training-stage"},
      html(
        "div",
        {class: "training-matrix"},
        html(
          "div",
          {class: "training-grid", style: `grid-template-columns: minmax(0, 1fr) minmax(0, ${size}fr)`},
          rows,
          map
        ),
        colorLegend(color, {from: -1, to: 1, title: "cosine; pictures down, captions across", format: signed}),
        reading
      ),
      charts
    ),
    facts
  );
}

/** Plays once when the figure comes into view. */
function playWhenSeen(node: Element, start: () => void, invalidation: Promise<void>): void {
  if (typeof IntersectionObserver !== "function") return;
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({isIntersecting}) => isIntersecting)) return;
      observer.disconnect();
      start();
    },
    {threshold: 0.6}
  );
  observer.observe(node);
  void invalidation.then(() => observer.disconnect());
}

function asMatrix({cosines}: Checkpoint) {
  const [rows, columns] = cosines.dims;
  return {values: cosines.data, rows, columns};
}

/** The loss, and the mean cosines, over the steps of training; a rule marks the checkpoint. */
function chartsOf(checkpoints: readonly Checkpoint[], metrics: readonly Metric[], at: Checkpoint): Element[] {
  const common = {
    width: chartWidth(520),
    height: 200,
    marginLeft: 44,
    marginBottom: 42,
    x: {label: "step of training →"},
    style: {background: "none"}
  };
  const here = Plot.ruleX([at.step], {stroke: "var(--unet-strong)", strokeWidth: 2});
  const loss = chart("Loss over the steps of training", {
    ...{...common, y: {label: "↑ loss", domain: [0, 4.5], grid: true}},
    marks: [
      here,
      Plot.lineY(metrics, {x: "step", y: "loss", stroke: "var(--text)", strokeWidth: 1.8}),
      Plot.dot(checkpoints, {x: "step", y: "loss", fill: "var(--unet-strong)", r: 4})
    ]
  });
  const ends = checkpoints.at(-1)!;
  const means = chart("Mean cosines over the steps of training", {
    ...{
      ...common,
      y: {label: "↑ mean cosine", grid: true},
      marginRight: 76
    },
    marks: [
      here,
      Plot.ruleY([0]),
      Plot.lineY(checkpoints, {x: "step", y: "matched", stroke: "var(--danger)", strokeWidth: 1.8, marker: true}),
      Plot.lineY(checkpoints, {
        x: "step",
        y: "unmatched",
        stroke: "var(--text-encoder-strong)",
        strokeWidth: 1.8,
        marker: true
      }),
      Plot.text([ends], {
        x: "step",
        y: "matched",
        text: () => "matched",
        dx: 8,
        textAnchor: "start",
        fill: "var(--text)"
      }),
      Plot.text([ends], {
        x: "step",
        y: "unmatched",
        text: () => "unmatched",
        dx: 8,
        textAnchor: "start",
        fill: "var(--text)"
      })
    ]
  });
  return [
    captioned(loss, "Loss: dots for the batch on the left, the line for the batches of 64 that it learned from."),
    captioned(means, "Mean cosine of pairs that belong together, and of all others.")
  ];
}

function captioned(chart: Element, words: string): HTMLElement {
  return html("figure", {}, chart, html("figcaption", {}, words));
}
