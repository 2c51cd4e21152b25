"""The site's engine and Python draw the same picture from the shipped model: same prompt, same seed."""

import subprocess
import sys

import numpy as np
import pytest
from conftest import REPOSITORY, draw_with_diffusers
from diffusers import DDIMScheduler, DDPMScheduler
from PIL import Image

sys.path.insert(0, str(REPOSITORY / "scripts"))
import parity  # noqa: E402

MODEL = REPOSITORY / "data" / "models" / "tiny"
STEPS, GUIDANCE = 8, 4.0


@pytest.mark.parametrize("name, scheduler", [("ddim", DDIMScheduler), ("ddpm", DDPMScheduler)])
def test_npm_run_draw_and_diffusers_draw_the_same_picture(tmp_path, name, scheduler):
    prompt, seed = "a small horse on the beach at night", 1234
    out = tmp_path / "picture.png"
    options = ["--seed", str(seed), "--steps", str(STEPS), "--guidance", str(GUIDANCE), "--sampler", name]
    command = ["npm", "run", "--silent", "draw", "--", prompt, *options, "--out", str(out), "--record", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    image, latents = draw_with_diffusers(MODEL, scheduler, prompt, seed, STEPS, GUIDANCE)
    picture = ((image[0].clip(-1, 1).transpose(1, 2, 0) + 1) * 127.5).round().astype(np.uint8)
    ours = np.asarray(Image.open(out)).astype(int)
    assert np.abs(ours - picture).mean() <= 2
    assert np.abs(np.load(tmp_path / "latents.npy")[-1:] - latents).max() <= 1e-2 * np.abs(latents).max()
    maps = {path.stem: np.load(path) for path in (tmp_path / "attention").iterdir()}
    assert "mid_block.attentions.0.transformer_blocks.0.attn2" in maps
    for values in maps.values():  # [N, 2, heads, q, K]
        assert values.shape[:2] == (STEPS, 2) and values.shape[-1] == 32
        assert np.allclose(values.sum(axis=-1), 1, atol=1e-3)


def test_every_sampler_draws_the_picture_of_its_class_in_diffusers():
    """A small part of scripts/parity.py, which takes twelve prompts."""
    for sampler, each, _ in parity.differences(list(parity.SAMPLERS), {"an owl on the mountains": 11}, steps=4):
        assert max(each.values()) <= parity.BAR, f"{sampler}: {each}"
