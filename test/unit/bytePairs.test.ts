import {existsSync, readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {encodeText, readBytePairs, replay, splitWords, type BytePairs} from "../../src/models/bytePairs.js";
import {openTokenizer, type Tokenizer} from "../../src/models/tokenizer.js";

const FOLDER = "data/models/tiny";
let pairs: BytePairs;
let tokenizer: Tokenizer;

beforeAll(async () => {
  const bytes = async (path: string): Promise<Uint8Array> => readFileSync(`${FOLDER}/${path}`);
  pairs = readBytePairs(JSON.parse(readFileSync(`${FOLDER}/tokenizer/tokenizer.json`, "utf8")));
  tokenizer = await openTokenizer({bytes, has: (path) => existsSync(`${FOLDER}/${path}`)});
});

describe("merges", () => {
  const toy = readBytePairs({model: {vocab: {}, merges: ["n a", ["na", "n"], "b a", "o o"]}});

  test("of all pairs in the word the one that was learnt first is merged first", () => {
    const {start, merges, tokens} = replay(toy, "banana");
    expect(start).toEqual(["b", "a", "n", "a", "n", "a</w>"]);
    expect(merges.map(({pair, rank}) => [pair.join("+"), rank])).toEqual([
      ["n+a", 0],
      ["na+n", 1],
      ["b+a", 2]
    ]);
    expect(merges.map(({pieces}) => pieces.join(" "))).toEqual(["b a na n a</w>", "b a nan a</w>", "ba nan a</w>"]);
    expect(tokens).toEqual(["ba", "nan", "a</w>"]);
  });

  test("a pair that stands twice is merged twice, and a run is taken from the left", () => {
    expect(replay(toy, "nanab").merges[0]).toMatchObject({pieces: ["na", "na", "b</w>"], made: [0, 1]});
    expect(replay(toy, "oooo").merges[0]).toMatchObject({pieces: ["oo", "o", "o</w>"], made: [0]});
  });

  test("words of no letters and of letters beyond ASCII are spelled in bytes", () => {
    expect(replay(toy, "é").start).toEqual(["Ã", "©</w>"]);
    expect(replay(toy, "").tokens).toEqual([]);
  });
});

describe("texts", () => {
  const texts = [
    ...[
      "a horse on the grass",
      "",
      "paradise, cosmic, beach",
      "Unicorns, zebrafish & 12 submarines!",
      "it's the cow's"
    ],
    ...["CAFÉ naïve 草地 🐴", "a-b_c  d\tÅngström", "x".repeat(300), "a red apple ".repeat(20)]
  ];

  test.each(texts)("%s: the replay ends in the library's tokens", (text) => {
    const {ids, tokens, truncated} = encodeText(pairs, text, tokenizer.maxTokens);
    const library = tokenizer.encode(text);
    expect([ids, tokens, truncated]).toEqual([library.ids, library.tokens, library.truncated]);
  });

  test("words do not hold spaces, and nothing else is lost", () => {
    expect(splitWords("Two  dogs,\nit's 42")).toEqual(["two", "dogs", ",", "it", "'s", "4", "2"]);
  });
});
