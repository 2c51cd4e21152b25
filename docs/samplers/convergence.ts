import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {lineChart, type ChartLine, type Place} from "../components/lineChart.js";
import {progressBar} from "../components/progressBar.js";
import {median} from "../src/median.js";
import {samplerNamed} from "../src/samplers/registry.js";
import type {Tensor} from "../src/tensor.js";
import {rmsDistance} from "../src/trajectory.js";
import {codesOf, withCodes} from "../page/codes.js";
import {timeLeft} from "../page/job.js";
import type {Store} from "../page/store.js";
import type {Engine} from "../src/worker/client.js";
import type {Drawing} from "./drawing.js";
import {convergenceCode} from "./code.js";
import {lookOf} from "./looks.js";
import type {SamplersState} from "./state.js";

/** Errors of deterministic samplers, recorded over several prompts. */
export interface RecordedConvergence {
  readonly prompts: readonly string[];
  readonly guidance: number;
  readonly lines: readonly {
    readonly sampler: string;
    readonly steps: number;
    readonly calls: number;
    readonly errors: readonly number[];
  }[];
}

/** How often a judge, a classifier that never saw a drawn picture, named the thing asked for. */
export interface RecordedJudgement {
  readonly count: number;
  readonly guidance: number;
  readonly lines: readonly {
    readonly sampler: string;
    readonly eta: number;
    readonly steps: number;
    readonly calls: number;
    readonly right: number;
  }[];
}

/** A live reference: every timestep of training from 999 to 1. The thousandth step, from t = 0, would lead nowhere in this schedule. */
const REFERENCE_STEPS = 999;
const LIVE_STEPS = [5, 10, 20, 40];
/** The samplers that have a line: those that follow one path. */
export const DETERMINISTIC = ["ddim", "pndm", "euler", "heun", "lms", "dpm++2m", "unipc"] as const;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** One line a sampler: median error over prompts by UNet calls. A median, for one of a few prompts may end in another picture. */
export function recordedLines({lines}: RecordedConvergence): ChartLine[] {
  const samplers = [...new Set(lines.map(({sampler}) => sampler))];
  return samplers.map((sampler) => ({
    name: samplerNamed(sampler).title,
    points: lines.filter((line) => line.sampler === sampler).map(({calls, errors}): Place => [calls, median(errors)]),
    dots: true,
    ...lookOf(sampler)
  }));
}

