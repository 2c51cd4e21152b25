import {html} from "../components/dom.js";
import {symbol} from "../components/symbol.js";
import type {Tensor} from "../src/tensor.js";
import {effectiveCount, type Recollection} from "../src/world/memoriser.js";

/** A fold with a figure's formulas and the numbers of the moment in them. */
export type NumbersFold = HTMLElement & {update(...lines: readonly (readonly (Node | string)[])[]): void};

export function numbersFold(): NumbersFold {
  const slot = html("div");
  const node = html("details", {class: "numbers"}, html("summary", {}, "With the numbers on screen"), slot);
  return Object.assign(node, {
    update(...lines: readonly (readonly (Node | string)[])[]): void {
      slot.replaceChildren(...lines.map((parts) => html("p", {class: "live-formula"}, ...parts)));
    }
  });
}

/** The number that is shown of all latents: channel 1, row 9, column 9. */
const PLACE = 8 * 16 + 8;

/** From the UNet's noise to the clean latents, for one number; and how the error of the one becomes that of the other. */
export function guessNumbers(
  {xt, eps, x0}: {xt: Tensor; eps: Tensor; x0: Tensor},
  alpha: number,
  errors: {eps: number; x0: number}
): (Node | string)[][] {
  const [signal, noise] = [Math.sqrt(alpha), Math.sqrt(1 - alpha)].map((value) => number(value, 4));
  const at = ({data}: Tensor) => data[PLACE];
  return [
    [
      ...[clean(), " = (", symbol("x", {index: "t"}), " − √(1 − ᾱ) ", noiseGuess(), ") / √ᾱ = "],
      `(${number(at(xt), 3)} − ${noise} · ${bracket(at(eps), 3)}) / ${signal} = ${number(at(x0), 3)}, for channel 1, row 9, column 9`
    ],
    [
      ...["error of ", clean(), " = (1 − ᾱ) / ᾱ · error of ", noiseGuess(), " = "],
      `${number((1 - alpha) / alpha, 4)} · ${number(errors.eps, 5)} = ${number(errors.x0, 4)}: an error in the noise arrives ${number(Math.sqrt((1 - alpha) / alpha), 2)} times as large`
    ]
  ];
}

/** How the perfect memoriser comes to its weights: its two likeliest scenes. */
export function memoriserNumbers(
  {weights}: Recollection,
  distanceOf: (scene: number) => number,
  alpha: number
): (Node | string)[][] {
  const [first, second] = likeliest(weights);
  const apart = (distanceOf(second) - distanceOf(first)) / (2 * (1 - alpha));
  const line = (scene: number, name: string) => [
    ...["‖", symbol("x", {index: "t"}), " − √ᾱ ", symbol("x", {index: "0"}), "‖² of ", name, " = "],
    `${number(distanceOf(scene), 2)}, divided by 2 (1 − ᾱ) = ${number(2 * (1 - alpha), 4)}: ${number(distanceOf(scene) / (2 * (1 - alpha)), 2)}`
  ];
  return [
    line(first, "its likeliest scene"),
    line(second, "the next"),
    [
      `their weights: ${share(weights[first])} and ${share(weights[second])}, the first ${ratio(apart)} times the second. The squares of all weights add up to 1 / ${number(effectiveCount(weights), 2)}: as if over that many scenes`
    ]
  ];
}

function likeliest(weights: ArrayLike<number>): [number, number] {
  let [first, second] = [0, 1];
  if (weights[1] > weights[0]) [first, second] = [1, 0];
  for (let i = 2; i < weights.length; i++) {
    if (weights[i] > weights[first]) [first, second] = [i, first];
    else if (weights[i] > weights[second]) second = i;
  }
  return [first, second];
}

/** e to a power, in words of ten where it is large. */
const ratio = (power: number): string =>
  power < 9
    ? `e^${number(power, 2)} = ${number(Math.exp(power), 1)}`
    : `e^${number(power, 2)} = 10^${number(power / Math.LN10, 1)}`;
const share = (weight: number): string => (weight < 5e-5 && weight > 0 ? "less than 0.0001" : number(weight, 4));

const clean = (): Node => symbol("x", {hat: true, index: "0"});
const noiseGuess = (): Node => symbol("ε", {hat: true});
const number = (value: number, digits: number): string => value.toFixed(digits).replace("-", "−");
const bracket = (value: number, digits: number): string =>
  value < 0 ? `(${number(value, digits)})` : number(value, digits);
