import {densityPlot} from "../components/densityPlot.js";
import {html} from "../components/dom.js";
import {slider, type Slider} from "../components/slider.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {densityOf, type Gaussian} from "../src/gaussian.js";
import {likelihood, posterior, prior} from "../src/posterior.js";
import {figure} from "../page/figure.js";
import {bracket, shown, stepOf, type DerivationState} from "./state.js";

/** Prior, likelihood and posterior of one number, one step back, with x0 and xt to drag. */
export function bayesFigure({state, set, onChange}: Store<DerivationState>): HTMLElement {
  const title = "What one number may have been one step earlier";
  const plot = densityPlot({curves: []}, {title});
  const inputs = {
    x0: slider("Clean value x₀", {min: -2, max: 2, step: 0.01, value: state.x0, format: (x) => shown(x, 2), id: "x0"}),
    xt: slider("Noised value xₜ", {min: -3, max: 3, step: 0.01, value: state.xt, format: (x) => shown(x, 2), id: "xt"}),
    back: slider("Step back", {
      ...{min: 1, max: 998, value: state.back, id: "back"},
      format: (k) => `${Math.min(k, state.t)} timesteps`
    })
  };
  const one = html(
    "button",
    {type: "button", class: "chip", onclick: () => set({back: 1})},
    "One timestep, as in training"
  );
  const numbers = html("table", {class: "gaussians"});
  const [precision, middle] = [html("p", {class: "live-formula"}), html("p", {class: "live-formula"})];
  for (const [key, input] of Object.entries(inputs) as [keyof typeof inputs, Slider][])
    input.addEventListener("input", () => set({[key]: input.value}));
  plot.addEventListener("input", () => {
    if (plot.value) set({[plot.value.key]: clamp(plot.value.x, plot.value.key === "x0" ? 2 : 3)});
  });
  const node = figure(
    title,
    plot,
    html("div", {class: "figure-controls"}, inputs.x0, inputs.xt, inputs.back, one),
    numbers,
    html("details", {class: "numbers"}, html("summary", {}, "With the numbers on screen"), precision, middle),
    html(
      "figcaption",
      {class: "caption"},
      "computed here, in this browser · Stable Diffusion's schedule · drag x₀ and xₜ on the line"
    )
  );

  onChange(
    whileVisible(node, (next: DerivationState) => {
      const step = stepOf(next);
      const {x0, xt, t} = next;
      const [before, seen, both] = [prior(x0, step), likelihood(xt, step), posterior(next, step)];
      const density = (gaussian: Gaussian) => (x: number) => densityOf(gaussian, x);
      plot.update({
        curves: [
          {name: `prior: from x₀ alone`, density: density(before), tone: "b", dash: "6 3"},
          {name: `likelihood: from xₜ alone`, density: density(seen), tone: "c", dash: "2 3"},
          {name: "posterior: from both", density: density(both), tone: "a", filled: true}
        ],
        places: [
          {x: x0, text: "x₀", key: "x0", tone: "b"},
          {x: xt, text: "xₜ", key: "xt", tone: "c"},
          {x: both.mean, text: "mean", tone: "a"}
        ]
      });
      numbers.replaceChildren(
        row("th", `from t = ${t} to ${step.s}`, "mean", "variance", "standard deviation"),
        ...[["prior", before] as const, ["likelihood", seen] as const, ["posterior", both] as const].map(
          ([name, {mean, variance}]) =>
            row("td", name, shown(mean, 4), shown(variance, 4), shown(Math.sqrt(variance), 4))
        )
      );
      const inverse = (variance: number) => shown(1 / variance, 3);
      precision.textContent = `1 / σ² = 1 / ${shown(before.variance, 4)} + 1 / ${shown(seen.variance, 4)} = ${inverse(before.variance)} + ${inverse(seen.variance)} = ${inverse(both.variance)}, so σ² = ${shown(both.variance, 4)}`;
      middle.textContent = `mean = σ² · (${shown(before.mean, 4)} · ${inverse(before.variance)} + ${bracket(seen.mean, 4)} · ${inverse(seen.variance)}) = ${shown(both.mean, 4)}`;
      inputs.x0.value = x0;
      inputs.xt.value = xt;
      inputs.back.value = next.back;
      one.disabled = next.back === 1;
    })
  );
  return node;
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value));

/** A line of a table: its first cell names it. */
export function row(kind: "td" | "th", name: string, ...cells: string[]): HTMLElement {
  const scope = kind === "th" ? "col" : "row";
  const rest = cells.map((text) => (kind === "th" ? html("th", {scope}, text) : html("td", {}, text)));
  return html("tr", {}, html("th", {scope}, name), ...rest);
}
