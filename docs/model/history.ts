import type {LineChartData, Place} from "../components/lineChart.js";
import type {Pixels} from "../components/pixels.js";
import {sheetPixels} from "../page/recorded.js";
import {readLines} from "../page/lines.js";
import type {Trained} from "./state.js";

/** A line of history/*-metrics.jsonl: means since the line before. */
export interface Metric {
  readonly step: number;
  /** Since training began. */
  readonly seconds: number;
  readonly loss: number;
  readonly mse?: number;
  readonly object_mse?: number;
  readonly psnr?: number;
  readonly accuracy?: number;
}

/** A line of history/<part>.jsonl: what was kept at a checkpoint. */
export interface Checkpoint {
  readonly step: number;
  /** UNet: prompt i, drawn from noise i of the seed. */
  readonly prompts?: readonly string[];
  readonly seed?: number;
  readonly steps?: number;
  /** Autoencoder: of each reconstruction, in dB. */
  readonly psnr?: readonly number[];
  /** CLIP: pictures down, captions across. */
  readonly cosine?: readonly (readonly number[])[];
}

export interface History {
  readonly metrics: readonly Metric[];
  readonly checkpoints: readonly Checkpoint[];
}

/** Pictures that a part learned from in each step (data/training/configs/tiny.json). */
export const BATCHES: Readonly<Record<Trained, number>> = {unet: 64, vae: 16, clip: 64};

const folder = (): string => new URL("_file/models/tiny/history/", document.baseURI).href;

async function answer(path: string): Promise<Response> {
  const response = await fetch(folder() + path);
  if (!response.ok) throw new Error(`the history of the training is out of reach: ${path} (${response.status})`);
  return response;
}

export async function openHistory(part: Trained): Promise<History> {
  const [metrics, checkpoints] = await Promise.all(
    [`${part}-metrics.jsonl`, `${part}.jsonl`].map(async (path) => (await answer(path)).text())
  );
  return {metrics: readLines<Metric>(metrics), checkpoints: readLines<Checkpoint>(checkpoints)};
}

/** The pictures of a checkpoint, left to right. @param name a step, or "original" */
export async function historyPictures(part: "unet" | "vae", name: number | "original"): Promise<Pixels[]> {
  const file = typeof name === "number" ? String(name).padStart(6, "0") : name;
  return sheetPixels(await (await answer(`${part}/${file}.webp`)).blob());
}

/** Curves with so many places: what was logged between two of them, evenly on a logarithmic axis, is averaged. */
export function smoothed(
  metrics: readonly Metric[],
  value: (metric: Metric) => number | undefined,
  count = 90
): Place[] {
  const [first, last] = [metrics[0]?.step ?? 1, metrics.at(-1)?.step ?? 1];
  const bins = new Map<number, {sum: number; steps: number; count: number}>();
  for (const metric of metrics) {
    const here = value(metric);
    if (here === undefined) continue;
    const bin = Math.floor((count * Math.log(metric.step / first)) / Math.log(last / first + 1e-9));
    const known = bins.get(bin) ?? {sum: 0, steps: 0, count: 0};
    bins.set(bin, {sum: known.sum + here, steps: known.steps + metric.step, count: known.count + 1});
  }
  return [...bins.values()].map(({sum, steps, count: of}): Place => [steps / of, sum / of]);
}

/** How long training had taken at a step. */
export const secondsAt = (metrics: readonly Metric[], step: number): number =>
  step === 0 ? 0 : (metrics.find((metric) => metric.step >= step) ?? metrics.at(-1))!.seconds;

/** "40 s", "12 min", "3.6 hours". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} hours`;
}

/** What a part's training made small (or large), as curves; the first mark is the checkpoint on show. */
export function curvesOf(part: Trained, {metrics}: History, step: number): LineChartData[] {
  const here = (points: readonly Place[]): Place =>
    points.reduce((best, place) => (Math.abs(place[0] - step) < Math.abs(best[0] - step) ? place : best));
  const chart = (
    curves: readonly {name: string; value: (metric: Metric) => number | undefined; tone: string; dash?: string}[],
    what: string
  ): LineChartData => {
    const lines = curves.map(({name, value, tone, dash}) => ({name, points: smoothed(metrics, value), tone, dash}));
    const ends = lines.map(
      ({name, points}) => `${name} from ${points[0][1].toFixed(2)} to ${points.at(-1)![1].toFixed(3)}`
    );
    return {
      lines,
      marks: lines.map(({points, tone}) => ({at: here(points), tone})),
      label: `${what} over the steps of training: ${ends.join("; ")}`
    };
  };
  if (part === "unet")
    return [
      chart(
        [
          {name: "all cells", value: ({mse}) => mse, tone: "var(--curve-a)"},
          {name: "cells of things", value: ({object_mse}) => object_mse, tone: "var(--curve-b)", dash: "5 3"}
        ],
        "Error of the noise"
      ),
      chart([{name: "loss", value: ({loss}) => loss, tone: "var(--curve-d)"}], "Loss")
    ];
  if (part === "vae")
    return [
      chart([{name: "loss", value: ({loss}) => loss, tone: "var(--curve-a)"}], "Loss"),
      chart([{name: "PSNR", value: ({psnr}) => psnr, tone: "var(--curve-b)"}], "PSNR")
    ];
  return [
    chart([{name: "loss", value: ({loss}) => loss, tone: "var(--curve-a)"}], "Loss"),
    chart([{name: "right caption first", value: ({accuracy}) => 100 * accuracy!, tone: "var(--curve-b)"}], "Accuracy")
  ];
}
