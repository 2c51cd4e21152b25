import {scaleLinear} from "d3";
import {html, svg} from "./dom.js";

/** Values and what they may be compared with: a density of the same unit, such as the normal's. */
export interface HistogramData {
  readonly values: ArrayLike<number>;
  readonly density?: (x: number) => number;
}

/** Options: what the values are, in words; the axis; how many bins; how tall a density fills the height. */
export interface HistogramOptions {
  readonly title: string;
  readonly from?: number;
  readonly to?: number;
  readonly bins?: number;
  readonly most?: number;
}

/** A histogram that can be given other values. */
export type Histogram = HTMLElement & {update(data: HistogramData): void};

const [WIDTH, HEIGHT] = [340, 190];
const EDGE = {top: 10, right: 10, bottom: 26, left: 10};

/** Bars whose areas are shares of the values (together 1), and a curve to compare them with. */
export function histogram(data: HistogramData, options: HistogramOptions): Histogram {
  const {title, from = -4, to = 4, bins = 40, most = 0.75} = options;
  const x = scaleLinear([from, to], [EDGE.left, WIDTH - EDGE.right]);
  const y = scaleLinear([0, most], [HEIGHT - EDGE.bottom, EDGE.top]).clamp(true);
  const [bars, curve] = [svg("path", {class: "bars"}), svg("path", {class: "density"})];
  const ticks = x
    .ticks(5)
    .flatMap((value) => [
      svg("line", {class: "tick-line", x1: x(value), x2: x(value), y1: y(0), y2: y(0) + 4}),
      svg("text", {class: "tick", x: x(value), y: y(0) + 17, "text-anchor": "middle"}, String(value).replace("-", "−"))
    ]);
  const axis = svg("line", {class: "axis", x1: x(from), x2: x(to), y1: y(0), y2: y(0)});
  const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"}, bars, curve, axis, ...ticks);
  const node = html("figure", {class: "histogram"}, html("figcaption", {class: "chart-title"}, title), picture);

  function update({values, density}: HistogramData): void {
    const width = (to - from) / bins;
    const path = binned(values, {from, to, bins}).map((share, i) => {
      const [left, right, top] = [x(from + i * width) + 0.5, x(from + (i + 1) * width) - 0.5, y(share / width)];
      return `M${left.toFixed(1)},${y(0)}V${top.toFixed(1)}H${right.toFixed(1)}V${y(0)}Z`;
    });
    bars.setAttribute("d", path.join(""));
    curve.setAttribute("d", density ? densityPath(density) : "");
    const {mean, deviation} = spread(values);
    picture.setAttribute(
      "aria-label",
      `${title}: mean ${mean.toFixed(2)}, standard deviation ${deviation.toFixed(2)}`.replace("-", "−")
    );
  }

  function densityPath(density: (x: number) => number): string {
    const points = Array.from({length: 121}, (_, i) => from + ((to - from) * i) / 120);
    return points.map((at, i) => `${i ? "L" : "M"}${x(at).toFixed(1)},${y(density(at)).toFixed(1)}`).join("");
  }

  update(data);
  return Object.assign(node, {update});
}

/** Shares of the values in equal bins from `from` to `to`; what lies outside is in no bin. */
export function binned(
  values: ArrayLike<number>,
  {from, to, bins}: {from: number; to: number; bins: number}
): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(((values[i] - from) / (to - from)) * bins);
    if (bin >= 0 && bin < bins) counts[bin]++;
  }
  return counts.map((count) => (values.length ? count / values.length : 0));
}

/** Mean and standard deviation of values. */
export function spread(values: ArrayLike<number>): {mean: number; deviation: number} {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return {mean, deviation: Math.sqrt(squares / values.length)};
}
