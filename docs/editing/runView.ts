import {filmStrip} from "../components/filmStrip.js";
import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {stepPlayer} from "../components/stepPlayer.js";
import type {Tensor} from "../src/tensor.js";
import type {Stop} from "./entry.js";
import {stripOf, type PictureRun} from "./run.js";

/** What the view shows: a run, the step looked at, and the loop's stops. */
export interface RunViewData {
  readonly run: PictureRun;
  readonly step: number;
  readonly stops: readonly Stop[];
  readonly playing?: boolean;
}

/** The view as an input: `value` is the step looked at. */
export type RunView = HTMLElement & {readonly value: number; update(data: RunViewData): void};

/** The strip of a run and, with `player`, the slider "Step" over it. "toggle" asks to play or to pause. */
export function runView(
  look: (latents: Tensor) => Pixels,
  {player = false, name = "Key frames of the loop"} = {}
): RunView {
  const strip = filmStrip([]);
  strip.setAttribute("aria-label", name);
  const bar = stepPlayer({
    count: 0,
    numSteps: 1,
    rulerOf: () => ({index: 0, numSteps: 1, timestep: 0, alphaCumprod: 1})
  });
  const node = html("div", {class: "run-view"}, strip, player ? bar : null);
  let value = 0;
  strip.addEventListener("input", () => (value = strip.value));
  bar.addEventListener("input", () => (value = bar.value));
  bar.addEventListener("toggle", () => node.dispatchEvent(new Event("toggle")));

  return Object.defineProperty(
    Object.assign(node, {
      update({run, step, stops, playing = false}: RunViewData): void {
        value = step;
        const frames = stripOf(run, look);
        strip.style.setProperty("--frames", String(Math.max(6, frames.length)));
        strip.update(frames, step);
        const count = run.result ? run.numSteps : (run.frames.at(-1)?.index ?? -1) + 1;
        const rulerOf = (index: number) => ({
          index,
          numSteps: run.numSteps,
          ...stops[Math.min(index, stops.length - 1)]
        });
        bar.update({count, numSteps: run.numSteps, rulerOf}, Math.max(0, step));
        bar.playing = playing;
      }
    }),
    "value",
    {get: () => value}
  ) as unknown as RunView;
}
