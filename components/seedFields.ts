import {announce, html, withValue} from "./dom.js";
import {wholeNumber} from "./runSettings.js";

/** Where chance comes from: the seed of the starting noise, and of the noise that steps add (null: the seed's own generator goes on). */
export interface Seeds {
  readonly seed: number;
  readonly noiseSeed: number | null;
}

/** Two fields as an input: the spin button "Seed" and "Step-noise seed", which may be left empty. */
export type SeedFields = HTMLElement & {value: Seeds};

export function seedFields(value: Seeds): SeedFields {
  const seed = html("input", {type: "number", id: "seed", min: 0, max: 2 ** 32 - 1, step: 1, inputmode: "numeric"});
  const noise = html("input", {
    ...{type: "number", id: "noise-seed", min: 0, max: 2 ** 32 - 1, step: 1, inputmode: "numeric"},
    placeholder: "goes on from the seed"
  });
  const node = html(
    "div",
    {class: "seed-fields"},
    html("div", {class: "field"}, html("label", {for: "seed"}, "Seed"), html("div", {}, seed)),
    html("div", {class: "field"}, html("label", {for: "noise-seed"}, "Step-noise seed"), html("div", {}, noise))
  );
  let kept = value.seed;

  function write(next: Seeds): void {
    kept = next.seed;
    seed.value = String(next.seed);
    noise.value = next.noiseSeed === null ? "" : String(next.noiseSeed);
  }

  for (const field of [seed, noise]) {
    field.addEventListener("input", (event) => {
      event.stopPropagation();
      kept = wholeNumber(seed.value) ?? kept;
      announce(node);
    });
  }
  write(value);
  return withValue(node, () => ({seed: kept, noiseSeed: wholeNumber(noise.value)}), write);
}
