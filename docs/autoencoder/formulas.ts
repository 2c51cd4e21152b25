/** The page's formulas with the numbers on screen in them. */
import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import {decibels} from "../page/tile.js";
import {onSelected} from "../page/selected.js";
import type {Store} from "../page/store.js";
import {whileVisible} from "../page/visible.js";
import {klDivergence} from "../src/models/latents.js";
import {psnr as psnrOf} from "../src/pictures.js";
import {Generator} from "../src/random.js";
import {angleBetween, slerpWeights} from "../src/slerp.js";
import type {Tensor} from "../src/tensor.js";
import {valuesAt} from "./lens.js";
import {noiseFor, varianceOf} from "./mixing.js";
import {DIMS} from "./recording.js";
import type {AutoencoderState, Coded} from "./state.js";

type State = Readonly<AutoencoderState>;

/** A line of letters and numbers. */
type Line = string | readonly (Node | string)[];

/** A node for each formula, by the figure it belongs to. */
export const formulasOf = (store: Store<AutoencoderState>) => ({
  psnr: following(store, ["coded"], psnr),
  noise: following(store, ["coded", "snr"], noise),
  walk: following(store, ["coded", "toCoded", "share", "cell", "channel", "seed", "toSeed"], walk),
  sample: following(store, ["coded", "cell", "channel", "sample", "spread"], sample),
  scaling: following(store, ["coded", "facts", "cell", "channel"], scaling)
});

/** Lines that follow the named values, as soon as there are latents. */
function following(
  store: Store<AutoencoderState>,
  names: readonly (keyof AutoencoderState)[],
  write: (state: State, coded: Coded) => readonly Line[]
): HTMLElement {
  const node = html("div", {});
  const show = (state: State) => {
    if (!state.coded) return;
    node.replaceChildren(
      ...write(state, state.coded).map((line) => html("p", {class: "live-formula"}, ...[line].flat()))
    );
  };
  onSelected(store, names, whileVisible(node, show));
  return node;
}

function psnr(_: State, {decoded, image}: Coded): Line[] {
  const ratio = psnrOf(decoded, image);
  return [`PSNR = 10 log₁₀(4 / ${small(4 / 10 ** (ratio / 10))}) = ${decibels(ratio)}`];
}

function noise({snr}: State, {image, latents}: Coded): Line[] {
  const line = (where: string, signal: Tensor): Line => [
    `on the ${where}: √(${digits(varianceOf(signal), 4)} / 10`,
    html("sup", {}, digits(snr / 10, 1)),
    `) = ${digits(noiseFor(signal, snr))}`
  ];
  return [line("pixels", image), line("latents", latents)];
}

function walk({toCoded, share, seed, toSeed, ...state}: State, {latents}: Coded): Line[] {
  if (!toCoded) return [];
  const [from, to] = [latents, toCoded.latents].map((tensor) => chosen(tensor, state));
  const [a, b] = [seed, toSeed].map((each) => new Generator(each).randn(DIMS));
  const [angle, weights] = [angleBetween(a, b), slerpWeights(a, b, share)];
  const rest = 1 - share;
  return [
    `two pictures, ${placeOf(state)}: ${digits(rest, 2)} · ${bracket(from)} + ${digits(share, 2)} · ${bracket(to)} = ${digits(rest * from + share * to)}`,
    [
      `two seeds: Ω = ${((180 * angle) / Math.PI).toFixed(1)}°, so `,
      ...[symbol("x"), ` = ${digits(weights[0])} · `, symbol("x", {index: "1"})],
      ...[` + ${digits(weights[1])} · `, symbol("x", {index: "2"})]
    ]
  ];
}

function sample({spread, sample: seed, ...state}: State, {distribution}: Coded): Line[] {
  const {mean, logVariance} = distribution;
  const [mu, log, eps, kl] = [mean, logVariance, new Generator(seed).randn(mean.dims), klDivergence(distribution)].map(
    (tensor) => chosen(tensor, state)
  );
  const sigma = Math.exp(log / 2);
  const times = spread === 1 ? "" : `${spread} · `;
  return [
    `${placeOf(state)}: z = ${digits(mu)} + ${times}${digits(sigma)} · ${bracket(eps)} = ${digits(mu + spread * sigma * eps)}`,
    `KL = ½ (${digits(mu ** 2)} + ${small(sigma ** 2)} − 1 − ${bracket(log)}) = ${kl.toFixed(2)} nats`
  ];
}

function scaling({facts: {scalingFactor: factor}, ...state}: State, {distribution, latents}: Coded): Line[] {
  const [before, after] = [distribution.mean, latents].map((tensor) => chosen(tensor, state));
  return [`${placeOf(state)}: ${digits(factor, 4)} · ${bracket(before)} = ${digits(after)}`];
}

/** The number at the lens's place in the channel that is painted on. */
const chosen = (tensor: Tensor, {cell, channel}: Pick<State, "cell" | "channel">): number =>
  valuesAt(tensor, cell)[channel];

const placeOf = ({cell, channel}: Pick<State, "cell" | "channel">): string =>
  `row ${cell.row + 1}, column ${cell.column + 1}, channel ${channel + 1}`;

const digits = (value: number, places = 3): string => value.toFixed(places).replace("-", "−");
const bracket = (value: number): string => (value < 0 ? `(${digits(value)})` : digits(value));

/** Three digits of a small number. */
const small = (value: number): string => String(Number(value.toPrecision(3)));
