import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";

const SYMBOL = /(ε̂|\p{L}\u0304?_(?:\{[^}]+\}|\w))/gu;

/** A line of an algorithm: "x_{t−1}" and "x_t" are letters with an index, "ε̂" a letter with its hat, all else as it is. */
export function formulaLine(text: string): HTMLElement {
  return html("span", {class: "formula-line"}, ...text.split(SYMBOL).map(drawn));
}

function drawn(part: string): Node | string {
  if (part === "ε̂") return symbol("ε", {hat: true});
  const [letter, index] = part.split("_");
  return index === undefined ? part : symbol(letter, {index: index.replace(/[{}]/g, "")});
}
