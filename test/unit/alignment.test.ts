import {beforeAll, describe, expect, test} from "vitest";
import {openTokenizer, type Tokenized, type Tokenizer} from "../../src/models/tokenizer.js";
import {openFolder} from "../../src/node.js";
import {alignTokens, carriedOver, type Alignment} from "../../src/trace/alignment.js";
import {tokensOf} from "../../src/trace/words.js";

let tokenizer: Tokenizer;

beforeAll(async () => {
  tokenizer = await openTokenizer(openFolder("data/models/tiny"));
});

const spelled = (text: string): Tokenized & {text: string} => ({...tokenizer.encode(text), text});
const align = (from: string, to: string): Alignment => alignTokens(spelled(from), spelled(to));
const tokens = (text: string, word: string): number[] => tokensOf(spelled(text), text, word);

/** How one cell of one head looks: all different, with a sum of 1. */
function map(): {data: Float32Array; dims: number[]} {
  const shares = Array.from({length: tokenizer.maxTokens}, (_, i) => i + 1);
  const sum = shares.reduce((all, share) => all + share, 0);
  return {data: Float32Array.from(shares, (share) => share / sum), dims: [1, 1, 1, shares.length]};
}

const sumOf = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

describe("tokens of two prompts", () => {
  test("stay where they are when the prompt stays", () => {
    expect(align("a horse on the grass", "A horse on the grass")).toEqual(spelled("").ids.map((_, token) => [token]));
  });

  test("of a word swapped for one of as many tokens go one by one", () => {
    const [from, to] = ["a horse on the grass", "a tiger on the grass"];
    expect(tokens(from, "horse")).toHaveLength(1);
    expect(align(from, to)).toEqual(spelled("").ids.map((_, token) => [token]));
  });

  test("of a word swapped for one of more tokens share its mass equally, and all that follows moves on", () => {
    const [from, to] = ["a horse on the grass", "a quizzical on the grass"];
    const [horse] = tokens(from, "horse");
    const pieces = tokens(to, "quizzical");
    expect(pieces.length).toBeGreaterThan(1);
    const alignment = align(from, to);
    expect(alignment[horse]).toEqual(pieces);
    expect(alignment[tokens(from, "grass")[0]]).toEqual(tokens(to, "grass"));
    const {probabilities, gate} = carriedOver(map(), alignment);
    for (const piece of pieces) expect(probabilities.data[piece]).toBeCloseTo(map().data[horse] / pieces.length, 6);
    expect(sumOf(probabilities.data)).toBeCloseTo(1, 6);
    expect(new Set(gate)).toEqual(new Set([1]));
  });

  test("of a word swapped for one of fewer tokens add up", () => {
    const [from, to] = ["a quizzical on the grass", "a horse on the grass"];
    const {probabilities} = carriedOver(map(), align(from, to));
    const mass = sumOf(tokens(from, "quizzical").map((token) => map().data[token]));
    expect(probabilities.data[tokens(to, "horse")[0]]).toBeCloseTo(mass, 6);
    expect(sumOf(probabilities.data)).toBeCloseTo(1, 6);
  });

  test("of two words for one: the whole takes the place of the whole", () => {
    const [from, to] = ["a horse on the grass", "a teddy bear on the grass"];
    expect(align(from, to)[tokens(from, "horse")[0]]).toEqual(tokens(to, "teddy bear"));
    const back = align(to, from);
    for (const token of tokens(to, "teddy bear")) expect(back[token]).toEqual(tokens(from, "horse"));
  });

  test("end goes to end, padding to padding", () => {
    const [from, to] = ["a horse", "a quizzical horse on the grass"];
    const [endFrom, endTo] = [from, to].map((text) => spelled(text).offsets.findLastIndex((place) => place) + 1);
    const alignment = align(from, to);
    expect(alignment[0]).toEqual([0]);
    expect(alignment[endFrom]).toEqual([endTo]);
    expect(alignment[endFrom + 1]).toEqual([endTo + 1]);
    expect(alignment.at(-1)).toEqual([tokenizer.maxTokens - 1]); // what is too much ends at the last
    const back = align(to, from);
    expect(back.at(-1)?.at(-1)).toBe(tokenizer.maxTokens - 1);
  });

  test("a new word keeps its own attention; what a dropped one had goes to all others in proportion", () => {
    const [from, to] = ["a horse on the grass", "a small horse on the grass"];
    const [small] = tokens(to, "small");
    const {gate} = carriedOver(map(), align(from, to));
    expect(gate.flatMap((open, token) => (open ? [] : [token]))).toEqual([small]);
    const {probabilities} = carriedOver(map(), align(to, from));
    expect(sumOf(probabilities.data)).toBeCloseTo(1, 6);
    const [a, horse] = ["a", "horse"].map((word) => probabilities.data[tokens(from, word)[0]]);
    expect(horse / a).toBeCloseTo(map().data[tokens(to, "horse")[0]] / map().data[tokens(to, "a")[0]], 5);
  });

  test("a prompt that was cut at the last token aligns too", () => {
    const long = "word ".repeat(200);
    const {probabilities} = carriedOver(map(), align("a horse", long));
    expect(sumOf(probabilities.data)).toBeCloseTo(1, 6);
    expect(sumOf(carriedOver(map(), align(long, "a horse")).probabilities.data)).toBeCloseTo(1, 6);
  });

  test("a map of another length is refused", () => {
    const short = {data: Float32Array.of(0.5, 0.5), dims: [1, 1, 1, 2]};
    expect(() => carriedOver(short, align("a", "a"))).toThrow(`a map of 2 tokens: the prompts have`);
  });
});
