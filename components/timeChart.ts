import {line, scaleLinear, scaleLog, type ScaleContinuousNumeric} from "d3";
import {announce, html, svg, withValue} from "./dom.js";

/** One curve: [t, y] in the order of t, its name, and its look. A faint curve stands back; a dotted one shows its points. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
  readonly tone?: string;
  readonly dash?: string;
  readonly faint?: boolean;
  readonly dots?: boolean;
}

/** A place on the t axis that is worth a word, a short one. */
export interface TimeMark {
  readonly t: number;
  readonly text: string;
}

export interface TimeChartData {
  readonly curves: readonly Curve[];
  readonly t: number;
  readonly marks?: readonly TimeMark[];
  /** The y axis; left out: what the curves need. */
  readonly domain?: readonly [number, number];
}

/**
 * Options: what is drawn against t, in words with its unit; the scale of y; how a value is written; the last t. `onPoint` hears of the t
 * under the pointer, null when it leaves.
 */
export interface TimeChartOptions {
  readonly title: string;
  readonly log?: boolean;
  readonly format?: (value: number) => string;
  readonly most?: number;
  readonly legend?: boolean;
  readonly height?: number;
  readonly onPoint?: (t: number | null) => void;
}

/** The chart as an input: `value` is the t that the reader points at. */
export type TimeChart = HTMLElement & {value: number; update(data: TimeChartData): void};

const WIDTH = 340;
const EDGE = {top: 12, right: 14, bottom: 28, left: 46};

