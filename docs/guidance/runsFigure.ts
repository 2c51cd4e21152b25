import {html} from "../components/dom.js";
import {lineChart, type Place} from "../components/lineChart.js";
import type {Pixels} from "../components/pixels.js";
import {segments} from "../components/segments.js";
import {codesOf} from "../page/codes.js";
import {caption} from "../page/figure.js";
import type {JobState} from "../page/job.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import {createStore, type Store} from "../page/store.js";
import {runsCode, spreadCode} from "./code.js";
import type {Experiments} from "./experiments.js";
import {jobLine} from "./jobLine.js";
import type {RecordedRuns, Spreads} from "./recording.js";
import {shot} from "./shot.js";
import {SCALES, type GuidanceState} from "./state.js";
import {stdOf} from "./views.js";
import type {Work} from "./work.js";

/** One run at one scale: its pictures so far and how far its values spread. */
interface ScaleRun {
  readonly scale: number;
  readonly rescale: number;
  readonly source: "recorded" | "live";
  readonly spreads: Spreads;
  readonly frames: readonly {readonly pixels: Pixels | null; readonly badge: "" | "preview"}[];
}

export interface RunsState extends JobState {
  runs: readonly ScaleRun[];
  about: {prompt: string; negative: string; seed: number; steps: number; timesteps: readonly number[]};
}

const RESCALED = [7, 12];
const RESCALE = 0.7;
/** Scale and rescale of each run. */
const ARMS = [...SCALES.map((scale) => [scale, 0] as const), ...RESCALED.map((scale) => [scale, RESCALE] as const)];
export const TONES = [
  "var(--text-muted)",
  "var(--curve-b)",
  "var(--curve-c)",
  "var(--curve-a)",
  "var(--curve-d)",
  "var(--danger)"
];
const DASHES = [undefined, "8 3", "2 3", undefined, "6 3 2 3", undefined];

export function createRuns(recorded: RecordedRuns): Store<RunsState> {
  const {prompt, seed, steps, timesteps, frames} = recorded;
  return createStore<RunsState>({
    runs: recorded.runs.map(({scale, rescale, xt, x0}) => ({
      ...{scale, rescale, source: "recorded" as const, spreads: {xt, x0}},
      frames: frames.map(() => ({pixels: null, badge: ""}))
    })),
    about: {prompt, negative: "", seed, steps, timesteps},
    ...{work: null, error: null}
  });
}

/** The recorded pictures, run by run. */
export function showRuns(store: Store<RunsState>, sheet: readonly Pixels[]): void {
  let at = 0;
  const runs = store.state.runs.map((run) => ({
    ...run,
    frames: run.frames.map((): ScaleRun["frames"][number] => ({pixels: sheet[at++] ?? null, badge: ""}))
  }));
  if (store.state.runs.every(({source}) => source === "recorded")) store.set({runs});
}

interface Parts {
  readonly page: Store<GuidanceState>;
  readonly runs: Store<RunsState>;
  readonly work: Work;
  readonly recorded: RecordedRuns;
}

