import {html} from "../components/dom.js";
import type {LinearPreview} from "../components/pixels.js";
import {rulerText} from "../components/ruler.js";
import {slider} from "../components/slider.js";
import type {Tensor} from "../src/tensor.js";
import type {Decoding} from "../page/decoding.js";
import type {Film, Step} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {algorithm} from "./algorithm.js";
import {arrow, laneTile, part} from "./laneParts.js";
import type {LearningState} from "./state.js";

/** The number whose way is told: channel 1, row 9, column 9 of the latents. */
const PLACE = 8 * 16 + 8;

export interface DrawingLaneParts {
  /** Recorded, by DDPM. */
  readonly film: Film;
  readonly preview: LinearPreview;
  readonly decoding: Decoding;
  readonly store: Store<LearningState>;
}

/** A recorded drawing, step by step: its pictures as a lane, and algorithm 2 with the numbers of one latent. */
export function drawingLane({film, preview, decoding, store}: DrawingLaneParts) {
  const {steps, numSteps, settings} = film;
  const last = steps[numSteps - 1];
  const bar = slider("Step", {
    ...{min: 1, max: numSteps, value: Math.min(numSteps, store.state.step + 1), id: "drawing-step"},
    format: (value) => rulerText(steps[value - 1])
  });
  bar.addEventListener("input", () => store.set({step: bar.value - 1}));
  const [start, before, guess, after, clean, picture] = [
    "noise, by the seed",
    "xt, before this step",
    "the UNet's ε̂, guided",
    "after it: less noise",
    "clean latents x0",
    "the picture"
  ].map(laneTile);
  const lines = algorithm("Algorithm 2: drawing", [
    "start from noise x_T",
    "for t = T … 1",
    "throw z, normal (0 at the last step)",
    "x_{t−1} = (x_t − β_t / √(1 − ᾱ_t) · ε̂(x_t, t, caption)) / √α_t + σ_t z",
    "return x_0, and decode it"
  ]);
  for (const [tile, latents] of [[start, steps[0].xt], [clean, last.prev]] as const) tile.update(previewOf(latents, preview)); // prettier-ignore

  function update(state: Readonly<LearningState>): void {
    const step = steps[Math.min(state.step, numSteps - 1)];
    before.update(previewOf(step.xt, preview));
    guess.update(previewOf(step.eps, preview));
    after.update(previewOf(step.prev, preview));
    lines.update(valuesOf(step, steps[0], last), 3);
  }
  onSelected(store, ["step"], update);
  onSelected(store, ["ready", "decoded"], ({ready}) => {
    picture.update(decoding.get(last.prev) ?? previewOf(last.prev, preview));
    if (ready) decoding.later([last.prev]);
  });

  const lane = html(
    "div",
    {class: "lane"},
    html("h3", {}, "Drawing: every time, in a loop, from noise alone"),
    bar,
    html(
      "div",
      {class: "lane-row", "data-lane": "drawing", tabindex: 0, role: "group", "aria-label": "A drawing"},
      ...[start.node, html("span", {class: "plus"}, "⋯"), before.node],
      html("div", {class: "stack"}, part("Text encoder", "text-encoder", true), part("UNet", "unet", true)),
      ...[guess.node, part("Sampler", "unet", false, "DDPM"), after.node],
      ...[html("span", {class: "plus"}, "⋯"), clean.node, part("VAE decoder", "decoder", true), arrow(), picture.node]
    ),
    html(
      "p",
      {class: "caption"},
      `recorded: ${film.model}, “${film.prompt}”, seed ${settings.seed}, ${settings.sampler.toUpperCase()}, ${numSteps} steps, guidance ${settings.guidance} · in the algorithm, one of its 1,024 numbers: channel 1, row 9, column 9`
    )
  );
  return {lane, algorithm: lines.node};
}

/**
 * Algorithm 2's lines with the numbers of one latent (Ho et al. 2020; a step over several timesteps has alpha = ᾱ_t / ᾱ_s, as in
 * the derivation).
 */
function valuesOf({xt, eps, noise, timestep, index, numSteps, ...step}: Step, first: Step, last: Step): string[] {
  const at = ({data}: Tensor) => data[PLACE];
  const alpha = step.alphaCumprod / step.prevAlphaCumprod;
  const deviation = Math.sqrt(1 - step.alphaCumprod);
  const thrown = index < numSteps - 1 && noise ? at(noise) : 0;
  const sigma = index < numSteps - 1 ? step.coefficients.noise : 0;
  const next = (at(xt) - ((1 - alpha) / deviation) * at(eps)) / Math.sqrt(alpha) + sigma * thrown;
  const sum = `(${number(at(xt))} − ${number(1 - alpha)} / ${number(deviation)} · ${bracket(at(eps))}) / ${number(Math.sqrt(alpha))} + ${number(sigma)} · ${bracket(thrown)} = ${number(next)}`;
  return [
    `x = ${number(at(first.xt))}`,
    `step ${index + 1} of ${numSteps}: t = ${timestep}`,
    `z = ${number(thrown)}`,
    sum,
    `x = ${number(at(last.prev))}`
  ];
}

const number = (value: number): string => value.toFixed(4).replace("-", "−");
const bracket = (value: number): string => (value < 0 ? `(${number(value)})` : number(value));
