import {html} from "../components/dom.js";
import {seedField} from "../components/seedField.js";
import {textField} from "../components/textField.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {walkFields, type EditingState} from "./state.js";
import type {Walk} from "./walking.js";

/** Where the walks lead from and to; a button goes back to those that are recorded. */
export function walkAsk(store: Store<EditingState>, recorded: Walk): HTMLElement {
  const {state, set} = store;
  const from = textField("From the prompt", {value: state.walkPrompt});
  const to = textField("to the prompt", {value: state.walkToPrompt});
  const seed = seedField(state.walkSeed, {label: "First seed"});
  const toSeed = seedField(state.walkToSeed, {label: "Second seed"});
  const back = html("button", {type: "button", class: "quiet"}, "the recorded walks");
  from.addEventListener("input", () => set({walkPrompt: from.value}));
  to.addEventListener("input", () => set({walkToPrompt: to.value}));
  seed.addEventListener("input", () => set({walkSeed: seed.value}));
  toSeed.addEventListener("input", () => set({walkToSeed: toSeed.value}));
  back.addEventListener("click", () => set(walkFields(recorded)));
  onSelected(store, ["walkPrompt", "walkToPrompt", "walkSeed", "walkToSeed"], (now) => {
    if (from.value !== now.walkPrompt) from.value = now.walkPrompt;
    if (to.value !== now.walkToPrompt) to.value = now.walkToPrompt;
    [seed.value, toSeed.value] = [now.walkSeed, now.walkToSeed];
  });
  return html("div", {class: "walk-ask"}, from, to, seed, toSeed, back);
}
