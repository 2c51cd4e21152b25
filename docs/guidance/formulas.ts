/** The page's formulas with the numbers on screen in them. */
import {html} from "../components/dom.js";
import {rescaled} from "../page/rescale.js";
import {onSelected} from "../page/selected.js";
import type {Film} from "../page/film.js";
import type {Store} from "../page/store.js";
import {guided} from "../src/guidance.js";
import {degreesBetween, lengthOf} from "../src/guidancePlane.js";
import {makeSchedule} from "../src/schedule.js";
import {noisedWorld} from "../src/world/noisedWorld.js";
import {givenLabel, type Point, type World} from "../src/world/world.js";
import {WORLD_SCHEDULE} from "../src/world/worldModel.js";
import type {Experiments, Plane} from "./experiments.js";
import type {GuidanceState} from "./state.js";
import {stdOf, viewOf} from "./views.js";
import {expectations} from "./worldGuidance.js";

/** Lines for each formula, by the figure it belongs to. */
export function formulasOf(store: Store<GuidanceState>, experiments: Store<Experiments>) {
  const [step, rescale, plane] = [linesOf(3), linesOf(2), linesOf(3)];
  onSelected(store, ["film", "step", "guidance"], (now) => step.tell(stepTexts(now)));
  onSelected(store, ["film", "step", "guidance", "rescale"], (now) => rescale.tell(rescaleTexts(now)));
  onSelected(experiments, ["plane"], (now) => plane.tell(planeTexts(now.plane)));
  return {step: step.node, rescale: rescale.node, plane: plane.node};
}

function linesOf(count: number) {
  const lines = Array.from({length: count}, () => html("p", {class: "live-formula"}));
  const tell = (texts: readonly string[]) => texts.forEach((text, i) => (lines[i].textContent = text));
  return {node: html("div", {}, ...lines), tell};
}

const minus = (text: string): string => text.replace("-", "−");
const number = (value: number): string => minus(value.toFixed(3));
const fine = (value: number): string => minus(value.toFixed(5)); // what is multiplied by a scale has digits to spare
const bracket = (text: string): string => (text.startsWith("−") ? `(${text})` : text);

interface Opened {
  readonly film: Pick<Film, "steps">;
  readonly step: number;
  readonly guidance: number;
}

/** The formulas of the shown step: one of its values, and the lengths. */
export function stepTexts({film, step, guidance}: Opened): string[] {
  const record = film.steps[step];
  if (!record) return [];
  const {uncond, cond, difference, guided: reached} = viewOf(record).noisePlane;
  const {epsUncond, epsCond, xt, alphaCumprod} = record;
  const {eps, x0} = rescaled(record, guidance);
  const [height, width] = eps.dims.slice(-2);
  const place = Math.floor(height / 2) * width; // first channel, first column, middle row
  const [u, c, e] = [epsUncond, epsCond, eps].map(({data}) => data[place]);
  const [signal, noise] = [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
  const [length, long] = [lengthOf(uncond), lengthOf(reached(guidance))];
  const product = minus((uncond[0] * (cond[0] - uncond[0])).toFixed(6)); // u lies along the axis
  const scale = guidance.toFixed(1);
  const turned = degreesBetween(uncond, reached(guidance)).toFixed(1);
  return [
    `ε = u + w (c − u) = ${fine(u)} + ${scale} × (${fine(c)} − ${bracket(fine(u))}) = ${number(e)} for one value: first channel, middle row (${Math.floor(height / 2) + 1}), first column`,
    `x̂₀ = (xt − √(1 − ᾱ) ε) / √ᾱ = (${fine(xt.data[place])} − ${fine(noise)} × ${bracket(fine(e))}) / ${fine(signal)} = ${number(x0.data[place])} for the same value; the standard deviation of all values is ${stdOf(x0).toFixed(2)}`,
    `‖ε‖² = ‖u‖² + 2w u·(c − u) + w² ‖c − u‖² = ${fine(length ** 2)} + 2 × ${scale} × ${bracket(product)} + ${scale}² × ${(difference ** 2).toFixed(6)} = ${(long ** 2).toFixed(3)}, so ‖ε‖ = ${number(long)}; the angle of u and ε is ${turned}°`
  ];
}

/** What rescale multiplies the shown step's guided noise by. */
export function rescaleTexts({film, step, guidance, rescale}: Opened & {readonly rescale: number}): string[] {
  const record = film.steps[step];
  if (!record) return [];
  const [plain, mixed] = [record.epsCond, guided(record.epsUncond, record.epsCond, guidance, 0)].map(stdOf);
  const full = plain / mixed;
  return [
    `ε′ = σ(c) / σ(ε) · ε = ${number(plain)} / ${number(mixed)} · ε = ${number(full)} ε`,
    `ε rescaled = φ ε′ + (1 − φ) ε = (${rescale.toFixed(2)} × ${number(full)} + ${(1 - rescale).toFixed(2)}) ε = ${number(rescale * full + 1 - rescale)} ε at step ${step + 1}, w = ${guidance.toFixed(1)}`
  ];
}

const {alphasCumprod} = makeSchedule(WORLD_SCHEDULE);

/** Where the point in the plane is expected to come from: each blob's share, without the word and with it. */
export function planeTexts({world, label, guidance, timestep, point}: Plane): string[] {
  const alphaCumprod = alphasCumprod[timestep];
  const {u, c, w} = expectations(world, label, point, alphaCumprod, guidance);
  const at = (place: Point): string => `(${place.map((value) => minus(value.toFixed(2))).join(", ")})`;
  const tell = (blobs: World): string => {
    const shares = noisedWorld(blobs, alphaCumprod).weights(point);
    return blobs.map(({mean}, k) => `${(100 * shares[k]).toFixed(1)} % from the blob at ${at(mean)}`).join(", ");
  };
  return [
    `Without a word: ${tell(world)}; so u leads to ${at(u)}.`,
    `With “${label}”: ${tell(givenLabel(world, label))}; so c leads to ${at(c)}.`,
    `u + w (c − u) = ${at(u)} + ${guidance.toFixed(1)} × (${at(c)} − ${at(u)}) = ${at(w)} at t = ${timestep}, where √ᾱ = ${Math.sqrt(alphaCumprod).toFixed(3)}`
  ];
}
