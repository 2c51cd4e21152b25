import {announce, html, withValue} from "./dom.js";
import {percentage} from "./shareBars.js";

/** A word to choose, or a mark that stands back; its share of a whole, `null` where it is not known. */
export interface WordChip {
  readonly name: string;
  readonly mark: boolean;
  readonly share: number | null;
  /** Of all words the one to be seen first: it is ringed. */
  readonly first?: boolean;
}

/** The chips as an input: `value` is the pressed one's place in the row. */
export type WordChips = HTMLElement & {
  value: number;
  update(words: readonly WordChip[], value: number): void;
};

/** Options: the accessible name, and what hears of the word under the pointer or in focus (null: none). */
export interface WordChipsOptions {
  label?: string;
  value?: number;
  onHover?: (place: number | null) => void;
}

/** A sentence as a row of its words, each with its share as a number and a bar; one is pressed, any may be pointed at. */
export function wordChips(
  words: readonly WordChip[],
  {label = "Words", value = 0, onHover}: WordChipsOptions = {}
): WordChips {
  const node = html("div", {class: "word-chips", role: "group", "aria-label": label});
  let pressed = value;

  function update(next: readonly WordChip[], nextValue: number): void {
    pressed = nextValue;
    while (node.children.length > next.length) node.lastElementChild!.remove();
    while (node.children.length < next.length) node.append(chip(node.children.length));
    next.forEach((word, i) => fill(node.children[i] as HTMLElement, word, i === pressed));
  }

  function chip(place: number): HTMLElement {
    const [name, share] = [html("span", {class: "word-name"}), html("small", {})];
    const bar = html("span", {class: "word-share", "aria-hidden": "true"}, html("i", {}));
    const button = html("button", {type: "button", class: "word-chip"}, name, share, bar);
    button.addEventListener("click", () => {
      pressed = place;
      announce(node);
    });
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => onHover?.(place));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => onHover?.(null));
    return button;
  }

  update(words, value);
  const input = withValue(
    node,
    () => pressed,
    (next: number) => {
      pressed = next;
      [...node.children].forEach((child, i) => child.setAttribute("aria-pressed", String(i === pressed)));
    }
  );
  return Object.assign(input, {update});
}

function fill(button: HTMLElement, {name, mark, share, first = false}: WordChip, pressed: boolean): void {
  const [word, words, bar] = button.children;
  word.textContent = name;
  words.textContent = share === null ? "" : ` ${percentage(share)}`;
  (bar.firstElementChild as HTMLElement).style.width = `${100 * (share ?? 0)}%`;
  button.classList.toggle("mark", mark);
  button.classList.toggle("first", first);
  button.setAttribute("aria-pressed", String(pressed));
}
