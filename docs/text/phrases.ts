import type {Vocabulary} from "../src/models/model.js";

/** A phrase with its article, as the captions write it: "an owl", "a unicorn", "grapes". */
export function withArticle(phrase: string): string {
  if (/(cherries|grapes)$/.test(phrase)) return phrase;
  return (/^[aeiou]/i.test(phrase) && !/^u[nf]/i.test(phrase) ? "an " : "a ") + phrase;
}

/** "a horse", "a red apple" ...: the usual phrase of everything the model learned to draw. */
export function phrasesOf(vocabulary: Vocabulary | null): string[] {
  return Object.values(vocabulary?.objects ?? {}).map(([usual]) => withArticle(usual));
}
