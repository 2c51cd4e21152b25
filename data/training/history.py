"""What a run leaves behind of its own training, for the site to show: it cannot be had later."""

import json
from pathlib import Path

import numpy as np
from PIL import Image


def append_history(path: Path, line: dict) -> None:
    """Add a line, replacing those of this step and later ones (a resumed run comes by them again)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    lines = [old for old in lines if old["step"] < line["step"]] + [line]
    path.write_text("".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in lines))


def save_strip(path: Path, images: np.ndarray) -> None:
    """Pictures uint8 [B, H, W, 3] side by side, as one WebP."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(list(images), axis=1)).save(path, quality=80, method=6)