/** Curves over the timesteps 0 ... T-1 with a rule at t, which follows the pointer when pressed. The slider "Timestep" does the same by key. */
export function timeChart(data: TimeChartData, options: TimeChartOptions): TimeChart {
  const {title, log = false, format = plain, most = 999, legend = true, height = 190, onPoint} = options;
  const x = scaleLinear([0, most], [EDGE.left, WIDTH - EDGE.right]);
  const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${height}`, role: "img", class: "time-chart-plot"});
  const under = svg("g", {class: "chart-axes"});
  const lines = svg("g", {class: "chart-lines"});
  const rule = svg("g", {class: "chart-rule"});
  const readout = html("ul", {class: "chart-legend"});
  const node = html(
    "figure",
    {class: "time-chart"},
    html("figcaption", {class: "chart-title"}, title),
    picture,
    legend ? readout : null
  );
  picture.append(under, lines, rule);
  let shown = data;
  let y = yScale(data, {log, height});
  let drawn: TimeChartData | null = null;

  function update(next: TimeChartData): void {
    shown = next;
    if (drawn?.curves !== next.curves || drawn.marks !== next.marks || drawn.domain !== next.domain) {
      y = yScale(next, {log, height});
      under.replaceChildren(...axes(x, y, {height, log, format}), ...marksOf(next.marks ?? [], x, height));
      lines.replaceChildren(...next.curves.flatMap((curve) => curveNodes(curve, x, y)));
      drawn = next;
    }
    rule.replaceChildren(...ruleNodes(next, x, y, height));
    const values = next.curves.map(({name, points}) => `${name} ${format(valueAt(points, next.t))}`);
    picture.setAttribute("aria-label", `${title}. At t = ${next.t}: ${values.join("; ")}.`);
    if (legend) readout.replaceChildren(...next.curves.map((curve) => legendItem(curve, next.t, format)));
  }

  function timeAt(event: PointerEvent): number {
    const box = picture.getBoundingClientRect();
    const t = Math.round(x.invert(((event.clientX - box.left) / box.width) * WIDTH));
    return Math.min(most, Math.max(0, t));
  }

  function point(event: PointerEvent): void {
    update({...shown, t: timeAt(event)});
    announce(node);
  }

  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    point(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (event.buttons & 1) point(event);
    onPoint?.(timeAt(event));
  });
  picture.addEventListener("pointerleave", () => onPoint?.(null));
  update(data);
  return Object.assign(
    withValue(node, () => shown.t),
    {update}
  );
}

/** A curve's height at t, straight between its points. */
export function valueAt(points: Curve["points"], t: number): number {
  if (!points.length) return NaN;
  const after = points.findIndex(([at]) => at >= t);
  if (after < 0) return points[points.length - 1][1];
  if (after === 0 || points[after][0] === t) return points[after][1];
  const [[t0, y0], [t1, y1]] = [points[after - 1], points[after]];
  return y0 + ((t - t0) / (t1 - t0)) * (y1 - y0);
}

type Y = ScaleContinuousNumeric<number, number>;

function yScale({curves, domain}: TimeChartData, {log, height}: {log: boolean; height: number}): Y {
  const range = [height - EDGE.bottom, EDGE.top];
  const values = curves.flatMap(({points}) => points.map(([, value]) => value)).filter((v) => !log || v > 0);
  const [low, high] = domain ?? [log ? Math.min(...values) : Math.min(0, ...values), Math.max(...values)];
  if (!Number.isFinite(low + high)) return log ? scaleLog([0.1, 10], range) : scaleLinear([0, 1], range); // no curve yet
  return log ? scaleLog([low, high], range).clamp(true) : scaleLinear([low, high], range).nice(4).clamp(true);
}

function axes(
  x: Y,
  y: Y,
  {height, log, format}: {height: number; log: boolean; format: (v: number) => string}
): Node[] {
  const [top, bottom] = [EDGE.top, height - EDGE.bottom];
  const [from, to] = x.domain();
  const rows = (log ? decades(y) : y.ticks(4)).flatMap((value) => [
    svg("line", {class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value)}),
    svg("text", {class: "tick", x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end"}, format(value))
  ]);
  const columns = [from, Math.round(to / 2), to].flatMap((t, i) => [
    svg("line", {class: "tick-line", x1: x(t), x2: x(t), y1: bottom, y2: bottom + 4}),
    svg(
      "text",
      {class: "tick", x: x(t), y: bottom + 17, "text-anchor": (["start", "middle", "end"] as const)[i]},
      i === 0 ? `t = ${t}` : String(t)
    )
  ]);
  return [...rows, ...columns, svg("line", {class: "axis", x1: EDGE.left, x2: EDGE.left, y1: top, y2: bottom})];
}

/** Powers of ten, at most five of them. */
function decades(y: Y): number[] {
  const [low, high] = y.domain().map(Math.log10);
  const all = Array.from(
    {length: Math.floor(high + 1e-9) - Math.ceil(low - 1e-9) + 1},
    (_, i) => Math.ceil(low - 1e-9) + i
  );
  const stride = Math.ceil(all.length / 5);
  return all.filter((_, i) => i % stride === 0).map((power) => 10 ** power);
}

function curveNodes({points, tone = "a", dash, faint, dots}: Curve, x: Y, y: Y): Node[] {
  const path = line<readonly [number, number]>()
    .defined(([, value]) => Number.isFinite(value))
    .x(([t]) => x(t))
    .y(([, value]) => y(value));
  const style = `curve tone-${tone}${faint ? " faint" : ""}`;
  const marks = dots ? points.map(([t, value]) => svg("circle", {class: style, cx: x(t), cy: y(value), r: 2.6})) : [];
  return [
    svg("path", {class: style, d: path(points as [number, number][]), "stroke-dasharray": dash ?? null}),
    ...marks
  ];
}

function marksOf(marks: readonly TimeMark[], x: Y, height: number): Node[] {
  return marks.flatMap(({t, text}) => {
    const right = x(t) > WIDTH * 0.6;
    return [
      svg("line", {class: "mark", x1: x(t), x2: x(t), y1: EDGE.top, y2: height - EDGE.bottom}),
      svg(
        "text",
        {class: "mark-text", x: x(t) + (right ? -5 : 5), y: EDGE.top + 8, "text-anchor": right ? "end" : "start"},
        text
      )
    ];
  });
}

function ruleNodes({curves, t}: TimeChartData, x: Y, y: Y, height: number): Node[] {
  const dots = curves
    .filter(({faint}) => !faint)
    .map(({points, tone = "a"}) => [valueAt(points, t), tone] as const)
    .filter(([value]) => Number.isFinite(value))
    .map(([value, tone]) => svg("circle", {class: `knob tone-${tone}`, cx: x(t), cy: y(value), r: 4.5}));
  return [svg("line", {x1: x(t), x2: x(t), y1: EDGE.top, y2: height - EDGE.bottom}), ...dots];
}

function legendItem(
  {name, points, tone = "a", dash, faint}: Curve,
  t: number,
  format: (v: number) => string
): HTMLElement {
  const key = svg(
    "svg",
    {viewBox: "0 0 22 8", width: 22, height: 8, "aria-hidden": "true"},
    svg("path", {class: `curve tone-${tone}${faint ? " faint" : ""}`, d: "M1,4H21", "stroke-dasharray": dash ?? null})
  );
  return html("li", {}, key, ` ${name} `, html("b", {}, format(valueAt(points, t))));
}

/** A number in at most three digits. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return "none";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(0).replace("e+", "e").replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
