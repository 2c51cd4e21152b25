import {html} from "./dom.js";

/** The one place for errors: `update(null)` hides it. A "retry" event asks to try again. */
export type ErrorNote = HTMLElement & {update(message: string | null): void};

/** An error in words with the button "Retry". It is announced when it appears. */
export function errorNote(message: string | null = null): ErrorNote {
  const text = html("span");
  const node = html("div", {class: "error-note", role: "alert"});
  const retry = html("button", {type: "button", onclick: () => node.dispatchEvent(new Event("retry"))}, "Retry");

  function update(next: string | null): void {
    node.classList.toggle("idle", !next);
    text.textContent = next ?? "";
    if (next && !node.contains(text)) node.replaceChildren(text, retry);
    if (!next) node.replaceChildren();
  }

  update(message);
  return Object.assign(node, {update});
}
