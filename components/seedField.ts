import {announce, html, withValue} from "./dom.js";

const MOST = 2 ** 32 - 1;

/** Options: the accessible name, and where another seed comes from. */
export interface SeedFieldOptions {
  readonly label?: string;
  readonly throwDice?: () => number;
}

/** The field as an input: `value` is a seed, a whole number from 0 to 2^32 - 1. */
export type SeedField = HTMLElement & {value: number};

/** A seed to type or to throw. What is no seed is not heard. */
export function seedField(
  value: number,
  {label = "Seed", throwDice = () => Math.floor(Math.random() * 10_000)}: SeedFieldOptions = {}
): SeedField {
  let seed = value;
  const id = label.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const input = html("input", {type: "number", id, min: 0, max: MOST, step: 1, value: seed});
  const dice = html("button", {type: "button", class: "round dice", "aria-label": `Another ${label.toLowerCase()}`});
  const node = html(
    "div",
    {class: "field inline seed-field"},
    html("label", {for: id}, label),
    html("div", {class: "seed"}, input, dice)
  );

  function take(next: number): void {
    seed = next;
    announce(node);
  }

  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const typed = input.valueAsNumber;
    if (Number.isInteger(typed) && typed >= 0 && typed <= MOST) take(typed);
  });
  dice.addEventListener("click", () => {
    const thrown = throwDice();
    input.value = String(thrown);
    take(thrown);
  });
  return withValue(
    node,
    () => seed,
    (next: number) => {
      if (next !== seed) input.value = String(next);
      seed = next;
    }
  );
}
