import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {pictureSum} from "../components/pictureSum.js";
import {spread} from "../components/histogram.js";
import {symbol} from "../components/symbol.js";
import {previewOf} from "../page/look.js";
import {whileVisible} from "../page/visible.js";
import {combinedNoise, noised, smallStep} from "../src/forward.js";
import {Generator} from "../src/random.js";
import type {Schedule} from "../src/schedule.js";
import type {Tensor} from "../src/tensor.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

/** A walk in small steps: every small noise, and where each step leads. Made as far as it is asked for. */
export interface Walk {
  /** After the steps 0 ... t. */
  at(t: number): Tensor;
  /** The noises of the steps 0 ... t. */
  noises(t: number): readonly Tensor[];
}

/** @param seed of all small noises, one after the other */
export function createWalk(x0: Tensor, {betas}: Pick<Schedule, "betas">, seed: number): Walk {
  const generator = new Generator(seed);
  const [steps, noises]: [Tensor[], Tensor[]] = [[], []];

  function reach(t: number): void {
    while (steps.length <= t) {
      const z = generator.randn(x0.dims);
      steps.push(smallStep(steps.at(-1) ?? x0, z, betas[steps.length]));
      noises.push(z);
    }
  }

  return {
    at(t) {
      reach(t);
      return steps[t];
    },
    noises(t) {
      reach(t);
      return noises.slice(0, t + 1);
    }
  };
}

const STATIONS = 6;

/** Above, t + 1 small steps; below, one jump with the sum of their noises. Both end at the same numbers. */
export function walkFigure({store}: Pick<FigureParts, "store">): HTMLElement {
  const stations = Array.from({length: STATIONS}, () => {
    const [canvas, words] = [pixelCanvas(null), html("figcaption")];
    return {canvas, words, node: html("figure", {class: "station"}, canvas, words)};
  });
  const sum = pictureSum(
    [
      {symbol: () => symbol("x", {index: "0"}), name: "clean latents", tone: "signal"},
      {sign: "+", symbol: () => symbol("ε"), name: "small noises, combined", tone: "noise"},
      {sign: "=", symbol: () => symbol("x", {index: "t"}), name: "one jump"}
    ],
    [{pixels: null}, {pixels: null}, {pixels: null}],
    {label: "One jump as a sum of pictures"}
  );
  const [many, verdict] = [html("h3"), html("p", {class: "verdict"})];
  const node = figure(
    "Many small steps and one jump",
    html("div", {class: "lane"}, many, html("div", {class: "stations"}, ...stations.map((station) => station.node))),
    html(
      "div",
      {class: "lane"},
      html("h3", {}, "One jump with the same noises, combined"),
      html("div", {class: "jump"}, sum)
    ),
    verdict
  );

  let walk: {key: unknown[]; value: Walk} | null = null;
  function walkOf({subject, table, seed}: NoiseState): Walk {
    const key = [subject.latents, table, seed];
    if (!walk || walk.key.some((part, i) => part !== key[i]))
      walk = {key, value: createWalk(subject.latents, table, seed)};
    return walk.value;
  }

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const {t, table, subject, preview} = state;
      const steps = walkOf(state);
      const look = (latents: Tensor) => previewOf(latents, preview);
      many.textContent =
        t === 0 ? "One small step" : `${(t + 1).toLocaleString("en")} small steps, one after the other`;
      stations.forEach(({canvas, words}, i) => {
        const s = Math.round((t * i) / (STATIONS - 1));
        canvas.paint(look(steps.at(s)));
        words.textContent = `after step ${s + 1}`;
      });
      const combined = combinedNoise(table, steps.noises(t));
      const jump = noised(subject.latents, combined, table.alphasCumprod[t]);
      sum.update([
        {pixels: look(subject.latents), coefficient: Math.sqrt(table.alphasCumprod[t])},
        {pixels: look(combined), coefficient: Math.sqrt(1 - table.alphasCumprod[t])},
        {pixels: look(jump)}
      ]);
      verdict.replaceChildren(...verdictOf(jump, steps.at(t), combined));
    })
  );
  return node;
}

/** How far the two ends are apart, and what the combined noise is like. */
function verdictOf(jump: Tensor, walked: Tensor, combined: Tensor): (Node | string)[] {
  const difference = Math.max(...jump.data.map((value, i) => Math.abs(value - walked.data[i])));
  const {mean, deviation} = spread(combined.data);
  return [
    `The two ends differ by at most `,
    html("b", {}, difference.toFixed(6)),
    ` in any of ${jump.data.length.toLocaleString("en")} numbers, which is the rounding of 32-bit numbers. The combined noise has mean ${signed(mean)} and standard deviation `,
    html("b", {}, deviation.toFixed(2)),
    `: it is as normal as each of its parts.`
  ];
}

const signed = (value: number): string => value.toFixed(2).replace("-", "−");
