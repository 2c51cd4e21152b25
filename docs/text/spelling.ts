import type {Rung, FinalPiece} from "../components/mergeLadder.js";
import type {Replay} from "../src/models/bytePairs.js";

/** docs/recorded/text-tokens.json; scripts/record/text.ts writes it. */
export interface TokenCounts {
  readonly command: string;
  readonly scenes: number;
  readonly captions: number;
  /** How many merges the tokenizer has. */
  readonly merges: number;
  /** By id: how often the token stands in those captions; training drew most of the scenes, and one caption of each. */
  readonly counts: readonly number[];
  /** Ids of the tokens of the words below. */
  readonly ids: Readonly<Record<string, number>>;
  readonly replays: readonly Replay[];
}

/** The name of the model whose tokenizer and counts the page fetches: the reader may have brought another one, with tokens of its own. */
export const SHIPPED = "tiny";

/** Less often than once in so many captions is hardly ever. */
const HARDLY = 1000;

/** What training saw of a token: never, hardly ever, or often. */
export type Familiarity = "never" | "hardly" | "known";

export function familiarity(count: number, captions: number): Familiarity {
  if (count === 0) return "never";
  return count * HARDLY < captions ? "hardly" : "known";
}

/** Whether training showed a token hardly ever or never: by id. */
export function untrained(id: number, {counts, captions}: Pick<TokenCounts, "counts" | "captions">): boolean {
  return familiarity(counts[id] ?? 0, captions) !== "known";
}

/** The rungs of a replayed word: its bytes, then one for each merge. */
export function rungsOf({start, merges}: Replay): Rung[] {
  return [
    {pieces: start, made: [], merge: null},
    ...merges.map(({pieces, made, pair, rank}) => ({pieces, made, merge: {pair, number: rank + 1}}))
  ];
}

const NOTES: Record<Familiarity, (times: string) => string> = {
  never: () => "in none of the training captions: untrained",
  hardly: (times) => `in hardly any training caption: ${times} times`,
  known: (times) => `${times} times in the training captions`
};

/** The tokens of a word with what training saw of them. */
export function finalPieces(
  {tokens}: Replay,
  ids: Readonly<Record<string, number>>,
  {counts, captions}: Pick<TokenCounts, "counts" | "captions">
): FinalPiece[] {
  return tokens.map((text) => {
    const id = ids[text];
    const count = counts[id] ?? 0;
    const known = familiarity(count, captions);
    return {text, id, note: NOTES[known](count.toLocaleString("en")), untrained: known !== "known"};
  });
}

/** One sentence on a word: whether it is one token, and whether the model learnt anything of it. */
export function verdict({word, tokens}: Replay, pieces: readonly FinalPiece[]): string {
  if (!tokens.length) return "Type a word.";
  const untrained = pieces.filter((piece) => piece.untrained).length;
  const cut = tokens.length === 1 ? `“${word}” is one token` : `“${word}” falls into ${tokens.length} pieces`;
  if (!untrained) return `${cut}, and training showed ${tokens.length === 1 ? "it" : "each of them"} often.`;
  if (untrained === tokens.length)
    return `${cut}, and training showed ${tokens.length === 1 ? "it" : "none of them"} ${tokens.length === 1 ? "hardly ever or never" : "often"}: what the model draws for it is left to chance.`;
  return `${cut}, ${untrained} of which training showed hardly ever or never.`;
}
