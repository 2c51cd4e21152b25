/** What a benchmark found, as rows, and the rows as a table. */
import {median} from "../../src/median.js";

export interface Row {
  readonly what: string;
  /** Where it was run: "Node, 1 thread", "Chromium, 2 threads". */
  readonly where: string;
  readonly value: number;
  /** Half of the turns lay between these two: how far the figure can be trusted. Left out where it was taken once. */
  readonly between?: readonly [number, number];
  /** "times" and "share" have no unit of their own: a share is written in percent. */
  readonly unit: "times" | "share" | "ms" | "s" | "MB";
  /** The largest value that is allowed, in the same unit; left out where the figure is told and not bounded. */
  readonly bar?: number;
  /** What the figure was made of, in words. */
  readonly detail?: string;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** What else ran: how many tasks wanted a processor, on average over the minute before. */
  readonly loadBefore: number;
  readonly node: string;
  readonly chromium: string;
  readonly onnxruntime: string;
}

export interface Report {
  readonly command: string;
  /** ISO 8601, to the day. */
  readonly date: string;
  readonly model: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

/** The median of some turns, and the quarters to both sides of it. */
export function middle(values: readonly number[]): {value: number; between: readonly [number, number]} {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return {value: median(values), between: [at(0.25), at(0.75)]};
}

/** Rows that are over their bar. */
export const missed = (rows: readonly Row[]): Row[] =>
  rows.filter(({value, bar}) => bar !== undefined && !(value <= bar));

export function markdown({command, date, model, machine, rows}: Report): string {
  const {processor, cores, loadBefore, node, chromium, onnxruntime} = machine;
  const lines = rows.map((row) => {
    const {what, where, value, between, unit, bar, detail = ""} = row;
    const held = bar === undefined ? "" : `${told(bar, unit)} ${missed([row]).length ? "**missed**" : "held"}`;
    const quarters = between ? between.map((side) => told(side, unit)).join(" to ") : "";
    return `| ${what} | ${told(value, unit)} | ${quarters} | ${held} | ${where} | ${detail} |`;
  });
  return `# Benchmarks

Made by \`${command}\` on ${date} with the model "${model}": ${processor}, ${cores} cores; Node ${node}, ${chromium}, onnxruntime-web ${onnxruntime}.
Each ratio is a median over turns in which both of its sides ran one after the other, so that other work on the machine touches both alike;
beside it stands the range that half of the turns lay in. Before it began, ${loadBefore.toFixed(1)} other tasks wanted a processor: on a busy machine read Chromium's figures with care.
The same figures as JSON: \`docs/recorded/benchmarks.json\`.

| what | figure | half of the turns | at most | where | of what |
|---|---|---|---|---|---|
${lines.join("\n")}
`;
}

function told(value: number, unit: Row["unit"]): string {
  switch (unit) {
    case "share":
      return `${(100 * value).toFixed(Math.abs(value) < 0.01 ? 3 : 1)} %`;
    case "times":
      return `${value.toFixed(value < 10 ? 3 : 1)} ×`;
    default:
      return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
  }
}
