/** The page's formulas with the numbers of the moment in them. */
import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import {plain} from "../components/timeChart.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {denoised, noiseWeights} from "../src/forward.js";
import {wrongNoise} from "./recoverFigure.js";
import {endsOf, type NoiseState} from "./state.js";
import type {Views} from "./views.js";

/** A line of letters and numbers. */
type Line = readonly (Node | string)[];

/** A node for each formula, by the section it belongs to. */
export const formulasOf = (store: Store<NoiseState>, views: Pick<Views, "eps" | "xt">) => ({
  recipe: following(store, (state) => [recipe(state), recipeOfOne(state, views)]),
  walk: following(store, (state) => [smallStep(state), weights(state)]),
  back: following(store, (state) => [back(state), backOfOne(state, views)]),
  schedule: following(store, (state) => [beta(state), left(state)])
});

function following(store: Store<NoiseState>, write: (state: NoiseState) => readonly Line[]): HTMLElement {
  const lines = [html("p", {class: "live-formula"}), html("p", {class: "live-formula"})];
  const node = html("div", {}, ...lines);
  const show = (state: NoiseState) => write(state).forEach((line, i) => lines[i].replaceChildren(...line));
  store.onChange(whileVisible(node, show));
  return node;
}

/** Shares of picture and noise at the state's t, as amplitudes. */
function shares({t, table}: NoiseState): [number, number] {
  const alpha = table.alphasCumprod[t];
  return [Math.sqrt(alpha), Math.sqrt(1 - alpha)];
}

function recipe(state: NoiseState): Line {
  const alpha = state.table.alphasCumprod[state.t];
  const [signal, noise] = shares(state).map((share) => digits(share));
  return [
    ...[x(state.t), ` = √${digits(alpha)} · `, x(0), ` + √${digits(1 - alpha)} · `, symbol("ε")],
    ...[` = ${signal} · `, x(0), ` + ${noise} · `, symbol("ε"), `, and ${signal}² + ${noise}² = 1`]
  ];
}

/** The recipe for the first of the latents' numbers. */
function recipeOfOne(state: NoiseState, views: Pick<Views, "eps" | "xt">): Line {
  const [signal, noise] = shares(state).map((share) => digits(share));
  const [clean, eps, xt] = [state.subject.latents, views.eps(state), views.xt(state)].map(({data}) => data[0]);
  return [
    `for the first of the 1,024 numbers: ${signal} · ${bracket(clean)} + ${noise} · ${bracket(eps)} = ${digits(xt)}`
  ];
}

function smallStep({t, table}: NoiseState): Line {
  const {[t]: beta} = table.betas;
  const before = t ? x(t - 1) : "the clean latents";
  const [kept, added] = [digits(Math.sqrt(1 - beta)), digits(Math.sqrt(beta))];
  return [...[letter("β", t), ` = ${plain(beta)}: `, x(t), ` = ${kept} · `, before, ` + ${added} · `, letter("z", t)]];
}

function weights({t, table}: NoiseState): Line {
  const all = noiseWeights(table, t);
  const sum = all.reduce((total, weight) => total + weight ** 2, 0);
  const count = (t + 1).toLocaleString("en");
  return [
    ...[letter("w", 0), ` = ${digits(all[0])}, `, letter("w", t), ` = ${digits(all[t])}`],
    `; the squares of all ${count} weights add up to ${digits(sum)}`
  ];
}

function back(state: NoiseState): Line {
  const [signal, noise] = shares(state);
  return [
    ...[symbol("x", {hat: true, index: "0"}), " = (", x(state.t), ` − ${digits(noise)} · `, symbol("ε′")],
    `) / ${digits(signal)}, and σ = ${digits(noise)} / ${digits(signal)} = ${plain(noise / signal)}`
  ];
}

/** The way back for the first of the latents' numbers. */
function backOfOne(state: NoiseState, views: Pick<Views, "eps" | "xt">): Line {
  const {t, table, wrong, subject} = state;
  const [signal, noise] = shares(state).map((share) => digits(share));
  const [xt, eps] = [views.xt(state), wrongNoise(views.eps(state), wrong)];
  const found = denoised(xt, eps, table.alphasCumprod[t]).data[0];
  const sum = `(${digits(xt.data[0])} − ${noise} · ${bracket(eps.data[0])}) / ${signal}`;
  return [`for the first number: ${sum} = ${digits(found)}, where the clean one is ${digits(subject.latents.data[0])}`];
}

/** beta, or for the cosine alpha-bar, from its definition. */
function beta({t, table, ...choice}: NoiseState): Line {
  const [low, high] = endsOf(choice);
  const value = plain(table.betas[t]);
  const share = `${t}/999`;
  switch (choice.schedule) {
    case "linear":
      return [letter("β", t), ` = ${low} + ${share} · (${high} − ${low}) = ${value}`];
    case "scaled_linear":
      return [letter("β", t), ` = (√${low} + ${share} · (√${high} − √${low}))² = ${value}`];
    case "sigmoid":
      return [
        ...[letter("β", t), ` = ${low} + (${high} − ${low}) / (1 + `, html("i", {}, "e")],
        ...[html("sup", {}, digits(6 - (12 * t) / 999, 2)), `) = ${value}`]
      ];
    case "squaredcos_cap_v2":
      return cosine(t, choice.offset, table.alphasCumprod[t]);
  }
}

/** After step t as many as t + 1 steps have been taken. */
function cosine(t: number, offset: number, alpha: number): Line {
  const [s, whole] = [plain(offset), plain(1 + offset)];
  const angle = (from: string) => `cos²((${from} + ${s}) / ${whole} · π/2)`;
  return [letter("ᾱ", t), ` = ${angle(`${t + 1}/1000`)} / ${angle("0")} = ${digits(alpha)}`];
}

function left({t, table}: NoiseState): Line {
  const alpha = table.alphasCumprod[t];
  const [snr, sigma] = [plain(table.snr[t]), plain(table.sigmas[t])];
  const product = t ? [" = ", letter("α", 0), t > 1 ? " ⋯ " : " · ", letter("α", t)] : [];
  return [
    ...[letter("ᾱ", t), ...product, ` = ${digits(alpha)}`],
    `; SNR = ${digits(alpha)} / ${digits(1 - alpha)} = ${snr}; σ = 1 / √${snr} = ${sigma}`
  ];
}

const letter = (name: string, index: number): HTMLElement => symbol(name, {index: String(index)});
const x = (t: number): HTMLElement => letter("x", t);

/** Four digits, or more where the first four are zeros. */
function digits(value: number, places = 4): string {
  const text = value !== 0 && Math.abs(value) < 0.001 ? value.toPrecision(2) : value.toFixed(places);
  return text.replace("-", "−");
}

const bracket = (value: number): string => (value < 0 ? `(${digits(value)})` : digits(value));
