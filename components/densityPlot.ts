import {scaleLinear} from "d3";
import {announce, html, svg, withValue} from "./dom.js";

/** A density over a line: its name, its look, its height at x. */
export interface DensityCurve {
  readonly name: string;
  readonly density: (x: number) => number;
  readonly tone?: string;
  readonly dash?: string;
  readonly filled?: boolean;
}

/** A place on the line; one with a `key` can be dragged. */
export interface Place {
  readonly x: number;
  readonly text: string;
  readonly tone?: string;
  readonly key?: string;
}

export interface DensityData {
  readonly curves: readonly DensityCurve[];
  readonly places?: readonly Place[];
}

/** Options: what the line is, in words; its ends; the height of the picture. */
export interface DensityOptions {
  readonly title: string;
  readonly from?: number;
  readonly to?: number;
  readonly height?: number;
  /** The least height of the axis, so that flat curves stay flat. */
  readonly least?: number;
}

/** The plot as an input: `value` says which place was dragged, and where to. */
export type DensityPlot = HTMLElement & {value: {key: string; x: number} | null; update(data: DensityData): void};

const WIDTH = 640;
const EDGE = {top: 14, right: 12, bottom: 60, left: 12};
const POINTS = 320;

/** Densities over one line, drawn to one scale, and marked places below them that the reader may drag. Sliders do the same by key. */
export function densityPlot(data: DensityData, options: DensityOptions): DensityPlot {
  const {title, from = -3.5, to = 3.5, height = 260, least = 0.5} = options;
  const x = scaleLinear([from, to], [EDGE.left, WIDTH - EDGE.right]).clamp(true);
  const base = height - EDGE.bottom;
  const [areas, marks] = [svg("g"), svg("g", {class: "places"})];
  const ticks = x
    .ticks(7)
    .flatMap((value) => [
      svg("line", {class: "tick-line", x1: x(value), x2: x(value), y1: base, y2: base + 4}),
      svg("text", {class: "tick", x: x(value), y: base + 16, "text-anchor": "middle"}, String(value).replace("-", "−"))
    ]);
  const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${height}`, role: "img", class: "density-plot-picture"});
  picture.append(areas, svg("line", {class: "axis", x1: x(from), x2: x(to), y1: base, y2: base}), ...ticks, marks);
  const legend = html("ul", {class: "chart-legend"});
  const node = html(
    "figure",
    {class: "density-plot"},
    html("figcaption", {class: "chart-title"}, title),
    picture,
    legend
  );
  let shown = data;
  let dragged: {key: string; x: number} | null = null;
  let held: string | null = null;

  function update(next: DensityData): void {
    shown = next;
    const paths = next.curves.map((curve) => sampled(curve, from, to));
    const most = Math.max(least, ...paths.flat().map(([, value]) => value));
    const y = scaleLinear([0, most * 1.04], [base, EDGE.top]);
    areas.replaceChildren(...next.curves.map((curve, i) => curveNode(curve, paths[i], x, y)));
    const rows = rowsOf((next.places ?? []).map((place) => x(place.x)));
    marks.replaceChildren(
      ...(next.places ?? []).map((place, i) => placeNode(place, x(place.x), base + 36 + 17 * rows[i], base))
    );
    legend.replaceChildren(...next.curves.map(legendItem));
    const places = (next.places ?? []).map(({text, x: at}) => `${text} at ${at.toFixed(2)}`);
    picture.setAttribute(
      "aria-label",
      `${title}. ${[...next.curves.map(({name}) => name), ...places].join("; ")}`.replaceAll("-", "−")
    );
  }

  function placeUnder(event: PointerEvent): number {
    const box = picture.getBoundingClientRect();
    return x.invert(((event.clientX - box.left) / box.width) * WIDTH);
  }

  function move(event: PointerEvent): void {
    if (!held) return;
    dragged = {key: held, x: Number(placeUnder(event).toFixed(2))};
    announce(node);
  }

  picture.addEventListener("pointerdown", (event) => {
    const at = placeUnder(event);
    const movable = (shown.places ?? []).filter(({key}) => key);
    if (!movable.length) return;
    held = movable.reduce((best, place) => (Math.abs(place.x - at) < Math.abs(best.x - at) ? place : best)).key!;
    picture.setPointerCapture(event.pointerId);
    move(event);
  });
  picture.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, () => (held = null));
  update(data);
  return Object.assign(
    withValue(node, () => dragged),
    {update}
  );
}

type Scale = (value: number) => number;

function sampled({density}: DensityCurve, from: number, to: number): [number, number][] {
  return Array.from({length: POINTS + 1}, (_, i) => {
    const at = from + ((to - from) * i) / POINTS;
    return [at, density(at)];
  });
}

function curveNode(
  {tone = "a", dash, filled}: DensityCurve,
  points: readonly [number, number][],
  x: Scale,
  y: Scale
): Node {
  const line = points.map(([at, value], i) => `${i ? "L" : "M"}${x(at).toFixed(1)},${y(value).toFixed(1)}`).join("");
  const path = filled ? `${line}L${x(points[points.length - 1][0])},${y(0)}L${x(points[0][0])},${y(0)}Z` : line;
  return svg("path", {
    class: `curve tone-${tone}${filled ? " filled" : ""}`,
    d: path,
    "stroke-dasharray": dash ?? null
  });
}

/** The row of each label: one that would stand on another goes below it. */
function rowsOf(places: readonly number[], near = 56): number[] {
  const rows: number[] = [];
  places.forEach((at, i) =>
    rows.push(rows.some((row, j) => row === 0 && Math.abs(places[j] - at) < near && j < i) ? 1 : 0)
  );
  return rows;
}

function placeNode({text, tone = "a", key}: Place, at: number, label: number, base: number): Node {
  return svg(
    "g",
    {class: `place tone-${tone}${key ? " movable" : ""}`},
    svg("line", {x1: at, x2: at, y1: EDGE.top, y2: base}),
    key ? svg("circle", {cx: at, cy: base, r: 7}) : svg("circle", {cx: at, cy: base, r: 4}),
    svg("text", {x: at, y: label, "text-anchor": "middle"}, text)
  );
}

function legendItem({name, tone = "a", dash}: DensityCurve): HTMLElement {
  const key = svg(
    "svg",
    {viewBox: "0 0 22 8", width: 22, height: 8, "aria-hidden": "true"},
    svg("path", {class: `curve tone-${tone}`, d: "M1,4H21", "stroke-dasharray": dash ?? null})
  );
  return html("li", {}, key, ` ${name}`);
}
