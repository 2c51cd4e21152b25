import {drawingSamplers, stepRange} from "./armSettings.js";
import {announce, html, withValue} from "./dom.js";
import {wholeNumber} from "./runSettings.js";
import {slider} from "./slider.js";

/** All that a reader can ask of one run. Two equal wishes are drawn alike, to the pixel. */
export interface Wish {
  readonly prompt: string;
  readonly negative: string;
  readonly seed: number;
  /** Of the noise that steps add; null: the seed's own generator goes on. */
  readonly noiseSeed: number | null;
  readonly sampler: string;
  readonly steps: number;
  readonly guidance: number;
  /** DDIM alone has it. */
  readonly eta: number;
}

export type FieldName = keyof Wish;

/** Every field with the words that name it. */
export const FIELDS: Readonly<Record<FieldName, string>> = {
  prompt: "Prompt",
  negative: "Negative prompt",
  seed: "Seed",
  noiseSeed: "Step-noise seed",
  sampler: "Sampler",
  steps: "Steps",
  guidance: "Guidance scale",
  eta: "Eta"
};

/** Options: which fields there are, the arm that is added to their names, and the number that the dice throws. */
export interface RunFieldsOptions {
  readonly fields: readonly FieldName[];
  readonly suffix?: string;
  readonly throwDice?: () => number;
}

/** The fields as an input: `value` is a whole wish, what has no field included. */
export type RunFields = HTMLElement & {value: Wish; update(value: Wish, fields: readonly FieldName[]): void};

const MOST_SEED = 2 ** 32 - 1;

/** A wish's fields, of which only some may be on show. A "dice" event follows a throw. */
export function runFields(
  value: Wish,
  {fields, suffix = "", throwDice = () => Math.floor(Math.random() * 10_000)}: RunFieldsOptions
): RunFields {
  const id = (name: string) => (suffix ? `${name}-${suffix.toLowerCase()}` : name);
  const label = (name: FieldName) => (suffix ? `${FIELDS[name]} of ${suffix}` : FIELDS[name]);
  const line = (name: FieldName, placeholder: string) =>
    html("input", {...{type: "text", id: id(name), autocomplete: "off", spellcheck: "false"}, placeholder});
  const number = (name: FieldName, placeholder?: string) =>
    html("input", {
      ...{type: "number", id: id(name), min: 0, max: MOST_SEED, step: 1, inputmode: "numeric"},
      placeholder
    });
  const prompt = line("prompt", "a horse on the grass");
  const negative = line("negative", "nothing to avoid");
  const [seed, noiseSeed] = [number("seed"), number("noiseSeed", "goes on from the seed")];
  const dice = html("button", {
    ...{type: "button", class: "round dice", "aria-label": suffix ? `Another seed for ${suffix}` : "Another seed"}
  });
  const sampler = html(
    "select",
    {id: id("sampler")},
    ...drawingSamplers.map(({name, title}) => html("option", {value: name}, title))
  );
  const steps = slider(label("steps"), {id: id("steps"), min: 2, max: 100});
  const guidance = slider(label("guidance"), {
    ...{id: id("guidance"), min: 0, max: 12, step: 0.5},
    format: (scale) => scale.toFixed(1)
  });
  const eta = slider(label("eta"), {id: id("eta"), min: 0, max: 1, step: 0.05, format: (share) => share.toFixed(2)});
  const labelled = (name: FieldName, control: Node) =>
    html("div", {class: `field field-${name}`}, html("label", {for: id(name)}, label(name)), html("div", {}, control));
  const nodes: Record<FieldName, HTMLElement> = {
    prompt: labelled("prompt", prompt),
    negative: labelled("negative", negative),
    seed: labelled("seed", html("div", {class: "seed"}, seed, dice)),
    noiseSeed: labelled("noiseSeed", noiseSeed),
    sampler: labelled("sampler", sampler),
    ...{steps, guidance, eta}
  };
  const node = html("div", {class: "run-fields"});
  let [kept, shown]: [Wish, string] = [value, ""];

  function read(): Wish {
    const [least, most] = stepRange(sampler.value);
    return {
      ...{prompt: prompt.value, negative: negative.value},
      ...{seed: wholeNumber(seed.value) ?? kept.seed, noiseSeed: wholeNumber(noiseSeed.value)},
      ...{sampler: sampler.value, steps: Math.min(most, Math.max(least, steps.value))},
      ...{guidance: guidance.value, eta: sampler.value === "ddim" ? eta.value : 0}
    };
  }

  function write(next: Wish): void {
    kept = next;
    if (prompt.value !== next.prompt) prompt.value = next.prompt; // else the cursor would jump to the end
    if (negative.value !== next.negative) negative.value = next.negative;
    if (wholeNumber(seed.value) !== next.seed) seed.value = String(next.seed);
    if (wholeNumber(noiseSeed.value) !== next.noiseSeed)
      noiseSeed.value = next.noiseSeed === null ? "" : String(next.noiseSeed);
    sampler.value = next.sampler;
    [steps.value, guidance.value, eta.value] = [next.steps, next.guidance, next.eta];
    eta.disabled = next.sampler !== "ddim";
  }

  /** What is not on show is not in the page: its id may be another's. */
  function show(names: readonly FieldName[]): void {
    if (names.join() === shown) return;
    shown = names.join();
    node.replaceChildren(...names.map((name) => nodes[name]));
  }

  for (const input of [prompt, negative, seed, noiseSeed, sampler]) {
    input.addEventListener("input", (event) => {
      event.stopPropagation();
      if (input === sampler) write(read());
      announce(node);
    });
  }
  dice.addEventListener("click", () => {
    seed.value = String(throwDice());
    announce(node);
    node.dispatchEvent(new Event("dice"));
  });
  write(value);
  show(fields);
  return Object.assign(withValue(node, read, write), {
    update(next: Wish, names: readonly FieldName[]): void {
      write(next);
      show(names);
    }
  });
}
