import {line, scaleLinear, scaleLog, type ScaleContinuousNumeric} from "d3";
import {html, svg} from "./dom.js";

/** x and y. */
export type Place = readonly [number, number];

/** One curve: its places in order, its name in the legend, and its look. `tone` is a CSS colour, `dash` an SVG dash pattern. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly Place[];
  readonly tone: string;
  readonly dash?: string;
  /** A dot at every place. */
  readonly dots?: boolean;
  /** Without a line between the places. */
  readonly bare?: boolean;
}

export interface LineChartData {
  readonly lines: readonly ChartLine[];
  /** Places that are pointed out, with larger dots. */
  readonly marks?: readonly {readonly at: Place; readonly tone: string}[];
  /** In words what is to be seen: the accessible name of the picture. */
  readonly label: string;
  /** Fixed ends of the axes; without: what the places need. */
  readonly domain?: {readonly x?: Place; readonly y?: Place};
}

/** An axis: what it is of, with its unit; its scale; how its values are written; where it has ticks. */
export interface Axis {
  readonly title: string;
  readonly log?: boolean;
  readonly format?: (value: number) => string;
  readonly ticks?: readonly number[];
}

export interface LineChartOptions {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly width?: number;
  readonly height?: number;
}

/** A chart that can be given other curves. */
export type LineChart = HTMLElement & {update(data: LineChartData): void};

const EDGE = {top: 22, right: 12, bottom: 36, left: 44};

/** Curves over two axes, with a legend below. CSS gives it its width; `width` and `height` say its shape. */
export function lineChart(data: LineChartData, options: LineChartOptions): LineChart {
  const {title, width = 520, height = 280} = options;
  const picture = svg("svg", {viewBox: `0 0 ${width} ${height}`, role: "img"});
  const legend = html("ul");
  const node = html(
    "figure",
    {class: "line-chart"},
    title ? html("figcaption", {class: "chart-title"}, title) : null,
    picture,
    legend
  );

  let shown = data;
  let size = {width, height};

  function update(next: LineChartData): void {
    shown = next;
    const {lines, marks = [], label, domain = {}} = next;
    const places = lines.flatMap(({points}) => points);
    const x = scaleOf(options.x, domain.x ?? extent(places, 0), [EDGE.left, size.width - EDGE.right]);
    const y = scaleOf(options.y, domain.y ?? extent(places, 1), [size.height - EDGE.bottom, EDGE.top]);
    picture.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    picture.setAttribute("aria-label", label);
    picture.replaceChildren(
      horizontalAxis(x, options.x, size),
      verticalAxis(y, options.y, size),
      ...lines.flatMap((curve) => curveNodes(curve, x, y)),
      ...marks.map(({at, tone}) => dot([x(at[0]), y(at[1])], tone, 5.5, "mark"))
    );
    legend.replaceChildren(...lines.map(legendItem));
  }

  /** Drawn in the pixels it has, so that its words keep their size on a phone. */
  function fit(): void {
    const wide = Math.round(picture.clientWidth);
    if (wide < 100 || wide === size.width) return;
    size = {width: wide, height: Math.round(Math.min(1.25 * height, Math.max(220, (wide * height) / width)))};
    update(shown);
  }

  if (typeof ResizeObserver === "function") new ResizeObserver(fit).observe(picture);
  update(data);
  return Object.assign(node, {update});
}

type Scale = ScaleContinuousNumeric<number, number>;

function extent(places: readonly Place[], axis: 0 | 1): Place {
  const values = places.map((place) => place[axis]).filter(Number.isFinite);
  return values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
}

function scaleOf({log}: Axis, [low, high]: Place, range: Place): Scale {
  if (!log) return scaleLinear([low, high === low ? low + 1 : high], [...range]);
  const least = Math.max(low, high / 1e6, 1e-12);
  return scaleLog([least, high > least ? high : 10 * least], [...range]);
}

/** The axis's own ticks where they fit; else round ones, on a logarithmic scale 1, 2 and 5 of each power of ten. */
function ticksOf(scale: Scale, {ticks, log}: Axis): readonly number[] {
  const [low, high] = scale.domain();
  const round = (value: number) => [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9)));
  const wanted = ticks ?? scale.ticks(5).filter((value) => !log || round(value));
  return wanted.filter((value) => value >= low * 0.999 && value <= high * 1.001);
}

function horizontalAxis(x: Scale, axis: Axis, {width, height}: {width: number; height: number}): SVGElement {
  const {title, format = plain} = axis;
  const bottom = height - EDGE.bottom;
  const ticks = ticksOf(x, axis).map((value) =>
    svg(
      "g",
      {transform: `translate(${x(value)},${bottom})`},
      svg("line", {y1: EDGE.top - bottom, y2: 4}),
      svg("text", {y: 17, "text-anchor": "middle"}, format(value))
    )
  );
  const name = svg("text", {x: width - EDGE.right, y: height - 3, "text-anchor": "end"}, `${title} →`);
  return svg("g", {class: "axis"}, ...ticks, name);
}

function verticalAxis(y: Scale, axis: Axis, {width}: {width: number}): SVGElement {
  const {title, format = plain} = axis;
  const ticks = ticksOf(y, axis).map((value) =>
    svg(
      "g",
      {transform: `translate(${EDGE.left},${y(value)})`},
      svg("line", {x1: -4, x2: width - EDGE.left - EDGE.right}),
      svg("text", {x: -8, dy: "0.35em", "text-anchor": "end"}, format(value))
    )
  );
  return svg("g", {class: "axis"}, ...ticks, svg("text", {x: 0, y: 11}, `↑ ${title}`));
}

function curveNodes({points, tone, dash, dots, bare}: ChartLine, x: Scale, y: Scale): SVGElement[] {
  const places = points.map(([px, py]): Place => [x(px), y(py)]).filter((place) => place.every(Number.isFinite));
  const path = line()(places.map(([px, py]) => [px, py])) ?? "";
  const curve = svg("path", {class: "curve", d: path, style: `stroke:${tone}`, "stroke-dasharray": dash});
  return [...(bare ? [] : [curve]), ...(dots || bare ? places.map((place) => dot(place, tone, 3.2)) : [])];
}

function dot([cx, cy]: Place, tone: string, r: number, name = "dot"): SVGElement {
  return svg("circle", {class: name, cx, cy, r, style: `fill:${tone}`});
}

function legendItem({name, tone, dash, dots, bare}: ChartLine): HTMLElement {
  const swatch = svg(
    "svg",
    {viewBox: "0 0 26 10", "aria-hidden": "true"},
    ...(bare ? [] : [svg("path", {class: "curve", d: "M0 5H26", style: `stroke:${tone}`, "stroke-dasharray": dash})]),
    ...(dots || bare ? [dot([13, 5], tone, 3.2)] : [])
  );
  return html("li", {}, swatch, name);
}

function plain(value: number): string {
  return (Math.abs(value) < 1e-9 ? 0 : value).toLocaleString("en", {maximumSignificantDigits: 3}).replace("-", "−");
}
