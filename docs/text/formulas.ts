/** The page's formulas with the numbers on screen in them. */
import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import {nameOf} from "../components/tokenChips.js";
import type {Engine} from "../src/worker/client.js";
import {newest} from "../page/newest.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {attentionRow} from "./betweenFigure.js";
import {placedOf} from "./matrixFigure.js";
import {digits, distance, firstDifference, lengthOf, shareText, spreadOf} from "./measures.js";
import {rowOf, stageShown, stagesOf} from "./reading.js";
import {scoresOf, type Asked} from "./scores.js";
import type {TextState} from "./state.js";
import {bracketed, rowShown} from "./sumFigure.js";

/** A line for each formula, by the figure it belongs to. */
export const formulasOf = (store: Store<TextState>, engine: Pick<Engine, "inside">) => ({
  sum: sumFormula(store),
  attention: attentionFormula(store, engine),
  norm: normFormula(store),
  change: changeFormula(store),
  near: nearFormula(store)
});

const line = (): HTMLElement => html("p", {class: "live-formula"});

/** h = T + P, one number of it. */
function sumFormula(store: Store<TextState>): HTMLElement {
  const node = line();
  onSelected(store, ["reading", "row", "column"], ({reading, row, column: asked}) => {
    const at = rowShown({reading, row});
    const matrices = stagesOf(reading).map(({matrix}) => matrix);
    const column = Math.min(asked, matrices[0].columns - 1);
    const [token, place, sum] = matrices.map((matrix) => rowOf(matrix, at)[column]);
    node.replaceChildren(
      symbol("h", {index: `${at}, ${column}`}),
      ` = `,
      symbol("T", {index: `${reading.ids[at]}, ${column}`}),
      ` + `,
      symbol("P", {index: `${at}, ${column}`}),
      ` = ${digits(token)} + ${bracketed(place)} = ${digits(sum)}`
    );
  });
  return node;
}

/** More terms than these of a sum are not written out. */
const MOST_TERMS = 9;

/** The softmax of the shown row's scores, for the row that it looks at most. */
function attentionFormula(store: Store<TextState>, engine: Pick<Engine, "inside">): HTMLElement {
  const node = line();
  const {want} = newest<Asked, number[]>({
    work: (asked) => scoresOf(engine, asked),
    ready: () => true,
    onDone: (scores, {row}) => node.replaceChildren(...softmaxOf(scores, row))
  });
  onSelected(store, ["reading", "layer", "head", "row", "rows"], (state) => {
    const {reading, layer: asked, head} = state;
    const {prompt, source, attentions} = reading;
    const heads = attentions?.[0].dims[0] ?? 0;
    const row = attentionRow(state);
    const layer = Math.min(asked, attentions?.length ?? 1);
    if (head === 0 || head > heads) node.textContent = "A mean of heads has no scores of its own: choose one head.";
    else if (source === "recorded") node.textContent = "The scores come with the model.";
    else want({prompt, layer, head, heads, row});
  });
  return node;
}

/** "a = e^s / (e^s + ...) = 47 %" for the largest share. */
export function softmaxOf(scores: readonly number[], row: number): (Node | string)[] {
  const best = scores.indexOf(Math.max(...scores));
  const powers = scores.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  const power = (score: number): Node =>
    html("span", {}, html("i", {}, "e"), html("sup", {}, digits(Math.abs(score) < 0.005 ? 0 : score, 2)));
  const all = scores.length <= MOST_TERMS ? scores : scores.slice(0, MOST_TERMS - 1);
  const terms = all.flatMap((score, i) => (i ? [" + ", power(score)] : [power(score)]));
  const more = scores.length > all.length ? [` + … (${scores.length} terms)`] : [];
  return [
    symbol("a", {index: `${row}, ${best}`}),
    " = ",
    power(scores[best]),
    " / (",
    ...terms,
    ...more,
    `) = ${digits(powers[best], 2)} / ${digits(sum, 2)} = ${Math.round((100 * powers[best]) / sum)} %`
  ];
}

/** Layer normalisation of one number of the shown row: what the row is measured by, and what the learnt γ and β make of it. */
function normFormula(store: Store<TextState>): HTMLElement {
  const node = line();
  onSelected(store, ["reading", "row", "column"], ({reading, row, column: asked}) => {
    const at = rowShown({reading, row});
    const [before, final] = stagesOf(reading)
      .slice(-2)
      .map(({matrix}) => rowOf(matrix, at));
    const column = Math.min(asked, final.length - 1);
    const {mean, deviation} = spreadOf(before);
    const normal = (before[column] - mean) / Math.sqrt(deviation ** 2 + EPSILON);
    node.replaceChildren(
      symbol("μ", {index: String(at)}),
      ` = ${digits(mean)}, `,
      symbol("σ", {index: String(at)}),
      ` = ${digits(deviation)}: number ${column} of the row, ${digits(before[column])}, lies ${digits(normal)} standard deviations from the mean, and `,
      symbol("γ", {index: String(column)}),
      " and ",
      symbol("β", {index: String(column)}),
      ` make ${digits(final[column])} of it`
    );
  });
  return node;
}

/** What keeps layer normalisation from dividing by 0, in CLIP's text towers. */
const EPSILON = 1e-5;

/** The difference of the first changed row. */
function changeFormula(store: Store<TextState>): HTMLElement {
  const node = line();
  onSelected(store, ["pair", "after"], ({pair: {from, to}, after}) => {
    const row = firstDifference(from.ids, to.ids);
    if (row === from.ids.length) {
      node.textContent = "The two prompts have the same tokens: every difference is 0.";
      return;
    }
    const [a, b] = [from, to].map((reading) => rowOf(stageShown(reading, after).matrix, row));
    const [apart, p, q] = [distance(a, b), lengthOf(a), lengthOf(b)];
    const [one, other] = [from, to].map((reading) => nameOf(placedOf(reading)[row]));
    node.replaceChildren(
      symbol("d", {index: String(row)}),
      ` = ${digits(apart)} / (½ (${digits(p)} + ${digits(q)})) = ${shareText(apart / ((p + q) / 2))} for ${one} and ${other}`
    );
  });
  return node;
}

/** The cosine of the phrase and its nearest neighbour. */
function nearFormula(store: Store<TextState>): HTMLElement {
  const node = line();
  onSelected(store, ["nearest"], ({nearest: {phrase, length, list}}) => {
    const [first] = list;
    if (!first) return;
    const product = first.cosine * length * first.length;
    node.textContent = `cos(“${phrase}”, “${first.phrase}”) = ${digits(product)} / (${digits(length)} × ${digits(first.length)}) = ${digits(first.cosine, 2)}`;
  });
  return node;
}
