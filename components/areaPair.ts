import {html, svg} from "./dom.js";

/** Two amounts to compare, each of two parts. */
export interface Amount {
  name: string;
  parts: readonly [number, number];
}

/** Options: the accessible name, in words the comparison itself. */
export interface AreaPairOptions {
  label: string;
  /** The parts' names, for the legend. */
  parts: readonly [string, string];
}

const SIDE = 300;
const BASE = SIDE + 8;
/** Between the squares, and what is kept for the small one, so that several pairs stand alike. */
const [GAP, ROOM] = [24, 30];

/** Two squares side by side whose *areas* are the amounts, the second part coloured from the bottom up. */
export function areaPair(small: Amount, large: Amount, {label, parts}: AreaPairOptions): HTMLElement {
  const most = large.parts[0] + large.parts[1];
  const squares = [small, large].map((amount) =>
    square(amount, SIDE * Math.sqrt((amount.parts[0] + amount.parts[1]) / most))
  );
  const left = Math.max(ROOM, squares[0].side);
  const width = left + GAP + SIDE + 2;
  const drawing = svg(
    "svg",
    {viewBox: `0 0 ${width} ${BASE}`, role: "img", "aria-label": label},
    moved(squares[0].node, 1 + left - squares[0].side),
    moved(squares[1].node, left + GAP)
  );
  const key = (index: 0 | 1) =>
    html("span", {}, html("i", {class: `key area-part-${index}`, "aria-hidden": "true"}), parts[index]);
  return html("div", {class: "area-pair"}, drawing, html("p", {class: "area-key"}, key(0), key(1)));
}

function square({parts: [first, second]}: Amount, side: number): {side: number; node: SVGElement} {
  const filled = (side * second) / (first + second);
  const top = BASE - 4 - side;
  const node = svg(
    "g",
    {},
    svg("rect", {class: "area-part-0", x: 0, y: top, width: side, height: side}),
    svg("rect", {class: "area-part-1", x: 0, y: top + side - filled, width: side, height: filled}),
    svg("rect", {class: "area-frame", x: 0, y: top, width: side, height: side})
  );
  return {side, node};
}

function moved(node: SVGElement, x: number): SVGElement {
  node.setAttribute("transform", `translate(${x} 0)`);
  return node;
}
