import {SAMPLERS} from "../src/samplers/registry.js";
import {announce, html, withValue} from "./dom.js";
import {slider} from "./slider.js";

/** One of two ways to draw the same prompt from the same noise. */
export interface ArmSettings {
  readonly sampler: string;
  readonly steps: number;
  readonly guidance: number;
  /** DDIM alone has it. */
  readonly eta: number;
}

/** Options: what is added to each label so that two arms have different names, and to each id. */
export interface ArmSettingsOptions {
  value: ArmSettings;
  title: string;
  suffix?: string;
}

/** An arm's settings as an input. */
export type ArmSettingsInput = HTMLElement & {value: ArmSettings};

/** The samplers that draw: inversion goes the other way. */
export const drawingSamplers = SAMPLERS.filter(({name}) => name !== "ddim-inverse");

/** LCM was distilled with 50 steps, of which a run takes some; diffusers' PNDM needs 4 for its start. */
export const stepRange = (sampler: string): readonly [number, number] => [
  sampler === "pndm" ? 4 : 2,
  sampler === "lcm" ? 50 : 100
];

/** Sampler, Steps, Guidance scale and, for DDIM, Eta, in a box with a title. */
export function armSettings({value, title, suffix = ""}: ArmSettingsOptions): ArmSettingsInput {
  const id = (name: string) => (suffix ? `${name}-${suffix.toLowerCase()}` : name);
  const label = (name: string) => (suffix ? `${name} of ${suffix}` : name);
  const sampler = html(
    "select",
    {id: id("sampler")},
    ...drawingSamplers.map(({name, title: words}) => html("option", {value: name}, words))
  );
  const steps = slider(label("Steps"), {id: id("steps"), min: 2, max: 100});
  const guidance = slider(label("Guidance scale"), {
    ...{id: id("guidance"), min: 1, max: 12, step: 0.5},
    format: (scale) => scale.toFixed(1)
  });
  const eta = slider(label("Eta"), {id: id("eta"), min: 0, max: 1, step: 0.05, format: (share) => share.toFixed(2)});
  const node = html(
    "fieldset",
    {class: "arm-settings"},
    html("legend", {}, title),
    html("div", {class: "field"}, html("label", {for: id("sampler")}, label("Sampler")), html("div", {}, sampler)),
    ...[steps, guidance, eta]
  );

  const read = (): ArmSettings => ({
    sampler: sampler.value,
    steps: held(steps.value, sampler.value),
    guidance: guidance.value,
    eta: sampler.value === "ddim" ? eta.value : 0
  });

  function write(next: ArmSettings): void {
    sampler.value = next.sampler;
    steps.value = held(next.steps, next.sampler);
    guidance.value = next.guidance;
    eta.value = next.eta;
    eta.disabled = next.sampler !== "ddim";
  }

  sampler.addEventListener("input", (event) => {
    event.stopPropagation();
    write(read());
    announce(node);
  });
  write(value);
  return withValue(node, read, write);
}

function held(steps: number, sampler: string): number {
  const [least, most] = stepRange(sampler);
  return Math.min(most, Math.max(least, steps));
}
