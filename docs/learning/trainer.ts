import {html, prefersReducedMotion} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {pointDrawing} from "../components/pointDrawing.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {codeRow, withCodes} from "../page/codes.js";
import {newest} from "../page/newest.js";
import type {Store} from "../page/store.js";
import {denoiserSchedule} from "../src/live/denoiser.js";
import {worldOfLesson} from "../src/live/exact.js";
import type {TrainingProgress} from "../src/live/protocol.js";
import {startTraining, type Training} from "../src/live/training.js";
import {Generator} from "../src/random.js";
import {predictionOf} from "../src/samplers/prediction.js";
import {makeSchedule} from "../src/schedule.js";
import type {Tensor} from "../src/tensor.js";
import {givenLabel, pointsTensor, type Point, type World} from "../src/world/world.js";
import {exactEps} from "../src/world/worldModel.js";
import {netCode, type Drawn} from "./code.js";
import {lessonOf} from "./lessonOf.js";
import {goalOf, PARTICLES, pointsOf, verdictOf, weightedError, type Goal} from "./netDistance.js";
import {lossChart, recentLoss, thinned, type LossPoint} from "./netLoss.js";
import {arrowsOf, COLORS, EXTENT, grid, likelyOf, netPlane, type Arrow} from "./netPlane.js";
import {drawingChoices, drawnBy, settingsOf, trainingChoices} from "./netSettings.js";
import {SKETCHES} from "./sketches.js";
import {NAMES, OWN, type LearningState} from "./state.js";

/** How often particles are drawn anew while it learns, in milliseconds. */
const DRAW_EVERY = 1500;
const SKETCH_POINTS = 1200;

/** What is asked of the network as it is: points that it draws, and what it predicts over the plane. */
interface Wish {
  readonly drawn: Drawn | null;
  readonly t: number;
  readonly prompt: string;
}

/** The exact answer over the grid at one noise level: the noise, and where noised points come. */
interface Exact {
  readonly key: string;
  readonly alpha: number;
  readonly likely: readonly number[];
  readonly eps: Tensor;
}

