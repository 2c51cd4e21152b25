import {describe, expect, test} from "vitest";
import type {ModelFolder} from "../../src/models/folder.js";
import {openTokenizer} from "../../src/models/tokenizer.js";

/** The bytes as CLIP's vocabulary spells them, in the order of its ids: those one can print, then the others from 256 on. */
function alphabet(): string[] {
  const range = (from: number, to: number) => Array.from({length: to - from + 1}, (_, i) => from + i);
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  return String.fromCodePoint(...printable, ...range(256, 323)).split("");
}

const merges = ["h o", "ho r", "hor s", "hors e</w>", "g r", "gr a", "a s", "o n</w>", "t h", "th e</w>"];
const tokens = [
  ...alphabet(),
  ...alphabet().map((byte) => `${byte}</w>`),
  ...merges.map((pair) => pair.replace(" ", "")),
  ...["<|startoftext|>", "<|endoftext|>"]
];
const vocabulary = Object.fromEntries(tokens.map((token, id) => [token, id]));

function folderOf(files: Record<string, string>): ModelFolder {
  return {
    has: (path) => path in files,
    bytes: async (path) => {
      if (!(path in files)) throw new Error(`${path} is missing`);
      return new TextEncoder().encode(files[path]);
    }
  };
}

const older = {
  "tokenizer/vocab.json": JSON.stringify(vocabulary),
  "tokenizer/merges.txt": `#version: 0.2\n${merges.join("\n")}\n`
};
const config = (fields: object) => ({"tokenizer/tokenizer_config.json": JSON.stringify(fields)});

const texts = [
  "a horse on the grass",
  "  The HORSE!  don't   stop!!! 12 ",
  "ünï 马 🐴!",
  "",
  "<|endoftext|> a horse ! on"
];

async function idsOf(files: Record<string, string>): Promise<number[][]> {
  const {encode} = await openTokenizer(folderOf({...older, ...files}));
  return texts.map((text) => {
    const {ids} = encode(text);
    expect(ids).toHaveLength(77);
    return ids.slice(0, ids.findLastIndex((id) => id !== ids[76]) + 2); // one of the padding
  });
}

describe("CLIP's tokenizer from vocab.json and merges.txt", () => {
  // By transformers 5.23.0: CLIPTokenizer.from_pretrained on the same files, padded to 77.
  test("gives transformers' ids where the end of the text pads, as in Stable Diffusion 1", async () => {
    expect(await idsOf(config({model_max_length: 77, pad_token: "<|endoftext|>"}))).toEqual([
      [522, 320, 515, 519, 521, 517, 82, 338, 523],
      [522, 521, 515, 256, 67, 519, 6, 339, 82, 83, 78, 335, 0, 0, 256, 272, 273, 523],
      [522, 127, 120, 77, 127, 363, 165, 102, 361, 172, 253, 238, 112, 256, 523],
      [522, 523],
      [522, 523, 320, 515, 256, 519, 523]
    ]);
  });

  const paddedWithMark = [
    [522, 320, 515, 519, 521, 517, 82, 338, 523, 0],
    [522, 521, 515, 0, 67, 519, 6, 339, 82, 83, 78, 335, 0, 0, 0, 272, 273, 523, 0],
    [522, 127, 120, 77, 127, 363, 165, 102, 361, 172, 253, 238, 368, 0, 523, 0],
    [522, 523, 0],
    [522, 523, 320, 515, 0, 519, 523, 0]
  ];

  test('gives transformers\' ids where "!" pads, as in Stable Diffusion 2', async () => {
    expect(await idsOf(config({model_max_length: 77, pad_token: "!", added_tokens_decoder: {}}))).toEqual(
      paddedWithMark
    );
  });

  test("takes the padding from special_tokens_map.json, where older exports alone have it", async () => {
    const map = {"tokenizer/special_tokens_map.json": JSON.stringify({pad_token: {content: "!"}})};
    expect(await idsOf({...config({pad_token: "<|endoftext|>"}), ...map})).toEqual(paddedWithMark);
  });

  test("has 77 ids where no file says how many", async () => {
    const unlimited = config({model_max_length: 1e30});
    expect((await openTokenizer(folderOf({...older, ...unlimited}))).maxTokens).toBe(77);
    expect((await openTokenizer(folderOf(older))).maxTokens).toBe(77);
  });

  test("is refused where the vocabulary is another one", async () => {
    const files = {...older, "tokenizer/vocab.json": JSON.stringify({a: 0})};
    await expect(openTokenizer(folderOf(files))).rejects.toThrow("tokenizer/vocab.json has no <|startoftext|>");
  });
});
