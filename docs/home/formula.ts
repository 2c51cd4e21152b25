import {html} from "../components/dom.js";
import {guessLine, guidanceLine, sumLine} from "../page/stepFormula.js";
import {rescaled} from "../page/rescale.js";
import type {Store} from "../page/store.js";
import type {HomeState} from "./state.js";

/** The three formulas of the shown step with its numbers, for one of the latents' values. */
export function formula(store: Store<HomeState>): HTMLElement {
  const node = html("div", {class: "formula"});
  store.onChange(({film, step: index, triedScale}) => {
    const record = film.steps[index];
    if (!record) return;
    const step = triedScale === null ? record : rescaled(record, triedScale);
    const {x0, eps, noise, coefficients: share, prev} = step;
    const terms = [
      [share.x0, x0],
      [share.eps, eps],
      [share.noise, noise]
    ] as const;
    node.replaceChildren(guidanceLine(step), guessLine(step), sumLine(terms, prev));
  });
  return node;
}
