"""The numbers of the chapter on text by transformers' own CLIP text model in PyTorch, on the shipped weights: writes text.json.

.venv/bin/python test/goldens/make_text.py  (transformers 5.23.0, tokenizers 0.23.3, torch 2.13.0)
"""

import json
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

MODEL = Path("data/models/tiny")
PROMPTS = ["a horse on the grass", "a red apple and a yellow star", "two zeppelins über 7 seahorses, isn't it?", ("seashell " * 9).strip()]
WORDS = ["horse", "horses", "submarine", "rainbowfish", "zeppelin", "draußen", "马"]
PAIRS = [
    ("a horse on the grass", "a horse on the beach"),
    ("a horse on the grass", "a cat on the grass"),
    ("a horse on the grass", "a horse on the grass at night"),
    ("a red apple and a yellow star", "a yellow apple and a red star"),
]  # fmt: skip
PHRASES = ["a horse", "something to eat"]
SHOWN = [0, 1, 2, 5, 6, 7, 31]  # rows whose first numbers are kept

tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer/tokenizer.json"))


def text_model() -> CLIPTextModelWithProjection:
    """transformers' model with the weights of the ONNX file: names are transformers', matrices of layers are transposed."""
    graph = onnx.load(MODEL / "clip/onnx/text_model.onnx").graph
    weights = {each.name: torch.from_numpy(onnx.numpy_helper.to_array(each).astype(np.float32))
               for each in graph.initializer if ":float16" in each.name}  # fmt: skip
    config = CLIPTextConfig.from_pretrained(MODEL / "text_encoder", attn_implementation="eager")
    model = CLIPTextModelWithProjection(config).eval()
    state = {}
    for name, wanted in model.state_dict().items():
        turned = weights.get(f"{name}.T:float16")
        found = weights[f"{name}:float16"] if turned is None else turned.T
        state[name] = found.reshape(wanted.shape)
    model.load_state_dict(state)
    return model


@torch.no_grad()
def read(model: CLIPTextModelWithProjection, text: str) -> dict[str, np.ndarray]:
    """Every stage [K, E] by the page's name for it, the attentions [layers, heads, K, K] and the vector of the whole text [D]."""
    ids = torch.tensor([tokenizer.encode(text).ids])
    out = model(input_ids=ids, output_hidden_states=True, output_attentions=True)
    embeddings = model.text_model.embeddings
    first, *layers = out.hidden_states
    stages = {
        "token": embeddings.token_embedding(ids),
        "place": embeddings.position_embedding.weight[None],
        "sum": first,
        **{f"layer{i + 1}": states for i, states in enumerate(layers)},
        "final": out.last_hidden_state,
    }
    stages = {name: states[0].double().numpy() for name, states in stages.items()}
    return {**stages, "attentions": torch.stack(out.attentions)[:, 0].numpy(), "pooled": out.text_embeds[0].double().numpy()}


def merges_of(word: str) -> dict:
    """How a word is merged: the library, given only the first n merges, for every n; where its answer changes, n is a merge's number."""
    spec = json.loads((MODEL / "tokenizer/tokenizer.json").read_text())["model"]
    merges = [tuple(merge.split(" ")) if isinstance(merge, str) else tuple(merge) for merge in spec["merges"]]
    ((spelled, _),) = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(word)
    steps = []
    for count in range(len(merges) + 1):
        if count and "".join(merges[count - 1]).replace("</w>", "") not in spelled:
            continue  # cannot concern this word
        few = models.BPE(spec["vocab"], merges[:count], end_of_word_suffix="</w>")
        pieces = [token.value for token in few.tokenize(spelled)]
        if not steps or pieces != steps[-1]["pieces"]:
            steps.append({"number": count, "pieces": pieces})
    encoding = tokenizer.encode(word, add_special_tokens=False)
    tokens = [token for token, kept in zip(encoding.tokens, encoding.attention_mask) if kept]
    assert steps[-1]["pieces"] == tokens, (steps, tokens)
    return {"steps": steps, "tokens": tokens, "ids": encoding.ids[: len(tokens)]}


def differences(a: np.ndarray, b: np.ndarray) -> list[float]:
    """Of each row: the length of the difference over the mean of the two lengths."""
    length = np.linalg.norm
    return rounded(length(a - b, axis=1) / ((length(a, axis=1) + length(b, axis=1)) / 2), 7)


