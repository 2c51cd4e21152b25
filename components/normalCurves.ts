import {scaleLinear} from "d3";
import {html, svg} from "./dom.js";

/** A normal distribution with its name. `tone` "plain" stands back. */
export interface NormalCurve {
  name: string;
  mean: number;
  deviation: number;
  tone?: "plain";
}

/** Options: the axis and what is on it, in words. */
export interface NormalCurvesOptions {
  from?: number;
  to?: number;
  title: string;
}

/** Curves that can be given others. */
export type NormalCurves = HTMLElement & {update(curves: readonly NormalCurve[]): void};

const [WIDTH, HEIGHT] = [540, 230];
const EDGE = {top: 10, right: 10, bottom: 38, left: 10};

/** The densities of normal distributions over one axis; the tallest fills the height. */
export function normalCurves(
  curves: readonly NormalCurve[],
  {from = -4, to = 4, title}: NormalCurvesOptions
): NormalCurves {
  const x = scaleLinear([from, to], [EDGE.left, WIDTH - EDGE.right]);
  const floor = HEIGHT - EDGE.bottom;
  const paths = svg("g", {});
  const ticks = x.ticks(6).map((value) => {
    const text = String(value).replace("-", "−");
    return svg("text", {class: "tick", x: x(value), y: floor + 16, "text-anchor": "middle"}, text);
  });
  const axis = svg("line", {class: "axis", x1: x(from), x2: x(to), y1: floor, y2: floor});
  const words = svg("text", {class: "tick", x: WIDTH / 2, y: HEIGHT - 4, "text-anchor": "middle"}, title);
  const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"}, axis, ...ticks, words, paths);
  const legend = html("ul", {class: "curve-legend"});
  const node = html("figure", {class: "normal-curves"}, picture, legend);

  function update(next: readonly NormalCurve[]): void {
    const most = Math.max(1e-9, ...next.map(({deviation}) => density(0, deviation)));
    const y = scaleLinear([0, most], [floor, EDGE.top]);
    paths.replaceChildren(
      ...next.map(({mean, deviation, tone}) => {
        const at = pointsOf(mean, deviation, from, to);
        const d = at
          .map((value) => `${x(value).toFixed(2)},${y(density(value - mean, deviation)).toFixed(2)}`)
          .join("L");
        return svg("path", {class: `curve ${tone ?? "main"}`, d: `M${d}`});
      })
    );
    legend.replaceChildren(...next.map((curve) => html("li", {class: curve.tone ?? "main"}, inWords(curve))));
    picture.setAttribute("aria-label", `Normal distributions: ${next.map(inWords).join("; ")}`);
  }

  update(curves);
  return Object.assign(node, {update});
}

/** Places to draw at: close together near the mean, so that a narrow peak has its true height. */
function pointsOf(mean: number, deviation: number, from: number, to: number): number[] {
  const near = Array.from({length: 81}, (_, i) => mean + deviation * (i / 10 - 4));
  return [from, ...near.filter((value) => value > from && value < to), to].sort((a, b) => a - b);
}

function density(distance: number, deviation: number): number {
  return Math.exp(-((distance / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
}

function inWords({name, mean, deviation}: NormalCurve): string {
  return `${name}: mean ${mean.toFixed(2).replace("-", "−")}, standard deviation ${deviation.toFixed(2)}`;
}
