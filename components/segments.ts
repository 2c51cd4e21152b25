import {announce, html, withValue} from "./dom.js";

/** One of the choices: what stands for it, and its words. */
export interface Segment {
  readonly value: string;
  readonly text: string;
}

/** Buttons side by side of which one is pressed, as an input: `value` is the pressed one's. */
export type Segments = HTMLElement & {value: string; update(segments: readonly Segment[], value: string): void};

/** A choice among a few; `label` is its accessible name. */
export function segments(label: string, choices: readonly Segment[], {value = choices[0]?.value ?? ""} = {}): Segments {
  const node = html("div", {class: "segments small", role: "group", "aria-label": label});
  let [shown, chosen]: [readonly Segment[], string] = [[], value];

  function update(next: readonly Segment[], nextValue: string): void {
    chosen = nextValue;
    const same = next.length === shown.length && next.every(({value, text}, i) => value === shown[i].value && text === shown[i].text); // prettier-ignore
    if (!same) node.replaceChildren(...next.map(button));
    shown = next;
    for (const child of node.querySelectorAll<HTMLButtonElement>("button"))
      child.setAttribute("aria-pressed", String(child.value === chosen));
  }

  function button({value: own, text}: Segment): HTMLButtonElement {
    const made = html("button", {type: "button", value: own}, text);
    made.addEventListener("click", () => {
      update(shown, own);
      announce(node);
    });
    return made;
  }

  update(choices, value);
  const input = withValue(
    node,
    () => chosen,
    (next: string) => update(shown, next)
  );
  return Object.assign(input, {update});
}
