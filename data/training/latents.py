"""Stage `latents`: the scenes that the UNet learns, through the frozen encoder, once, so that it never waits for it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .config import Run, arguments, run_of
from .loop import precision
from .models import latent_shape
from .scenes import Scenes
from .vae import trained_autoencoder

BATCH = 32


@dataclass(frozen=True)
class Latents:
    """`latents` float16 [N, 4, h, w] (the encoder's means, unscaled), `cells` uint8 [N, h, w] (1 where an object is)."""

    folder: Path

    @cached_property
    def latents(self) -> np.ndarray:
        return np.load(self.folder / "latents.npy", mmap_mode="r")

    @cached_property
    def cells(self) -> np.ndarray:
        return np.load(self.folder / "cells.npy", mmap_mode="r")

    @cached_property
    def scaling_factor(self) -> float:
        """1 / standard deviation of the latents, so that the UNet sees about unit variance (Rombach et al., app. G)."""
        return float(1 / np.asarray(self.latents[:2000], dtype=np.float32).std())


def object_cells(masks: np.ndarray) -> torch.Tensor:
    """Pixel masks uint8 [B, H, W] -> uint8 [B, H/8, W/8], 1 where any pixel of the cell belongs to an object."""
    return F.max_pool2d(torch.from_numpy(masks).gt(0).float(), 8).to(torch.uint8)


@torch.no_grad()
def encode(run: Run, folder: Path) -> None:
    """Resumable: `done.txt` holds how many scenes are written."""
    scenes, model = Scenes(run.scenes("known")), trained_autoencoder(run)
    folder.mkdir(parents=True, exist_ok=True)
    _, height, width = latent_shape(run)
    marker = folder / "done.txt"
    done = int(marker.read_text()) if marker.exists() else 0
    mode = "r+" if done else "w+"
    open_map = np.lib.format.open_memmap
    latents = open_map(folder / "latents.npy", mode, np.float16, (len(scenes), *latent_shape(run)) if not done else None)
    cells = open_map(folder / "cells.npy", mode, np.uint8, (len(scenes), height, width) if not done else None)
    for start in range(done, len(scenes), BATCH):
        rows = np.arange(start, min(start + BATCH, len(scenes)))
        with torch.autocast("cpu", torch.bfloat16, enabled=precision() == "bf16"):
            moments = model.moments(scenes.pictures(rows))
        latents[rows] = moments.chunk(2, dim=1)[0].float().numpy()
        cells[rows] = object_cells(scenes.masks[rows])
        if (start // BATCH) % 50 == 0:
            latents.flush()
            cells.flush()
            marker.write_text(str(start))
            print(f"latents {start}/{len(scenes)}", flush=True)
    latents.flush()
    cells.flush()
    marker.write_text(str(len(scenes)))


def latents_of(run: Run) -> Latents:
    return Latents(run.work / "latents")


def main() -> None:
    run = run_of(arguments(__doc__).parse_args())
    encode(run, run.work / "latents")
    print(f"scaling factor {latents_of(run).scaling_factor:.4f}")


if __name__ == "__main__":
    main()
