import {html} from "../components/dom.js";
import {histogram, spread} from "../components/histogram.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import {previewOf} from "../page/look.js";
import {whileVisible} from "../page/visible.js";
import {Generator} from "../src/random.js";
import {normalCumulative, normalDensity} from "../src/gaussian.js";
import type {Tensor} from "../src/tensor.js";
import {figure, titled} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";
import type {NoiseState} from "./state.js";

/** The values of xt against the normal distribution; and the same values in other places, which are no picture. */
export function bellFigure({store, views}: FigureParts): HTMLElement {
  const bars = histogram(
    {values: []},
    {title: "How often each value occurs among the 1,024 numbers of xt, and the normal curve", from: -4, to: 4}
  );
  const [inPlace, shuffled] = [
    pixelCanvas(null, {label: "The noised latents"}),
    pixelCanvas(null, {label: "Their numbers, shuffled"})
  ];
  const words = html("p", {class: "verdict"});
  const node = figure(
    "Values under noise",
    html(
      "div",
      {class: "bell"},
      bars,
      titled(inPlace, "the numbers in their places"),
      titled(shuffled, "the same numbers, shuffled: the same bars")
    ),
    words
  );

  store.onChange(
    whileVisible(node, (state: NoiseState) => {
      const xt = views.xt(state);
      bars.update({values: xt.data, density: normalDensity});
      inPlace.paint(previewOf(xt, state.preview));
      shuffled.paint(previewOf(shuffledValues(xt), state.preview));
      const {mean, deviation} = spread(xt.data);
      const gap = largestGap(xt.data);
      words.textContent =
        `At t = ${state.t}: mean ${mean.toFixed(2).replace("-", "−")}, standard deviation ${deviation.toFixed(2)}. The share of values below ` +
        `any number differs from the normal's by at most ${(100 * gap).toFixed(1)} points of a hundred; 1,024 truly normal numbers ` +
        `stay below ${(100 * chanceGap(xt.data.length)).toFixed(1)} in 19 cases of 20.`;
    })
  );
  return node;
}

/** The largest difference between the share of values below a number and the normal's (Kolmogorov and Smirnov's distance). */
export function largestGap(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.reduce((most, value, i) => {
    const expected = normalCumulative(value);
    return Math.max(most, Math.abs(expected - i / sorted.length), Math.abs(expected - (i + 1) / sorted.length));
  }, 0);
}

/** What that distance stays below in 19 of 20 samples of normal numbers: 1.358 / sqrt(n), for large n. */
export const chanceGap = (count: number): number => 1.358 / Math.sqrt(count);

const orders = new Map<number, Uint32Array>();

/** The values in another order, always the same one (Fisher and Yates). */
function shuffledValues({data, dims}: Tensor): Tensor {
  const order = orders.get(data.length) ?? Uint32Array.from(data, (_, i) => i);
  if (!orders.has(data.length)) {
    const uniform = new Generator(1).rand([data.length]).data;
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(uniform[i] * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    orders.set(data.length, order);
  }
  return {data: Float32Array.from(order, (i) => data[i]), dims};
}
