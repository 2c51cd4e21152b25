import {html} from "./dom.js";

/** A letter of a formula with its hat and its index: x̂₀. The hat is drawn, because few fonts have it as a combining mark. */
export function symbol(letter: string, {hat = false, index = ""} = {}): HTMLElement {
  return html(
    "span",
    {class: "symbol"},
    html("i", {class: hat ? "hat" : null}, letter),
    index ? html("sub", {}, index) : null
  );
}
