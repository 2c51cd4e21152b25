import {html} from "../components/dom.js";
import {equation, tileNames, type EquationTile, type TileKey} from "../components/equation.js";
import {latentChannels} from "../components/latentChannels.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Tensor} from "../src/tensor.js";
import type {Decoding} from "../page/decoding.js";
import type {Step} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {rescaled} from "../page/rescale.js";
import type {HomeState} from "./state.js";
import type {Store} from "../page/store.js";

const meanings: Record<TileKey, string> = {
  x0: `If all the predicted noise were taken away at once, this would be left: the picture that the model expects at the end, seen from
    here. Early it is a blur, the average of everything that could still come; it sharpens turn by turn.`,
  eps: `What the UNet says is noise, after guidance. The decoder never learned to paint noise, so its picture of it means little; its
    four channels say more.`,
  noise: `Noise thrown by the sampler at this step. DDPM adds some at every step but the last; DDIM adds none, so its run is decided by the
    seed alone.`,
  next: `What the loop carries into its next turn: mostly the guess late in the run, mostly noise early.`
};

/** The shown step as an equation of pictures, a slider for its guidance scale, and the opened tile below. */
export function oneStep({store, decoding}: {store: Store<HomeState>; decoding: Decoding}): HTMLElement {
  const {state} = store;
  const where = html("p", {class: "ruler"});
  const title = html("h2", {}, "One step, as an equation of pictures");
  const tiles = equation<TileKey>([], {value: null});
  const scale = scaleSlider(store);
  const details = html("div", {class: "tile-details"});
  const root = html(
    "section",
    {class: "one-step wide panel", "aria-label": "One step"},
    title,
    where,
    tiles,
    scale,
    details
  );
  tiles.addEventListener("input", () => store.set({opened: tiles.value}));

  let shown: unknown[] = [];
  store.onChange(({film, step: index, opened, triedScale, preview, decoded}) => {
    const record = film.steps[index];
    if (!record) return;
    const step = triedScale === null ? record : rescaled(record, triedScale);
    where.textContent = whereText(step);
    tiles.update(
      equationTiles(step, (latents) => previewOf(latents, preview)),
      opened
    );
    const sight = [record, triedScale, opened, opened && decoded];
    if (sight.some((part, i) => part !== shown[i])) showTile(details, step, opened, {decoding, state});
    shown = sight;
  });
  return root;
}

function whereText({index, numSteps, timestep, prevTimestep}: Step): string {
  const to = prevTimestep < 0 ? "the end" : `t = ${prevTimestep}`;
  return `step ${index + 1} of ${numSteps}, from t = ${timestep} to ${to}`;
}

function equationTiles(step: Step, look: (latents: Tensor) => EquationTile["pixels"]): EquationTile[] {
  const {x0, eps, noise, coefficients, prev} = step;
  return [
    {key: "x0", pixels: look(x0), coefficient: coefficients.x0},
    {key: "eps", pixels: look(eps), coefficient: coefficients.eps},
    {key: "noise", pixels: noise ? look(noise) : null, coefficient: coefficients.noise},
    {key: "next", pixels: look(prev)}
  ];
}

function tensorOf(step: Step, key: TileKey): Tensor | null {
  return key === "next" ? step.prev : step[key];
}

function showTile(
  slot: HTMLElement,
  step: Step,
  key: TileKey | null,
  {decoding, state}: {decoding: Decoding; state: Readonly<HomeState>}
): void {
  if (!key) return slot.replaceChildren();
  const latents = tensorOf(step, key);
  const text = html("p", {}, meanings[key].replace(/\s+/g, " "));
  const title = html("h3", {}, `The ${tileNames[key]}`);
  if (!latents) return slot.replaceChildren(html("div", {class: "tile-text"}, title, text));
  const decoded = decoding.get(latents);
  if (!decoded) decoding.want(latents);
  const picture = pixelCanvas(decoded ?? previewOf(latents, state.preview), {
    label: `The ${tileNames[key]}, ${decoded ? "decoded" : "preview"}`,
    smooth: Boolean(decoded)
  });
  slot.replaceChildren(
    html("div", {class: "tile-text"}, title, text),
    html("figure", {class: "tile-picture"}, picture, html("figcaption", {}, decoded ? "decoded" : "preview")),
    html(
      "div",
      {class: "tile-channels"},
      latentChannels(latents),
      html("p", {class: "caption"}, "its four latent channels: mean ± spread")
    )
  );
}

/** "Another scale for this step alone": no UNet call is needed. */
function scaleSlider(store: Store<HomeState>): HTMLElement {
  const slider = html("input", {type: "range", min: 0, max: 12, step: 0.5, id: "step-scale"});
  const output = html("output", {for: "step-scale"});
  const back = html(
    "button",
    {type: "button", class: "quiet", onclick: () => store.set({triedScale: null})},
    "as drawn"
  );
  slider.addEventListener("input", () => store.set({triedScale: Number(slider.value)}));
  store.onChange(({film, step, triedScale}) => {
    const drawn = film.steps[step]?.guidanceScale ?? film.settings.guidance;
    const value = triedScale ?? drawn;
    slider.value = String(value);
    slider.style.setProperty("--filled", `${(100 * value) / 12}%`);
    output.value = value.toFixed(1);
    back.disabled = triedScale === null || triedScale === drawn;
  });
  return html(
    "div",
    {class: "step-scale"},
    html("label", {for: "step-scale"}, "Scale at this step"),
    html("div", {class: "range"}, slider, output),
    back
  );
}
