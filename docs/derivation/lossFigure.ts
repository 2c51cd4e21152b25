import {densityPlot} from "../components/densityPlot.js";
import {html} from "../components/dom.js";
import {slider} from "../components/slider.js";
import {plain, timeChart, type Curve} from "../components/timeChart.js";
import {figure} from "../page/figure.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {densityOf, divergence} from "../src/gaussian.js";
import {boundWeight, kept, meanFromNoise, minSnrWeight, noiseIn, posterior} from "../src/posterior.js";
import {row} from "./bayesFigure.js";
import {bracket, shown, stepOf, type DerivationState} from "./state.js";

/** KL of the true step and the network's, and how it becomes the squared error of the noise: the same number in every line. */
export function klFigure({state, set, onChange}: Store<DerivationState>): HTMLElement {
  const title = "The true step back and the network's";
  const plot = densityPlot({curves: []}, {title, height: 230});
  const miss = slider("Error of the predicted noise", {
    ...{min: -1.5, max: 1.5, step: 0.01, value: state.miss, id: "miss"},
    format: (x) => shown(x, 2)
  });
  const table = html("table", {class: "gaussians"});
  const node = figure(title, plot, miss, table);
  miss.addEventListener("input", () => set({miss: miss.value}));

  onChange(
    whileVisible(node, (next: DerivationState) => {
      const step = stepOf(next);
      const {alpha, beta} = kept(step);
      const truth = posterior(next, step);
      const eps = noiseIn(next, step);
      const guess = {mean: meanFromNoise({xt: next.xt, eps: eps + next.miss}, step), variance: truth.variance};
      const weight = boundWeight(step, truth.variance);
      miss.value = next.miss;
      plot.update({
        curves: [
          {name: "the true posterior", density: (x) => densityOf(truth, x), tone: "a", filled: true},
          {name: "the network's Gaussian", density: (x) => densityOf(guess, x), tone: "d", dash: "6 3"}
        ],
        places: [
          {x: truth.mean, text: "true", tone: "a"},
          {x: guess.mean, text: "guess", tone: "d"}
        ]
      });
      const square = (guess.mean - truth.mean) ** 2 / (2 * truth.variance);
      const factor = (beta / Math.sqrt(alpha * (1 - step.alphaCumprod))) ** 2 / (2 * truth.variance);
      table.replaceChildren(
        row("th", "line by line", "with the numbers", "nats"),
        row(
          "td",
          "KL of two Gaussians",
          `½ (ln 1 + 1 + ${shown((guess.mean - truth.mean) ** 2 / truth.variance, 4)} − 1)`,
          shown(divergence(truth, guess), 5)
        ),
        row(
          "td",
          "alike variances: (μ̃ − μ̂)² / 2σ²",
          `(${shown(truth.mean, 4)} − ${bracket(guess.mean, 4)})² / (2 · ${shown(truth.variance, 5)})`,
          shown(square, 5)
        ),
        row(
          "td",
          "the means by their noises",
          `${shown(factor, 4)} · (${shown(eps, 4)} − ${bracket(eps + next.miss, 4)})²`,
          shown(factor * next.miss ** 2, 5)
        ),
        row(
          "td",
          "weight times squared error",
          `${shown(weight, 4)} · ${shown(next.miss ** 2, 4)}`,
          shown(weight * next.miss ** 2, 5)
        )
      );
    })
  );
  return node;
}

/** What three ways to weigh the squared error of the noise emphasise, by t. */
export function weightFigure({state, set, onChange}: Store<DerivationState>): HTMLElement {
  const title = "Weight of the squared error of the noise, each curve's mean over t is 1";
  const chart = timeChart({curves: [], t: state.t}, {title, log: true, format: plain, height: 230});
  const words = html("p", {class: "verdict"});
  const node = figure("What each loss emphasises", chart, words);
  const curves = weightCurves(state.table.alphasCumprod);
  chart.addEventListener("input", () => set({t: Math.max(1, chart.value), playing: false}));
  onChange(
    whileVisible(node, ({t}: DerivationState) => {
      chart.update({curves, t});
      const shares = curves.map(({name, points}) => `${name} ${(100 * shareBelow(points, 100)).toFixed(0)} %`);
      words.textContent = `Of all its weight, the first tenth of the timesteps (t below 100) gets: ${shares.join(", ")}.`;
    })
  );
  return node;
}

/** The three weightings over t = 1 ... T-1, each divided by its mean. */
export function weightCurves(alphasCumprod: ArrayLike<number>): Curve[] {
  const steps = Array.from({length: alphasCumprod.length - 1}, (_, i) => i + 1);
  const curve = (weight: (t: number) => number): [number, number][] => {
    const values = steps.map(weight);
    const mean = values.reduce((a, b) => a + b) / values.length;
    return steps.map((t, i) => [t, values[i] / mean]);
  };
  return [
    {
      name: "variational bound",
      tone: "a",
      points: curve((t) => boundWeight({alphaCumprod: alphasCumprod[t], prevAlphaCumprod: alphasCumprod[t - 1]}))
    },
    {name: "simple", tone: "b", dash: "6 3", points: curve(() => 1)},
    {name: "min-SNR (γ = 5)", tone: "c", dash: "2 3", points: curve((t) => minSnrWeight(alphasCumprod[t]))}
  ];
}

function shareBelow(points: Curve["points"], limit: number): number {
  const sum = (list: Curve["points"]) => list.reduce((total, [, value]) => total + value, 0);
  return sum(points.filter(([t]) => t < limit)) / sum(points);
}
