import {html} from "../components/dom.js";
import type {Store} from "../page/store.js";
import {inGuess} from "./errors.js";
import {GROUPS, type ModelRecording} from "./recorded.js";
import type {ModelState} from "./state.js";

/** Both errors with the numbers of the noise level and the scenes on show. */
export function errorFormula(
  {onChange}: Pick<Store<ModelState>, "onChange">,
  {errors: {timesteps, alphasCumprod, count, groups}}: ModelRecording
): HTMLElement {
  const [where, noise, guess] = Array.from({length: 3}, () => html("p"));
  onChange(({group, level}) => {
    const {uncond, cond} = groups[group][level];
    const alpha = alphasCumprod[level];
    const [rest, ratio] = [1 - alpha, inGuess(1, alpha)].map((value) => value.toPrecision(4));
    const errors = [cond[0], uncond[0]].map((value) => value.toPrecision(3));
    const guessed = [cond[0], uncond[0]].map((value) => inGuess(value, alpha).toPrecision(3));
    where.textContent = `At t = ${timesteps[level]}, ᾱ = ${alpha.toPrecision(4)}, recorded over ${count} ${GROUPS[group].title}:`;
    noise.textContent = `e = ${errors[0]} told the caption, ${errors[1]} told nothing`;
    guess.textContent = `${rest} / ${alpha.toPrecision(4)} · e = ${ratio} · e = ${guessed[0]} told the caption, ${guessed[1]} told nothing`;
  });
  return html("div", {class: "live-formula"}, where, noise, guess);
}
