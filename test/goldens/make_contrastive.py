"""Writes contrastive.json: .venv/bin/python test/goldens/make_contrastive.py  (torch 2.13.0).

CLIP's loss by PyTorch's own cross-entropy and autograd, on a batch of four random pairs.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

TEMPERATURE = 0.07


def main() -> None:
    generator = torch.Generator("cpu").manual_seed(5)
    pictures = F.normalize(torch.randn(4, 16, generator=generator, dtype=torch.float64), dim=-1)
    captions = F.normalize(pictures + 0.4 * torch.randn(4, 16, generator=generator, dtype=torch.float64), dim=-1)
    cosines = (pictures @ captions.T).requires_grad_()
    logits = cosines / TEMPERATURE
    target = torch.arange(4)
    by_picture = F.cross_entropy(logits, target, reduction="none")
    by_caption = F.cross_entropy(logits.T, target, reduction="none")
    loss = (by_picture.mean() + by_caption.mean()) / 2
    loss.backward()
    golden = {
        "temperature": TEMPERATURE,
        "pictures": pictures.flatten().tolist(),
        "captions": captions.flatten().tolist(),
        "cosines": cosines.flatten().tolist(),
        "rows": logits.softmax(dim=1).flatten().tolist(),
        "columns": logits.softmax(dim=0).flatten().tolist(),
        "picture_losses": by_picture.tolist(),
        "caption_losses": by_caption.tolist(),
        "loss": loss.item(),
        "gradient": cosines.grad.flatten().tolist(),
    }
    Path(__file__).with_name("contrastive.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
