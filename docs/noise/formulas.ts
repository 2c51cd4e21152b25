import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import type {Store} from "../page/store.js";
import type {NoiseState} from "./state.js";

/** The recipe with the numbers of the moment. */
export function formula({onChange}: Store<NoiseState>): HTMLElement {
  const node = html("p", {class: "live-formula"});
  onChange(({t, table}) => {
    const alpha = table.alphasCumprod[t];
    const [signal, noise] = [Math.sqrt(alpha).toFixed(4), Math.sqrt(1 - alpha).toFixed(4)];
    node.replaceChildren(
      symbol("x", {index: String(t)}),
      ` = √${alpha.toFixed(4)} · `,
      symbol("x", {index: "0"}),
      ` + √${(1 - alpha).toFixed(4)} · `,
      symbol("ε"),
      ` = ${signal} · `,
      symbol("x", {index: "0"}),
      ` + ${noise} · `,
      symbol("ε"),
      `, and ${signal}² + ${noise}² = 1`
    );
  });
  return node;
}
