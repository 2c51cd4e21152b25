/** What the model was trained on: names of objects with the phrases that mean them, places, colours, and the other words it has met. */
export interface Vocabulary {
  objects: Readonly<Record<string, readonly string[]>>;
  places: Readonly<Record<string, readonly string[]>>;
  colors: Readonly<Record<string, readonly string[]>> | readonly string[];
  words: readonly string[];
}

/** The words of a prompt that no training caption holds, in the order they stand, each once. */
export function unknownWords(prompt: string, vocabulary: Vocabulary): string[] {
  const known = knownWords(vocabulary);
  return [...new Set(wordsOf(prompt))].filter((word) => !known.has(word) && !known.has(singular(word)));
}

/** The objects that a prompt names, longest phrase first, each with the phrase that stands in the prompt. */
export function objectsIn(prompt: string, {objects}: Vocabulary): {name: string; phrase: string}[] {
  const text = ` ${wordsOf(prompt).join(" ")} `;
  return Object.entries(objects)
    .flatMap(([name, phrases]) => phrases.map((phrase) => ({name, phrase: phrase.replaceAll("-", " ")})))
    .filter(({phrase}) => text.includes(` ${wordsOf(phrase).join(" ")} `))
    .sort((a, b) => b.phrase.length - a.phrase.length)
    .filter(({phrase}, i, all) => !all.slice(0, i).some((longer) => ` ${longer.phrase} `.includes(` ${phrase} `)));
}

/** Lower-case words of a text, in any script. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{Extended_Pictographic}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
}

const knownCache = new WeakMap<Vocabulary, Set<string>>();

function knownWords(vocabulary: Vocabulary): Set<string> {
  const cached = knownCache.get(vocabulary);
  if (cached) return cached;
  const {objects, places, colors, words} = vocabulary;
  const texts = [
    ...Object.values(objects).flat(),
    ...Object.values(places).flat(),
    ...Object.values(colors).flat(),
    ...words
  ];
  const known = new Set(texts.flatMap((text) => [...wordsOf(text), ...wordsOf(text.replaceAll("-", " "))]));
  knownCache.set(vocabulary, known);
  return known;
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}