/** One seed at six scales: what each run expects at eight moments. */
export function runsFigure({page, runs: store, work, recorded}: Parts): HTMLElement {
  const rows = SCALES.map((scale) => {
    const shots = recorded.frames.map((index, i) =>
      shot(i === recorded.frames.length - 1 ? "result" : `step ${index + 1}`)
    );
    const head = html("h3", {}, `w = ${scale}`);
    return {scale, shots, node: html("div", {class: "run-row"}, head, html("div", {class: "run-frames"}, ...shots))};
  });
  const words = caption();
  store.onChange(({runs, about}) => {
    for (const {scale, shots} of rows) {
      const run = runs.find((one) => one.scale === scale && one.rescale === 0)!;
      shots.forEach((one, i) => {
        const {pixels, badge} = run.frames[i];
        one.show(
          pixels,
          `${about.prompt} at scale ${scale}, expected at step ${recorded.frames[i] + 1}, ${run.source}`,
          badge || (run.source === "live" ? "live" : "")
        );
      });
    }
    const live = runs.filter(({source}) => source === "live").length;
    words.textContent = `${live ? `${live} of ${runs.length} runs live, in this browser` : `recorded with diffusers, ${recorded.model}`} · “${about.prompt}” · seed ${about.seed}, DDIM, ${about.steps} steps · x̂₀ at each moment, decoded; last the result`;
  });
  return html(
    "section",
    {class: "figure wide", "aria-label": "One seed at six scales"},
    ...rows.map(({node}) => node),
    words,
    jobLine(store, work, "Draw all of them live with my prompt and seed", (signal, report) => drawAll(signal, report)),
    codesOf(store, ["about"], ({about}) =>
      runsCode(about, {scales: SCALES, steps: about.steps, frames: recorded.frames})
    )
  );

  async function drawAll(signal: AbortSignal, report: (done: number, total: number, label: string) => void) {
    const {prompt, negative, seed} = page.state;
    const {steps} = recorded;
    let done = 0;
    store.set({about: {prompt, negative, seed, steps, timesteps: recorded.timesteps}});
    for (const [scale, rescale] of ARMS) {
      const spreads = {xt: [] as number[], x0: [] as number[]};
      const frames: ScaleRun["frames"][number][] = recorded.frames.map(() => ({pixels: null, badge: ""}));
      const put = (source: ScaleRun["source"] = "live") =>
        store.set({
          runs: store.state.runs.map((run) =>
            run.scale === scale && run.rescale === rescale
              ? {scale, rescale, source, spreads: {xt: [...spreads.xt], x0: [...spreads.x0]}, frames: [...frames]}
              : run
          )
        });
      const options = {prompt, negative, seed, steps, guidance: scale, guidanceRescale: rescale};
      const {latents, pixels} = await work.run(options, signal, ({index, xt, x0}) => {
        spreads.xt.push(stdOf(xt));
        spreads.x0.push(stdOf(x0));
        const frame = recorded.frames.indexOf(index);
        if (frame >= 0) frames[frame] = {pixels: previewOf(x0, page.state.preview), badge: "preview"};
        report(++done, ARMS.length * steps, rescale ? `Scale ${scale} with rescale` : `Scale ${scale}`);
        put();
      });
      spreads.xt.push(stdOf(latents));
      frames[frames.length - 1] = {pixels, badge: ""};
      put();
    }
  }
}

/** Standard deviation of x̂0, or of the latents themselves, by step: one curve a scale; and what rescale does to the two highest. */
export function spreadFigure(store: Store<RunsState>, experiments: Store<Experiments>): HTMLElement {
  const choices = [
    {value: "x0", text: "the expected picture x̂₀"},
    {value: "xt", text: "the latents xt"}
  ];
  const choice = segments("Whose spread", choices, {value: experiments.state.spread});
  choice.addEventListener("input", () => experiments.set({spread: choice.value as Experiments["spread"]}));
  const chart = lineChart(
    {lines: [], label: ""},
    {
      title: "Spread of the values by step",
      x: {title: "step"},
      y: {title: "standard deviation (log)", log: true, ticks: [0.5, 0.7, 1, 2, 5, 10]},
      ...{width: 640, height: 340}
    }
  );
  const words = caption();
  function show(): void {
    const {runs, about} = store.state;
    const {spread} = experiments.state;
    const lines = runs.map(({scale, rescale, spreads}) => {
      const look = SCALES.indexOf(scale as (typeof SCALES)[number]);
      return {
        name: rescale ? `w = ${scale}, rescale ${rescale}` : `w = ${scale}`,
        points: spreads[spread].map((value, i): Place => [i + 1, value]),
        ...{tone: TONES[look], dash: rescale ? "1 4" : DASHES[look]}
      };
    });
    const told = runs
      .filter(({spreads}) => spreads[spread].length)
      .map(({scale, rescale, spreads}) => {
        const values = spreads[spread];
        return `w = ${scale}${rescale ? ` with rescale ${rescale}` : ""}: ${values[0].toFixed(2)} at first, ${Math.max(...values).toFixed(2)} at most, ${values[values.length - 1].toFixed(2)} at the end`;
      });
    chart.update({
      lines,
      label: `${spread === "x0" ? "Spread of the expected latents by step" : "Spread of the latents before each step, and of the result"}. ${told.join("; ")}`,
      domain: spread === "x0" ? {x: [1, about.steps], y: [0.35, 10]} : {x: [1, about.steps + 1], y: [0.7, 1.3]}
    });
    const source = runs.every((run) => run.source === "live")
      ? "live"
      : runs.some((run) => run.source === "live")
        ? "recorded and live"
        : "recorded";
    words.textContent = `${source} · “${about.prompt}”, seed ${about.seed} · ${told.join("; ")}`;
  }
  store.onChange(show);
  onSelected(experiments, ["spread"], show);
  return html(
    "section",
    {class: "figure wide", "aria-label": "Spread by step"},
    html("div", {}, choice),
    chart,
    words,
    codesOf(store, ["about"], ({about}) => spreadCode(about, ARMS, about.steps))
  );
}
