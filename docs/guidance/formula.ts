import {html} from "../components/dom.js";
import {rescaled} from "../page/rescale.js";
import type {Store} from "../page/store.js";
import {degreesBetween, lengthOf} from "../src/guidancePlane.js";
import type {GuidanceState} from "./state.js";
import {stdOf, viewOf} from "./views.js";

/** The formulas of the shown step with its numbers in them: one of its values, and the lengths. */
export function formula(store: Store<GuidanceState>): HTMLElement {
  const lines = Array.from({length: 3}, () => html("p", {class: "live-formula"}));
  store.onChange(({film, step, guidance}) => {
    const record = film.steps[step];
    if (!record) return;
    const number = (value: number) => value.toFixed(3).replace("-", "−");
    const {noisePlane: plane} = viewOf(record);
    const {epsUncond, epsCond, xt, alphaCumprod} = record;
    const {eps, x0} = rescaled(record, guidance);
    const [height, width] = eps.dims.slice(-2);
    const place = Math.floor(height / 2) * width; // first column, middle row of channel 0
    const [u, c, e] = [epsUncond, epsCond, eps].map(({data}) => data[place]);
    const scale = guidance.toFixed(1);
    lines[0].textContent = `ε = u + w (c − u) = ${number(u)} + ${scale} × (${number(c)} − ${bracket(number(u))}) = ${number(e)} for the first value of the first channel's middle row`;
    const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
    lines[1].textContent = `x̂₀ = (xt − √(1 − ᾱ) ε) / √ᾱ = (${number(xt.data[place])} − ${number(noise)} × ${bracket(number(e))}) / ${number(signal)} = ${number(x0.data[place])}, standard deviation of all: ${stdOf(x0).toFixed(2)}`;
    const tip = plane.guided(guidance);
    lines[2].textContent = `‖ε‖ = ${lengthOf(tip).toFixed(3)}, ‖u‖ = ${lengthOf(plane.uncond).toFixed(3)}, ‖c − u‖ = ${plane.difference.toFixed(3)}, angle of u and ε ${degreesBetween(plane.uncond, tip).toFixed(1)}°`;
  });
  return html("div", {}, ...lines);
}

const bracket = (text: string): string => (text.startsWith("−") ? `(${text})` : text);
