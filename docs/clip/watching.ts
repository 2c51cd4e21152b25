import * as Plot from "@observablehq/plot";
import {chart} from "../components/chart.js";
import {errorNote} from "../components/errorNote.js";
import {html} from "../components/dom.js";
import {picture} from "../components/picture.js";
import {imagePixels, type LinearPreview} from "../components/pixels.js";
import {progressBar, type ProgressData} from "../components/progressBar.js";
import {promptForm} from "../components/promptForm.js";
import {wholeNumber} from "../components/runSettings.js";
import {stepPlayer} from "../components/stepPlayer.js";
import {captionOf, isLast, type Film, type Step} from "../page/film.js";
import {keepRun} from "../page/keepRun.js";
import {previewOf} from "../page/look.js";
import type {Decoding} from "../page/decoding.js";
import {createStore, type Store} from "../page/store.js";
import {cosine} from "../src/contrastive.js";
import {clipped} from "../src/pictures.js";
import {batchItem, concat, rowsOf} from "../src/tensor.js";
import {chartWidth} from "./chartWidth.js";
import type {Engine} from "./engine.js";
import {createJob, type Job} from "../page/job.js";
import {signed} from "./matrix.js";
import type {StepScore} from "../page/clipRecording.js";

/** A drawing with CLIP watching. */
export interface WatchState {
  prompt: string;
  seed: number;
  /** A caption that does not fit, scored beside the prompt. */
  other: string;
  film: Film;
  /** What the scores of the film were computed for. */
  scored: {other: string; scores: readonly StepScore[]};
  step: number;
  playing: boolean;
  work: ProgressData | null;
  error: string | null;
  modelName: string;
  preview: LinearPreview;
  decoded: number;
}

/** What the figure draws on. */
export interface WatchParts {
  store: Store<WatchState>;
  engine: Engine;
  decoding: Pick<Decoding, "get" | "put">;
  steps: number;
  guidance: number;
  invalidation: Promise<void>;
}

/** @param step from 1; the last one where it is left out or there are not so many */
export function watchStore(
  initial: Omit<WatchState, "step" | "playing" | "work" | "error" | "decoded">,
  step = Infinity
) {
  const last = initial.film.steps.length - 1;
  return createStore<WatchState>({
    ...initial,
    step: Math.min(step - 1, last),
    playing: false,
    work: null,
    error: null,
    decoded: 0
  });
}

/** The prompt is drawn, and every step's picture is held against it: the cosine by step, beside the picture. */
export function watching(parts: WatchParts): HTMLElement {
  const {store, decoding} = parts;
  const {state} = store;
  const job = watchJob(parts);
  const form = promptForm({value: state.prompt});
  const seed = html("input", {type: "number", id: "seed", min: 0, max: 2 ** 32 - 1, step: 1, value: state.seed});
  const other = html("input", {type: "text", id: "other", autocomplete: "off", maxlength: 300, value: state.other});
  const progress = progressBar();
  const error = errorNote();
  const guess = picture({pixels: null, name: "The guess", badges: [], finished: false});
  const noisy = picture({pixels: null, name: "With its noise", badges: [], finished: false});
  const chart = html("div", {class: "watch-chart"});
  const rulerOf = (index: number) => state.film.steps[index];
  const player = stepPlayer({count: 0, numSteps: 1, rulerOf});
  const reading = html("p", {class: "watch-reading"});
  const caption = html("p", {class: "caption"});

  form.addEventListener("input", () => store.set({prompt: form.value}));
  form.addEventListener("submit", () => void job.run());
  form.addEventListener("cancel", job.cancel);
  seed.addEventListener("input", () => {
    const typed = wholeNumber(seed.value);
    if (typed !== null) store.set({seed: typed});
  });
  other.addEventListener("input", () => store.set({other: other.value}));
  error.addEventListener("retry", () => void job.run());
  const stop = playFilm(store, player);
  void parts.invalidation.then(() => {
    stop();
    job.cancel();
  });

  store.onChange((now) => {
    const {film, step, work, scored} = now;
    form.busy = work !== null;
    form.stale = now.prompt !== film.prompt || now.seed !== film.settings.seed;
    if (form.value !== now.prompt && !form.contains(document.activeElement)) form.value = now.prompt;
    if (seed !== document.activeElement) seed.value = String(now.seed);
    progress.update(work);
    error.update(now.error);
    player.update({count: film.steps.length, numSteps: film.numSteps, rulerOf}, step);
    player.playing = now.playing;
    const record = film.steps[step];
    showPicture(guess, record && (isLast(film, step) ? record.prev : record.x0), "the guess x̂₀", film, now, decoding);
    showPicture(noisy, record?.xt, "with its noise, xₜ", film, now, decoding);
    chart.replaceChildren(chartOf(film, scored, step));
    reading.textContent = readingOf(film, scored, step);
    caption.textContent = captionOf(film, now.modelName);
  });

  return html(
    "section",
    {class: "figure wide watching", "aria-label": "A drawing with CLIP watching"},
    html(
      "div",
      {class: "watch-controls"},
      form,
      html("div", {class: "field"}, html("label", {for: "seed"}, "Seed"), seed),
      html("div", {class: "field"}, html("label", {for: "other"}, "Held against it too"), other)
    ),
    progress,
    error,
    html(
      "div",
      {class: "watch-stage"},
      html("figure", {}, guess, html("figcaption", {}, "what the step guesses")),
      html("figure", {}, noisy, html("figcaption", {}, "what went into the step")),
      chart
    ),
    player,
    reading,
    caption
  );
}

