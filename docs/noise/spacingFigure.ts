import {html, svg} from "../components/dom.js";
import {slider} from "../components/slider.js";
import {spacedTimesteps, type TimestepSpacing} from "../src/timesteps.js";
import {figure} from "../page/figure.js";
import type {FigureParts} from "./mainFigure.js";

const SPACINGS: readonly {key: TimestepSpacing; says: string}[] = [
  {
    key: "leading",
    says: "even steps counted from the beginning, so that the end is left out. Stable Diffusion's, with 1 added"
  },
  {key: "linspace", says: "even steps from 0 to 999, both of which are visited"},
  {key: "trailing", says: "even steps counted from the end, so that the beginning is left out"}
];
const [WIDTH, HEIGHT, EDGE] = [640, 34, 8];
const x = (t: number): number => EDGE + (t / 999) * (WIDTH - 2 * EDGE);

/** Which of the 1,000 timesteps a drawing visits, by the three spacings. */
export function spacingFigure({store}: Pick<FigureParts, "store">): HTMLElement {
  const steps = slider("Steps", {min: 1, max: 100, value: store.state.steps});
  const rows = SPACINGS.map(({key, says}) => {
    const ticks = svg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      class: "ticks",
      preserveAspectRatio: "none"
    });
    const list = html("p", {class: "tick-list"});
    return {
      key,
      ticks,
      list,
      node: html("div", {class: "spacing"}, html("p", {}, html("b", {}, key), ` · ${says}`), ticks, list)
    };
  });
  const node = figure("Which timesteps are visited", steps, ...rows.map((row) => row.node));
  store.onChange(({table, t, steps: count}) => {
    steps.value = count;
    for (const {key, ticks, list} of rows) {
      const config = {timestep_spacing: key, steps_offset: key === "leading" ? 1 : 0};
      const visited = spacedTimesteps(count, config);
      ticks.replaceChildren(
        svg("line", {class: "axis", x1: EDGE, x2: WIDTH - EDGE, y1: HEIGHT / 2, y2: HEIGHT / 2}),
        ...visited.map((at) => svg("line", {class: "visit", x1: x(at), x2: x(at), y1: 5, y2: HEIGHT - 5})),
        svg("line", {class: "now", x1: x(t), x2: x(t), y1: 0, y2: HEIGHT})
      );
      const words = shortened(visited);
      ticks.setAttribute("aria-label", `${key} visits ${words}`);
      const left = Math.sqrt(table.alphasCumprod[Math.min(999, visited[0])]);
      list.textContent = `${words}. It begins where ${(100 * left).toFixed(1)} % of the picture's amplitude would be left.`;
    }
  });
  steps.addEventListener("input", (event) => {
    event.stopPropagation();
    store.set({steps: steps.value});
  });
  return node;
}

/** Few timesteps in full, of many the ends. */
export function shortened(timesteps: readonly number[]): string {
  if (timesteps.length <= 10) return timesteps.join(", ");
  return `${timesteps.slice(0, 5).join(", ")} … ${timesteps.slice(-3).join(", ")}`;
}
