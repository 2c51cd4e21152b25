import {html} from "../components/dom.js";
import {equation, tileNames, type EquationTile} from "../components/equation.js";
import {latentChannels} from "../components/latentChannels.js";
import {pixelCanvas} from "../components/pixelCanvas.js";
import type {Pixels} from "../components/pixels.js";
import {slider} from "../components/slider.js";
import {symbol} from "../components/symbol.js";
import type {Remembered} from "../src/samplers/sampler.js";
import type {Tensor} from "../src/tensor.js";
import type {Step} from "../page/film.js";
import {previewOf} from "../page/look.js";
import {callsAt, whereText} from "../page/inStep.js";
import {titleOf} from "./armTitle.js";
import {shownStep} from "./eta.js";
import type {Parts} from "./stage.js";
import {ARM_NAMES} from "./state.js";

/** One tile of a step: its picture is a tensor still. */
type Term = Omit<EquationTile<string>, "pixels"> & {tensor: Tensor | null};

/** Adams and Bashforth's weights, newest first, by how many noises are mixed: PLMS. */
const MIXTURES = [[], ["3/2", "−1/2"], ["23/12", "−16/12", "5/12"], ["55/24", "−59/24", "37/24", "−9/24"]];

/** A step as a sum: what the UNet's answer gives, what earlier calls add, fresh noise, and the result. */
export function termsOf(step: Step, sampler: string): Term[] {
  const {x0, eps, noise, coefficients: share, remembered, earlier, prevXt} = step;
  const fractions = sampler === "pndm" ? pndmFractions(remembered) : [];
  const past = remembered.map((term, i) => pastTerm(term, i, {sampler, fraction: fractions[i + 1]}));
  const untold: Term[] =
    earlier && !past.length ? [{key: "earlier", tensor: earlier, coefficient: 1, name: "earlier calls"}] : [];
  return [
    {key: "x0", tensor: x0, coefficient: share.x0},
    {
      key: "eps",
      tensor: eps,
      coefficient: share.eps,
      note: fractions[0] && `${fractions[0]} of the mixed noise, and its own`
    },
    ...past,
    ...untold.filter(({tensor}) => tensor && tensor.data.some((value) => Math.abs(value) > 1e-6)),
    {key: "noise", tensor: noise, coefficient: share.noise},
    {key: "next", tensor: prevXt}
  ];
}

/** The fractions of PLMS, where a step is one: all it remembers are noises. */
function pndmFractions(remembered: readonly Remembered[]): readonly string[] {
  return remembered.every(({of}) => of === "eps") ? (MIXTURES[remembered.length] ?? []) : [];
}

function pastTerm(
  {of, share, value}: Remembered,
  index: number,
  {sampler, fraction}: {sampler: string; fraction: string | undefined}
): Term {
  const back = `−${index + 1}`;
  const named = {
    eps: {name: "an earlier noise", symbol: () => symbol("ε", {hat: true, index: back})},
    x0: {name: "an earlier guess", symbol: () => symbol("x", {hat: true, index: `0, ${back}`})},
    sample: {name: "where the step began", symbol: () => symbol("x", {index: "begun"})}
  }[of];
  const summed = sampler === "pndm" && of === "eps" && index === 1; // Runge-Kutta's last call of four
  const own = summed ? {name: "this step's noises, summed", symbol: () => symbol("Σε", {hat: true})} : named;
  return {
    key: `past${index}-${of}`,
    tensor: value,
    coefficient: share,
    note: fraction && `${fraction} of the mixed noise`,
    ...own
  };
}

const MEANINGS: Record<string, string> = {
  x0: "What the model expects at the end, if all the noise it sees were taken away at once.",
  eps: "What the model says is noise in what it was shown.",
  noise:
    "Noise that the sampler throws at this step. Where its tile is hatched there is none: DDIM puts that weight on the predicted noise instead, and eta moves it back.",
  next: "What the loop carries on, in one scale for all samplers.",
  past: "Kept from an earlier call: multistep samplers use it to guess how the prediction bends, without another call."
};