/** "Live: a small network learns your drawing": the drawing, the loss, the field it predicts beside the exact one, and what it draws now. */
export function trainer({
  store,
  invalidation,
  start = startTraining
}: {
  store: Store<LearningState>;
  invalidation: Promise<void>;
  start?: typeof startTraining;
}): HTMLElement {
  const {state, set} = store;
  const drawing = pointDrawing({colors: COLORS, names: NAMES, extent: EXTENT});
  const result = netPlane("Nothing drawn by the network yet");
  const exact = netPlane("The exact answer for these points");
  const loss = lossChart();
  const numbers = html("p", {class: "caption reserved"});
  const verdict = html("p", {class: "verdict reserved", role: "status"});
  const error = errorNote();
  const lines = codeRow();
  const timestep = slider("Noise level of the arrows", {
    ...{min: 10, max: 990, step: 10, value: state.netT, id: "field-timestep"},
    format: (t) => `t = ${t}`
  });
  const go = html("button", {type: "button", class: "primary", onclick: () => toggle()}, "Begin");
  const reset = html("button", {type: "button", onclick: () => startOver()}, "Start over");
  let [running, begun] = [false, false];
  let lesson = lessonOf(drawing.value, NAMES);
  let world: World = [];
  let answer: Exact | null = null;
  const goals = new Map<string, Goal>();
  let arrows: Arrow[] = [];
  let points: Point[] = [];
  let curve: LossPoint[] = [];
  let [seconds, drawnAt] = [0, 0];

  const training: Training = start({
    onProgress: heard,
    onError(message) {
      [running, begun] = [false, false];
      label();
      error.update(message);
    }
  });
  void invalidation.then(() => training.dispose());

  /** One request at a time; the newest wish wins, and what was overtaken is not shown. */
  const wishes = newest<Wish, {drawn: Tensor | null; field: Tensor}>({
    ready: () => begun,
    async work({drawn, t, prompt}) {
      try {
        const made = drawn && (await training.draw({...drawn, seed: 1, steps: 25, particles: PARTICLES}));
        return {drawn: made, field: await training.field({points: pointsTensor(grid), timestep: t, prompt})};
      } catch (failure) {
        if (begun) error.update(failure instanceof Error ? failure.message : String(failure));
        throw failure;
      } finally {
        asked = false;
      }
    },
    onDone({drawn, field}, {t, prompt}) {
      if (!begun) return;
      const {alpha, likely, eps} = exactAt(t, prompt);
      const own = predictionOf(field, pointsTensor(grid), alpha, settingsOf(state).predictionType).eps;
      arrows = arrowsOf(own, likely);
      if (drawn) {
        points = pointsOf(drawn);
        drawnAt = performance.now();
        if (!goals.has(prompt)) goals.set(prompt, goalOf(lesson, prompt));
        verdict.textContent = verdictOf(drawn, goals.get(prompt)!, steps);
      }
      off = weightedError(own, eps, likely);
      result.update(
        {drawing: drawing.value, arrows, points},
        `${points.length} points that the network draws after ${steps} steps`
      );
      tell(0);
    }
  });
  let asked = false;
  let steps = 0;
  let off: number | null = null;
  let latest: TrainingProgress | null = null;

  function ask(drawn: boolean): void {
    asked = true;
    wishes.want({drawn: drawn ? drawnBy(state) : null, t: state.netT, prompt: state.prompt}, {quiet: true});
  }

  /** What a perfect denoiser of the drawing says over the plane; kept until something of it changes. */
  function exactAt(t: number, prompt: string): Exact {
    const key = [t, prompt, state.schedule].join();
    if (answer?.key === key) return answer;
    const alpha = makeSchedule(denoiserSchedule(settingsOf(state))).alphasCumprod[t];
    const known = prompt && world.some((blob) => blob.label === prompt) ? givenLabel(world, prompt) : world;
    return (answer = {key, alpha, likely: likelyOf(known, alpha), eps: exactEps(known, pointsTensor(grid), alpha)});
  }

  function paintExact(): void {
    if (!world.length) return exact.update({drawing: drawing.value}, "No drawing, so no exact answer");
    const {likely, eps} = exactAt(state.netT, state.prompt);
    exact.update(
      {drawing: drawing.value, arrows: arrowsOf(eps, likely)},
      `The exact answer for these points at t = ${state.netT}: arrows to the mean of what a noised point may have been`
    );
  }

  function heard(progress: TrainingProgress): void {
    latest = progress;
    ({steps} = progress);
    if (progress.losses.length) {
      const mean = progress.losses.reduce((sum, value) => sum + value, 0) / progress.losses.length;
      seconds += progress.seconds;
      curve = thinned([...curve, {step: steps, loss: mean}]);
    }
    tell(progress.losses.length / (progress.seconds || 1));
    loss.show(curve, steps, progress.least);
    if (running && !asked && performance.now() - drawnAt > DRAW_EVERY) ask(true);
  }

  /** A drawing to learn: nothing of an older network is left. */
  function taken(): void {
    lesson = lessonOf(drawing.value, NAMES);
    world = worldOfLesson(lesson);
    answer = null;
    goals.clear();
    [curve, points, arrows, seconds, steps, off, latest] = [[], [], [], 0, 0, null, null];
    [begun, verdict.textContent] = [false, ""];
    result.update({drawing: drawing.value}, "Nothing drawn by the network yet");
    loss.show(curve, 0, null);
    paintExact();
  }

  function begin(): boolean {
    if (!lesson.labels.length) {
      error.update("There is nothing to learn yet: draw some points on the left, or choose a ready drawing.");
      return false;
    }
    error.update(null);
    training.begin(lesson, settingsOf(state));
    begun = true;
    ask(true);
    return true;
  }

  function toggle(): void {
    if (!begun && !begin()) return;
    running = !running;
    if (running) training.run();
    else training.pause();
    label();
    if (!running) ask(true);
  }

  function startOver(): void {
    const was = running;
    if (was) training.pause();
    running = false;
    taken();
    if (was) toggle();
    label();
    tell(0);
  }

  function label(): void {
    go.textContent = running ? "Pause" : begun ? "Go on" : "Begin";
  }

  function tell(rate: number): void {
    if (!begun || !latest) return void (numbers.textContent = AT_REST);
    const {weights, least} = latest;
    const speed = running && rate ? [`${Math.round(rate)} steps a second`] : [];
    const error_ = curve.length ? [`loss ${recentLoss(curve).toFixed(2)}`] : [];
    const best = least === null ? [] : [`least possible ${least.toFixed(2)}`];
    const far = off === null ? [] : [`its noise at t = ${state.netT} is ${off.toFixed(2)} off the exact one`];
    numbers.textContent = [
      ...["live, in this browser", `${weights.toLocaleString("en")} weights`, `step ${steps.toLocaleString("en")}`],
      ...[`${seconds.toFixed(0)} s`, ...speed, ...error_, ...best, ...far]
    ].join(" · ");
  }

  const tellLines = () => lines.update(netCode(settingsOf(state), drawnBy(state)));
  const settings = trainingChoices(store, () => {
    tellLines();
    startOver();
  });
  const choices = drawingChoices(store, () => {
    tellLines();
    paintExact();
    if (begun) ask(true);
  });
  timestep.addEventListener("input", () => {
    set({netT: timestep.value});
    paintExact();
    if (begun) ask(false);
  });
  drawing.addEventListener("input", () => {
    set({sketch: OWN});
    startOver();
  });

  const brushes = segments("Brush", NAMES.map((name, i) => ({value: String(i), text: name}))); // prettier-ignore
  brushes.addEventListener("input", (event) => {
    event.stopPropagation();
    drawing.brush = Number(brushes.value);
  });
  const ready = html("div", {class: "chips", role: "group", "aria-label": "Ready drawings"});
  for (const name of Object.keys(SKETCHES))
    ready.append(html("button", {type: "button", class: "chip", onclick: () => sketch(name)}, name));
  ready.append(html("button", {type: "button", class: "chip", onclick: () => clear()}, "empty"));

  function sketch(name: string): void {
    set({sketch: name});
    drawing.value = SKETCHES[name](SKETCH_POINTS, new Generator(4));
    startOver();
  }

  function clear(): void {
    if (running) training.pause();
    running = false;
    set({sketch: OWN});
    drawing.value = {points: [], labels: []};
    startOver();
  }

  drawing.value = SKETCHES[state.sketch](SKETCH_POINTS, new Generator(4));
  tellLines();
  taken();
  tell(0);

  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "A small network learns your drawing"},
    html("div", {class: "figure-controls"}, html("div", {class: "buttons"}, go, reset), settings),
    html(
      "div",
      {class: "figure-row plane-row"},
      html("figure", {}, html("figcaption", {}, "your drawing: the training data"), drawing, brushes, ready),
      html("figure", {}, html("figcaption", {}, "the network now; pink: what it draws"), result, choices),
      html("figure", {}, html("figcaption", {}, "the exact answer for these points"), exact, timestep)
    ),
    verdict,
    loss.node,
    numbers,
    error
  );
  return withCodes(figure, lines);
}

const AT_REST = `live, in this browser · press Begin: it stops when you leave the page${prefersReducedMotion() ? "" : ", and draws anew while it learns"}`;
