import {announce, html, withProperty, withValue} from "./dom.js";

/** Options: ready texts to press, the longest text that is taken, and what stands in an empty field. */
export interface TextFieldOptions {
  value?: string;
  examples?: readonly string[];
  maxLength?: number;
  placeholder?: string;
}

/** A field as an input: `value` is its text. */
export type TextField = HTMLElement & {value: string; disabled: boolean};

/** A line of text with its label and, below, examples that fill it when pressed. It announces every change while the reader types. */
export function textField(
  label: string,
  {value = "", examples = [], maxLength = 400, placeholder}: TextFieldOptions = {}
): TextField {
  const id = label.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const box = html("input", {
    ...{type: "text", id, name: id, autocomplete: "off", autocapitalize: "none", spellcheck: "false"},
    ...{maxlength: maxLength, placeholder}
  });
  box.value = value;
  const chips = examples.map((text) =>
    html("button", {type: "button", class: "chip", onclick: () => choose(text)}, text)
  );
  const node = html(
    "div",
    {class: "text-field"},
    html("label", {for: id}, label),
    box,
    chips.length ? html("div", {class: "chips", role: "group", "aria-label": `Examples: ${label}`}, ...chips) : null
  );

  function choose(text: string): void {
    box.value = text;
    announce(node);
  }

  box.addEventListener("input", (event) => {
    event.stopPropagation();
    announce(node);
  });
  const input = withValue(
    node,
    () => box.value,
    (text: string) => {
      if (box.value !== text) box.value = text; // else the cursor would jump to the end
    }
  );
  const disable = (disabled: boolean) => {
    for (const control of [box, ...chips]) control.disabled = disabled;
  };
  return withProperty(input, "disabled", () => box.disabled, disable);
}
