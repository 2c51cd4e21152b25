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

export const isWord = ({kind}: Item): boolean => kind === "word";

/** Whether it is a word that names something. */
export const namesSomething = (item: Item): boolean => isWord(item) && !SMALL.has(item.name.toLowerCase());

/**
 * The two things of "a red apple and a lemon on the beach": what stands before "and", and the last word of what comes after it, up to the
 * next small word. Without an "and" the first two words that name something; fewer where there are not so many.
 */
export function thingsOf(items: readonly Item[]): Item[] {
  const and = items.findIndex(({name}) => name.toLowerCase() === "and");
  const first = items.slice(0, Math.max(0, and)).filter(namesSomething).at(-1);
  const begin = items.findIndex((item, i) => i > and && namesSomething(item));
  const end = items.findIndex((item, i) => i > begin && !namesSomething(item));
  return first && begin > and ? [first, items[end - 1]] : items.filter(namesSomething).slice(0, 2);
}

/** The item that a page shows first: the first word that names something. */
export function firstToShow(items: readonly Item[]): number {
  const found = items.findIndex(namesSomething);
  return found < 0 ? Math.min(1, items.length - 1) : found;
}

/** How it is called in a sentence: a word in quotes. */
export const called = ({name, kind}: Item): string => (kind === "word" ? `“${name}”` : name);