/** Both arms' step, each as an equation of pictures. */
export function equations(parts: Parts): HTMLElement {
  return html(
    "section",
    {class: "figure wide", "aria-label": "One step of each arm"},
    ...([0, 1] as const).map((index) => armEquation(parts, index)),
    etaSlider(parts)
  );
}

/** Another eta for the shown step alone, where an arm is DDIM: sums of what is there, no UNet call. */
function etaSlider({store}: Parts): HTMLElement {
  const eta = slider("Eta at this step", {
    ...{id: "tried-eta", min: 0, max: 1, step: 0.05, value: 0},
    format: (share) => share.toFixed(2)
  });
  const back = html("button", {type: "button", class: "quiet"}, "as drawn");
  const hint = html("span", {class: "facts"});
  eta.addEventListener("input", () => store.set({triedEta: eta.value}));
  back.addEventListener("click", () => store.set({triedEta: null}));
  store.onChange(({runs, triedEta}) => {
    const own = runs.find(({settings}) => settings.sampler === "ddim")?.settings.eta;
    eta.disabled = own === undefined;
    eta.value = triedEta ?? own ?? 0;
    back.disabled = own === undefined || triedEta === null;
    hint.textContent = own === undefined ? "Eta is DDIM’s: choose DDIM in one arm, and draw." : "";
  });
  return html("div", {class: "tried-eta"}, eta, back, hint);
}

function armEquation({store, decoding}: Parts, index: 0 | 1): HTMLElement {
  const name = ARM_NAMES[index];
  const title = html("h3", {class: `arm-title arm-${name.toLowerCase()}`});
  const where = html("p", {class: "ruler"});
  const tiles = equation<string>([], {label: `One step of arm ${name} as an equation of pictures`});
  const details = html("div", {class: "tile-details"});
  let opened: string | null = null;
  let shown: unknown[] = [];
  tiles.addEventListener("input", () => {
    opened = tiles.value;
    store.set({});
  });
  store.onChange(({runs, step, preview, decoded, triedEta}) => {
    const run = runs[index];
    const call = callsAt(runs, step)[index];
    const record = shownStep(run, call, triedEta);
    if (!record) return;
    const terms = termsOf(record, run.settings.sampler);
    const look = (tensor: Tensor | null): Pixels | null => tensor && previewOf(tensor, preview);
    title.textContent = titleOf(name, run, triedEta);
    where.textContent = whereText(run, call);
    tiles.update(
      terms.map(({tensor, ...tile}) => ({...tile, pixels: look(tensor)})),
      opened
    );
    const sight = [record, opened, opened && decoded];
    if (sight.some((part, i) => part !== shown[i])) {
      const term = terms.find(({key}) => key === opened);
      details.replaceChildren(...(term?.tensor ? opening(term, term.tensor) : []));
    }
    shown = sight;

    function opening(term: Term, tensor: Tensor): Node[] {
      const picture = decoding.get(tensor);
      if (!picture) decoding.want(tensor);
      const words = term.name ?? tileNames[term.key as keyof typeof tileNames];
      const meaning = MEANINGS[term.key] ?? MEANINGS.past;
      return [
        html("div", {class: "tile-text"}, html("h4", {}, `The ${words.replace(/^an? /, "")}`), html("p", {}, meaning)),
        html(
          "figure",
          {class: "tile-picture"},
          pixelCanvas(picture ?? previewOf(tensor, preview), {label: words, smooth: Boolean(picture)}),
          html("figcaption", {}, picture ? "decoded" : "preview")
        ),
        html(
          "div",
          {class: "tile-channels"},
          latentChannels(tensor),
          html("p", {class: "caption"}, "its four channels")
        )
      ];
    }
  });
  return html("div", {class: "arm-equation"}, title, where, tiles, details);
}
