import {announce, html, withProperty, withValue} from "./dom.js";

/** Options of a slider. `format` writes the value beside it, with its unit; `note` says more below it. */
export interface SliderOptions {
  value?: number;
  min: number;
  max: number;
  step?: number;
  format?: (value: number) => string;
  /** The id of the range input; made from the label where it is left out. */
  id?: string;
}

/** A labelled range as an input: `value` is a number, `max` may be moved, `disabled` greys it out. */
export type Slider = HTMLElement & {value: number; max: number; disabled: boolean};

/** A range with its label and its value in words; the label is its accessible name, the words what is read aloud. */
export function slider(label: string, {value, min, max, step = 1, format = String, id}: SliderOptions): Slider {
  const name = id ?? label.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const range = html("input", {type: "range", id: name, min, max, step});
  const output = html("output", {for: name});
  const node = html(
    "div",
    {class: `field field-${name}`},
    html("label", {for: name}, label),
    html("div", {class: "range"}, range, output)
  );

  function show(): void {
    const words = format(Number(range.value));
    output.value = words;
    range.setAttribute("aria-valuetext", words);
    range.style.setProperty("--filled", `${(100 * (Number(range.value) - min)) / (Number(range.max) - min || 1)}%`);
  }

  function set(next: number): void {
    range.value = String(next);
    show();
  }

  range.addEventListener("input", (event) => {
    event.stopPropagation();
    show();
    announce(node);
  });
  set(value ?? min);
  const setMax = (next: number) => {
    range.max = String(next);
    show();
  };
  const input = withValue(node, () => Number(range.value), set);
  return withProperty(
    withProperty(input, "max", () => Number(range.max), setMax),
    "disabled",
    () => range.disabled,
    (disabled: boolean) => void (range.disabled = disabled)
  );
}