function showPicture(
  node: ReturnType<typeof picture>,
  latents: Step["x0"] | undefined,
  what: string,
  film: Film,
  {preview, step}: WatchState,
  decoding: Pick<Decoding, "get">
): void {
  const decoded = latents ? decoding.get(latents) : null;
  node.update({
    pixels: decoded ?? (latents ? previewOf(latents, preview) : null),
    name: `${film.prompt}: ${what} of step ${step + 1}${film.source === "recorded" ? " (recorded)" : ""}`,
    badges: [film.source, ...(latents ? [decoded ? "decoded" : "preview"] : [])],
    finished: false
  });
}

/** Draws the state's prompt and scores every step: one decoding of two pictures and one look of CLIP a step. */
function watchJob({store, engine, decoding, steps, guidance}: WatchParts): Job {
  const {state} = store;
  return createJob(store, async (signal, report) => {
    const {prompt, seed, other} = state;
    const {name, preview} = await engine.load();
    const [own, otherRow] = rowsOf(await engine.embedTexts([prompt, other]));
    const film: Film = {
      ...{source: "live", prompt, steps: [], numSteps: steps, tokens: [], finished: false},
      settings: {seed, steps, guidance, sampler: "ddim", negative: "", noiseSeed: null}
    };
    const scores: StepScore[] = [];
    report(0, steps, "Drawing and scoring");
    for await (const record of engine.draw({prompt, seed, steps, guidance, sampler: "ddim", signal})) {
      const decoded = clipped(await engine.decode(concat([record.x0, record.xt])));
      const [guess, noisy] = rowsOf(await engine.embedImages(decoded));
      if (signal.aborted) return;
      scores.push({x0: cosine(guess, own), xt: cosine(noisy, own), other: cosine(guess, otherRow)});
      decoding.put(record.x0, imagePixels(batchItem(decoded, 0)));
      decoding.put(record.xt, imagePixels(batchItem(decoded, 1)));
      film.steps.push(record);
      film.finished = film.steps.length === steps;
      if (film.finished) decoding.put(record.prev, imagePixels(await engine.decode(record.prev)));
      const scored = {other, scores: [...scores]};
      store.set({
        film,
        scored,
        step: film.steps.length - 1,
        modelName: name,
        preview,
        playing: false,
        decoded: state.decoded + 1
      });
      report(film.steps.length, steps, "Drawing and scoring");
    }
    void keepRun(film);
  });
}

/** Play and the slider "Step" over the film; returns what stops it. */
function playFilm(store: Store<WatchState>, player: ReturnType<typeof stepPlayer>): () => void {
  const {state} = store;
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    store.set({playing: false});
  };
  player.addEventListener("input", () => {
    stop();
    store.set({step: Math.min(player.value, state.film.steps.length - 1)});
  });
  player.addEventListener("toggle", () => {
    if (!player.playing) return stop();
    clearInterval(timer);
    const atEnd = state.step >= state.film.steps.length - 1;
    store.set({playing: true, step: atEnd ? 0 : state.step});
    timer = setInterval(() => {
      if (!state.playing || state.step >= state.film.steps.length - 1) stop();
      else store.set({step: state.step + 1});
    }, 120);
  });
  return stop;
}

const LINES = [
  {key: "x0", name: "guess", color: "var(--unet-strong)"},
  {key: "xt", name: "with noise", color: "var(--text-muted)"},
  {key: "other", name: "other words", color: "var(--text-encoder-strong)"}
] as const;

function chartOf(film: Film, {scores}: WatchState["scored"], step: number): Element {
  const points = LINES.flatMap((line) => scores.map((score, i) => ({...line, step: i + 1, value: score[line.key]})));
  const ends = LINES.flatMap((line) => points.filter(({key}) => key === line.key).slice(-1));
  return chart("Cosine of the picture and the words at every step", {
    ...{
      width: chartWidth(560),
      height: 260,
      marginLeft: 44,
      marginBottom: 42,
      marginRight: 84,
      style: {background: "none"}
    },
    x: {label: "step →", domain: [1, Math.max(2, film.numSteps)], tickFormat: "d"},
    y: {label: "↑ cosine", domain: [-1, 1], grid: true},
    marks: [
      Plot.ruleX([step + 1], {stroke: "var(--line-strong)"}),
      Plot.ruleY([0]),
      Plot.lineY(points, {x: "step", y: "value", z: "key", stroke: "color", strokeWidth: 2}),
      Plot.dot(
        points.filter((point) => point.step === step + 1),
        {x: "step", y: "value", fill: "color", r: 4}
      ),
      Plot.text(spread(ends), {x: "step", y: "at", text: "name", dx: 8, textAnchor: "start", fill: "color"})
    ]
  });
}

/** Labels far enough apart to be read. */
function spread<T extends {value: number}>(ends: readonly T[], least = 0.16): (T & {at: number})[] {
  const sorted = [...ends].sort((a, b) => b.value - a.value);
  let above = Infinity;
  return sorted.map((end) => {
    above = Math.min(end.value, above - least);
    return {...end, at: above};
  });
}

function readingOf({prompt}: Film, {other, scores}: WatchState["scored"], step: number): string {
  const score = scores[step];
  if (!score) return "";
  const first = scores[0];
  const change = score.x0 - first.x0;
  return `At step ${step + 1} the guess has cosine ${signed(score.x0)} with “${prompt}” and ${signed(score.other)} with “${other}”; the picture with its noise has ${signed(score.xt)}. Since step 1 the guess has ${change >= 0 ? "gained" : "lost"} ${Math.abs(change).toFixed(2)}.`;
}
