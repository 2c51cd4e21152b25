"""Stage `places`: where the judge sees an object, and whether an edit leaves it there. scripts/frozenMaps.ts draws the pairs.

An object is where a picture changes the judge's mind when a part of it is covered (occlusion: Zeiler and Fergus 2014,
arXiv:1311.2901, section 4.2). The cells of the judge's own map know an object's middle, not its size; attention maps are what
the edit freezes, so they may not measure it. On validation scenes (48, one object each) these boxes overlap the true ones by
0.57, where boxes of two scenes overlap by 0.30, and their middles are 8.6 pixels off, those of two scenes 28.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .config import Run, arguments, run_of
from .judge import trained_judge
from .scenes import as_tensor

PATCH, STRIDE = 32, 16
# A cell belongs to the object when covering it costs at least this share of what the dearest cell costs.
SHARE = 0.25


@torch.no_grad()
def place(model, picture: torch.Tensor, obj: int) -> np.ndarray:
    """Picture [3, H, W] -> how much the object's logit falls when a cell of 16 x 16 pixels is covered, [H/16, W/16]."""
    height, width = picture.shape[1:]
    corners = [(y, x) for y in range(STRIDE - PATCH, height, STRIDE) for x in range(STRIDE - PATCH, width, STRIDE)]
    windows = [(slice(max(0, y), y + PATCH), slice(max(0, x), x + PATCH)) for y, x in corners]
    covered = picture.repeat(len(windows), 1, 1, 1)
    for one, (rows, columns) in zip(covered, windows, strict=True):
        one[:, rows, columns] = picture.mean(dim=(1, 2))[:, None, None]
    logits = torch.cat([model(part)["objects"][:, obj] for part in covered.split(32)])
    fall = (model(picture[None])["objects"][0, obj] - logits).clamp(min=0)
    total, times = torch.zeros(height, width), torch.zeros(height, width)
    for value, (rows, columns) in zip(fall, windows, strict=True):
        total[rows, columns] += value
        times[rows, columns] += 1
    return (total / times)[::STRIDE, ::STRIDE].numpy()


def box_of(falls: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels of the cells that matter; all of the picture where none does."""
    rows, columns = np.nonzero(falls >= SHARE * falls.max())
    return tuple(int(edge) * STRIDE for edge in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))


def overlap(a: tuple, b: tuple) -> float:
    """Intersection over union of two boxes."""
    area = lambda box: max(0, box[2] - box[0]) * max(0, box[3] - box[1])  # noqa: E731
    shared = area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))
    return shared / (area(a) + area(b) - shared)


def apart(a: tuple, b: tuple) -> float:
    """Distance of two boxes' middles, in pixels."""
    return float(np.hypot(a[0] + a[2] - b[0] - b[2], a[1] + a[3] - b[1] - b[3]) / 2)


@torch.no_grad()
def is_seen(model, picture: torch.Tensor, obj: int) -> bool:
    """Whether the judge holds this object the likeliest of all."""
    return int(model(picture[None])["objects"][0].argmax()) == obj


def measure(run: Run, folder: Path) -> dict:
    """Every pair and arm: whether the new object is seen, and how its place lies to that of the old one in its own picture."""
    model, names = trained_judge(run)
    drawn = json.loads((folder / "pairs.json").read_text())
    read = lambda name: as_tensor(np.array(Image.open(folder / name))[None])[0]  # noqa: E731
    rows = []
    for pair in drawn["pairs"]:
        old, new = names.index(pair["from"]), names.index(pair["to"])
        first = read(pair["pictures"]["source"])
        home = box_of(place(model, first, old))
        for arm in drawn["arms"]:
            picture = read(pair["pictures"][arm])
            box = box_of(place(model, picture, new))
            rows.append({
                "prompt": pair["prompt"], "source": pair["source"], "seed": pair["seed"], "arm": arm,
                "source_seen": is_seen(model, first, old), "seen": is_seen(model, picture, new),
                "overlap": round(overlap(home, box), 4), "apart": round(apart(home, box), 2), "boxes": [home, box],
            })  # fmt: skip
    return {"arms": {arm: summary(rows, arm, drawn) for arm in drawn["arms"]}, "pairs": rows}


def summary(rows: list[dict], arm: str, drawn: dict) -> dict:
    """`seen` over all pairs; the places over those whose first picture shows its object, for else there is no place."""
    of = lambda name: [row for row in rows if row["arm"] == name]  # noqa: E731
    mine, seed = ([row for row in of(name) if row["source_seen"]] for name in (arm, "seed"))
    mean = lambda values: round(float(np.mean(values)), 4) if values else None  # noqa: E731
    closer = [a["overlap"] > b["overlap"] for a, b in zip(mine, seed, strict=True) if a["overlap"] != b["overlap"]]
    return {
        **drawn["arms"][arm], "seen": mean([row["seen"] for row in of(arm)]), "pairs": len(of(arm)), "placed": len(mine),
        "overlap": mean([row["overlap"] for row in mine]), "apart": mean([row["apart"] for row in mine]),
        "better_than_seed": [sum(closer), len(closer)],
    }  # fmt: skip


def options() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--pairs", type=Path, required=True, help="folder of scripts/frozenMaps.ts")
    return parser.parse_args()


def main() -> None:
    given = options()
    result = measure(run_of(given), given.pairs)
    (given.pairs / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    for arm, line in result["arms"].items():
        better, of = line["better_than_seed"]
        print(f"{arm}: the new object is seen in {line['seen']:.0%} of {line['pairs']} pictures; of {line['placed']} with a")
        print(f"  place, overlap {line['overlap']}, {line['apart']} pixels apart, more overlap than by the seed alone in {better} of {of}")


if __name__ == "__main__":
    main()
