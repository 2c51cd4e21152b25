import {html} from "./dom.js";

/** Where a step stands: its position in the loop, its timestep, and ᾱ there. */
export interface RulerData {
  index: number;
  numSteps: number;
  timestep: number;
  alphaCumprod: number;
}

/** The one ruler of every page: "step 7 of 30 · t = 767 · signal 22 %, noise 98 % (amplitudes)". */
export function rulerText({index, numSteps, ...level}: RulerData): string {
  return `step ${index + 1} of ${numSteps} · ${levelText(level)}`;
}

/** The ruler where no run is under way, only a noise level: "t = 767 · signal 22 %, noise 98 % (amplitudes)". */
export function levelText({timestep, alphaCumprod}: Pick<RulerData, "timestep" | "alphaCumprod">): string {
  const {signal, noise} = amplitudes(alphaCumprod);
  return `t = ${timestep} · signal ${signal} %, noise ${noise} % (amplitudes)`;
}

/** The share of the clean picture and of the noise in x_t, in whole percent: sqrt(ᾱ) and sqrt(1 - ᾱ). Their squares sum to one. */
export function amplitudes(alphaCumprod: number): {signal: number; noise: number} {
  return {signal: Math.round(100 * Math.sqrt(alphaCumprod)), noise: Math.round(100 * Math.sqrt(1 - alphaCumprod))};
}

/** The ruler as a line of text. */
export function ruler(data: RulerData): HTMLElement {
  return html("span", {class: "ruler"}, rulerText(data));
}
