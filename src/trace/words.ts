/** Which tokens spell a word: byte-pair encoding cuts words into pieces, and a prompt's words are what a reader asks for. */

/** Where a token lies in the text, in UTF-16 units: from the first up to, not including, the last. */
export type Offsets = readonly [start: number, end: number];

/** A letter with the marks on it: what normalisation (NFC, lower case) may turn into other code points. */
const LETTER = /\P{M}[\p{M}\u1160-\u11ff]*|\p{M}+/gu;
const END_OF_WORD = "</w>";
const utf8 = new TextEncoder();

/**
 * Where CLIP's tokens lie in their text. The tokenizer drops spaces, makes letters small, and spells the rest in bytes,
 * one sign of a token a byte: so counting bytes finds every piece, even half a letter.
 * @param pieces the tokens between begin and end, as the vocabulary spells them
 */
export function offsetsOf(text: string, pieces: readonly string[]): Offsets[] {
  const bytes = [...text.matchAll(LETTER)].flatMap(({0: letter, index}) => {
    const place: Offsets = [index, index + letter.length];
    const spelled = letter.normalize("NFC").toLowerCase().replace(/\s/g, "");
    return new Array<Offsets>(utf8.encode(spelled).length).fill(place);
  });
  let at = 0;
  return pieces.map((piece) => {
    const length = [...(piece.endsWith(END_OF_WORD) ? piece.slice(0, -END_OF_WORD.length) : piece)].length;
    const first = bytes[at] ?? [text.length, text.length];
    const last = bytes[at + length - 1] ?? [text.length, text.length];
    at += length;
    return [first[0], last[1]];
  });
}

/** A text as its tokenizer read it; see Tokenized. */
export interface Spelled {
  readonly tokens: readonly string[];
  /** Null for begin, end and padding. */
  readonly offsets: readonly (Offsets | null)[];
}

export interface Word {
  /** As it stands in the text. */
  readonly text: string;
  /** The tokens (0 ... K - 1) that spell it: several where it is cut into pieces. */
  readonly tokens: readonly number[];
}

/** The words of a text as the tokenizer divides it: punctuation apart, without spaces. */
export function wordsOf({tokens, offsets}: Spelled, text: string): Word[] {
  const words: Word[] = [];
  let pieces: number[] = [];
  for (const [token, place] of offsets.entries()) {
    if (place) pieces.push(token);
    const goesOn = place && !tokens[token].endsWith(END_OF_WORD);
    if (goesOn || !pieces.length) continue; // a word that was cut off by the last token ends there
    words.push({text: text.slice(offsets[pieces[0]]?.[0], offsets[pieces[pieces.length - 1]]?.[1]), tokens: pieces});
    pieces = [];
  }
  return words;
}

/**
 * The tokens (0 ... K - 1) that spell a word or phrase, everywhere it stands in the text; none where it does not, or
 * lies beyond the last token read. Capital or small is the same; "cat" is not found in "catfish".
 */
export function tokensOf({offsets}: Pick<Spelled, "offsets">, text: string, word: string): number[] {
  return rangesOf(text, word).flatMap(([start, end]) =>
    offsets.flatMap((place, token) => (place && place[0] < end && place[1] > start ? [token] : []))
  );
}

/** Where a phrase stands in a text as whole words, with any spaces between them. */
function rangesOf(text: string, phrase: string): Offsets[] {
  const words = phrase
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (words[0] === "") return [];
  const isLetter = "[\\p{L}\\p{N}\\p{M}]";
  const bounded = (edge: string, lookAround: string): string =>
    new RegExp(isLetter, "u").test(edge) ? lookAround : "";
  const before = bounded(phrase.trim()[0], `(?<!${isLetter})`);
  const after = bounded(phrase.trim().at(-1) ?? "", `(?!${isLetter})`);
  const found = text.matchAll(new RegExp(before + words.join("\\s+") + after, "giu"));
  return [...found].map(({0: match, index}) => [index, index + match.length]);
}
