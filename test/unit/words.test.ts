import {beforeAll, expect, test} from "vitest";
import {openTokenizer, type Tokenizer} from "../../src/models/tokenizer.js";
import {openFolder} from "../../src/node.js";
import {tokensOf, wordsOf} from "../../src/trace/words.js";

let tokenizer: Tokenizer;

beforeAll(async () => {
  tokenizer = await openTokenizer(openFolder("data/models/tiny"));
});

/** The tokens of a word as the tokenizer spells them, ends of words left out. */
function pieces(text: string, word: string): string[] {
  const read = tokenizer.encode(text);
  return tokensOf(read, text, word).map((token) => read.tokens[token].replace("</w>", ""));
}

test("a word is found by its tokens, whatever stands before it", () => {
  expect(pieces("  A Horse,  on the grass", "horse").join("")).toBe("horse");
  expect(pieces("a horse on the grass", "on the").join("")).toBe("onthe");
});

test("a word that is cut into pieces has all of them", () => {
  const found = pieces("a quizzical horse", "quizzical");
  expect(found.length).toBeGreaterThan(1);
  expect(found.join("")).toBe("quizzical");
});

test("a word that stands twice has the tokens of both; a part of a word has none", () => {
  expect(pieces("a horse and a horse", "horse").join("")).toBe("horsehorse");
  expect(pieces("a horse", "hors")).toEqual([]);
  expect(pieces("a horse", "cat")).toEqual([]);
  expect(pieces("a horse", " ")).toEqual([]);
});

test("the words of a text are told in order, cut ones with all their tokens, whatever was read of them", () => {
  const text = " A quizzical horse, twice";
  const words = wordsOf(tokenizer.encode(text), text);
  expect(words.map((word) => word.text)).toEqual(["A", "quizzical", "horse", ",", "twice"]);
  expect(words.flatMap(({tokens}) => tokens)).toEqual(words.flatMap(({tokens}) => tokens).map((_, i) => i + 1));
  for (const {text: word, tokens} of words) expect(tokensOf(tokenizer.encode(text), text, word)).toEqual(tokens);
  const long = "quizzical ".repeat(40);
  expect(wordsOf(tokenizer.encode(long), long).at(-1)?.tokens.at(-1)).toBe(tokenizer.maxTokens - 2);
});

test("signs of other scripts, signs of several bytes and punctuation keep their places", () => {
  const text = "İstanbul — 马 🐴, a e\u0301clair, don't";
  const {offsets, tokens} = tokenizer.encode(text);
  const last = tokens.indexOf("<|endoftext|>");
  expect(offsets[0]).toBeNull();
  expect(offsets.slice(last).every((place) => place === null)).toBe(true);
  expect(offsets[last - 1]?.[1]).toBe(text.length);
  for (const word of ["İstanbul", "马", "🐴", "e\u0301clair", "don't"])
    expect(tokensOf({offsets}, text, word).length, word).toBeGreaterThan(0);
  const horse = tokensOf({offsets}, text, "🐴").map((token) => offsets[token]);
  expect(horse.every((place) => place && text.slice(...place) === "🐴")).toBe(true);
});

test("every token has a place, or is begin, end or padding", () => {
  const {offsets, tokens} = tokenizer.encode("a horse ".repeat(40));
  expect(offsets).toHaveLength(tokens.length);
  expect(offsets.filter((place) => place === null)).toHaveLength(2);
  expect(tokenizer.encode("").offsets.every((place) => place === null)).toBe(true);
});
