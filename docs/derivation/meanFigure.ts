import {html} from "../components/dom.js";
import {densityPlot} from "../components/densityPlot.js";
import {slider} from "../components/slider.js";
import {symbol} from "../components/symbol.js";
import {figure} from "../page/figure.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {densityOf} from "../src/gaussian.js";
import {kept, meanFromNoise, noiseIn, posterior, posteriorWeights} from "../src/posterior.js";
import {bracket, shown, stepOf, type DerivationState} from "./state.js";

/** The posterior's mean in two ways, with the numbers put in: both give the same. Below, its variance, which needs neither value. */
export function meanFigure({onChange}: Store<DerivationState>): HTMLElement {
  const rows = {x0: bar("signal"), xt: bar("noise")};
  const [sum, noise, spread] = ["sum", "noise", "spread"].map(() => html("p", {class: "live-formula"}));
  const node = figure(
    "The mean, twice",
    html("h3", {}, "As a weighted sum of the clean value and the noised one"),
    html("div", {class: "weights"}, rows.x0.node, rows.xt.node),
    sum,
    html("h3", {}, "The same from the noised value and its noise"),
    noise,
    html("h3", {}, "Its variance"),
    spread
  );

  onChange(
    whileVisible(node, (state: DerivationState) => {
      const step = stepOf(state);
      const {x0, xt} = state;
      const weights = posteriorWeights(step);
      const eps = noiseIn(state, step);
      const {alpha, beta} = kept(step);
      rows.x0.update("of x₀", weights.x0);
      rows.xt.update("of xₜ", weights.xt);
      sum.replaceChildren(
        mu(),
        ` = ${shown(weights.x0, 4)} · ${bracket(x0, 2)} + ${shown(weights.xt, 4)} · ${bracket(xt, 2)} = `,
        html("b", {}, shown(posterior(state, step).mean, 4))
      );
      noise.replaceChildren(
        symbol("ε"),
        ` = (${shown(xt, 2)} − ${shown(Math.sqrt(step.alphaCumprod), 4)} · ${bracket(x0, 2)}) / ${shown(Math.sqrt(1 - step.alphaCumprod), 4)} = ${shown(eps, 4)}, and `,
        mu(),
        ` = (${shown(xt, 2)} − ${shown(beta, 4)} / ${shown(Math.sqrt(1 - step.alphaCumprod), 4)} · ${bracket(eps, 4)}) / ${shown(Math.sqrt(alpha), 4)} = `,
        html("b", {}, shown(meanFromNoise({xt, eps}, step), 4))
      );
      const [before, now] = [step.prevAlphaCumprod, step.alphaCumprod].map((value) => shown(1 - value, 4));
      spread.replaceChildren(
        `σ² = (1 − ᾱₛ) / (1 − ᾱₜ) · β = ${before} / ${now} · ${shown(beta, 4)} = `,
        html("b", {}, shown(weights.variance, 5)),
        `, so σ = ${shown(Math.sqrt(weights.variance), 4)}`
      );
    })
  );
  return node;
}

/** mu + sigma z: a draw from the posterior, with z in the reader's hand. */
export function drawFigure({state, set, onChange}: Store<DerivationState>): HTMLElement {
  const plot = densityPlot({curves: []}, {title: "One draw from the posterior", height: 220});
  const z = slider("Thrown number z", {
    min: -3,
    max: 3,
    step: 0.01,
    value: state.z,
    format: (x) => shown(x, 2),
    id: "z"
  });
  const words = html("p", {class: "live-formula"});
  const node = figure("The reparameterization trick", plot, z, words);
  z.addEventListener("input", () => set({z: z.value}));
  plot.addEventListener("input", () => {
    const {mean, variance} = posterior(state, stepOf(state));
    const thrown = (plot.value!.x - mean) / Math.sqrt(variance);
    set({z: Math.min(3, Math.max(-3, Number(thrown.toFixed(2))))});
  });

  onChange(
    whileVisible(node, (next: DerivationState) => {
      const both = posterior(next, stepOf(next));
      const sigma = Math.sqrt(both.variance);
      const drawn = both.mean + sigma * next.z;
      z.value = next.z;
      plot.update({
        curves: [{name: "posterior", density: (x) => densityOf(both, x), tone: "a", filled: true}],
        places: [
          {x: both.mean, text: "μ", tone: "d"},
          {x: drawn, text: "μ + σz", tone: "b", key: "draw"}
        ]
      });
      words.textContent = `μ + σ z = ${shown(both.mean, 4)} + ${shown(sigma, 4)} · ${bracket(next.z, 2)} = ${shown(drawn, 4)}`;
    })
  );
  return node;
}

const mu = (): HTMLElement => html("span", {class: "symbol"}, html("i", {class: "tilde"}, "μ"));

function bar(tone: string) {
  const [name, value, fill] = [html("span"), html("span", {class: "times"}), html("i", {class: "bar"})];
  const node = html("div", {class: `weight-row tone-${tone}`}, name, html("span", {class: "track"}, fill), value);
  return {
    node,
    update(text: string, weight: number): void {
      name.textContent = text;
      value.textContent = shown(weight, 4);
      fill.style.width = `${Math.min(100, 100 * weight)}%`;
    }
  };
}
