import {html} from "./dom.js";

/** A token as the text encoder reads it. */
export interface Token {
  text: string;
  id: number;
  /** Training hardly ever or never showed it. */
  untrained?: boolean;
}

/** Options: how many tokens are shown, and the length of the row that the encoder reads. */
export interface TokenRowOptions {
  most?: number;
}

/** The prompt in tokens, each with its number. Marks of the beginning, the end and the padding stand back. */
export function tokenRow(tokens: readonly Token[], {most = 14}: TokenRowOptions = {}): HTMLElement {
  const words = tokens.filter(({text}) => !isMark(text));
  const shown = words
    .slice(0, most)
    .map(({text, id}) =>
      html("li", {}, html("span", {}, text.replace(/<\/w>$|^Ġ/, "")), html("small", {}, String(id)))
    );
  const rest = words.length - shown.length;
  if (rest > 0) shown.push(html("li", {class: "rest"}, `+ ${rest}`));
  return html("ol", {class: "tokens", "aria-label": "Tokens"}, ...shown);
}

/** Whether a token is the begin, end or padding mark. */
export function isMark(text: string): boolean {
  return /^<\|.*\|>$|^<(pad|s|\/s|unk)>$/.test(text);
}
