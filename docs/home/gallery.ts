import {branchBoard} from "../components/branchBoard.js";
import {html} from "../components/dom.js";
import {equation, type TileKey} from "../components/equation.js";
import {filmStrip} from "../components/filmStrip.js";
import {keyFrames} from "../components/keyFrames.js";
import {loopRing} from "../components/loopRing.js";
import {previewPixels} from "../components/pixels.js";
import type {Tensor} from "../src/tensor.js";
import type {Step} from "../page/film.js";
import {syntheticFilm, syntheticPreview} from "./synthetic.js";

let specimens = 0;

/** A component in one state, with the words that say which. */
export function specimen(state: string, node: Node): HTMLElement {
  const shown = html("figure", {class: "specimen"}, node, html("figcaption", {}, state));
  withOwnIds(shown, `-${++specimens}`);
  return shown;
}

/** A page has one prompt, the gallery many: each specimen's ids, and what points to them, get an ending of their own. */
function withOwnIds(root: HTMLElement, ending: string): void {
  const known = [...root.querySelectorAll("[id]")].map(({id}) => id);
  for (const name of ["id", "for", "aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const node of root.querySelectorAll(`[${name}]`)) {
      const value = node.getAttribute(name)!;
      if (known.includes(value)) node.setAttribute(name, value + ending);
    }
  }
}

/** The synthetic run that every specimen shows. */
export const film = syntheticFilm({numSteps: 16});
const keys = keyFrames(film.numSteps);

/** A linear preview of synthetic latents. */
export const look = (latents: Tensor) => previewPixels(latents, syntheticPreview);

/** The loop before its first step, half way, and unrolled. */
export function loops(): HTMLElement[] {
  const state = (done: number) => ({
    ...{numSteps: film.numSteps, done, selected: done - 1},
    latents: done ? look(film.steps[done - 1].xt) : null,
    keys: keys.map((index) => ({index, pixels: index < done ? look(film.steps[index].xt) : null}))
  });
  return [
    specimen("before the first step", loopRing(state(0))),
    specimen("half way", loopRing(state(8))),
    specimen("unrolled", loopRing(state(16), {unrolled: true}))
  ];
}

/** The strip complete, and while its run goes on. */
export function strips(): HTMLElement[] {
  const frames = (done: number) =>
    keys.map((index) => {
      const step = index < done ? film.steps[index] : null;
      return {index, timestep: step?.timestep ?? null, xt: step && look(step.xt), x0: step && look(step.x0)};
    });
  return [
    specimen("before the first step", filmStrip(frames(0))),
    specimen("complete", filmStrip(frames(16), {selected: 9})),
    specimen("while the run goes on", filmStrip(frames(6), {selected: 5}))
  ];
}

/** The equation of an early and of a late step, and of one that adds fresh noise. */
export function equations(): HTMLElement[] {
  const tiles = (step: Step, noise: Tensor | null, value: TileKey | null = null) =>
    equation(
      [
        {key: "x0", pixels: look(step.x0), coefficient: step.coefficients.x0},
        {key: "eps", pixels: look(step.eps), coefficient: step.coefficients.eps},
        {key: "noise", pixels: noise && look(noise), coefficient: noise ? 0.3 : 0},
        {key: "next", pixels: look(step.prev)}
      ],
      {value}
    );
  return [
    specimen("an early step, without fresh noise", tiles(film.steps[2], null)),
    specimen(
      "a late step, with fresh noise, the guess opened",
      tiles(film.steps[13], syntheticFilm({numSteps: 1, seed: 5}).steps[0].eps, "x0")
    )
  ];
}

/** The board with a finished branch and one under way. */
export function board(): HTMLElement {
  const pictures = (seed: number, done = film.numSteps) => {
    const {steps} = syntheticFilm({numSteps: film.numSteps, seed, done});
    return {frames: keys.map((key) => (steps[key] ? look(steps[key].x0) : null)), final: look(steps.at(-1)!.x0)};
  };
  return branchBoard({
    keys,
    trunk: {label: "the trunk", from: 0, ...pictures(1)},
    branches: [
      {label: "from step 4: “sun” becomes “moon”", from: 3, ...pictures(2), note: "differs from the trunk by 12.3 %"},
      {label: "from step 10: scale 9.0", from: 9, ...pictures(3, 12), note: "step 12 of 16"}
    ]
  });
}
