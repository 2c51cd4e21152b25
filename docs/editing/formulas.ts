/** The page's formulas with the numbers on screen in them: pure, so that the figures write them as they repaint. */
import {html} from "../components/dom.js";
import type {Pixels} from "../components/pixels.js";
import {createSampler} from "../src/samplers/registry.js";
import type {SchedulerConfig} from "../src/schedulerConfig.js";
import type {Tensor} from "../src/tensor.js";
import {Generator} from "../src/random.js";
import {entryOf} from "./entry.js";
import {fittedTo, type Mask} from "./mask.js";
import type {Frame} from "./run.js";
import type {EditingState, Keep} from "./state.js";
import type {Walk} from "./walking.js";

/** Lines below a formula, to be filled; `update` takes one text a line. */
export type Lines = HTMLElement & {update(...texts: readonly string[]): void};

export function formulaLines(): Lines {
  const node = html("div", {});
  return Object.assign(node, {
    update: (...texts: readonly string[]) =>
      node.replaceChildren(...texts.map((text) => html("p", {class: "live-formula"}, text)))
  });
}

const minus = (text: string): string => text.replace("-", "−");
const number = (value: number, digits = 3): string => minus(value.toFixed(digits));
const factor = (value: number, digits = 3): string =>
  value < 0 ? `(${number(value, digits)})` : number(value, digits);

/** "√ᾱ x + √(1 − ᾱ) ε" of one number. */
function mixed(alphaCumprod: number, x0: number, eps: number): string {
  const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  return `√ᾱ x0 + √(1 − ᾱ) ε = ${number(signal)} × ${factor(x0)} + ${number(noise)} × ${factor(eps)} = ${number(signal * x0 + noise * eps)}`;
}

/** Where a run from a picture enters, and the first of its numbers there. */
export function entryText({
  scheduler,
  steps,
  strength,
  seed,
  latents
}: Pick<EditingState, "scheduler" | "steps" | "strength" | "seed" | "latents">): string[] {
  const {stops, first} = entryOf(scheduler, steps, Math.max(strength, 1 / steps));
  const {timestep, alphaCumprod} = stops[first];
  const eps = new Generator(seed).randn(latents.dims).data[0];
  return [
    `⌊N s⌋ = ⌊${steps} × ${strength}⌋ = ${steps - first} steps are made, so τ = ${timestep} and ᾱ = ${alphaCumprod.toFixed(4)}.`,
    `The first of the ${latents.data.length.toLocaleString("en-US")} numbers: xτ = ${mixed(alphaCumprod, latents.data[0], eps)}.`
  ];
}

/** What is put in outside the mask before the step of a frame; null for the end of the run. */
export function heldText(frame: Frame | null, mask: Mask, latents: Tensor, seed: number): string[] {
  const cells = fittedTo(latents.dims, mask);
  const [cell, inside] = [cells.indexOf(0), cells.indexOf(1)];
  if (cell < 0) return ["The mask covers everything: nothing is held."];
  const where = `${placeOf(cell, latents)}, first channel`;
  const given = latents.data[cell];
  if (!frame)
    return [`After the last step, outside the mask (${where}): x0 = ${number(given)}, put back without noise.`];
  if (frame.index === 0) return ["The run begins in noise alone: before its first step nothing is put in."];
  const eps = new Generator(seed).randn(latents.dims).data[cell];
  const drawn =
    inside < 0 ? "" : ` Inside it, the first number is what the loop has drawn: ${number(frame.xt.data[inside], 2)}.`;
  return [
    `What enters step ${frame.index + 1}, at t′ = ${frame.timestep}, outside the mask (${where}): ${mixed(frame.alphaCumprod, given, eps)}.${drawn}`
  ];
}

