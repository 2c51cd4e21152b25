import {html} from "./dom.js";

/** A fold of code that can be told of new values. */
export type CodeFold = HTMLDetailsElement & {update(code: string): void};

/** Code behind a fold, with a button that copies it. */
export function codeFold(
  title: string,
  code: string,
  {copy = copyText}: {copy?: (text: string) => Promise<void>} = {}
): CodeFold {
  const text = html("code", {}, code);
  const button = html("button", {type: "button", class: "copy"}, "Copy");
  button.addEventListener("click", async () => {
    await copy(text.textContent ?? "").then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Select it by hand")
    );
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  const node = html(
    "details",
    {class: "code-fold"},
    html("summary", {}, title),
    html("div", {class: "code-body"}, button, html("pre", {tabindex: "0"}, text))
  );
  return Object.assign(node, {
    update(next: string): void {
      if (text.textContent !== next) text.textContent = next;
    }
  });
}

function copyText(text: string): Promise<void> {
  return navigator.clipboard.writeText(text);
}
