/**
 * Byte-pair encoding, replayed: the merges that made the tokens of a word, one by one. Sennrich et al. 2016, arXiv:1508.07909, algorithm
 * 1, over bytes and with the end of a word marked by `</w>`, as in CLIP (Radford et al. 2021, section 2.4). The tokens are those of the
 * library in ./tokenizer.ts; this one shows how it got there.
 */

/** What is read of a `tokenizer.json`. Older files write a merge as one string, "a b". */
export interface TokenizerFile {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (string | readonly [string, string])[];
  };
}

export interface BytePairs {
  readonly ids: Readonly<Record<string, number>>;
  /** Of a pair of tokens, joined by a space: its place among the merges, from 0. The smaller one was learnt earlier, and is merged first. */
  readonly ranks: ReadonlyMap<string, number>;
}

/** One merge: every neighbouring pair of these two becomes one piece. */
export interface Merge {
  readonly pair: readonly [string, string];
  readonly rank: number;
  /** The whole word after it. */
  readonly pieces: readonly string[];
  /** Which of the pieces are new. */
  readonly made: readonly number[];
}

/** How a word falls into tokens: its bytes, then every merge; the last one's pieces are the tokens. */
export interface Replay {
  readonly word: string;
  readonly start: readonly string[];
  readonly merges: readonly Merge[];
  readonly tokens: readonly string[];
}

export const END_OF_WORD = "</w>";
export const BEGIN = "<|startoftext|>";
export const END = "<|endoftext|>";

export function readBytePairs({model}: TokenizerFile): BytePairs {
  const pairs = model.merges.map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  return {ids: model.vocab, ranks: new Map(pairs.map((pair, rank) => [pair, rank]))};
}

/** CLIP's words: a run of letters, one digit, or a run of other signs; an English ending after an apostrophe stands alone. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+/gu;

/** The words of a text in small letters, in their order; nothing is merged across their borders. */
export function splitWords(text: string): string[] {
  return text.normalize("NFC").toLowerCase().match(WORDS) ?? [];
}

/** The merges of a word, the one that was learnt first always first, until no neighbours are a known pair. */
export function replay({ranks}: BytePairs, word: string): Replay {
  const start = spell(word);
  const merges: Merge[] = [];
  let pieces: readonly string[] = start;
  for (;;) {
    const pair = firstPair(pieces, ranks);
    if (!pair) return {word, start, merges, tokens: pieces};
    const merged = merge(pieces, pair);
    merges.push({pair, rank: ranks.get(pair.join(" "))!, ...merged});
    pieces = merged.pieces;
  }
}

/** A word in the alphabet of bytes, one sign a byte of its UTF-8; the last one ends the word. */
function spell(word: string): string[] {
  const signs = [...new TextEncoder().encode(word)].map((byte) => ALPHABET[byte]);
  return signs.map((sign, i) => (i === signs.length - 1 ? sign + END_OF_WORD : sign));
}

function firstPair(pieces: readonly string[], ranks: BytePairs["ranks"]): [string, string] | null {
  let best: [string, string] | null = null;
  let lowest = Infinity;
  for (let i = 0; i + 1 < pieces.length; i++) {
    const rank = ranks.get(`${pieces[i]} ${pieces[i + 1]}`) ?? Infinity;
    if (rank < lowest) [lowest, best] = [rank, [pieces[i], pieces[i + 1]]];
  }
  return best;
}

function merge(pieces: readonly string[], [left, right]: readonly [string, string]): Pick<Merge, "pieces" | "made"> {
  const joined: string[] = [];
  const made: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i] === left && pieces[i + 1] === right) {
      made.push(joined.length);
      joined.push(left + right);
      i++;
    } else joined.push(pieces[i]);
  }
  return {pieces: joined, made};
}

/** A sign for every byte: printable ones stand for themselves, the others for a letter beyond (GPT-2, Radford et al. 2019, section 2.2). */
const ALPHABET: readonly string[] = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  let others = 256;
  return Array.from({length: 256}, (_, byte) => String.fromCharCode(printable(byte) ? byte : others++));
})();

/** A text as the encoder gets it, and what did not fit. */
export interface Encoded {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly truncated: boolean;
}

/** Begin, the tokens of every word, end, and padding up to `maxTokens`. */
export function encodeText(pairs: BytePairs, text: string, maxTokens: number): Encoded {
  const all = splitWords(text).flatMap((word) => replay(pairs, word).tokens);
  const kept = [BEGIN, ...all.slice(0, maxTokens - 2), END];
  const tokens = [...kept, ...new Array<string>(maxTokens - kept.length).fill(END)];
  return {tokens, ids: tokens.map((token) => pairs.ids[token]), truncated: all.length > maxTokens - 2};
}
