import {blobWorld} from "../components/blobWorld.js";
import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {plain, timeChart, type Curve} from "../components/timeChart.js";
import {slider} from "../components/slider.js";
import {previewOf} from "../page/look.js";
import {whileVisible} from "../page/visible.js";
import type {Schedule} from "../src/schedule.js";
import {figure, titled} from "../page/figure.js";
import {noisedPoints} from "./cloudFigure.js";
import type {FigureParts} from "./mainFigure.js";
import {
  isTrained,
  SCHEDULES,
  scheduleNames,
  tableOf,
  trained,
  type NoiseState,
  type ScheduleChoice,
  type ScheduleName
} from "./state.js";

const TONES: Record<ScheduleName, {tone: string; dash?: string}> = {
  linear: {tone: "d", dash: "6 3"},
  scaled_linear: {tone: "a"},
  squaredcos_cap_v2: {tone: "b", dash: "2 3"},
  sigmoid: {tone: "c", dash: "8 3 2 3"}
};

const QUANTITIES = [
  {key: "betas", title: "β: the share of noise in one small step (variance)", log: true},
  {key: "alphasCumprod", title: "ᾱ: the share of the picture that is left (variance)", log: false},
  {key: "snr", title: "SNR = ᾱ / (1 − ᾱ): picture over noise (variances)", log: true},
  {key: "sigmas", title: "σ = √((1 − ᾱ) / ᾱ): noise over picture (amplitudes)", log: true}
] as const;

/** Between two notches of a slider of betas, as a power of ten. */
const NOTCH = 0.01;

/** Points of the small cloud beside the charts. */
const POINTS = 400;

/** Four schedules in four linked charts; xt and the blobs at the t under the pointer. */
export function scheduleFigure({store, views}: FigureParts): HTMLElement {
  const {state, set} = store;
  const change = (choice: Partial<ScheduleChoice>) => {
    const {schedule, betaStart, betaEnd, offset} = {...state, ...choice};
    set({...choice, table: tableOf({schedule, betaStart, betaEnd, offset})});
  };
  const select = segments(state.schedule, (schedule) => change({schedule}));
  const start = slider("β at the start", {
    min: -4,
    max: -2,
    step: NOTCH,
    value: Math.log10(state.betaStart),
    format: (log) => betaText(log, state.betaStart),
    id: "beta-start"
  });
  const end = slider("β at the end", {
    min: -2.5,
    max: -1,
    step: NOTCH,
    value: Math.log10(state.betaEnd),
    format: (log) => betaText(log, state.betaEnd),
    id: "beta-end"
  });
  const offset = slider("Offset s of the cosine", {
    min: 0,
    max: 0.2,
    step: 0.002,
    value: state.offset,
    format: plain,
    id: "offset"
  });
  const back = html(
    "button",
    {type: "button", class: "chip", onclick: () => change(trained)},
    "As the model was trained"
  );
  let pointed: number | null = null;
  const point = (t: number | null) => {
    pointed = t;
    show(state);
  };
  const charts = QUANTITIES.map(({key, title, log}) => ({
    key,
    chart: timeChart(
      {curves: [], t: state.t},
      {title, log, legend: key === "alphasCumprod", format: plain, onPoint: point}
    )
  }));
  const xt = pixelCanvas(null, {label: "The noised latents"});
  const cloud = blobWorld({world: state.blobs}, {label: "The blobs", movable: false});
  const pointsOf = noisedPoints(POINTS);
  const [words, numbers] = [html("p", {class: "verdict"}), html("ul", {class: "numbers"})];
  const node = figure(
    "Schedules",
    html("div", {class: "figure-controls"}, select, start, end, offset, back),
    html(
      "div",
      {class: "schedules"},
      html("div", {class: "charts"}, ...charts.map(({chart}) => chart)),
      html(
        "div",
        {class: "schedule-side"},
        titled(xt, "xt at the t under the pointer"),
        titled(cloud, "the blobs at the same t"),
        numbers
      )
    ),
    words
  );
  start.addEventListener("input", () => change({betaStart: rounded(10 ** start.value)}));
  end.addEventListener("input", () => change({betaEnd: rounded(10 ** end.value)}));
  offset.addEventListener("input", () => change({offset: offset.value}));
  for (const {chart} of charts) chart.addEventListener("input", () => set({t: chart.value, playing: false}));

  let drawn: {table: Schedule; curves: Record<string, Curve[]>} | null = null;
  /** The charts, the picture and the numbers at the t under the pointer, else at the page's. */
  function show({table, preview, schedule, ...rest}: NoiseState): void {
    const t = pointed ?? rest.t;
    const asked = {...rest, table, preview, schedule, t};
    if (drawn?.table !== table) drawn = {table, curves: curvesOf(asked)};
    for (const {key, chart} of charts) chart.update({curves: drawn.curves[key], t});
    xt.paint(previewOf(views.xt(asked), preview));
    xt.label(`The noised latents at t = ${t}, ${scheduleNames[schedule]} schedule`);
    const alphaCumprod = table.alphasCumprod[t];
    cloud.update({world: rest.blobs, alphaCumprod, points: pointsOf(asked)}, `The blobs under noise at t = ${t}`);
    numbers.replaceChildren(...numbersOf(asked).map(([name, value]) => html("li", {}, name, html("b", {}, value))));
  }

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const cosine = state.schedule === "squaredcos_cap_v2";
      select.value = state.schedule;
      start.value = Math.log10(state.betaStart);
      end.value = Math.log10(state.betaEnd);
      offset.value = state.offset;
      start.disabled = end.disabled = cosine;
      offset.disabled = !cosine;
      back.disabled = isTrained(state);
      show(state);
      words.textContent = verdict(state);
    })
  );
  return node;
}