/** The error by calls, recorded; and the reader's own prompt, one sampler a press. */
export function convergence(
  {store, drawing, engine}: {store: Store<SamplersState>; drawing: Drawing; engine: Engine},
  recorded: RecordedConvergence | undefined
): HTMLElement {
  const axes = {
    x: {title: "UNet calls", log: true, ticks: [5, 10, 20, 40, 80]},
    y: {title: "distance of x̂0 to the finest solution", log: true}
  };
  const options = DETERMINISTIC.map((name) => html("option", {value: name}, samplerNamed(name).title));
  const choice = html("select", {id: "live-sampler"}, ...options);
  const press = html("button", {type: "button"}, "Add my prompt’s line");
  const cancel = html("button", {type: "button", "aria-label": "Cancel the line"}, "Cancel");
  const progress = progressBar();
  const error = errorNote();
  let [pressed, running] = [false, false];
  const own: ChartLine[] = [];
  const chart = lineChart({lines: [], label: ""}, {...axes, width: 640, height: 380});
  const cost = html("p", {class: "facts"});
  let reference: {key: string; x0: Tensor} | null = null;

  function show(): void {
    const lines = [...(recorded ? recordedLines(recorded) : []), ...own];
    const ends = lines.map(
      ({name, points}) => `${name} ${points.at(-1)?.[1].toFixed(3)} with ${points.at(-1)?.[0]} calls`
    );
    chart.update({lines, label: `Error by number of UNet calls. ${ends.join("; ")}`});
  }

  async function lastX0(
    sampler: string,
    steps: number,
    signal: AbortSignal,
    onCall: () => void
  ): Promise<{x0: Tensor; calls: number}> {
    const {prompt, negative, seed, arms} = store.state;
    const asked = {prompt, negative, seed, sampler, steps, guidance: arms[0].guidance, signal};
    let last: {x0: Tensor; calls: number} | null = null;
    for await (const {x0, numSteps} of engine.draw(asked)) {
      last = {x0, calls: numSteps};
      onCall();
    }
    return last!;
  }

  async function add(signal: AbortSignal): Promise<void> {
    const {prompt, negative, seed, arms, liveSampler: sampler} = store.state;
    const key = JSON.stringify([prompt, negative, seed, arms[0].guidance]);
    const total = LIVE_STEPS.reduce((sum, steps) => sum + steps, 0) * (sampler === "heun" ? 2 : 1);
    const counter = counted(store, total + (reference?.key === key ? 0 : REFERENCE_STEPS));
    if (reference?.key !== key) {
      const {x0} = await lastX0("ddim", REFERENCE_STEPS, signal, counter);
      if (signal.aborted) return;
      reference = {key, x0};
    }
    const points: Place[] = [];
    const name = `live: “${prompt}”, ${samplerNamed(sampler).title}`;
    for (const steps of LIVE_STEPS) {
      const {x0, calls} = await lastX0(sampler, steps, signal, counter);
      if (signal.aborted) return;
      points.push([calls, rmsDistance(x0.data, reference.x0.data)]);
      if (points.length === 1) own.push({name, points, dots: true, tone: lookOf(sampler).tone, dash: "1 4"});
      show();
    }
  }

  const lines = codesOf(store, ["prompt", "negative", "seed", "arms", "liveSampler"], (state) =>
    convergenceCode(state, state.liveSampler)
  );
  choice.addEventListener("change", () => store.set({liveSampler: choice.value}));
  cancel.addEventListener("click", drawing.cancel);
  const run = async (): Promise<void> => {
    pressed = running = true;
    await drawing.only(add);
    running = false;
    store.set({});
  };
  press.addEventListener("click", () => void run());
  error.addEventListener("retry", () => void run());
  store.onChange(({runs, work, liveSampler, error: message}) => {
    choice.value = liveSampler;
    press.disabled = work !== null;
    cancel.disabled = !running;
    progress.update(running ? work : null);
    error.update(pressed ? message : null);
    pressed &&= running || message !== null;
    const seconds = runs.flatMap(({source, steps}) => (source === "live" ? steps.map((step) => step.seconds) : []));
    const known = seconds.length ? `, about ${Math.ceil((mean(seconds) * REFERENCE_STEPS) / 60)} minutes here` : "";
    cost.textContent = `The first line needs the fine solution too: ${REFERENCE_STEPS} UNet calls${known}.`;
  });
  show();
  const figure = html(
    "section",
    {class: "figure wide", "aria-label": "Error by number of calls"},
    chart,
    html("p", {class: "caption"}, recorded ? captionOf(recorded) : "No lines are recorded for this model yet."),
    html(
      "div",
      {class: "live-line"},
      html("div", {class: "field"}, html("label", {for: "live-sampler"}, "Live line"), html("div", {}, choice)),
      press,
      cancel
    ),
    ...[progress, error, cost]
  );
  return withCodes(figure, lines);
}

const captionOf = ({prompts, guidance}: RecordedConvergence): string =>
  `Recorded: median of ${countOf(prompts.length)}, guidance ${guidance}, diffusers’ schedulers on this model.`;

const countOf = (prompts: number): string => (prompts === 1 ? "one prompt" : `${prompts} prompts`);

/** Progress of a job of many calls, with the time left. */
function counted(store: Store<SamplersState>, total: number): () => void {
  const began = performance.now();
  let done = 0;
  return () => {
    done++;
    const left = timeLeft(performance.now() - began, done, total);
    store.set({work: {label: `UNet call ${done} of about ${total}${left}`, done: Math.min(done, total), total}});
  };
}

/** The judge's verdicts by steps, recorded. */
export function judgement({count, guidance, lines}: RecordedJudgement): HTMLElement {
  const nameOf = ({sampler, eta}: {sampler: string; eta: number}) =>
    `${samplerNamed(sampler).title}${eta ? `, eta ${eta}` : ""}`;
  const names = [...new Set(lines.map(nameOf))];
  const curves = names.map((name): ChartLine => {
    const own = lines.filter((line) => nameOf(line) === name);
    const look = lookOf(own[0].sampler);
    const points = own.map(({calls, right}): Place => [calls, (100 * right) / count]);
    return {name, points, dots: true, ...look, ...(own[0].eta ? {dash: "6 3"} : {})};
  });
  const told = lines.map((line) => `${nameOf(line)}, ${line.calls} calls: ${line.right} of ${count}`).join("; ");
  const chart = lineChart(
    {lines: curves, label: `Pictures named right. ${told}`, domain: {y: [0, 100]}},
    {
      x: {title: "UNet calls", log: true, ticks: [2, 3, 5, 10, 30]},
      y: {title: "named right by the judge (%)"},
      ...{width: 640, height: 280}
    }
  );
  const doubt = Math.round((100 * 0.5) / Math.sqrt(count));
  return html(
    "section",
    {class: "figure wide", "aria-label": "What a judge says"},
    chart,
    html(
      "p",
      {class: "caption"},
      `Recorded: ${count} prompts, guidance ${guidance}. With so many a share is uncertain by up to ± ${doubt} points (one standard error), so close lines say nothing.`
    )
  );
}
