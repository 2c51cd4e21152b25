import {html} from "../components/dom.js";
import {histogram} from "../components/histogram.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {varianceOf} from "./mixing.js";
import type {AutoencoderState} from "./state.js";

const normal = (x: number): number => Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);

/** Latents before and after the scaling factor, beside the normal distribution that the noise schedule counts on. */
export function scaling(store: Store<AutoencoderState>): HTMLElement {
  const charts = ["As the encoder gives them", "Times the scaling factor"].map((title) =>
    histogram({values: [0], density: normal}, {title, from: -5, to: 5})
  );
  const words = html("p", {class: "measured"});
  onSelected(store, ["coded", "facts"], ({coded, facts: {scalingFactor}}) => {
    if (!coded) return;
    const raw = coded.distribution.mean;
    charts[0].update({values: raw.data, density: normal});
    charts[1].update({values: coded.latents.data, density: normal});
    const [before, after] = [raw, coded.latents].map((tensor) => Math.sqrt(varianceOf(tensor)));
    words.textContent =
      `This model's factor is ${scalingFactor.toFixed(4)}. In this picture it brings the standard deviation from ` +
      `${before.toFixed(2)} to ${after.toFixed(2)}; over all training pictures together it is 1. Without it, the ` +
      `signal-to-noise ratio at every timestep would be ${(1 / scalingFactor ** 2).toFixed(1)} times what the schedule says; ` +
      `in Stable Diffusion 1.5, whose factor is 0.18215, ${(1 / 0.18215 ** 2).toFixed(0)} times.`;
  });
  return html(
    "section",
    {class: "figure wide", "aria-label": "What the scaling factor does"},
    html("div", {class: "figure-row two"}, ...charts),
    html(
      "p",
      {class: "tile-note"},
      "Bars: this picture's 1,024 latents. Curve: the normal distribution with standard deviation 1."
    ),
    words
  );
}
