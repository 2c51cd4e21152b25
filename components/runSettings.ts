import {announce, html, withValue} from "./dom.js";
import {slider} from "./slider.js";

/** How a picture is drawn, beside its prompt. `noiseSeed` of null: the seed's own generator goes on; `eta` is DDIM's, 0 where it is left out. */
export interface RunSettings {
  seed: number;
  steps: number;
  guidance: number;
  sampler: string;
  negative: string;
  noiseSeed: number | null;
  eta?: number;
}

export const defaultSettings: RunSettings = {
  seed: 7,
  steps: 30,
  guidance: 4,
  sampler: "ddim",
  negative: "",
  noiseSeed: null
};

/** Options: the value to start from, the number the dice throws. */
export interface RunSettingsOptions {
  value?: Partial<RunSettings>;
  throwDice?: () => number;
}

/** The settings as an input. A "dice" event follows a throw. */
export type RunSettingsInput = HTMLElement & {value: RunSettings};

const largestSeed = 2 ** 32 - 1;

/** The controls of a run: Seed with a dice, Steps, Guidance scale, Sampler, and two rare ones folded away. */
export function runSettings({value = {}, throwDice = randomSeed}: RunSettingsOptions = {}): RunSettingsInput {
  const seed = html("input", {type: "number", id: "seed", min: 0, max: largestSeed, step: 1, inputmode: "numeric"});
  const dice = html("button", {
    type: "button",
    class: "round dice",
    "aria-label": "Throw another number",
    title: "Another one"
  });
  const steps = slider("Steps", {id: "steps", min: 1, max: 100});
  const guidance = slider("Guidance scale", {
    ...{id: "guidance", min: 1, max: 12, step: 0.5},
    format: (scale) => scale.toFixed(1)
  });
  const sampler = html(
    "select",
    {id: "sampler"},
    html("option", {value: "ddim"}, "DDIM"),
    html("option", {value: "ddpm"}, "DDPM")
  );
  const negative = html("input", {type: "text", id: "negative", autocomplete: "off", placeholder: "nothing"});
  const noiseSeed = html("input", {
    type: "text",
    id: "noise-seed",
    inputmode: "numeric",
    placeholder: "goes on from it"
  });
  const node = html(
    "div",
    {class: "settings", role: "group", "aria-label": "Settings"},
    field("seed", "Seed", html("div", {class: "seed"}, seed, dice)),
    steps,
    guidance,
    field("sampler", "Sampler", sampler),
    html(
      "details",
      {class: "more"},
      html("summary", {}, "More"),
      html(
        "div",
        {class: "more-fields"},
        field("negative", "Words to avoid", negative),
        field("noise-seed", "Step-noise number", noiseSeed)
      )
    )
  );

  function read(): RunSettings {
    return {
      seed: wholeNumber(seed.value) ?? 0,
      steps: steps.value,
      guidance: guidance.value,
      sampler: sampler.value === "ddpm" ? "ddpm" : "ddim",
      negative: negative.value,
      noiseSeed: wholeNumber(noiseSeed.value)
    };
  }

  function write(next: RunSettings): void {
    seed.value = String(next.seed);
    steps.value = next.steps;
    guidance.value = next.guidance;
    sampler.value = next.sampler;
    negative.value = next.negative;
    noiseSeed.value = next.noiseSeed === null ? "" : String(next.noiseSeed);
  }

  dice.addEventListener("click", () => {
    seed.value = String(throwDice());
    announce(node);
    node.dispatchEvent(new Event("dice"));
  });
  write({...defaultSettings, ...value});
  return withValue(node, read, write);
}

/** A whole number from 0 to 2^32 - 1 that a reader typed, else null. */
export function wholeNumber(text: string): number | null {
  if (!/^\s*\d+\s*$/.test(text)) return null;
  return Math.min(largestSeed, Number(text));
}

function randomSeed(): number {
  return Math.floor(Math.random() * 10_000);
}

function field(id: string, label: string, control: Node): HTMLElement {
  return html("div", {class: `field field-${id}`}, html("label", {for: id}, label), control);
}
