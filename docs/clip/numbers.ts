import {html} from "../components/dom.js";
import {percentage} from "../components/shareBars.js";
import {letter} from "../components/similarityTable.js";
import type {Store} from "../page/store.js";
import type {Embeddings} from "../page/embeddings.js";
import {lossText, signed} from "./matrix.js";
import {batchOf, type ClipState} from "./state.js";

interface Parts {
  store: Store<ClipState>;
  embeddings: Embeddings;
}

/** The formulas of the loss with the numbers of the selected pair put in. */
export function lossNumbers({store, embeddings}: Parts): HTMLElement {
  const node = html("div", {class: "live-numbers"});
  store.onChange((state) => {
    const {cosines, loss} = batchOf(state, embeddings);
    if (!cosines || !loss) return node.replaceChildren(html("p", {}, "The numbers are being computed …"));
    const {row: i, column: j} = state.cell;
    const size = state.captions.length;
    const tau = state.temperature.toPrecision(2);
    const at = (values: ArrayLike<number>, row: number, column: number) => values[row * size + column];
    const sum = (values: readonly number[]) => values.map((value) => power(value, tau)).flatMap(plus);
    const [s, p, q] = [cosines, loss.rows, loss.columns].map(({data}) => at(data, i, j));
    const ofRow = state.captions.map((_, k) => at(cosines.data, i, k));
    const ofColumn = state.captions.map((_, k) => at(cosines.data, k, j));
    const own = i === j ? 2 : 0;
    node.replaceChildren(
      html("p", {}, `Picture ${i + 1} and caption ${letter(j)}, selected above:`),
      line("p", i, j, power(s, tau), " / (", ...sum(ofRow), `) = ${percentage(p)}`),
      line("q", i, j, power(s, tau), " / (", ...sum(ofColumn), `) = ${percentage(q)}`),
      html(
        "p",
        {},
        `gradient = (${p.toFixed(3)} + ${q.toFixed(3)} − ${own}) / (2 · ${size} · ${tau}) = ${signed(at(loss.gradient.data, i, j))}`
      ),
      html("p", {}, `L = ½ (${lossText(loss.pictureLoss)} + ${lossText(loss.captionLoss)}) = ${lossText(loss.loss)}`)
    );
  });
  return node;
}

function line(name: string, i: number, j: number, ...parts: (Node | string)[]): HTMLElement {
  return html("p", {}, html("i", {}, name), html("sub", {}, `${i + 1}${letter(j)}`), " = ", ...parts);
}

/** e to the power of a cosine over the temperature. */
function power(cosine: number, tau: string): HTMLElement {
  return html("span", {class: "power"}, html("i", {}, "e"), html("sup", {}, `${signed(cosine)} / ${tau}`));
}

const plus = (node: Node, index: number): (Node | string)[] => (index ? [" + ", node] : [node]);
