import {announce, html, withValue} from "./dom.js";

/** Buttons that stay pressed, any number of them, as an input: `value` lists the pressed ones in the order of the choices. */
export type Toggles<T extends string> = HTMLElement & {value: readonly T[]};

/** A choice of any of a few; `label` is its accessible name. */
export function toggles<T extends string>(
  label: string,
  choices: Readonly<Record<T, string>>,
  {value = []}: {value?: readonly T[]} = {}
): Toggles<T> {
  const names = Object.keys(choices) as T[];
  const node = html("div", {class: "chips toggles", role: "group", "aria-label": label});
  const buttons = names.map((name) => {
    const button = html("button", {type: "button", class: "chip toggle"}, choices[name]);
    button.addEventListener("click", () => {
      write(pressed.includes(name) ? pressed.filter((other) => other !== name) : [...pressed, name]);
      announce(node);
    });
    return button;
  });
  let pressed: readonly T[] = [];

  function write(next: readonly T[]): void {
    pressed = names.filter((name) => next.includes(name));
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(pressed.includes(names[i]))));
  }

  node.append(...buttons);
  write(value);
  return withValue(node, () => pressed, write);
}
