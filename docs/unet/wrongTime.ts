import {html} from "../components/dom.js";
import {lineChart, type ChartLine, type Place} from "../components/lineChart.js";
import {picture} from "../components/picture.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {channelPixels} from "../components/pixels.js";
import {slider} from "../components/slider.js";
import {progressBar} from "../components/progressBar.js";
import {figure} from "../page/figure.js";
import {previewOf} from "../page/look.js";
import {newest} from "../page/newest.js";
import {timeLeft} from "../page/job.js";
import {onSelected} from "../page/selected.js";
import {predictionOf, type Prediction} from "../src/samplers/prediction.js";
import {statisticsOf} from "./look.js";
import type {WrongTimes} from "./recording.js";
import type {Engine} from "./running.js";
import type {Parts} from "./stage.js";
import type {Frame, UnetFilm} from "./state.js";

/** So many timesteps are told for a curve. */
const TOLD = [...Array.from({length: 20}, (_, i) => 50 * i), 999];

interface Wish {
  readonly film: UnetFilm;
  readonly frame: Frame;
  readonly told: number;
}

interface Answer extends Wish {
  readonly right: Prediction;
  readonly wrong: Prediction;
}

/** The same latents, told to be of another timestep. */
export function wrongTimeFigure(
  {store, running, decoding}: Parts,
  engine: Engine,
  recorded: readonly WrongTimes[]
): HTMLElement {
  const {state} = store;
  const told = slider("The network is told t", {min: 0, max: 999, value: state.told ?? 0, format: (t) => `t = ${t}`});
  const back = html("button", {type: "button", class: "chip"}, "The truth");
  const measure = html("button", {type: "button", class: "chip"}, "Measure the curve at this step");
  const noises = [tile("its noise ε̂, told the truth"), tile("its noise ε̂, told otherwise")];
  const guesses = [guess("the guess x̂0, told the truth"), guess("the guess x̂0, told otherwise")];
  const chart = lineChart(
    {lines: [], label: "Not known yet"},
    {x: {title: "timestep that the network is told"}, y: {title: "root mean square"}, width: 640, height: 250}
  );
  const bar = progressBar();
  store.onChange(({work}) => bar.update(work));
  const words = html("p", {class: "verdict", role: "status"});
  const note = html("figcaption", {class: "caption"});
  const curves = new Map<Float32Array, Pick<WrongTimes, "told" | "apart" | "sizes">>();
  const rights = new Map<Float32Array, Prediction>();
  let answer: Answer | null = null;

  const toldOf = (frame: Frame): number => state.told ?? Math.round(frame.timestep);
  told.addEventListener("input", () => store.set({told: told.value}));
  back.addEventListener("click", () => store.set({told: null}));
  measure.addEventListener("click", () => void running.only(curveOf));

  async function predict({film, frame}: {film: UnetFilm; frame: Frame}, t: number): Promise<Prediction> {
    const {output} = await engine.predict(frame.xt, t, await running.statesOf(film.asked.prompt));
    return predictionOf(output, frame.xt, frame.alphaCumprod, state.schedulerConfig?.prediction_type);
  }

  async function rightOf(wish: {film: UnetFilm; frame: Frame}): Promise<Prediction> {
    const {data} = wish.frame.xt;
    const known = rights.get(data) ?? (await predict(wish, wish.frame.timestep));
    rights.clear();
    rights.set(data, known);
    return known;
  }

  const queue = newest<Wish, Answer>({
    work: async (wish) => ({...wish, right: await rightOf(wish), wrong: await predict(wish, wish.told)}),
    ready: () => state.ready && !running.busy(),
    onDone(found) {
      answer = found;
      show();
    }
  });

  async function curveOf(signal: AbortSignal): Promise<void> {
    const wish = {film: state.film, frame: state.film.frames[state.step]};
    const right = await rightOf(wish);
    const [times, apart, sizes]: number[][] = [[], [], []];
    const began = performance.now();
    for (const t of TOLD) {
      if (signal.aborted) return;
      const {eps} = await predict(wish, t);
      times.push(t);
      apart.push(difference(eps.data, right.eps.data));
      sizes.push(statisticsOf(eps.data).rms);
      curves.set(wish.frame.xt.data, {told: [...times], apart: [...apart], sizes: [...sizes]});
      const left = timeLeft(performance.now() - began, times.length, TOLD.length);
      store.set({
        work: {
          label: `Telling other times: ${times.length} of ${TOLD.length}${left}`,
          done: times.length,
          total: TOLD.length
        }
      });
      show();
    }
  }

  function show(): void {
    const {film, step, preview, ready, work} = state;
    const frame = film.frames[step];
    if (!frame) return;
    const t = toldOf(frame);
    if (told.value !== t) told.value = t;
    const true_ = Number(frame.timestep.toFixed(1));
    back.disabled = state.told === null;
    measure.disabled = !ready || work !== null;
    const fits = answer?.frame === frame ? answer : null;
    const pair = fits ? [fits.right, fits.wrong] : [null, null];
    pair.forEach((one, i) => {
      noises[i].canvas.paint(one && channelPixels(one.eps, 0));
      noises[i].note.textContent = one ? `size ${statisticsOf(one.eps.data).rms.toFixed(2)}` : " ";
      const x0 = one?.x0 ?? (i === 0 ? frame.x0 : null);
      const decoded = one && decoding.get(one.x0);
      guesses[i].picture.update({
        pixels: decoded ?? (one && x0 && previewOf(x0, preview)),
        name: guesses[i].name,
        badges: one ? ["live", decoded ? "decoded" : "preview"] : [],
        finished: false
      });
    });
    if (fits) decoding.later([fits.wrong.x0, fits.right.x0]);
    const curve =
      curves.get(frame.xt.data) ?? (film.source === "recorded" ? recorded.find((one) => one.step === step) : undefined);
    const source = curves.has(frame.xt.data) ? "live" : "recorded";
    chart.update(chartOf(curve, {told: t, true_, fits}));
    words.textContent = fits ? verdict(fits) : ready ? "Asking the network…" : "The answers come with the model.";
    note.textContent = [
      `step ${step + 1}, true t = ${true_}`,
      "noise: first channel, black −3, white +3",
      "x̂0 from ε̂ with the true ᾱ, without guidance",
      curve ? `curve: ${source}` : "curve: not measured at this step yet"
    ].join(" · ");
  }

  onSelected(store, ["film", "step", "told", "ready", "work"], ({film, step, ready, work}) => {
    const frame = film.frames[step];
    if (frame && ready && work === null && !(answer?.frame === frame && answer.told === toldOf(frame)))
      queue.want({film, frame, told: toldOf(frame)}, {quiet: true});
    show();
  });
  onSelected(store, ["decoded", "preview"], show);

  return figure(
    "The wrong time",
    html("div", {class: "figure-controls"}, told, html("div", {class: "unet-buttons"}, back, measure)),
    bar,
    html("div", {class: "wrong-row"}, noises[0].node, guesses[0].node, noises[1].node, guesses[1].node),
    ...[words, chart, note]
  );
}

