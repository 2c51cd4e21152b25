import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import type {Step} from "../page/film.js";
import {callsAt, whereText} from "../page/inStep.js";
import {digits, formulaLine, guessLine, sumLine} from "../page/stepFormula.js";
import type {Store} from "../page/store.js";
import {titleOf} from "./armTitle.js";
import {termsOf} from "./equations.js";
import {shownStep, stepSigma} from "./eta.js";
import {ARM_NAMES, type ArmRun, type SamplersState} from "./state.js";

/** Both arms' formulas with the numbers of the step shown, for one of the latents' values. */
export function formulas(store: Store<SamplersState>): HTMLElement {
  const arms = [0, 1].map(() => html("div", {class: "arm-formula"}));
  store.onChange(({runs, step, triedEta}) => {
    const calls = callsAt(runs, step);
    arms.forEach((node, i) => {
      const record = shownStep(runs[i], calls[i], triedEta);
      if (record) node.replaceChildren(...linesOf(i, runs[i], calls[i], record, triedEta));
    });
  });
  return html("div", {class: "formula"}, ...arms);
}

function linesOf(index: number, run: ArmRun, call: number, step: Step, triedEta: number | null): HTMLElement[] {
  const {sampler, eta} = run.settings;
  const own = sampler === "ddpm" ? 1 : sampler === "ddim" ? (triedEta ?? eta) : null;
  const terms = termsOf(step, sampler).slice(0, -1);
  return [
    html("p", {class: "ruler"}, `${titleOf(ARM_NAMES[index], run, triedEta)}: ${whereText(run, call)}`),
    guessLine(step),
    ...(own === null ? [] : [sigmaLine(step, own)]),
    sumLine(
      terms.map(({coefficient, tensor}) => [coefficient!, tensor] as const),
      step.prevXt
    )
  ];
}

/** σ = η √((1 − ᾱ′) / (1 − ᾱ)) √(1 − ᾱ / ᾱ′) */
function sigmaLine(step: Step, eta: number): HTMLElement {
  const {alphaCumprod: alpha, prevAlphaCumprod: next} = step;
  const [ratio, gap] = [Math.sqrt((1 - next) / (1 - alpha)), Math.sqrt(1 - alpha / next)];
  const product = `${digits(eta)} × ${digits(ratio)} × ${digits(gap)}`;
  return formulaLine(symbol("σ"), ` = ${product} = ${digits(stepSigma(step, eta))}`);
}