function numbersOf({t, table}: NoiseState): [string, string][] {
  return [
    ["t", String(t)],
    ["β", plain(table.betas[t])],
    ["ᾱ", plain(table.alphasCumprod[t])],
    ["SNR", plain(table.snr[t])],
    ["σ", plain(table.sigmas[t])]
  ];
}

/** The chosen schedule with its parameters, the others with Stable Diffusion's beside it. */
function curvesOf(state: NoiseState): Record<string, Curve[]> {
  const tables = SCHEDULES.map((schedule) => {
    const chosen = schedule === state.schedule;
    return {schedule, chosen, table: chosen ? state.table : tableOf({...trained, schedule})};
  });
  const curve = (key: (typeof QUANTITIES)[number]["key"]) =>
    tables.map(({schedule, chosen, table}) => ({
      name: scheduleNames[schedule],
      points: thinned(table[key]),
      ...TONES[schedule],
      faint: !chosen
    }));
  return Object.fromEntries(QUANTITIES.map(({key}) => [key, curve(key)]));
}

/** Every fourth value and the last, as [t, y]. */
function thinned(values: Float32Array): [number, number][] {
  const last = values.length - 1;
  return [...values].flatMap((value, t) => (t % 4 === 0 || t === last ? [[t, value] as [number, number]] : []));
}

function verdict(state: NoiseState): string {
  const last = state.table.alphasCumprod.length - 1;
  const half = state.table.alphasCumprod.findIndex((alpha) => alpha < 0.5);
  const name = scheduleNames[state.schedule];
  const where =
    half < 0
      ? `On the ${name} schedule the picture always has the larger share`
      : `On the ${name} schedule picture and noise weigh the same at t = ${half}`;
  const left = Math.sqrt(state.table.alphasCumprod[last]);
  return `${where}; at t = ${last} the picture is left with ${plain(left)} of its amplitude. ${
    isTrained(state)
      ? "This is the schedule that the model was trained on."
      : "The model was trained on another: figures with its UNet keep to that one."
  }`;
}

/** One of four, as radio buttons. */
function segments(value: ScheduleName, choose: (schedule: ScheduleName) => void) {
  const inputs = SCHEDULES.map((schedule) =>
    html("input", {
      type: "radio",
      name: "schedule",
      value: schedule,
      checked: schedule === value,
      onchange: () => choose(schedule)
    })
  );
  const node = html(
    "fieldset",
    {class: "segments small"},
    html("legend", {class: "visually-hidden"}, "Schedule"),
    ...SCHEDULES.map((schedule, i) => html("label", {}, inputs[i], html("span", {}, scheduleNames[schedule])))
  );
  return Object.defineProperty(node, "value", {
    set: (next: ScheduleName) => inputs.forEach((input) => (input.checked = input.value === next))
  }) as HTMLFieldSetElement & {value: ScheduleName};
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** A beta in full: the state's own where the slider stands on the notch next to it, for notches are powers of ten to a hundredth. */
function betaText(log: number, known: number): string {
  const near = Math.abs(log - Math.log10(known)) <= NOTCH / 2;
  return String(near ? known : rounded(10 ** log));
}
