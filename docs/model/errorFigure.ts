import {html} from "../components/dom.js";
import {errorNote} from "../components/errorNote.js";
import {lineChart, type ChartLine, type LineChartData} from "../components/lineChart.js";
import {progressBar, type ProgressData} from "../components/progressBar.js";
import {levelText} from "../components/ruler.js";
import {segments} from "../components/segments.js";
import {slider} from "../components/slider.js";
import {codeRow} from "../page/codes.js";
import {createJob} from "../page/job.js";
import {imageTensor, scenePixels, type SceneStudio} from "../page/scenes.js";
import {createStore, type Store} from "../page/store.js";
import {Generator} from "../src/random.js";
import {concat} from "../src/tensor.js";
import type {Engine} from "../src/worker/client.js";
import {errorCode} from "./code.js";
import {averageOf, errorsAt, inGuess, spread, type Errors} from "./errors.js";
import {GROUPS, type Group, type ModelRecording} from "./recorded.js";
import type {ModelState} from "./state.js";

/** Scenes of a live measurement: with their captions and without, one call of the UNet has twice as many. */
const COUNT = 8;

interface LiveState {
  work: ProgressData | null;
  error: string | null;
  /** What was measured here of each group. */
  errors: Readonly<Partial<Record<Group, readonly Errors[]>>>;
}

export interface ErrorFigureParts {
  store: Store<ModelState>;
  recording: ModelRecording;
  scenes: Promise<SceneStudio>;
  engine: Engine;
  invalidation: Promise<void>;
}

/** The UNet's error by timestep: recorded curves over many scenes, and measured here over a few. */
export function errorFigure({store, recording, scenes, engine, invalidation}: ErrorFigureParts): HTMLElement {
  const {errors: known} = recording;
  const live = createStore<LiveState>({work: null, error: null, errors: {}});
  const group = segments(
    "Which scenes",
    (Object.keys(GROUPS) as Group[]).map((value) => ({value, text: GROUPS[value].title})),
    {value: store.state.group}
  );
  const measure = segments(
    "Which error",
    [
      {value: "eps", text: "of the noise"},
      {value: "x0", text: "of the guessed picture"}
    ],
    {value: store.state.measure}
  );
  const chart = lineChart(
    {lines: [], label: ""},
    {
      x: {title: "timestep t", ticks: [0, 200, 400, 600, 800, 999]},
      y: {title: "mean squared error", log: true},
      width: 720,
      height: 340
    }
  );
  const level = slider("Noise level", {
    ...{min: 0, max: known.timesteps.length - 1, value: store.state.level},
    format: (i) => levelText({timestep: known.timesteps[i], alphaCumprod: known.alphasCumprod[i]})
  });
  const start = html(
    "button",
    {type: "button", class: "primary"},
    `Measure here: ${COUNT} scenes, ${known.timesteps.length} noise levels`
  );
  const stop = html("button", {type: "button"}, "Stop");
  const bar = progressBar();
  const error = errorNote();
  const facts = html("p", {class: "verdict"});
  const caption = html("p", {class: "caption"});

  const job = createJob(live, async (signal, report) => {
    const which = store.state.group;
    const {first, split} = GROUPS[which];
    live.set({errors: {...live.state.errors, [which]: []}});
    const studio = await scenes;
    const made = Array.from({length: COUNT}, (_, i) => studio.make(first + i, {split, objects: recording.objects}));
    const {latentShape} = await engine.load(["text_encoder", "unet", "vae_encoder"]);
    const total = known.timesteps.length;
    const [empty, captions] = [
      await engine.encodeText([""]),
      await engine.encodeText(made.map(({captions: [{text}]}) => text))
    ];
    const batch = {
      x0: await engine.encode(concat(made.map((scene) => imageTensor(scenePixels(scene))))),
      eps: concat(made.map((_, i) => new Generator(i).randn([1, ...latentShape]))),
      states: concat([...made.map(() => empty), captions])
    };
    for (const [done, i] of spread(total).entries()) {
      if (signal.aborted) return;
      report(done, total, "Noise levels");
      const next = await errorsAt(engine, batch, known.timesteps[i], known.alphasCumprod[i]);
      if (signal.aborted) return;
      const rows = [...(live.state.errors[which] ?? []), next].sort((a, b) => a.timestep - b.timestep);
      live.set({errors: {...live.state.errors, [which]: rows}});
    }
  });
  start.addEventListener("click", () => void job.run());
  stop.addEventListener("click", job.cancel);
  error.addEventListener("retry", () => void job.run());
  group.addEventListener("input", () => store.set({group: group.value as Group}));
  measure.addEventListener("input", () => store.set({measure: measure.value as ModelState["measure"]}));
  level.addEventListener("input", () => store.set({level: level.value}));
  void invalidation.then(job.cancel);

  function update(): void {
    const {group: which, measure: of, level: at} = store.state;
    const {work, error: message, errors} = live.state;
    group.value = which;
    measure.value = of;
    level.value = at;
    chart.update(curves(recording, which, of, errors[which] ?? [], at));
    const here = errors[which]?.find(({timestep}) => timestep === known.timesteps[at]);
    facts.textContent = [factsOf(recording, which, at), ...(here ? [hereOf(here)] : [])].join(" ");
    caption.textContent = captionOf(recording, which, errors[which] ?? []);
    bar.update(work);
    error.update(message);
    stop.disabled = !work;
    start.disabled = Boolean(work);
  }
  store.onChange(update);
  live.onChange(update);
  update();

  return html(
    "div",
    {class: "wide"},
    html(
      "section",
      {class: "figure wide", "aria-label": "Error by timestep"},
      html("div", {class: "figure-choices"}, group, measure),
      ...[chart, level, facts],
      html("div", {class: "buttons"}, start, stop),
      bar,
      error,
      caption
    ),
    codeRow(errorCode())
  );
}