def rounded(values: np.ndarray, digits: int) -> list:
    return np.asarray(values, dtype=float).round(digits).tolist()


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def mean_color(name: str) -> np.ndarray:
    """Of an emoji's pixels, by their alpha: red, green, blue."""
    folder = Path("data/scenes/atlas")
    manifest = json.loads((folder / "manifest.json").read_text())
    sprite = next(each for each in manifest["sprites"] if each["name"] == name)
    packed = (folder / "flat.bin").read_bytes()[sprite["offset"] : sprite["offset"] + sprite["length"]]
    pixels = np.frombuffer(zlib.decompress(packed, -15), np.uint8).reshape(-1, 4).astype(float)
    return np.average(pixels[:, :3], axis=0, weights=pixels[:, 3])


def color_distances(vectors: np.ndarray, colors: np.ndarray, nearest: int = 10) -> dict:
    """How far the colours of the nearest phrases are apart, and of all, on average over the phrases; the rank correlation with the cosine."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines, distances = unit @ unit.T, np.linalg.norm(colors[:, None] - colors[None], axis=2)
    others = [np.argsort(-row)[1:] for row in cosines]
    pairs = np.triu_indices(len(colors), 1)
    ranks = [np.argsort(np.argsort(matrix[pairs])) for matrix in (cosines, distances)]
    return {
        "nearest": float(np.mean([distances[i, row[:nearest]].mean() for i, row in enumerate(others)])),
        "all": float(np.mean([distances[i, row].mean() for i, row in enumerate(others)])),
        "rank_correlation": float(np.corrcoef(*ranks)[0, 1]),
    }


def with_article(phrase: str) -> str:
    if phrase.endswith(("cherries", "grapes")):
        return phrase
    vowel = phrase[0].lower() in "aeiou" and not phrase.lower().startswith(("un", "uf"))
    return f"{'an' if vowel else 'a'} {phrase}"


def main() -> None:
    model = text_model()
    stages = ["token", "place", "sum", "layer1", "layer2", "layer3", "final"]
    texts = {}
    for prompt in PROMPTS:
        encoding, found = tokenizer.encode(prompt), read(model, prompt)
        count = sum(encoding.attention_mask)  # up to the end mark
        texts[prompt] = {
            "ids": encoding.ids, "tokens": encoding.tokens[:count], "truncated": bool(encoding.overflowing),
            "sums": {name: rounded(found[name].sum(1), 4) for name in stages},
            "lengths": {name: rounded(np.linalg.norm(found[name], axis=1), 4) for name in stages},
            "entries": {name: rounded(found[name][SHOWN, :3], 5) for name in stages},
        }  # fmt: skip
    attentions = read(model, PROMPTS[0])["attentions"]
    objects = json.loads((MODEL / "vocabulary.json").read_text())["objects"]
    phrases = [with_article(names[0]) for names in objects.values()]
    pooled = {text: read(model, text)["pooled"] for text in {*phrases, *PHRASES}}
    near = {}
    for phrase in PHRASES:
        near[phrase] = {text: round(cosine(pooled[phrase], pooled[text]), 5) for text in phrases if text != phrase}
    colors = np.array([mean_color(name) for name in objects])
    pairs = []
    for first, second in PAIRS:
        a, b = read(model, first), read(model, second)
        pairs.append({
            "prompts": [first, second], "pooled_cosine": cosine(a["pooled"], b["pooled"]),
            "differences": {name: differences(a[name], b[name]) for name in stages if name != "place"},
        })  # fmt: skip
    result = {
        "made_by": "test/goldens/make_text.py", "rows": SHOWN, "texts": texts,
        "words": {word: merges_of(word) for word in WORDS},
        "attention": {"prompt": PROMPTS[0], "shares": rounded(attentions[:, :, :8, :8], 5),
                      "row_31": rounded(attentions[:, :, 31], 5)},
        "pairs": pairs, "near": near, "colors": dict(zip(phrases, rounded(colors, 2))),
        "color_distances": color_distances(np.array([pooled[text] for text in phrases]), colors),
    }  # fmt: skip
    (Path(__file__).parent / "text.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
