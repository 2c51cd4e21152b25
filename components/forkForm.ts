import {html, withProperty, withValue} from "./dom.js";

/** One thing to change from a step on. */
export type Change =
  {kind: "prompt"; prompt: string} | {kind: "guidance"; guidance: number} | {kind: "noiseSeed"; noiseSeed: number};

/** Where the fork would leave the trunk, and what the trunk has there. `stochastic`: its sampler adds noise. */
export interface ForkData {
  step: number;
  numSteps: number;
  prompt: string;
  guidance: number;
  stochastic: boolean;
}

/** The form as an input: `value` is the change. "submit" asks for the fork. */
export type ForkForm = HTMLElement & {value: Change; update(data: ForkData): void; disabled: boolean};

const kinds = {prompt: "the words", guidance: "the scale", noiseSeed: "the step noise"} as const;

let forms = 0;

/** "Fork here": change the words, the scale or the step noise, and run the rest again from there. */
export function forkForm(data: ForkData, {kind = "prompt"}: {kind?: Change["kind"]} = {}): ForkForm {
  let chosen: Change["kind"] = kind;
  let trunk = data;
  const group = `fork-${++forms}`; // radio buttons of several forms on a page keep apart
  const radios = (Object.keys(kinds) as Change["kind"][]).map((name) => radio(name, group, name === chosen, choose));
  const prompt = html("input", {
    type: "text",
    "aria-label": "Words from here on",
    autocomplete: "off",
    spellcheck: "false"
  });
  const guidance = html("input", {type: "range", min: 0, max: 12, step: 0.5, "aria-label": "Scale from here on"});
  const scale = html("output");
  const noise = html("input", {type: "number", min: 0, step: 1, value: 1, "aria-label": "Number of the step noise"});
  const fields = {
    prompt: html("div", {class: "fork-field"}, prompt),
    guidance: html("div", {class: "fork-field range"}, guidance, scale),
    noiseSeed: html("div", {class: "fork-field"}, noise)
  };
  const why = html("p", {class: "fork-why"}, "DDIM adds no noise of its own: choose the sampler DDPM to try this.");
  const button = html("button", {type: "submit", class: "primary"}, "Fork here");
  const place = html("span", {class: "fork-place"});
  const slot = html("div", {class: "fork-slot"});
  const form = html(
    "form",
    {class: "fork-form", "aria-label": "Fork the run"},
    html("p", {class: "fork-sentence"}, "From ", place, " on, change"),
    html("div", {class: "segments", role: "radiogroup", "aria-label": "What to change"}, ...radios),
    slot,
    button
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  guidance.addEventListener("input", showScale);

  function choose(name: Change["kind"]): void {
    chosen = name;
    const impossible = chosen === "noiseSeed" && !trunk.stochastic;
    slot.replaceChildren(impossible ? why : fields[chosen]);
    button.disabled = impossible || blocked;
  }

  function showScale(): void {
    scale.value = Number(guidance.value).toFixed(1);
    guidance.style.setProperty("--filled", `${(100 * Number(guidance.value)) / 12}%`);
  }

  function read(): Change {
    if (chosen === "guidance") return {kind: chosen, guidance: Number(guidance.value)};
    if (chosen === "noiseSeed") return {kind: chosen, noiseSeed: Math.max(0, Math.floor(Number(noise.value)))};
    return {kind: "prompt", prompt: prompt.value};
  }

  function update(next: ForkData): void {
    place.textContent = `step ${next.step + 1} of ${next.numSteps}`;
    if (next.prompt !== trunk.prompt || !prompt.value) prompt.value = next.prompt;
    if (next.guidance !== trunk.guidance || !scale.value) guidance.value = String(next.guidance);
    trunk = next;
    showScale();
    choose(chosen);
  }

  let blocked = false;
  update(data);
  const block = (next: boolean) => {
    blocked = next;
    choose(chosen);
  };
  return Object.assign(
    withProperty(withValue(html("div", {}, form), read), "disabled", () => blocked, block),
    {update}
  );
}

/** A change in words: "“horse” becomes “cow”", "scale 7.5", "other step noise (3)". */
export function changeText(change: Change, before: string): string {
  if (change.kind === "guidance") return `scale ${change.guidance.toFixed(1)}`;
  if (change.kind === "noiseSeed") return `other step noise (${change.noiseSeed})`;
  const [from, to] = differingWords(before, change.prompt);
  if (!from && !to) return "nothing changed";
  if (!from) return `with “${to}”`;
  return to ? `“${from}” becomes “${to}”` : `without “${from}”`;
}

/** The middle part in which two texts differ, word by word. */
export function differingWords(a: string, b: string): [string, string] {
  const [left, right] = [a.trim().split(/\s+/), b.trim().split(/\s+/)];
  let start = 0;
  while (start < Math.min(left.length, right.length) && left[start] === right[start]) start++;
  let end = 0;
  while (end < Math.min(left.length, right.length) - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  return [left.slice(start, left.length - end).join(" "), right.slice(start, right.length - end).join(" ")];
}

function radio(
  name: Change["kind"],
  group: string,
  checked: boolean,
  choose: (name: Change["kind"]) => void
): HTMLElement {
  const input = html("input", {type: "radio", name: group, value: name, checked});
  input.addEventListener("change", () => choose(name));
  return html("label", {}, input, html("span", {}, kinds[name]));
}
