import {html} from "../components/dom.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";

/** DDPM in several numbers of steps: what it expects at eight moments of each run. */
export interface RecordedDdpm {
  readonly prompt: string;
  readonly seed: number;
  readonly guidance: number;
  readonly runs: readonly {
    readonly steps: number;
    readonly frames: readonly {readonly index: number; readonly timestep: number}[];
  }[];
}

/** One row a run; the pictures come later, in the order of the sheet. */
export function recordedDdpm({
  prompt,
  seed,
  guidance,
  runs
}: RecordedDdpm): HTMLElement & {show(pictures: readonly Pixels[]): void} {
  const canvases = runs.flatMap(({steps, frames}) =>
    frames.map(({index, timestep}) =>
      pixelCanvas(null, {
        label: `“${prompt}” as DDPM of ${steps} steps expects it at t = ${timestep}, step ${index + 1}, recorded`,
        smooth: true
      })
    )
  );
  const rows = runs.map(({steps, frames}, row) =>
    html(
      "div",
      {class: "ddpm-row"},
      html("h3", {}, `${steps.toLocaleString("en")} steps`),
      html(
        "div",
        {class: "ddpm-frames"},
        ...frames.map(({timestep}, i) =>
          html("figure", {}, canvases[row * frames.length + i], html("figcaption", {}, `t = ${timestep}`))
        )
      )
    )
  );
  const caption = `Recorded: “${prompt}”, seed ${seed}, guidance ${guidance}, diffusers’ DDPMScheduler on this model; x̂0 decoded at eight moments of each run.`;
  const node = html(
    "section",
    {class: "figure wide", "aria-label": "DDPM in 30, 100 and 1,000 steps"},
    ...rows,
    html("p", {class: "caption"}, caption)
  );
  return Object.assign(node, {
    show: (pictures: readonly Pixels[]) => canvases.forEach((canvas, i) => canvas.paint(pictures[i] ?? null))
  });
}
