/** CLIP's tokenizer (Radford et al. 2021, section 2.4) from its two older files, as `tokenizer.json` spells it out. */

const BEGIN = "<|startoftext|>";
const END = "<|endoftext|>";
/** Contractions, words, single digits, and runs of anything else that is no space. */
const WORDS = String.raw`<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`;

/**
 * @param vocabulary `vocab.json`: token -> id
 * @param merges `merges.txt`: a pair of tokens a line, the first to be joined first
 * @param special tokens beside begin and end that stand for themselves wherever they occur, such as the padding
 * @throws when the vocabulary has no begin or end
 */
export function clipTokenizer(
  vocabulary: Readonly<Record<string, number>>,
  merges: string,
  special: readonly string[] = []
): object {
  for (const token of [BEGIN, END])
    if (!(token in vocabulary))
      throw new Error(`tokenizer/vocab.json has no ${token}: it is not CLIP's; export the model again`);
  const lines = merges.split("\n").filter((line) => line.trim() && !line.startsWith("#version"));
  const known = [...new Set([BEGIN, END, ...special])].filter((token) => token in vocabulary);
  return {
    version: "1.0",
    added_tokens: known.map((content) => ({
      ...{id: vocabulary[content], content, special: true, normalized: false},
      ...{single_word: false, lstrip: false, rstrip: false}
    })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        {type: "NFC"},
        {type: "Replace", pattern: {Regex: String.raw`\s+`}, content: " "},
        {type: "Lowercase"}
      ]
    },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        {type: "Split", pattern: {Regex: WORDS}, behavior: "Removed", invert: true},
        {type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true}
      ]
    },
    post_processor: {
      ...{type: "RobertaProcessing", sep: [END, vocabulary[END]], cls: [BEGIN, vocabulary[BEGIN]]},
      ...{trim_offsets: false, add_prefix_space: false}
    },
    decoder: {type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true},
    model: {
      ...{type: "BPE", dropout: null, unk_token: END, continuing_subword_prefix: "", end_of_word_suffix: "</w>"},
      ...{fuse_unk: false, byte_fallback: false, vocab: vocabulary, merges: lines.map((line) => line.trim().split(" "))}
    }
  };
}
