"""Where an object is, by a judge that is sure of it."""

import json

import numpy as np
import torch
from PIL import Image
from training import places


class Judge(torch.nn.Module):
    """Object 0 is red, object 1 is green: the more pixels of its colour, the surer."""

    def forward(self, pictures):
        return {"objects": torch.stack([pictures[:, 0].mean(dim=(1, 2)), pictures[:, 1].mean(dim=(1, 2))], dim=1) * 100}


def picture(channel: int, left: int, top: int) -> torch.Tensor:
    """A square of 32 x 32 pixels on black."""
    values = torch.full((3, 128, 128), -1.0)
    values[channel, top : top + 32, left : left + 32] = 1
    return values


def test_a_box_lies_where_covering_changes_the_judges_mind():
    left, top, right, bottom = box = places.box_of(places.place(Judge(), picture(0, 64, 32), 0))
    assert places.apart(box, (64, 32, 96, 64)) == 0
    assert 32 <= right - left <= 64 and 32 <= bottom - top <= 64  # a covering square reaches one cell further


def test_boxes_overlap_by_their_share_and_lie_apart_by_their_middles():
    assert places.overlap((0, 0, 32, 32), (0, 0, 32, 32)) == 1
    assert places.overlap((0, 0, 32, 32), (16, 0, 48, 32)) == 1 / 3
    assert places.overlap((0, 0, 16, 16), (32, 32, 48, 48)) == 0
    assert places.apart((0, 0, 32, 32), (30, 40, 62, 72)) == 50


def test_arms_are_compared_where_the_first_picture_shows_its_object(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "trained_judge", lambda run: (Judge(), ["red", "green"]))
    drawn = {"first": picture(0, 16, 16), "kept": picture(1, 16, 16), "moved": picture(1, 80, 80), "wrong": picture(1, 0, 0)}
    for name, values in drawn.items():
        pixels = ((values + 1) * 127.5).permute(1, 2, 0).numpy().astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    pair = lambda source, seed, cross: {  # noqa: E731
        "from": "red", "to": "green", "source": "red", "prompt": "green", "seed": 0,
        "pictures": {"source": f"{source}.png", "seed": f"{seed}.png", "cross": f"{cross}.png"},
    }  # fmt: skip
    pairs = [pair("first", "moved", "kept"), pair("wrong", "moved", "first")]
    (tmp_path / "pairs.json").write_text(json.dumps({"arms": {"seed": {}, "cross": {}}, "pairs": pairs}))
    result = places.measure(None, tmp_path)["arms"]
    assert result["seed"]["placed"] == result["cross"]["placed"] == 1
    assert result["cross"]["overlap"] == 1 and result["seed"]["overlap"] < 0.1
    assert (result["cross"]["seen"], result["seed"]["seen"]) == (0.5, 1)
    assert result["cross"]["better_than_seed"] == [1, 1]
