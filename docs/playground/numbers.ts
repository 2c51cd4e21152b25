import {html} from "../components/dom.js";
import type {Store} from "../page/store.js";
import {callsAt} from "../page/inStep.js";
import type {PlayState} from "./state.js";

/** The two formulas with the numbers of the first latent of the step on show. */
export function guidanceNumbers(store: Store<PlayState>): HTMLElement {
  const node = html("div", {class: "live-formula"});
  store.onChange(({runs: [a, b], step}) => {
    const record = a.steps[callsAt([a, b ?? a], step)[0]];
    if (!record) return;
    const at = (tensor: {data: Float32Array}) => signed(tensor.data[0]);
    const within = (tensor: {data: Float32Array}) => (tensor.data[0] < 0 ? `(${at(tensor)})` : at(tensor));
    const {epsUncond, epsCond, eps, x0, xt, guidanceScale, alphaCumprod, index} = record;
    const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
    node.replaceChildren(
      html(
        "p",
        {},
        `The first of arm A’s ${xt.data.length.toLocaleString("en")} latents, at call ${index + 1}, w = ${guidanceScale}:`
      ),
      html("p", {}, `ε̂ = ${at(epsUncond)} + ${guidanceScale} · (${at(epsCond)} − ${within(epsUncond)}) = ${at(eps)}`),
      html("p", {}, `x̂0 = (${at(xt)} − ${noise.toFixed(3)} · ${within(eps)}) / ${signal.toFixed(3)} = ${at(x0)}`)
    );
  });
  return node;
}

const signed = (value: number): string => value.toFixed(3).replace("-", "−");
