import {html} from "../components/dom.js";
import type {Parts} from "./state.js";

/** A button that draws something for a figure, under the page's one rule, with its progress beside it. */
export function drawButton(
  {store, drawing}: Pick<Parts, "store" | "drawing">,
  words: string,
  draw: (signal: AbortSignal) => Promise<void>
): HTMLElement {
  const button = html("button", {type: "button", class: "primary"}, words);
  const stop = html("button", {type: "button", disabled: true}, "Stop");
  const line = html("span", {class: "caption", role: "status"});
  let mine = false;
  button.addEventListener("click", () => {
    mine = true;
    void drawing.only(draw).then(() => (mine = false));
  });
  stop.addEventListener("click", () => drawing.cancel());
  store.onChange(({work}) => {
    stop.disabled = !(mine && work);
    line.textContent = mine && work ? work.label : "";
  });
  return html("div", {class: "arm-form"}, button, stop, line);
}
