"""Stage `scenes`: draw the training, validation and evaluation scenes; and read them back.

The pictures come from the TypeScript generator (`npm run scenes`), so that the browser draws the very same ones.
"""

import json
import random
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from .config import REPOSITORY, Run, arguments, run_of

# Every split has a seed range of its own; the generator also keeps the held-out pairs apart by name.
SEEDS = {"train": 0, "known": 400_000_000, "validation": 500_000_000, "tuning": 600_000_000, "held-out": 700_000_000}


@dataclass(frozen=True)
class Scenes:
    """A folder of scenes: `images` uint8 [N, H, W, 3], `masks` uint8 [N, H, W] (0 none, k object k), `records` dicts."""

    folder: Path

    @cached_property
    def images(self) -> np.ndarray:
        return np.load(self.folder / "images.npy", mmap_mode="r")

    @cached_property
    def masks(self) -> np.ndarray:
        return np.load(self.folder / "masks.npy", mmap_mode="r")

    @cached_property
    def records(self) -> list[dict]:
        with open(self.folder / "scenes.jsonl") as lines:
            return [json.loads(line) for line in lines]

    def __len__(self) -> int:
        return len(self.images)

    def pictures(self, indices) -> torch.Tensor:
        """Pictures as the autoencoder sees them: float32 [B, 3, H, W] in [-1, 1]."""
        return as_tensor(self.images[np.sort(indices)][np.argsort(np.argsort(indices))])

    def captions(self, indices, rng: random.Random) -> list[str]:
        """One of each scene's captions, drawn with `rng`."""
        return [rng.choice(self.records[i]["captions"])["text"] for i in indices]


def as_tensor(images: np.ndarray) -> torch.Tensor:
    """uint8 [B, H, W, 3] -> float32 [B, 3, H, W] in [-1, 1]."""
    return torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def as_images(pictures: torch.Tensor) -> np.ndarray:
    """float [B, 3, H, W] in [-1, 1] -> uint8 [B, H, W, 3], clipped."""
    scaled = pictures.detach().clamp(-1, 1).add(1).mul(127.5).round()
    return scaled.permute(0, 2, 3, 1).to(torch.uint8).cpu().numpy()


def draw(run: Run, split: str, count: int, objects: list[str]) -> None:
    """Make `count` scenes of a split, unless that many are there. `known` are training scenes of what the UNet learns:
    the configuration's `objects` alone, where it names some; CLIP, VAE and judge learn all there are from `train`."""
    folder = run.scenes(split)
    if (folder / "scenes.jsonl").exists() and len(Scenes(folder)) >= count:
        return
    command = ["npx", "tsx", "data/scenes/cli.ts", "--count", str(count), "--seed", str(SEEDS[split])]
    command += ["--out", str(folder), "--split", "train" if split == "known" else split]
    if objects and split == "known":
        command += ["--objects", ",".join(objects)]
    subprocess.run(command, cwd=REPOSITORY, check=True)


def main() -> None:
    run = run_of(arguments(__doc__).parse_args())
    for split, count in run["scenes"].items():
        draw(run, split, count, run.config.get("objects", []))


if __name__ == "__main__":
    main()
