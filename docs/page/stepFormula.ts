/** A step's formulas with its numbers in them, for one value of the latents. */
import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import type {Tensor} from "../src/tensor.js";
import type {Step} from "./film.js";

/** Index of the value that is written out: row 8, first column of the first channel of 16 x 16. */
const PLACE = 8 * 16;

export const at = ({data}: Tensor): number => data[Math.min(PLACE, data.length - 1)];
export const digits = (value: number): string => value.toFixed(4).replace("-", "−");
export const bracket = (value: number): string => (value < 0 ? `(${digits(value)})` : digits(value));

export const formulaLine = (...parts: (Node | string)[]): HTMLElement => html("p", {class: "live-formula"}, ...parts);

/** ε̂ = u + w (c − u) */
export function guidanceLine({epsUncond, epsCond, eps, guidanceScale}: Step): HTMLElement {
  const [u, c] = [at(epsUncond), at(epsCond)];
  const sum = `${digits(u)} + ${guidanceScale.toFixed(1)} × (${digits(c)} − ${bracket(u)})`;
  return formulaLine(symbol("ε", {hat: true}), ` = ${sum} = ${digits(at(eps))}`);
}

/** x̂0 = (xt − √(1 − ᾱ) ε̂) / √ᾱ */
export function guessLine({xt, eps, x0, alphaCumprod}: Step): HTMLElement {
  const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  const inner = `(${digits(at(xt))} − ${digits(noise)} × ${bracket(at(eps))})`;
  return formulaLine(symbol("x", {hat: true, index: "0"}), ` = ${inner} / ${digits(signal)} = ${digits(at(x0))}`);
}

/** x′ = each term's weight times its value */
export function sumLine(terms: readonly (readonly [number, Tensor | null])[], next: Tensor): HTMLElement {
  const products = terms.flatMap(([share, tensor]) =>
    share && tensor ? [`${bracket(share)} × ${bracket(at(tensor))}`] : []
  );
  return formulaLine(symbol("x′"), ` = ${products.join(" + ")} = ${digits(at(next))}`);
}
