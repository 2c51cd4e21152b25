import {html} from "../components/dom.js";
import {lineChart, type ChartLine} from "../components/lineChart.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

/** What scripts/record/playground.py measured. One letter a prompt: A as the trunk asked, B as the fork asked, - neither. */
export interface RecordedForks {
  readonly command: string;
  readonly model: string;
  readonly steps: number;
  readonly guidance: number;
  readonly prompts: number;
  readonly timesteps: readonly number[];
  /** Steps that were drawn with the trunk's prompt. */
  readonly forks: readonly number[];
  readonly shown: {readonly seed: number; readonly prompt: string; readonly forks: Readonly<Record<Kind, string>>};
  readonly answers: Readonly<Record<Kind, readonly string[]>>;
}

export const KINDS = ["object", "place", "side"] as const;
export type Kind = (typeof KINDS)[number];

const WORDS: Readonly<Record<Kind, {name: string; tone: string; dash?: string}>> = {
  object: {name: "another thing", tone: "var(--tone-object)"},
  place: {name: "another place", tone: "var(--tone-place)", dash: "7 4"},
  side: {name: "the other side", tone: "var(--tone-side)", dash: "2 4"}
};

/** The share of prompts, 0 to 1, whose picture shows what the fork asked for; or with "A" what the trunk asked for. */
export const shareOf = (answers: string, letter: "A" | "B"): number =>
  [...answers].filter((answer) => answer === letter).length / answers.length;

/** Where a falling curve crosses a half, in steps, on straight lines between the forks; null where it does not. */
export function halfWay(forks: readonly number[], shares: readonly number[]): number | null {
  const after = shares.findIndex((share) => share < 0.5);
  if (after <= 0) return null;
  const [a, b] = [shares[after - 1], shares[after]];
  return forks[after - 1] + ((a - 0.5) / (a - b)) * (forks[after] - forks[after - 1]);
}

export type Decided = HTMLElement & {show(sheet: Pixels): void};

/** The curves, the numbers, and one trunk's forks as pictures. Recorded, all of it. */
export function decided(recorded: RecordedForks): Decided {
  const {answers, forks, steps, guidance, prompts, model, timesteps, shown} = recorded;
  const lines = KINDS.map((kind): ChartLine => {
    const {name, ...look} = WORDS[kind];
    return {name, ...look, dots: true, points: forks.map((fork, i) => [fork, 100 * shareOf(answers[kind][i], "B")])};
  });
  const chart = lineChart(
    {
      lines,
      domain: {x: [0, steps], y: [0, 100]},
      label: `How often the picture follows the words after the fork, by the step of the fork: ${KINDS.map((kind) => `${WORDS[kind].name} ${forks.map((fork, i) => `${Math.round(100 * shareOf(answers[kind][i], "B"))} % at ${fork}`).join(", ")}`).join("; ")}`
    },
    {
      x: {title: `steps drawn with the first words, of ${steps}`, ticks: forks},
      y: {title: "follows the words after the fork, %", ticks: [0, 25, 50, 75, 100]}
    }
  );
  const cells = KINDS.map(() => forks.map(() => pixelCanvas(null, {label: "", smooth: true})));
  const rows = KINDS.map((kind, row) => {
    const pictures = forks.map((fork, i) => {
      const after = shown.forks[kind];
      const words =
        fork === 0
          ? `“${after}” from the start`
          : fork === steps
            ? `“${shown.prompt}” to the end`
            : `“${shown.prompt}”, from step ${fork + 1} on “${after}”`;
      cells[row][i].label(`${words}, recorded`);
      return html("figure", {}, cells[row][i], html("figcaption", {}, fork === steps ? "never" : `${fork}`));
    });
    return html(
      "div",
      {class: "decided-row"},
      html("p", {}, `${WORDS[kind].name}: “${shown.forks[kind]}”`),
      html("div", {class: "decided-pictures", style: `--columns: ${forks.length}`}, ...pictures)
    );
  });
  const node = html(
    "figure",
    {class: "figure wide decided", "aria-label": "When is what decided?"},
    chart,
    html("p", {class: "verdict"}, sentence(recorded)),
    html(
      "div",
      {class: "decided-rows"},
      html("p", {}, `The trunk: “${shown.prompt}”. Below each picture: after how many steps the words changed.`),
      ...rows
    ),
    html(
      "figcaption",
      {class: "caption"},
      `recorded · ${model} · ${prompts} prompts for each curve · DDIM, ${steps} steps (t = ${timesteps[0]} … ${timesteps[timesteps.length - 1]}) · guidance ${guidance} · named by the judge, a classifier that never saw a drawn picture · pictures: seed ${shown.seed} · ${recorded.command}`
    )
  );
  return Object.assign(node, {
    show(sheet: Pixels): void {
      const side = sheet.height / KINDS.length;
      cells.forEach((row, y) => row.forEach((canvas, x) => canvas.paint(cut(sheet, x * side, y * side, side))));
    }
  });
}

/** What the curves say, from the numbers. */
export function sentence({answers, forks, steps, timesteps}: RecordedForks): string {
  const told = KINDS.map((kind) => {
    const shares = answers[kind].map((each) => shareOf(each, "B"));
    const at = halfWay(forks, shares);
    if (at === null) return `${WORDS[kind].name} does not cross a half`;
    const t = timesteps[Math.min(timesteps.length - 1, Math.round(at))];
    return `${WORDS[kind].name} after ${at.toFixed(1)} of ${steps} steps (t about ${Math.round(t)})`;
  });
  return `Half of the pictures still follow the new words: ${told.join("; ")}.`;
}

function cut({data, width}: Pixels, left: number, top: number, side: number): Pixels {
  const part = new Uint8ClampedArray(4 * side * side);
  for (let y = 0; y < side; y++) {
    const start = 4 * ((top + y) * width + left);
    part.set(data.subarray(start, start + 4 * side), 4 * y * side);
  }
  return {data: part, width: side, height: side};
}
