import {html} from "../components/dom.js";
import {percentage} from "../components/shareBars.js";
import {letter} from "../components/similarityTable.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import type {Embeddings} from "../page/embeddings.js";
import type {Arrow} from "../../components/cosineArrows.js";
import {lossText, signed, tauText} from "./matrix.js";
import {batchOf, type Asked, type ClipState} from "./state.js";
import {sharesOf} from "./zeroShot.js";

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
    const tau = tauText(state.temperature);
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

/** The cosine of the two arrows, from their coordinates. */
export function cosineNumbers(store: Pick<Store<Pick<Asked, "arrows">>, "state" | "onChange">): HTMLElement {
  const node = html("div", {class: "live-numbers"});
  onSelected(store, ["arrows"], ({arrows}) => {
    const [u, v] = arrows.map(pointOf);
    const term = (value: number) => (value < 0 ? `(${signed(value)})` : signed(value));
    const product = u.map((value, i) => `${term(value)} · ${term(v[i])}`).join(" + ");
    const roots = [u, v].map((point) => `√(${point.map((value) => `${term(value)}²`).join(" + ")})`);
    const dot = u.reduce((sum, value, i) => sum + value * v[i], 0);
    const cosine = dot / (Math.hypot(...u) * Math.hypot(...v));
    node.replaceChildren(
      html("p", {}, `Of the two arrows above: u = (${u.map(signed).join(", ")}), v = (${v.map(signed).join(", ")})`),
      html("p", {}, `cos(u, v) = (${product}) / (${roots.join(" ")}) = ${signed(cosine)}`)
    );
  });
  return node;
}

const pointOf = ({angle, length}: Arrow): number[] => {
  const turn = (angle * Math.PI) / 180;
  return [length * Math.cos(turn), length * Math.sin(turn)];
};

/** The share of the label that wins, with the numbers of all labels. */
export function labelNumbers({store, embeddings}: Parts): HTMLElement {
  const node = html("div", {class: "live-numbers"});
  store.onChange((state) => {
    const shares = sharesOf(state, embeddings);
    if (!shares) return node.replaceChildren(html("p", {}, "The numbers are being computed …"));
    const tau = tauText(state.temperature);
    const best = shares.reduce((a, b) => (b.share > a.share ? b : a));
    const terms = shares.map(({cosine}) => power(cosine, tau)).flatMap(plus);
    node.replaceChildren(
      html("p", {}, `Picture ${state.subject + 1} and the label “${best.label}”, which wins:`),
      html(
        "p",
        {},
        html("i", {}, "p"),
        " = ",
        power(best.cosine, tau),
        " / (",
        ...terms,
        `) = ${percentage(best.share)}`
      )
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
