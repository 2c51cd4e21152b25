/**
 * Which tokens of one prompt stand where tokens of another stood, so that attention to the one becomes attention to the
 * other: the mapping of prompt-to-prompt's word swap, Hertz et al. 2022, arXiv:2208.01626, section 3.2.
 */
import {sizeOf, type Tensor} from "../tensor.js";
import {wordsOf, type Spelled} from "./words.js";

/** For each of the K tokens of the first prompt the tokens of the second that share its mass equally; none where it is gone. */
export type Alignment = readonly (readonly number[])[];

/**
 * Words that both prompts have, in the same order, keep their tokens. Between them as many words as before take each other's
 * place one by one, another number of words takes it as a whole. A word of as many tokens as the old one goes token by token;
 * else its tokens share the old word's mass equally. Begin, end and padding go to their own kind.
 */
export function alignTokens(from: Spelled & {text: string}, to: Spelled & {text: string}): Alignment {
  const [before, after] = [from, to].map((spelled) => wordsOf(spelled, spelled.text));
  const targets = from.tokens.map((): readonly number[] => []);
  const pair = (old: readonly number[], fresh: readonly number[]): void =>
    old.forEach((token, i) => (targets[token] = old.length === fresh.length ? [fresh[i]] : fresh));
  const text = ({text}: {text: string}): string => text.toLowerCase();
  for (const [old, fresh] of runs(before.map(text), after.map(text))) {
    const [oldTokens, freshTokens] = [old.map((i) => before[i].tokens), fresh.map((i) => after[i].tokens)];
    if (old.length === fresh.length) oldTokens.forEach((tokens, i) => pair(tokens, freshTokens[i]));
    else oldTokens.flat().forEach((token) => pair([token], freshTokens.flat()));
  }
  pair([0], [0]);
  const [oldTail, freshTail] = [tailOf(from), tailOf(to)];
  const paired = Math.min(oldTail.length, freshTail.length) - 1;
  for (let i = 0; i < paired; i++) pair([oldTail[i]], [freshTail[i]]);
  oldTail.slice(paired).forEach((token) => pair([token], freshTail.slice(paired)));
  return targets;
}

/** End and padding: all that comes after the last word's last token. */
function tailOf({offsets}: Spelled): number[] {
  const end = offsets.findLastIndex((place) => place !== null) + 1;
  return offsets.map((_, token) => token).slice(Math.max(1, end));
}

/** The two lists cut into runs: words they share, one by one, and what lies between those. Indices of both. */
function runs(before: readonly string[], after: readonly string[]): [old: number[], fresh: number[]][] {
  const found: [number[], number[]][] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...sharedWords(before, after), [before.length, after.length]]) {
    if (nextI > i || nextJ > j) found.push([range(i, nextI), range(j, nextJ)]);
    if (nextI < before.length) found.push([[nextI], [nextJ]]);
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return found;
}

const range = (from: number, to: number): number[] => Array.from({length: to - from}, (_, i) => from + i);

/** Their longest common subsequence, as pairs of indices. */
function sharedWords(before: readonly string[], after: readonly string[]): [number, number][] {
  const longest = Array.from({length: before.length + 1}, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i][j] =
        before[i] === after[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < before.length && j < after.length;) {
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (longest[i + 1][j] >= longest[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Attention to another prompt's tokens. */
export interface CarriedMap {
  /** As the map: [..., q, K]. Rows sum to 1 still; what a dropped word had goes to all others in proportion. */
  readonly probabilities: Tensor;
  /** 1 for each of the K tokens that took a place, 0 for those that are new: there the layer's own attention stays. */
  readonly gate: readonly number[];
}

/** A map of the first prompt, [..., q, K], as a map of the second. */
export function carriedOver({data, dims}: Tensor, alignment: Alignment): CarriedMap {
  const tokens = alignment.length;
  if (dims.at(-1) !== tokens) throw new Error(`a map of ${dims.at(-1)} tokens: the prompts have ${tokens}`);
  const carried = new Float32Array(sizeOf(dims));
  for (let row = 0; row < data.length; row += tokens) {
    let sum = 0;
    for (const [token, targets] of alignment.entries()) {
      if (targets.length) sum += data[row + token];
      for (const target of targets) carried[row + target] += data[row + token] / targets.length;
    }
    for (let token = 0; sum > 0 && token < tokens; token++) carried[row + token] /= sum;
  }
  const taken = new Set(alignment.flat());
  return {probabilities: {data: carried, dims}, gate: alignment.map((_, token) => (taken.has(token) ? 1 : 0))};
}
