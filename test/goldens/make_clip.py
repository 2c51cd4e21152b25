"""Writes clip.json: .venv/bin/python test/goldens/make_clip.py  (torch 2.13.0, onnxruntime, tokenizers).

The numbers of the chapter on CLIP on five scenes that it never saw, by onnxruntime on the shipped towers and PyTorch's cross-entropy.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

CLIP = Path("data/models/tiny/clip")
UNSEEN, ANCHORS = 500_000_000, 512
SCENES = [UNSEEN + number for number in (3, 17, 42, 101, 333)]
CAPTIONS = ["a snail on the beach", "two cats", "a small blue fish at night", "a ghost, in space", "what is this?"]
LABELS = ["snail", "ice cream", "owl", "zeppelin"]
TEMPERATURE = 0.2  # beside the learned one

tokenizer = Tokenizer.from_file(str(CLIP / "tokenizer.json"))


def scenes(first: int, count: int = 1) -> np.ndarray:
    """[count, 3, 128, 128] in [-1, 1]."""
    with tempfile.TemporaryDirectory() as out:
        command = ["npx", "tsx", "data/scenes/cli.ts", "--count", str(count), "--seed", str(first), "--out", out]
        subprocess.run(command, check=True)
        return np.load(f"{out}/images.npy").transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1


def embed(tower: str, **feeds: np.ndarray) -> torch.Tensor:
    session = onnxruntime.InferenceSession(str(CLIP / f"onnx/{tower}_model.onnx"), providers=["CPUExecutionProvider"])
    name = {"vision": "image_embeds", "text": "text_embeds"}[tower]
    return F.normalize(torch.from_numpy(session.run([name], feeds)[0]).double(), dim=-1)


def texts(lines: list[str]) -> torch.Tensor:
    return embed("text", input_ids=np.array([tokenizer.encode(line).ids for line in lines]))


def batch(cosines: torch.Tensor, temperature: float) -> dict:
    cosines = cosines.clone().requires_grad_()
    logits, target = cosines / temperature, torch.arange(len(cosines))
    halves = [F.cross_entropy(each, target, reduction="none") for each in (logits, logits.T)]
    loss = (halves[0].mean() + halves[1].mean()) / 2
    loss.backward()
    return {
        "temperature": temperature, "rows": rounded(logits.softmax(1)), "columns": rounded(logits.softmax(0)),
        "picture_losses": rounded(halves[0]), "caption_losses": rounded(halves[1]), "loss": loss.item(),
        "gradient": rounded(cosines.grad),
    }  # fmt: skip


def rounded(values: torch.Tensor) -> list:
    return values.detach().numpy().round(6).tolist()


pictures = np.concatenate([scenes(seed) for seed in SCENES])
images = embed("vision", pixel_values=pictures)
cosines = images @ texts(CAPTIONS).T
scale = json.loads((CLIP / "config.json").read_text()).get("logit_scale_init_value")
learned = float(np.exp(-scale))
labels = images @ texts([f"a picture of {'an' if label[0] in 'aeiou' else 'a'} {label}" for label in LABELS]).T
near = images @ embed("vision", pixel_values=scenes(0, ANCHORS)).T
golden = {
    "made_by": "test/goldens/make_clip.py", "scenes": SCENES, "captions": CAPTIONS, "cosines": rounded(cosines),
    "batches": [batch(cosines, learned), batch(cosines, TEMPERATURE)],
    "labels": LABELS, "label_cosines": rounded(labels), "label_shares": rounded((labels / learned).softmax(1)),
    "nearest": [{"index": int(row.argmax()), "cosine": round(float(row.max()), 6)} for row in near],
}  # fmt: skip
Path(__file__).with_name("clip.json").write_text(json.dumps(golden) + "\n")
