import {announce, html, withProperty, withValue} from "./dom.js";

/** Options of the prompt form: ready prompts to press, and the longest text that is taken. */
export interface PromptFormOptions {
  value?: string;
  examples?: readonly string[];
  maxLength?: number;
}

/** The form as an input: `value` is the prompt. "submit" asks to draw it, "cancel" to stop drawing. */
export type PromptForm = HTMLElement & {value: string; busy: boolean; stale: boolean};

/** The textbox "Prompt", the buttons "Draw" and "Cancel", and example prompts that draw when pressed. */
export function promptForm({value = "", examples = [], maxLength = 10_000}: PromptFormOptions = {}): PromptForm {
  const textbox = html("input", {
    type: "text",
    id: "prompt",
    name: "prompt",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    enterkeyhint: "go",
    maxlength: maxLength,
    placeholder: "a horse on the grass"
  });
  textbox.value = value;
  const draw = html("button", {type: "submit", class: "primary"}, "Draw");
  const cancel = html("button", {type: "button", disabled: true}, "Cancel");
  const chips = examples.map((text) => html("button", {type: "button", class: "chip"}, text));
  const form = html(
    "form",
    {class: "prompt-form"},
    html("label", {for: "prompt"}, "Prompt"),
    html("div", {class: "prompt-line"}, textbox, draw, cancel),
    chips.length ? html("div", {class: "chips", role: "group", "aria-label": "Examples"}, ...chips) : null
  );

  const node = html("div", {}, form);
  cancel.addEventListener("click", () => node.dispatchEvent(new Event("cancel")));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const chip of chips) chip.addEventListener("click", () => choose(chip.textContent));

  function choose(text: string): void {
    textbox.value = text;
    announce(form);
    form.requestSubmit();
  }

  const input = withValue(
    node,
    () => textbox.value,
    (text: string) => {
      textbox.value = text;
    }
  );
  const setBusy = (busy: boolean) => {
    cancel.disabled = !busy;
    form.setAttribute("aria-busy", String(busy));
  };
  const setStale = (stale: boolean) => void draw.classList.toggle("stale", stale);
  const isStale = () => draw.classList.contains("stale");
  return withProperty(
    withProperty(input, "busy", () => !cancel.disabled, setBusy),
    "stale",
    isStale,
    setStale
  );
}
