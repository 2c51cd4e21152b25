import type {Word} from "../src/trace/words.js";

/** What a token is for. */
export type ItemKind = "begin" | "word" | "end" | "padding";

/** A word of the prompt, or one of the marks around them: what a reader can ask the map of. */
export interface Item {
  readonly name: string;
  readonly kind: ItemKind;
  /** The rows, 0 ... K - 1, that belong to it: several for a word in pieces, and for all padding together. */
  readonly tokens: readonly number[];
}

/** Begin, the words, end, and all padding as one, in the order of the rows. @param count K */
export function itemsOf(words: readonly Word[], count: number): Item[] {
  const end = Math.max(0, ...words.flatMap(({tokens}) => tokens)) + 1;
  const padding = Array.from({length: Math.max(0, count - end - 1)}, (_, i) => end + 1 + i);
  return [
    {name: "begin", kind: "begin", tokens: [0]},
    ...words.map(({text, tokens}) => ({name: text, kind: "word" as const, tokens})),
    ...(end < count ? [{name: "end", kind: "end" as const, tokens: [end]}] : []),
    ...(padding.length ? [{name: `padding × ${padding.length}`, kind: "padding" as const, tokens: padding}] : [])
  ];
}

/** The same with every row of the padding by itself. */
export function singleItems(items: readonly Item[]): Item[] {
  return items.flatMap((item) =>
    item.kind === "padding"
      ? item.tokens.map((token) => ({name: `padding, row ${token}`, kind: item.kind, tokens: [token]}))
      : [item]
  );
}

/** Words that name nothing. */
const SMALL = new Set(["a", "an", "the", "on", "in", "of", "to", "and", "at", "by", "is", "with", ",", "."]);

/** The item that a page shows first: the first word that names something. */
export function firstToShow(items: readonly Item[]): number {
  const found = items.findIndex(({name, kind}) => kind === "word" && !SMALL.has(name.toLowerCase()));
  return found < 0 ? Math.min(1, items.length - 1) : found;
}

/** How it is called in a sentence: a word in quotes. */
export const called = ({name, kind}: Item): string => (kind === "word" ? `“${name}”` : name);
