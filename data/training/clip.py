"""Stage `clip`: text and vision tower, trained so that a picture and its caption point the same way.

Radford et al. 2021, arXiv:2103.00020, figure 3: symmetric cross-entropy over the batch's cosine matrix.
"""

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.distributed.nn.functional import all_gather

from .config import Run, run_of, training_arguments
from .export_weights import exported_clip
from .history import append_history
from .loop import Draw, Stage, load_ema, train
from .models import build_clip
from .scenes import Scenes
from .tokenizer import open_tokenizer, token_ids

LARGEST_SCALE = float(np.log(100))


def gathered(embeddings: torch.Tensor) -> torch.Tensor:
    """The whole batch's embeddings, with gradients, when the batch is cut over processes."""
    if dist.is_initialized() and dist.get_world_size() > 1:
        return torch.cat(all_gather(embeddings))
    return embeddings


def contrastive_loss(text: torch.Tensor, image: torch.Tensor, log_scale: torch.Tensor) -> tuple[torch.Tensor, float]:
    """Loss over the cosine matrix of unit embeddings [B, P], and how often the right caption ranks first."""
    logits = log_scale.clamp(max=LARGEST_SCALE).exp() * image @ text.T  # [B images, B captions]
    target = torch.arange(len(logits), device=logits.device)
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
    return loss, float((logits.argmax(dim=1) == target).float().mean())


def without_padding(ids: torch.Tensor) -> torch.Tensor:
    """Cut [B, K] after the longest text's end token. Attention is causal, so what is pooled there does not change."""
    longest = (ids != ids[0, -1]).sum(dim=1).max() + 1  # the end token also pads
    return ids[:, : int(longest)]


def embed(model, tokenizer, scenes: Scenes, indices, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit embeddings [B, P] of captions and pictures."""
    device = next(model.parameters()).device
    ids = without_padding(torch.tensor(token_ids(tokenizer, texts), device=device))
    output = model(input_ids=ids, pixel_values=scenes.pictures(indices).to(device))
    return F.normalize(output.text_embeds, dim=-1), F.normalize(output.image_embeds, dim=-1)


def distinct_captions(scenes: Scenes, count: int, start: int = 0) -> tuple[list[int], list[str]]:
    """The first `count` scenes from `start` on whose full captions differ from each other."""
    indices, texts = [], []
    for index in range(start, len(scenes)):
        text = scenes.records[index]["captions"][0]["text"]
        if text not in texts:
            indices.append(index)
            texts.append(text)
        if len(texts) == count:
            break
    return indices, texts


@torch.no_grad()
def retrieval(model, tokenizer, scenes: Scenes, size: int = 64) -> float:
    """How often the right caption ranks first among `size` distinct ones, over all full batches of `scenes`."""
    hits, start = [], 0
    while True:
        indices, texts = distinct_captions(scenes, size, start)
        if len(texts) < size:
            return float(np.mean(hits)) if hits else float("nan")
        text, image = embed(model, tokenizer, scenes, indices, texts)
        hits += ((image @ text.T).argmax(dim=1) == torch.arange(size, device=image.device)).float().tolist()
        start = indices[-1] + 1


def clip_stage(run: Run) -> Stage:
    tokenizer = open_tokenizer(run)
    scenes, validation = Scenes(run.scenes("train")), Scenes(run.scenes("validation"))
    model = build_clip(run, tokenizer.get_vocab_size())
    size = run["clip"]["snapshot_batch"]
    shown, shown_texts = distinct_captions(validation, size)

    def loss(model, share: Draw):
        text, image = embed(model, tokenizer, scenes, share.indices, scenes.captions(share.indices, share.rng))
        scale = getattr(model, "module", model).logit_scale
        value, accuracy = contrastive_loss(gathered(text), gathered(image), scale)
        return value, {"accuracy": accuracy}

    def snapshot(ema, step: int) -> None:
        text, image = embed(ema, tokenizer, validation, shown, shown_texts)
        line = {
            "step": step, "captions": shown_texts, "scenes": [validation.records[i]["seed"] for i in shown],
            "temperature": round(float(1 / ema.logit_scale.exp()), 5),
            "cosine": [[round(value, 3) for value in row] for row in (image @ text.T).tolist()],
            "retrieval_64": retrieval(ema, tokenizer, validation),
        }  # fmt: skip
        append_history(run.history / "clip.jsonl", line)
        print(f"clip: right caption first among 64: {line['retrieval_64']:.1%}", flush=True)

    return Stage("clip", model, len(scenes), loss, snapshot, run["clip"], run.config["seed"])


def trained_clip(run: Run):
    """The averaged CLIP of this run, in evaluation mode: of its own training, else of the export."""
    model = build_clip(run, open_tokenizer(run).get_vocab_size())
    path = run.work / "clip.pt"
    model.load_state_dict(load_ema(path) if path.exists() else exported_clip(run))
    return model.eval().requires_grad_(False)


def main() -> None:
    options = training_arguments(__doc__).parse_args()
    run = run_of(options)
    exported = (lambda: exported_clip(run)) if options.from_export else None
    metrics = run.history / "clip-metrics.jsonl"
    train(clip_stage(run), run.work / "clip.pt", metrics, options.minutes, options.steps, exported)


if __name__ == "__main__":
    main()
