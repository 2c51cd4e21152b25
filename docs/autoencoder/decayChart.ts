import {scaleLinear, scaleLog} from "d3";
import {html, svg} from "../components/dom.js";

/** Mean differences by distance in cells; `null`: nothing to show. */
export type DecayChart = HTMLElement & {update(means: readonly number[] | null): void};

const [WIDTH, HEIGHT] = [340, 250];
const EDGE = {top: 12, right: 12, bottom: 40, left: 52};
const [LEAST, MOST] = [1e-5, 1];
const POWERS: Record<number, string> = {"-5": "10⁻⁵", "-4": "10⁻⁴", "-3": "0.001", "-2": "0.01", "-1": "0.1", "0": "1"};

/** How much pixels changed against how far they are from what was edited, on a logarithmic scale. */
export function decayChart(means: readonly number[] | null): DecayChart {
  const x = scaleLinear([-0.5, 15.5], [EDGE.left, WIDTH - EDGE.right]);
  const y = scaleLog([LEAST, MOST], [HEIGHT - EDGE.bottom, EDGE.top]).clamp(true);
  const bars = svg("g", {class: "decay-bars"});
  const floor = HEIGHT - EDGE.bottom;
  const powers = [-5, -4, -3, -2, -1, 0].map((power) => {
    const at = y(10 ** power);
    return svg(
      "g",
      {},
      svg("line", {class: "grid-line", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: at, y2: at}),
      svg("text", {class: "tick", x: EDGE.left - 6, y: at + 4, "text-anchor": "end"}, POWERS[power])
    );
  });
  const cells = [0, 5, 10, 15].map((cell) =>
    svg("text", {class: "tick", x: x(cell), y: floor + 16, "text-anchor": "middle"}, String(cell))
  );
  const title = svg("text", {class: "tick", x: (EDGE.left + WIDTH) / 2, y: HEIGHT - 4, "text-anchor": "middle"});
  title.append("cells from the edit");
  const picture = svg("svg", {viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img"}, ...powers, ...cells, title, bars);
  const caption = html(
    "figcaption",
    {},
    html("b", {}, "Near and far"),
    html("span", {class: "tile-note"}, "mean change of a pixel")
  );
  const node = html("figure", {class: "tile-figure decay-chart"}, picture, caption);

  function update(next: readonly number[] | null): void {
    const known = next ?? [];
    bars.replaceChildren(
      ...known.map((value, cell) => {
        const top = y(Math.max(value, LEAST));
        const half = 0.4 * (x(1) - x(0));
        return svg("rect", {x: x(cell) - half, width: 2 * half, y: top, height: floor - top});
      })
    );
    const words = known.map((value, cell) => `${cell}: ${Number(value.toPrecision(2))}`).join(", ");
    picture.setAttribute("aria-label", `Mean change of a pixel by distance in cells: ${words || "nothing changed"}`);
  }

  update(means);
  return Object.assign(node, {update});
}
