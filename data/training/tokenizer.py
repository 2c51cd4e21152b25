"""Stage `tokenizer`: byte-pair encoding in CLIP's format, learned on the captions.

As in CLIP (Radford et al. 2021, section 2.4): lower case, bytes, a word ends in `</w>`, a text begins with
<|startoftext|> and ends with <|endoftext|>, which also pads to `max_length`. Every byte is a token, so no text is
unknown: a word the captions never held falls into pieces.
"""

import json
import re
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPTokenizerFast

from .config import Run, arguments, run_of
from .scenes import Scenes

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
WORDS = r"""<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def clip_pipeline(model: models.BPE) -> Tokenizer:
    """CLIP's normaliser, word splitter and byte alphabet around a BPE model."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    split = pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def learn_merges(captions: list[str], vocab_size: int) -> list[tuple[str, str]]:
    tokenizer = clip_pipeline(models.BPE(end_of_word_suffix="</w>"))
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, end_of_word_suffix="</w>", min_frequency=4, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(captions, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(merge) for merge in merges]


def build_tokenizer(merges: list[tuple[str, str]], vocab_size: int, max_length: int) -> Tokenizer:
    """A vocabulary laid out as CLIP's: bytes, bytes that end a word, merges in order, begin, end."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = alphabet + [byte + "</w>" for byte in alphabet]
    merges = merges[: vocab_size - len(tokens) - 2]
    tokens += list(dict.fromkeys("".join(pair) for pair in merges))
    vocab = {token: index for index, token in enumerate(dict.fromkeys([*tokens, BEGIN, END]))}
    tokenizer = clip_pipeline(models.BPE(vocab, merges, unk_token=END, end_of_word_suffix="</w>"))
    tokenizer.add_special_tokens([BEGIN, END])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, vocab[END]), (BEGIN, vocab[BEGIN]), trim_offsets=False, add_prefix_space=False
    )
    tokenizer.enable_truncation(max_length)
    tokenizer.enable_padding(length=max_length, pad_id=vocab[END], pad_token=END)
    return tokenizer


def load_tokenizer(folder: Path) -> CLIPTokenizerFast:
    return CLIPTokenizerFast.from_pretrained(str(folder))


def token_ids(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def save_tokenizer(tokenizer: Tokenizer, folder: Path, max_length: int) -> None:
    """`tokenizer.json` and `tokenizer_config.json`, as CLIPTokenizerFast and transformers.js read them."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": max_length, "bos_token": BEGIN, "eos_token": END,
        "pad_token": END, "unk_token": END, "do_lower_case": True, "clean_up_tokenization_spaces": True,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def open_tokenizer(run: Run) -> Tokenizer:
    """The tokenizer of this run: of its own training, else of the export."""
    for folder in (run.work / "tokenizer", run.model / "tokenizer"):
        if (folder / "tokenizer.json").exists():
            return Tokenizer.from_file(str(folder / "tokenizer.json"))
    raise SystemExit("no tokenizer yet: run the stage `tokenizer` first")


def vocabulary(records: list[dict]) -> dict:
    """What these scenes teach: objects and places with their phrases, the usual one first, colours, and every word."""
    objects: dict[str, Counter] = {}
    places: dict[str, Counter] = {}
    colors: set[str] = set()
    words: Counter = Counter()
    for record in records:
        colors |= {record["color"]} - {None}
        for caption in record["captions"]:
            words.update(re.findall(r"[\w-]+", caption["text"].lower()))
            for thing, phrase in zip(record["objects"], caption["objects"], strict=True):
                objects.setdefault(thing["name"], Counter())[phrase] += 1
            if caption["place"] and record["place"]:
                places.setdefault(record["place"], Counter())[caption["place"]] += 1
    usual_first = lambda counts: [phrase for phrase, _ in counts.most_common()]  # noqa: E731
    return {
        "objects": {name: usual_first(counts) for name, counts in sorted(objects.items())},
        "places": {name: usual_first(counts) for name, counts in sorted(places.items())},
        "colors": sorted(colors),
        "words": sorted(word for word, count in words.items() if count >= 4),
    }


def main() -> None:
    run = run_of(arguments(__doc__).parse_args())
    settings = run["tokenizer"]
    records = Scenes(run.scenes("train")).records
    captions = [caption["text"] for record in records for caption in record["captions"]]
    merges = learn_merges(captions, settings["vocab_size"])
    tokenizer = build_tokenizer(merges, settings["vocab_size"], settings["max_length"])
    folder = run.work / "tokenizer"
    save_tokenizer(tokenizer, folder, settings["max_length"])
    lengths = [sum(e.attention_mask) for e in tokenizer.encode_batch(captions[:20000])]
    print(f"{tokenizer.get_vocab_size()} tokens; a caption has {sum(lengths) / len(lengths):.1f} (at most {max(lengths)})")


if __name__ == "__main__":
    main()
