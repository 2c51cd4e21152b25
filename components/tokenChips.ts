import {announce, html, withValue} from "./dom.js";
import type {Token} from "./tokenRow.js";

/** What a token is for: a piece of a word, or a mark. */
export type TokenKind = "piece" | "begin" | "end" | "padding";

/** A token with its place in the row, what it is for, and the number of its word, from 0. */
export interface PlacedToken extends Token {
  readonly place: number;
  readonly kind: TokenKind;
  readonly word: number;
}

/** Options: the place that is pressed, the accessible name, and what hears of the place under the pointer or in focus (null: none). */
export interface TokenChipsOptions {
  value?: number | null;
  label?: string;
  onHover?: (place: number | null) => void;
}

/** The chips as an input: `value` is the place of the pressed one, or null. */
export type TokenChips = HTMLElement & {
  value: number | null;
  update(tokens: readonly Token[], value: number | null): void;
  /** Frames the chip of a place: what is pointed at elsewhere. */
  mark(place: number | null): void;
};

/** A prompt as coloured chips with their ids, one a token; pieces of one word have one colour. All padding is one chip. */
export function tokenChips(
  tokens: readonly Token[],
  {value = null, label = "Tokens", onHover}: TokenChipsOptions = {}
): TokenChips {
  const node = html("div", {class: "token-chips", role: "group", "aria-label": label});
  let [pressed, key] = [value, ""];

  function update(next: readonly Token[], nextValue: number | null): void {
    pressed = nextValue;
    const nextKey = JSON.stringify(next);
    if (nextKey !== key) node.replaceChildren(...chipsOf(next));
    key = nextKey;
    for (const button of node.querySelectorAll<HTMLButtonElement>("button"))
      button.setAttribute("aria-pressed", String(pressed !== null && holds(button, pressed)));
  }

  function chipsOf(next: readonly Token[]): HTMLElement[] {
    const placed = placeTokens(next);
    const padding = placed.filter(({kind}) => kind === "padding");
    const chips = placed.filter(({kind}) => kind !== "padding").map((token) => chip(token, 1));
    return padding.length ? [...chips, chip(padding[0], padding.length)] : chips;
  }

  function chip({text, id, place, kind, word, untrained}: PlacedToken, count: number): HTMLElement {
    const shown = kind === "piece" ? readable(text) : count > 1 ? `${kind} × ${count}` : kind;
    const tint = kind === "piece" ? `tint-${word % TINTS}${untrained ? " untrained" : ""}` : "mark";
    const button = html(
      "button",
      {type: "button", class: `token-chip ${tint}`, "data-from": place, "data-to": place + count},
      html("span", {}, shown),
      " ",
      html("small", {}, String(id)),
      kind === "piece" && untrained ? html("span", {class: "visually-hidden"}, ", untrained") : null
    );
    button.addEventListener("click", () => {
      update(next(), pressed !== null && holds(button, pressed) ? null : place);
      announce(node);
    });
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => onHover?.(place));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => onHover?.(null));
    return button;
  }

  const next = () => JSON.parse(key) as Token[];
  update(tokens, value);
  const input = withValue(
    node,
    () => pressed,
    (place: number | null) => update(next(), place)
  );
  return Object.assign(input, {
    update,
    mark(place: number | null): void {
      for (const button of node.querySelectorAll<HTMLButtonElement>("button"))
        button.classList.toggle("hovered", place !== null && holds(button, place));
    }
  });
}

/** So many colours take turns. */
export const TINTS = 6;

const holds = ({dataset: {from, to}}: HTMLElement, place: number): boolean =>
  place >= Number(from) && place < Number(to);

/** Tokens with their places and purposes: the first is the begin mark, the first end mark ends the text, what follows it is padding. */
export function placeTokens(tokens: readonly Token[]): PlacedToken[] {
  const end = tokens.findIndex(({text}, place) => place > 0 && text === tokens.at(-1)?.text);
  let word = 0;
  return tokens.map((token, place) => {
    const kind: TokenKind = place === 0 ? "begin" : place < end ? "piece" : place === end ? "end" : "padding";
    const placed = {...token, place, kind, word};
    if (kind === "piece" && token.text.endsWith("</w>")) word++;
    return placed;
  });
}

/** A token without the mark of a word's end. */
export function readable(text: string): string {
  return text.replace(/<\/w>$/, "");
}

/** What a place is called in running text: its piece in quotes, or its purpose. */
export function nameOf({text, kind}: Pick<PlacedToken, "text" | "kind">): string {
  return kind === "piece" ? `“${readable(text)}”` : kind;
}
