import {html} from "../components/dom.js";
import {lineChart, type ChartLine, type Place} from "../components/lineChart.js";
import type {Tensor} from "../src/tensor.js";
import {rmsDistance} from "../src/trajectory.js";
import {callsAt, longer, x0At} from "../page/inStep.js";
import type {Parts} from "./stage.js";
import {ARM_NAMES, type ArmRun, type Pair} from "./state.js";

/** How far apart both arms are at every position of the scrubber: what they carry, and what they expect. */
export function distancesOf(runs: Pair<ArmRun>): {xt: Place[]; x0: Place[]} {
  const {steps} = longer(runs);
  const places = steps.map((_, step) => {
    const [a, b] = callsAt(runs, step);
    const apart = (one: Tensor | null, other: Tensor | null): Place[] =>
      one && other ? [[step + 1, rmsDistance(one.data, other.data)]] : [];
    return {
      xt: apart(runs[0].steps[a]?.xt ?? null, runs[1].steps[b]?.xt ?? null),
      x0: apart(x0At(runs[0], a), x0At(runs[1], b))
    };
  });
  return {xt: places.flatMap(({xt}) => xt), x0: places.flatMap(({x0}) => x0)};
}

/** The chart of distances, and what each arm has cost. */
export function distances({store}: Parts): HTMLElement {
  const axes = {x: {title: "step of the longer arm"}, y: {title: "distance (root mean square over the latents)"}};
  const chart = lineChart({lines: [], label: "Nothing drawn yet"}, {...axes, width: 640, height: 250});
  const words = html("p", {class: "measured", role: "status"});
  let known: {runs: unknown; count: number; data: ReturnType<typeof distancesOf>} | null = null;
  store.onChange(({runs, step}) => {
    const count = runs[0].steps.length + runs[1].steps.length + Number(runs.every((run) => run.finished));
    if (known?.runs !== runs || known.count !== count) known = {runs, count, data: distancesOf(runs)};
    const {xt, x0} = known.data;
    const at = (places: Place[]) => places.filter(([place]) => place === step + 1);
    const lines: ChartLine[] = [
      {name: "what both carry, xt", points: xt, tone: "var(--unet-strong)"},
      {name: "what both expect, x̂0", points: x0, tone: "var(--unet-strong)", dash: "6 4"}
    ];
    const marks = [...at(xt), ...at(x0)].map((place) => ({at: place, tone: "var(--unet-strong)"}));
    const most = Math.max(0.1, ...[...xt, ...x0].map(([, value]) => value));
    const [here, guess] = [at(xt)[0]?.[1], at(x0)[0]?.[1]];
    const carried = here === 0 ? "the same latents, bit for bit," : `latents ${here?.toFixed(3)} apart`;
    const told = `At step ${step + 1} they carry ${carried} and expect pictures ${(guess ?? 0).toFixed(3)} apart.`;
    words.textContent = here === undefined ? "" : `${told} ${costs(runs)}`;
    chart.update({
      ...{lines, marks, label: `Distance of both arms by step. ${words.textContent}`},
      domain: {x: [1, Math.max(2, longer(runs).numSteps)], y: [0, most]}
    });
  });
  return html("div", {class: "distances"}, chart, words);
}

const costs = (runs: Pair<ArmRun>): string =>
  runs.map((run, i) => `Arm ${ARM_NAMES[i]}: ${run.numSteps} UNet calls for ${run.settings.steps} steps.`).join(" ");