/** Two recorded curves, with dots at one noise level, and what was measured here as dots. */
export function curves(
  {errors: {timesteps, alphasCumprod, groups}}: ModelRecording,
  group: Group,
  measure: ModelState["measure"],
  live: readonly Errors[],
  level: number
): LineChartData {
  const told = (error: number, t: number): number =>
    measure === "eps" ? error : inGuess(error, alphasCumprod[timesteps.indexOf(t)]);
  const recorded = (["uncond", "cond"] as const).map((half): ChartLine => ({
    name: half === "cond" ? "told the caption" : "told nothing",
    tone: half === "cond" ? "var(--curve-a)" : "var(--curve-b)",
    points: groups[group].map((row, i) => [timesteps[i], told(row[half][0], timesteps[i])] as const)
  }));
  const here = (["uncond", "cond"] as const).map((half): ChartLine => ({
    name: half === "cond" ? "here, told the caption" : "here, told nothing",
    tone: half === "cond" ? "var(--curve-a)" : "var(--curve-b)",
    bare: true,
    dots: true,
    points: live.map((errors) => [errors.timestep, told(averageOf(errors[half]).mean, errors.timestep)] as const)
  }));
  const ends = recorded.map(
    ({name, points}) => `${name}: ${points.map(([t, error]) => `${error.toPrecision(2)} at t = ${t}`).join(", ")}`
  );
  return {
    lines: live.length ? [...recorded, ...here] : recorded,
    marks: recorded.map(({points, tone}) => ({at: points[level], tone})),
    domain: {x: [0, 999]},
    label: `Mean squared error of the ${measure === "eps" ? "noise" : "guessed picture"} by timestep. ${ends.join(". ")}`
  };
}

/** A mean with its standard error, in as many digits as both need: "0.0167 ± 0.0021". */
function told([mean, error]: readonly [number, number]): string {
  const digits = Math.max(4, 2 - Math.floor(Math.log10(mean)));
  return `${mean.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

/** What the recorded curves say in numbers at one noise level; a difference counts where it is more than two standard errors. */
export function factsOf({errors: {timesteps, count, groups}}: ModelRecording, group: Group, level: number): string {
  const {uncond, cond} = groups[group][level];
  const known = groups.trained[level].cond;
  const words = `Error of the noise at t = ${timesteps[level]}, mean over ${count} ${GROUPS[group].title} ± its standard error: ${told(uncond)} told nothing, ${told(cond)} told the caption.`;
  if (group === "trained") return words;
  const sure = Math.abs(cond[0] - known[0]) > 2 * Math.hypot(cond[1], known[1]);
  const verdict = sure
    ? `the new scenes are ${cond[0] > known[0] ? "harder" : "easier"}, by more than chance explains`
    : "no more of a difference than chance makes";
  return `${words} On scenes it was trained on: ${told(known)} told the caption; ${verdict}.`;
}

/** What was measured here at one noise level. */
function hereOf({uncond, cond}: Errors): string {
  const [nothing, caption] = [uncond, cond].map(averageOf).map(({mean, doubt}) => told([mean, doubt]));
  return `Measured here, over the first ${cond.length}: ${nothing} told nothing, ${caption} told the caption.`;
}

function captionOf({errors: {count}, command, model}: ModelRecording, group: Group, live: readonly Errors[]): string {
  const {first} = GROUPS[group];
  const recorded = `lines: recorded over ${count} scenes from number ${first.toLocaleString("en")} on (${command})`;
  const here = live.length
    ? `dots: live, in this browser, over the first ${averageCount(live)} of them, noise i from seed i`
    : "press the button to measure it here";
  return `${model} · ${recorded} · ${here}`;
}

const averageCount = (live: readonly Errors[]): number => live[0].cond.length;