/** What the picture on show lacks of what is known, at one pixel or one square three quarters of the way across and down; levels of 0 ... 255. */
export function heldPixelText(shown: Pixels | null, given: Pixels | null, keep: Keep, decoded: boolean): string[] {
  if (!shown || !given) return ["The numbers come with the picture."];
  if (!decoded || shown.width !== given.width) return ["This step has not been decoded: choose the end of the strip."];
  const [side, size] = [given.width, keep === "luminance" ? 1 : 8];
  const at = (3 * side) / 4;
  const meanOf = ({data}: Pixels, channel: number): number => {
    let sum = 0;
    for (let y = at; y < at + size; y++) for (let x = at; x < at + size; x++) sum += data[4 * (y * side + x) + channel];
    return sum / size ** 2;
  };
  const [own, wanted] = [shown, given].map((picture) => [0, 1, 2].map((channel) => meanOf(picture, channel)));
  if (keep === "luminance") {
    const grey = ([r, g, b]: number[]): number => 0.299 * r + 0.587 * g + 0.114 * b;
    const terms = own.map((value, i) => `${[0.299, 0.587, 0.114][i]} × ${value}`).join(" + ");
    return [
      `The pixel in row and column ${at + 1}: A x = ${terms} = ${number(grey(own), 2)}. Known is y = ${number(grey(wanted), 2)}, so y − A x = ${number(grey(wanted) - grey(own), 2)} of 255 is missing in each of its three colours.`
    ];
  }
  const list = (values: number[]): string => `(${values.map((value) => number(value, 1)).join(", ")})`;
  return [
    `The 8 × 8 square with its corner in row and column ${at + 1}: A x = ${list(own)}, its mean red, green and blue. Known is y = ${list(wanted)}, so y − A x = ${list(wanted.map((value, i) => value - own[i]))} of 255 is missing in each of its 64 pixels.`
  ];
}

/** The first step up and the last one, by their amplitudes. */
export function inversionText(config: SchedulerConfig, steps: number, spread: number | null): string[] {
  const sampler = createSampler("ddim-inverse", config, steps);
  const level = (alpha: number): string =>
    `√ᾱ = ${number(Math.sqrt(alpha), 4)}, √(1 − ᾱ) = ${number(Math.sqrt(1 - alpha), 4)}`;
  const tell = (index: number): string => {
    const {alpha, prevAlpha} = sampler.alphas(index);
    const from = index ? `t = ${sampler.timesteps[index - 1]}` : "the picture";
    return `from ${from} (${level(alpha)}) to t′ = ${sampler.timesteps[index]} (${level(prevAlpha)})`;
  };
  const found = spread === null ? "" : ` What is found at the top has a spread of ${number(spread)}.`;
  return [`The first of ${steps} steps leads ${tell(0)}, the last ${tell(steps - 1)}.${found}`];
}

/** The weights of both ends, on the arc and on the straight line. */
export function walkText({seed, toSeed}: Walk, share: number, dims: readonly number[]): string[] {
  const [a, b] = [seed, toSeed].map((each) => new Generator(each).randn(dims).data);
  const dot = (p: Float32Array, q: Float32Array): number => p.reduce((sum, value, i) => sum + value * q[i], 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  if (seed === toSeed) return ["Both ends are the same noise: θ = 0, and there is no way to go."];
  const angle = Math.acos(cosine);
  const weight = (s: number): number => Math.sin(s * angle) / Math.sin(angle);
  return [
    `cos θ = ${number(cosine)}, so θ = ${number((180 * angle) / Math.PI, 1)}°.`,
    `At s = ${share}: along the arc ${number(weight(1 - share))} a + ${number(weight(share))} b; straight ${number(1 - share)} a + ${number(share)} b.`
  ];
}

/** The first painted number of the step. */
export function paintText(frame: Frame, mask: Mask, color: readonly number[]): string[] {
  const cell = fittedTo(frame.x0.dims, mask).indexOf(1);
  if (cell < 0) return ["No cell is painted: the latents stay as they are."];
  const signal = Math.sqrt(frame.alphaCumprod);
  const [xt, x0] = [frame.xt.data[cell], frame.x0.data[cell]];
  return [
    `The first painted cell (${placeOf(cell, frame.x0)}), first channel, at t = ${frame.timestep}: xt + √ᾱ (c − x̂₀) = ${number(xt, 2)} + ${number(signal)} × (${number(color[0], 2)} − ${factor(x0, 2)}) = ${number(xt + signal * (color[0] - x0), 2)}.`
  ];
}

/** Where a cell of latents [1, 4, h, w] lies. */
function placeOf(cell: number, {dims}: Tensor): string {
  return `row ${Math.floor(cell / dims[3]) + 1}, column ${(cell % dims[3]) + 1}`;
}
