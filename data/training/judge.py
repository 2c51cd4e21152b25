"""Stage `judge`: an independent classifier that says what a picture shows.

Trained on real scenes and on their reconstructions by the autoencoder, never on a generated picture. It is not part of
the shipped model; `evaluate` uses it, and reports its accuracy on reconstructed held-out scenes as the ceiling.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from .config import REPOSITORY, Run, run_of, training_arguments
from .history import append_history
from .latents import latents_of
from .loop import Draw, Stage, load_ema, train
from .models import begin_alike
from .scenes import Scenes, as_images
from .vae import trained_autoencoder

PLACES = ["beach", "grass", "snow", "desert", "ocean", "space", "mountains", "city", "plain"]
COLORS = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "gray", "black", "white"]
SIDES = ["left", "centre", "right"]
RECONSTRUCTIONS = 6000


class Residual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.skip = nn.Conv2d(inputs, outputs, 1, stride)
        self.norms = nn.ModuleList([nn.GroupNorm(8, inputs), nn.GroupNorm(8, outputs)])

    def forward(self, x):
        hidden = self.first(F.silu(self.norms[0](x)))
        return self.skip(x) + self.second(F.silu(self.norms[1](hidden)))


class Judge(nn.Module):
    """Pictures [B, 3, 128, 128] in [-1, 1] -> logits: objects [B, O], places [B, 9], colors [B, 10], sides [B, 3]."""

    def __init__(self, objects: int, width: int):
        super().__init__()
        w = width
        self.stem = nn.Conv2d(12, w, 3, 1, 1)
        self.blocks = nn.Sequential(Residual(w, 2 * w, 2), Residual(2 * w, 4 * w, 2), Residual(4 * w, 8 * w, 2))
        self.norm = nn.GroupNorm(8, 8 * w)
        self.objects_head = nn.Linear(8 * w, objects)
        self.scene_head = nn.Linear(8 * w, len(PLACES) + len(COLORS))
        self.sides_head = nn.Linear(8 * w * 8, len(SIDES))

    def features(self, pictures: torch.Tensor) -> torch.Tensor:
        """[B, 8w, 8, 8], one cell for 16 x 16 pixels."""
        return F.silu(self.norm(self.blocks(self.stem(F.pixel_unshuffle(pictures, 2)))))

    def cells(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of every object in every cell: [B, 8, 8, O]."""
        return self.objects_head(features.permute(0, 2, 3, 1))

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        x = self.features(pictures)
        places, colors = self.scene_head(x.mean(dim=(2, 3))).split([len(PLACES), len(COLORS)], dim=1)
        # An object is where one cell says so: the largest logit over cells, softened so that all learn.
        objects = torch.logsumexp(self.cells(x).flatten(1, 2), dim=1)
        return {"objects": objects, "places": places, "colors": colors, "sides": self.sides_head(x.mean(dim=2).flatten(1))}


def object_names() -> list[str]:
    """Every object that scenes can hold."""
    manifest = json.loads((REPOSITORY / "data" / "scenes" / "atlas" / "manifest.json").read_text())
    return sorted({sprite["name"] for sprite in manifest["sprites"]})


def targets(records: list[dict], names: list[str]) -> dict[str, torch.Tensor]:
    """What is right for each scene; -1 where a question does not arise (a colour on a beach, the side of two objects)."""
    index = {name: i for i, name in enumerate(names)}
    objects = torch.zeros(len(records), len(names))
    for row, record in enumerate(records):
        for thing in record["objects"]:
            objects[row, index[thing["name"]]] = 1
    plain = [record["color"] is not None for record in records]
    place = [PLACES.index("plain" if is_plain else r["place"]) for r, is_plain in zip(records, plain, strict=True)]
    color = [COLORS.index(record["color"]) if is_plain else -1 for record, is_plain in zip(records, plain, strict=True)]
    side = [side_of(record["objects"][0]["box"]) if len(record["objects"]) == 1 else -1 for record in records]
    return {"objects": objects, "places": torch.tensor(place), "colors": torch.tensor(color), "sides": torch.tensor(side)}


def side_of(box: list[int], width: int = 128) -> int:
    """0 left, 1 centre, 2 right, by where the box's middle lies: thirds, a little widened in the centre."""
    middle = (box[0] + box[2]) / 2 / width
    return 0 if middle < 0.40 else 2 if middle > 0.60 else 1


def judge_loss(logits: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor]) -> torch.Tensor:
    binary = F.binary_cross_entropy_with_logits(logits["objects"], wanted["objects"], reduction="none").sum(1).mean()
    entropy = sum(masked_cross_entropy(logits[name], wanted[name]) for name in ("places", "colors", "sides"))
    return binary + entropy


