import {html} from "./dom.js";

/** A question with guesses to choose from and the answer that follows. `action`: a button that shows it on the page. */
export interface Question {
  title: string;
  text: string;
  guesses: readonly string[];
  answer: string | Node;
  action?: {label: string; run: () => void};
}

/** "Try this": predict, then reveal. A guess opens the answer; nothing says right or wrong before. */
export function tryThis({title, text, guesses, answer, action}: Question): HTMLElement {
  const reveal = html("div", {class: "answer", hidden: true, tabindex: "-1"}, html("p", {}, answer));
  const buttons = guesses.map((guess) =>
    html("button", {type: "button", class: "guess", "aria-pressed": "false"}, guess)
  );
  if (action) reveal.append(html("button", {type: "button", class: "chip", onclick: action.run}, action.label));
  for (const button of buttons) button.addEventListener("click", () => choose(button));

  function choose(chosen: HTMLButtonElement): void {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
    reveal.hidden = false;
  }

  return html(
    "aside",
    {class: "try-this", "aria-label": `Try this: ${title}`},
    html("h3", {}, html("span", {class: "eyebrow"}, "Try this"), " ", title),
    html("p", {}, text),
    html("div", {class: "guesses", role: "group", "aria-label": "Your guess"}, ...buttons),
    reveal
  );
}
