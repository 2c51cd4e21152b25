import {Tokenizer as BytePairTokenizer} from "@huggingface/tokenizers";
import {offsetsOf, type Offsets} from "../trace/words.js";
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

interface TokenizerConfig {
  readonly model_max_length: number;
  readonly pad_token?: string | {content: string};
  readonly eos_token?: string | {content: string};
}

// Byte-pair encoding takes longer than linear time, and K tokens never come from more characters than this.
const MAX_CHARACTERS = 2000;

/** The tokenizer of a model folder, or of its CLIP: the same kind, whatever its length. */
export async function openTokenizer(
  folder: ModelFolder,
  under: "tokenizer" | "clip" = "tokenizer"
): Promise<Tokenizer> {
  const config = await readJson<TokenizerConfig>(folder, `${under}/tokenizer_config.json`);
  const tokenizer = new BytePairTokenizer(await readJson<object>(folder, `${under}/tokenizer.json`), config);
  const maxTokens = config.model_max_length;
  const end = idOf(tokenizer, config.eos_token ?? "<|endoftext|>");
  const pad = idOf(tokenizer, config.pad_token ?? config.eos_token ?? "<|endoftext|>");
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

function idOf(tokenizer: BytePairTokenizer, token: string | {content: string}): number {
  const text = typeof token === "string" ? token : token.content;
  const id = tokenizer.token_to_id(text);
  if (id === undefined)
    throw new Error(`the tokenizer has no token ${text}: the model folder is broken; fetch it again`);
  return id;
}
