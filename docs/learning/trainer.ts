import {html, prefersReducedMotion} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {lineChart} from "../components/lineChart.js";
import {paintPoints, pointDrawing} from "../components/pointDrawing.js";
import {slider} from "../components/slider.js";
import {DENOISER_DEFAULTS, denoiserSchedule, type DenoiserSettings} from "../src/live/denoiser.js";
import {startTraining, type Training} from "../src/live/training.js";
import {Generator} from "../src/random.js";
import {predictionOf} from "../src/samplers/prediction.js";
import {makeSchedule} from "../src/schedule.js";
import type {Tensor} from "../src/tensor.js";
import {slicedWasserstein} from "../src/world/distance.js";
import {pointsTensor, type Point} from "../src/world/world.js";
import {codeRow, withCodes} from "../page/codes.js";
import {netCode} from "./code.js";
import {lessonOf} from "./lessonOf.js";
import {SKETCHES} from "./sketches.js";

const NAMES = ["orange", "teal"] as const;
const COLORS = ["#d9661f", "#0f9a83"];
const EXTENT = 2.4;
const [SIZE, ARROWS, PARTICLES] = [480, 13, 400];
/** How often particles are drawn anew while it learns, in milliseconds. */
const DRAW_EVERY = 1500;
const SKETCH_POINTS = 1200;
/** The ends of the loss's axis: what lies beyond is drawn at the edge. */
const [LEAST, MOST] = [0.05, 2];