function tile(name: string) {
  const canvas = pixelCanvas(null, {label: name});
  const note = html("span", {class: "tile-numbers"});
  return {canvas, note, node: html("figure", {}, canvas, html("figcaption", {}, html("b", {}, name), " ", note))};
}

function guess(name: string) {
  const shown = picture({pixels: null, name, badges: [], finished: false});
  return {name, picture: shown, node: html("figure", {}, shown, html("figcaption", {}, html("b", {}, name)))};
}

const difference = (a: Float32Array, b: Float32Array): number => statisticsOf(a.map((value, i) => value - b[i])).rms;

function verdict({told, frame, right, wrong}: Answer): string {
  const [size, true_] = [statisticsOf(wrong.eps.data).rms, statisticsOf(right.eps.data).rms];
  const apart = difference(wrong.eps.data, right.eps.data);
  if (Math.abs(told - frame.timestep) < 1)
    return `Told the truth, it says noise of size ${true_.toFixed(2)}; unit noise has 1.`;
  const how = size > 1.05 * true_ ? "more" : size < 0.95 * true_ ? "less" : "about as much";
  return `Told t = ${told} in place of ${Number(frame.timestep.toFixed(1))}, it says ${how} noise: of size ${size.toFixed(2)} in place of ${true_.toFixed(2)}. The two answers are ${apart.toFixed(2)} apart (root mean square).`;
}

function chartOf(
  curve: Pick<WrongTimes, "told" | "apart" | "sizes"> | undefined,
  {told, true_, fits}: {told: number; true_: number; fits: Answer | null}
) {
  const points = (values: readonly number[]): Place[] => values.map((value, i) => [curve!.told[i], value]);
  const lines: ChartLine[] = curve
    ? [
        {name: "distance from the answer to the truth", points: points(curve.apart), tone: "var(--unet-strong)"},
        {name: "size of the noise it says", points: points(curve.sizes), tone: "var(--curve-b)", dash: "6 4"}
      ]
    : [];
  const most = Math.max(1, ...lines.flatMap((one) => one.points.map(([, value]) => value)));
  const marks = [
    {at: [true_, 0] as Place, tone: "var(--text)"},
    ...(fits && fits.told === told
      ? [{at: [told, difference(fits.wrong.eps.data, fits.right.eps.data)] as Place, tone: "var(--unet-strong)"}]
      : [])
  ];
  return {
    lines,
    marks,
    label: `How far the answer is from the right one, by the timestep that is told; the true one is ${true_}`,
    domain: {x: [0, 999] as const, y: [0, most] as const}
  };
}