def masked_cross_entropy(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, wanted, ignore_index=-1, reduction="sum") / len(wanted)


@torch.no_grad()
def reconstructions(run: Run, count: int) -> np.ndarray:
    """The first `count` scenes that the UNet learns, decoded from their latents, made once: uint8 [count, H, W, 3]."""
    path = run.work / "reconstructions.npy"
    if path.exists() and len(np.load(path, mmap_mode="r")) == count:
        return np.load(path, mmap_mode="r")
    model, latents = trained_autoencoder(run), latents_of(run).latents
    parts = [
        as_images(model.decode(torch.from_numpy(latents[start : start + 16].astype(np.float32))))
        for start in range(0, count, 16)
    ]
    np.save(path, np.concatenate(parts)[:count])
    return np.load(path, mmap_mode="r")


def judge_stage(run: Run) -> Stage:
    scenes, validation = Scenes(run.scenes("train")), Scenes(run.scenes("validation"))
    names = object_names()
    known = Scenes(run.scenes("known"))
    decoded = reconstructions(run, min(RECONSTRUCTIONS, len(known)))

    def loss(model, share: Draw):
        images = scenes.images[np.sort(share.indices)][np.argsort(np.argsort(share.indices))]
        half = len(images) // 2
        rows = share.indices[:half] % len(decoded)
        images[:half] = decoded[rows]
        records = [known.records[i] for i in rows] + [scenes.records[i] for i in share.indices[half:]]
        pictures = torch.from_numpy(images).permute(0, 3, 1, 2).float().div(127.5).sub(1)
        pictures += 0.05 * torch.randn(pictures.shape, generator=share.generator) * torch.rand(1, generator=share.generator)
        logits = model(pictures)
        wanted = targets(records, names)
        return judge_loss(logits, wanted), {}

    def snapshot(ema, step: int) -> None:
        result = accuracy(ema, validation.pictures(np.arange(len(validation))), validation.records, names)
        append_history(run.work / "judge.jsonl", {"step": step, **result})
        print("judge", result, flush=True)

    begin_alike(run)
    model = Judge(len(names), run["judge"]["width"])
    return Stage("judge", model, len(scenes), loss, snapshot, run["judge"], run.config["seed"])


@torch.no_grad()
def verdicts(model, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
    parts = [model(pictures[start : start + 64]) for start in range(0, len(pictures), 64)]
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def accuracy(model, pictures: torch.Tensor, records: list[dict], names: list[str]) -> dict[str, float]:
    """Shares that are right: `object` over one-object scenes, `two` (both) over two-object scenes, place, colour, side."""
    logits, wanted = verdicts(model, pictures), targets(records, names)
    counts = torch.tensor([len(record["objects"]) for record in records])
    result = {}
    for label, count in (("object", 1), ("two", 2)):
        rows = (counts == count).nonzero()[:, 0]
        best = logits["objects"][rows].topk(count, dim=1).indices
        result[label] = mean(wanted["objects"][rows].gather(1, best).all(dim=1))
    for label, key in (("place", "places"), ("color", "colors"), ("side", "sides")):
        rows = wanted[key] >= 0
        result[label] = mean(logits[key][rows].argmax(dim=1) == wanted[key][rows])
    return result


def mean(values: torch.Tensor) -> float:
    return round(float(values.float().mean()), 4) if len(values) else float("nan")


def published(run: Run) -> Path:
    """Where the judge is committed, so that a fresh clone can evaluate without training one."""
    return Path(__file__).parent / "judges" / f"{run.name}.safetensors"


def publish(run: Run) -> None:
    """Write the trained judge, float16, with the names its answers stand for."""
    model, names = trained_judge(run)
    weights = {key: value.half().contiguous() for key, value in model.state_dict().items()}
    published(run).parent.mkdir(exist_ok=True)
    save_file(weights, published(run), metadata={"names": json.dumps(names)})


def trained_judge(run: Run) -> tuple[Judge, list[str]]:
    """The judge of this run and the names of its objects: of its own training, else the committed one."""
    if (run.work / "judge.pt").exists() or not published(run).exists():
        names = object_names()
        weights = load_ema(run.work / "judge.pt")
    else:
        with safe_open(published(run), "pt") as file:
            names = json.loads(file.metadata()["names"])
            weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
    model = Judge(len(names), run["judge"]["width"])
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False), names


def main() -> None:
    parser = training_arguments(__doc__)
    parser.add_argument("--publish", action="store_true", help="write the trained judge to data/training/judges")
    options = parser.parse_args()
    run = run_of(options)
    if options.publish:
        return publish(run)
    train(judge_stage(run), run.work / "judge.pt", run.work / "judge-metrics.jsonl", options.minutes, options.steps)


if __name__ == "__main__":
    main()