/** "Live: a small network learns your drawing": the drawing, the loss, the field it predicts, and what it draws at this moment. */
export function trainer({
  invalidation,
  start = startTraining
}: {
  invalidation: Promise<void>;
  start?: typeof startTraining;
}): HTMLElement {
  const drawing = pointDrawing({colors: COLORS, names: NAMES, extent: EXTENT});
  const result = html("canvas", {width: SIZE, height: SIZE, role: "img", class: "point-drawing"});
  const loss = lineChart(
    {lines: [], label: "Loss by training step: nothing yet"},
    {
      x: {title: "training step"},
      y: {title: "mean squared error", log: true, format: String, ticks: [0.05, 0.1, 0.2, 0.5, 1, 2]},
      ...{width: 640, height: 220}
    }
  );
  loss.classList.add("loss-curve");
  const numbers = html("p", {class: "caption", "aria-live": "polite"});
  const error = errorNote();
  const settings = settingsOf();
  const lines = codeRow();
  const tellLines = () => lines.update(netCode(settings.value(), settings.drawing()));
  const timestep = slider("Noise level of the arrows", {
    ...{min: 10, max: 990, step: 10, value: 400, id: "field-timestep"},
    format: (t) => `t = ${t}`
  });
  const go = html("button", {type: "button", class: "primary"}, "Begin");
  const reset = html("button", {type: "button"}, "Start over");
  let running = false;
  let begun = false;
  let points: Tensor | null = null;
  let shown: Point[] = [];
  let field: {from: Point; to: Point}[] = [];
  let losses: {step: number; loss: number}[] = [];
  let seconds = 0;
  let steps = 0;
  let distance: number | null = null;
  let busy = false;

  const training: Training = start({
    onProgress(progress) {
      const mean = progress.losses.reduce((sum, value) => sum + value, 0) / (progress.losses.length || 1);
      steps = progress.steps;
      if (progress.losses.length) {
        seconds += progress.seconds;
        losses = thinned([...losses, {step: steps, loss: mean}]);
      }
      tell(progress.weights, progress.losses.length / (progress.seconds || 1));
      plotLoss();
      if (running && performance.now() - drawnAt > DRAW_EVERY) void draw();
    },
    onError(message) {
      [running, begun] = [false, false];
      label();
      error.update(message);
    }
  });
  void invalidation.then(() => training.dispose());
  let drawnAt = 0;

  function begin(): boolean {
    const lesson = lessonOf(drawing.value, NAMES);
    if (!lesson.labels.length) {
      error.update("There is nothing to learn yet: draw some points on the left, or choose a ready drawing.");
      return false;
    }
    error.update(null);
    points = lesson.points;
    [losses, shown, field, seconds, steps, distance] = [[], [], [], 0, 0, null];
    training.begin(lesson, settings.value());
    begun = true;
    paint();
    return true;
  }

  function toggle(): void {
    if (!begun && !begin()) return;
    running = !running;
    if (running) training.run();
    else training.pause();
    label();
    if (!running) void draw();
  }

  function startOver(): void {
    const was = running;
    running = false;
    training.pause();
    begun = false;
    if (begin() && was) toggle();
    label();
    plotLoss();
  }

  function label(): void {
    go.textContent = running ? "Pause" : begun ? "Go on" : "Begin";
  }

  /** Particles and arrows from the network as it is now; one request at a time, the newest settings win. */
  async function draw(): Promise<void> {
    if (!begun || busy) return;
    busy = true;
    drawnAt = performance.now();
    const {prompt, sampler, guidance} = settings.drawing();
    try {
      const options = {prompt, sampler, guidance, seed: 1, steps: 25, particles: PARTICLES};
      const drawn = await training.draw(options);
      field = await arrows(prompt);
      shown = pointsOf(drawn);
      const wanted = prompt ? ofLabel(drawing.value, NAMES.indexOf(prompt as (typeof NAMES)[number])) : points!;
      distance = slicedWasserstein(drawn, wanted);
      result.setAttribute("aria-label", `${PARTICLES} points that the network draws after ${steps} steps`);
      paint();
    } catch (failure) {
      error.update(failure instanceof Error ? failure.message : String(failure));
    } finally {
      busy = false;
    }
  }

  /** From each place of a grid to where the network believes the clean point to be, an eighth of the way. */
  async function arrows(prompt: string): Promise<{from: Point; to: Point}[]> {
    const config = denoiserSchedule(settings.value());
    const place = (i: number) => -EXTENT + ((i + 0.5) * 2 * EXTENT) / ARROWS;
    const grid = Array.from({length: ARROWS ** 2}, (_, i): Point => [place(i % ARROWS), place(Math.floor(i / ARROWS))]);
    const sample = pointsTensor(grid);
    const output = await training.field({points: sample, timestep: timestep.value, prompt});
    const alpha = makeSchedule(config).alphasCumprod[timestep.value];
    const {eps} = predictionOf(output, sample, alpha, config.prediction_type);
    const length = (0.8 * 2 * EXTENT) / ARROWS / 2.5;
    return grid.map((from, i) => {
      const [x, y] = [eps.data[i], eps.data[grid.length + i]];
      const scale = length / Math.max(1, Math.hypot(x, y));
      return {from, to: [from[0] - scale * x, from[1] - scale * y]};
    });
  }

  function paint(): void {
    const context = result.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, SIZE, SIZE);
    paintPoints(context, drawing.value, COLORS, {size: SIZE, extent: EXTENT, radius: 2, alpha: 0.18});
    const ink = getComputedStyle(result).color;
    context.strokeStyle = ink;
    context.globalAlpha = 0.45;
    context.lineWidth = 1.5;
    for (const {from, to} of field) line(context, from, to);
    context.globalAlpha = 1;
    const all = {points: shown, labels: shown.map(() => 0)};
    paintPoints(context, all, ["#b3226c"], {size: SIZE, extent: EXTENT, radius: 3, alpha: 0.85});
  }

  function tell(weights: number, rate: number): void {
    const speed = running && rate ? ` · ${Math.round(rate)} steps a second` : "";
    const far = distance === null ? "" : ` · ${distance.toFixed(3)} from the drawing (sliced Wasserstein)`;
    numbers.textContent = `live · ${weights.toLocaleString("en")} weights · step ${steps.toLocaleString("en")} · ${seconds.toFixed(0)} s${speed}${far}`;
  }

  function plotLoss(): void {
    const points = losses.map(({step, loss}) => [step, Math.min(MOST, Math.max(LEAST, loss))] as const);
    loss.update({
      lines: [{name: "loss: the mean of the steps since the last point", points, tone: "var(--unet-strong)"}],
      label: `Loss by training step: ${losses.length ? losses.at(-1)!.loss.toFixed(3) : "nothing"} at step ${steps}`,
      domain: {x: [0, Math.max(100, steps)], y: [LEAST, MOST]}
    });
  }

  go.addEventListener("click", toggle);
  reset.addEventListener("click", startOver);
  settings.node.addEventListener("change", () => {
    tellLines();
    startOver();
  });
  settings.drawingNode.addEventListener("change", () => {
    tellLines();
    void draw();
  });
  tellLines();
  timestep.addEventListener("input", () => void draw());
  drawing.addEventListener("input", () => startOver());

  const brushes = html("div", {class: "segments small", role: "group", "aria-label": "Brush"});
  NAMES.forEach((name, i) =>
    brushes.append(
      html("button", {type: "button", "aria-pressed": String(i === 0), onclick: () => chooseBrush(i)}, name)
    )
  );
  function chooseBrush(label_: number): void {
    drawing.brush = label_;
    [...brushes.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === label_)));
  }
  const ready = html("div", {class: "chips", role: "group", "aria-label": "Ready drawings"});
  for (const name of Object.keys(SKETCHES)) {
    ready.append(html("button", {type: "button", class: "chip", onclick: () => sketch(name)}, name));
  }
  ready.append(html("button", {type: "button", class: "chip", onclick: () => clear()}, "empty"));

  function sketch(name: string): void {
    drawing.value = SKETCHES[name](SKETCH_POINTS, new Generator(4));
    startOver();
  }

  function clear(): void {
    training.pause();
    [running, begun, shown, field, losses] = [false, false, [], [], []];
    drawing.value = {points: [], labels: []};
    label();
    paint();
    plotLoss();
  }

  drawing.value = SKETCHES["two moons"](SKETCH_POINTS, new Generator(4));
  paint();
  plotLoss();
  tell(0, 0);
  result.setAttribute("aria-label", "Nothing drawn by the network yet");
  numbers.textContent = `live, in this browser · press Begin: it stops when you leave the page${prefersReducedMotion() ? "" : ", and draws anew while it learns"}`;

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "A small network learns your drawing"},
    html("div", {class: "figure-controls"}, html("div", {class: "buttons"}, go, reset), settings.node),
    html(
      "div",
      {class: "figure-row plane-row"},
      html("figure", {}, html("figcaption", {}, "your drawing: the training data"), drawing, brushes, ready),
      html(
        "figure",
        {},
        html("figcaption", {}, "pink: what the network draws now"),
        result,
        settings.drawingNode,
        timestep
      )
    ),
    loss,
    numbers,
    error
  );
  return withCodes(figure, lines);
}

