import {Tokenizer as BytePairTokenizer} from "@huggingface/tokenizers";
import {offsetsOf, type Offsets} from "../trace/words.js";
import {clipTokenizer} from "./clipTokenizer.js";
import {readJson, type ModelFolder} from "./folder.js";

export interface Tokenized {
  /** K ids: begin, the text's tokens, end, then padding. */
  readonly ids: number[];
  /** The token of each id as the vocabulary spells it. */
  readonly tokens: string[];
  /** Where each token lies in the text (see trace/words); null for begin, end and padding. */
  readonly offsets: (Offsets | null)[];
  /** Whether the text had more tokens than fit, and lost its end. */
  readonly truncated: boolean;
}

export interface Tokenizer {
  /** K, the number of ids of every text. */
  readonly maxTokens: number;
  encode(text: string): Tokenized;
}

type SpecialToken = string | {readonly content: string};

interface TokenizerConfig {
  readonly model_max_length?: number;
  readonly pad_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
  /** Where transformers 4.34 and later wrote it, the file says all there is about special tokens. */
  readonly added_tokens_decoder?: object;
}

/** CLIP's number of positions: for files that name none, or the "as many as you like" that transformers writes. */
const CLIP_TOKENS = 77;
const UNLIMITED = 10_000;
const END = "<|endoftext|>";
// Byte-pair encoding takes longer than linear time, and K tokens never come from more characters than this.
const MAX_CHARACTERS = 2000;

/** The tokenizer of a model folder, or of its CLIP: the same kind, whatever its length. */
export async function openTokenizer(
  folder: ModelFolder,
  under: "tokenizer" | "clip" = "tokenizer"
): Promise<Tokenizer> {
  const config = await readConfig(folder, under);
  const [endToken, padToken] = [
    contentOf(config.eos_token) ?? END,
    contentOf(config.pad_token ?? config.eos_token) ?? END
  ];
  const tokenizer = new BytePairTokenizer(await readTokenizer(folder, under, [endToken, padToken]), config);
  const {model_max_length: longest = CLIP_TOKENS} = config;
  const maxTokens = longest > UNLIMITED ? CLIP_TOKENS : longest;
  const [end, pad] = [idOf(tokenizer, endToken), idOf(tokenizer, padToken)];
  return {
    maxTokens,
    encode(text) {
      const all = tokenizer.encode(text.slice(0, MAX_CHARACTERS)).ids;
      const truncated = all.length > maxTokens || text.length > MAX_CHARACTERS;
      const kept = all.length > maxTokens ? [...all.slice(0, maxTokens - 1), end] : all;
      const ids = [...kept, ...new Array<number>(maxTokens - kept.length).fill(pad)];
      const tokens = ids.map((id) => tokenizer.id_to_token(id) ?? "");
      const places = offsetsOf(text, tokens.slice(1, kept.length - 1));
      const offsets = [null, ...places, ...new Array<null>(maxTokens - places.length - 1).fill(null)];
      return {ids, tokens, offsets, truncated};
    }
  };
}

/** `special_tokens_map.json` goes before an older `tokenizer_config.json`: Stable Diffusion 2 pads with "!" there alone. */
async function readConfig(folder: ModelFolder, under: string): Promise<TokenizerConfig> {
  const read = async (name: string): Promise<TokenizerConfig> =>
    folder.has(`${under}/${name}`) ? readJson<TokenizerConfig>(folder, `${under}/${name}`) : {};
  const config = await read("tokenizer_config.json");
  return config.added_tokens_decoder ? config : {...config, ...(await read("special_tokens_map.json"))};
}

/** `tokenizer.json`, or what the older pair of files means. */
async function readTokenizer(folder: ModelFolder, under: string, special: readonly string[]): Promise<object> {
  const older = [`${under}/vocab.json`, `${under}/merges.txt`];
  if (folder.has(`${under}/tokenizer.json`) || !older.every((path) => folder.has(path)))
    return readJson<object>(folder, `${under}/tokenizer.json`);
  const vocabulary = await readJson<Record<string, number>>(folder, older[0]);
  return clipTokenizer(vocabulary, new TextDecoder().decode(await folder.bytes(older[1])), special);
}

const contentOf = (token: SpecialToken | undefined): string | undefined =>
  typeof token === "object" ? token.content : token;

function idOf(tokenizer: BytePairTokenizer, token: string): number {
  const id = tokenizer.token_to_id(token);
  if (id === undefined)
    throw new Error(`the tokenizer has no token ${token}: the model folder is broken; fetch it again`);
  return id;
}
