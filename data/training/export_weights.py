"""Starting again from the committed export alone: its float16 weights as state_dicts of the training modules."""

import json

import numpy as np
import torch

from . import graph, models
from .config import Run


def exported_clip(run: Run) -> dict[str, torch.Tensor]:
    from .tokenizer import open_tokenizer

    clip = run.model / "clip" / "onnx"
    text, vision = (graph.read_weights(clip / f"{tower}_model.onnx") for tower in ("text", "vision"))
    log_scale = json.loads((run.model / "clip" / "config.json").read_text())["logit_scale_init_value"]
    clip = models.build_clip(run, open_tokenizer(run).get_vocab_size())
    return graph.restore(clip, text, vision, {"logit_scale": np.array(log_scale, np.float32)})


def exported_autoencoder(run: Run) -> dict[str, torch.Tensor]:
    parts = [graph.read_weights(run.model / f"vae_{half}" / "model.onnx") for half in ("encoder", "decoder")]
    return graph.restore(models.build_autoencoder(run), *parts)


def exported_unet(run: Run) -> dict[str, torch.Tensor]:
    return graph.restore(models.build_unet(run), graph.read_weights(run.model / "unet" / "model.onnx"))