/** The choices that begin a new network, and those that only draw from it. */
function settingsOf() {
  const choose = (id: string, title: string, options: readonly (readonly [string, string])[]) => {
    const select = html("select", {id}, ...options.map(([value, words]) => html("option", {value}, words)));
    return {select, node: html("div", {class: "field"}, html("label", {for: id}, title), select)};
  };
  const schedule = choose("net-schedule", "Schedule", [
    ["scaled_linear", "scaled linear"],
    ["linear", "linear (DDPM)"],
    ["squaredcos_cap_v2", "cosine"]
  ]);
  const type = choose("net-type", "It predicts", [
    ["epsilon", "the noise ε"],
    ["v_prediction", "v"],
    ["sample", "the clean point x0"]
  ]);
  const seed = html("input", {type: "number", id: "net-seed", min: 0, max: 9999, step: 1, value: 0});
  const prompt = choose("net-prompt", "Prompt", [
    ["", "none: any colour"],
    ["orange", "orange"],
    ["teal", "teal"]
  ]);
  const sampler = choose("net-sampler", "Sampler", [
    ["ddim", "DDIM"],
    ["ddpm", "DDPM"]
  ]);
  const guidance = choose("net-guidance", "Guidance scale", [
    ["1", "1 (none)"],
    ["2", "2"],
    ["4", "4"]
  ]);
  return {
    node: html(
      "div",
      {class: "net-settings"},
      schedule.node,
      type.node,
      html("div", {class: "field"}, html("label", {for: "net-seed"}, "Seed of its first weights"), seed)
    ),
    drawingNode: html("div", {class: "net-settings"}, prompt.node, sampler.node, guidance.node),
    value: (): DenoiserSettings => ({
      ...DENOISER_DEFAULTS,
      seed: Math.max(0, Math.min(9999, Math.round(Number(seed.value) || 0))),
      betaSchedule: schedule.select.value,
      predictionType: type.select.value
    }),
    drawing: () => ({
      prompt: prompt.select.value,
      sampler: sampler.select.value,
      guidance: prompt.select.value ? Number(guidance.select.value) : 1
    })
  };
}

/** At most 300 points of a curve, older ones merged in pairs, so that plotting stays quick. */
function thinned<T>(curve: T[]): T[] {
  return curve.length > 300 ? curve.filter((_, i) => i % 2 || i > 200) : curve;
}

function pointsOf({data, dims}: Tensor): Point[] {
  return Array.from({length: dims[2]}, (_, i): Point => [data[i], data[dims[2] + i]]);
}

function ofLabel({points, labels}: {points: readonly Point[]; labels: readonly number[]}, label: number): Tensor {
  return pointsTensor(points.filter((_, i) => labels[i] === label));
}

function line(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  const at = (value: number) => (SIZE * (value + EXTENT)) / (2 * EXTENT);
  context.beginPath();
  context.moveTo(at(from[0]), SIZE - at(from[1]));
  context.lineTo(at(to[0]), SIZE - at(to[1]));
  context.stroke();
}
