"""The site's engine and Python draw the same picture from the shipped model: same prompt, same seed."""

import json
import subprocess

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import REPOSITORY
from diffusers import DDIMScheduler, DDPMScheduler
from PIL import Image
from transformers import CLIPTokenizerFast

MODEL = REPOSITORY / "data" / "models" / "tiny"
STEPS, GUIDANCE = 8, 4.0


def draw_with_diffusers(scheduler_class, prompt: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Picture uint8 [H, W, 3] and final latents, with nothing of ours but the files."""
    session = lambda path: onnxruntime.InferenceSession(str(MODEL / path), providers=["CPUExecutionProvider"])  # noqa: E731
    tokenizer = CLIPTokenizerFast.from_pretrained(MODEL / "tokenizer")
    scheduler = scheduler_class.from_pretrained(MODEL / "scheduler")
    factor = json.loads((MODEL / "vae_decoder" / "config.json").read_text())["scaling_factor"]
    ids = tokenizer(["", prompt], padding="max_length", truncation=True, return_tensors="np").input_ids.astype(np.int64)
    states = session("text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids})[0]
    unet, generator = session("unet/model.onnx"), torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn(1, 4, 16, 16, generator=generator)
    scheduler.set_timesteps(STEPS)
    for timestep in scheduler.timesteps:
        feeds = {"sample": torch.cat([latents] * 2).numpy(), "timestep": np.array([timestep], np.float32)}
        uncond, cond = unet.run(None, {**feeds, "encoder_hidden_states": states})[0]
        output = torch.from_numpy(uncond + GUIDANCE * (cond - uncond))[None]
        latents = scheduler.step(output, timestep, latents, generator=generator).prev_sample
    image = session("vae_decoder/model.onnx").run(None, {"latent_sample": (latents / factor).numpy()})[0]
    return ((image[0].clip(-1, 1).transpose(1, 2, 0) + 1) * 127.5).round().astype(np.uint8), latents.numpy()


@pytest.mark.parametrize("name, scheduler", [("ddim", DDIMScheduler), ("ddpm", DDPMScheduler)])
def test_npm_run_draw_and_diffusers_draw_the_same_picture(tmp_path, name, scheduler):
    prompt, seed = "a small horse on the beach at night", 1234
    out = tmp_path / "picture.png"
    options = ["--seed", str(seed), "--steps", str(STEPS), "--guidance", str(GUIDANCE), "--sampler", name]
    command = ["npm", "run", "--silent", "draw", "--", prompt, *options, "--out", str(out), "--record", str(tmp_path)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    picture, latents = draw_with_diffusers(scheduler, prompt, seed)
    ours = np.asarray(Image.open(out)).astype(int)
    assert np.abs(ours - picture).mean() <= 2
    assert np.abs(np.load(tmp_path / "latents.npy")[-1:] - latents).max() <= 1e-2 * np.abs(latents).max()
    maps = {path.stem: np.load(path) for path in (tmp_path / "attention").iterdir()}
    assert "mid_block.attentions.0.transformer_blocks.0.attn2" in maps
    for values in maps.values():  # [N, 2, heads, q, K]
        assert values.shape[:2] == (STEPS, 2) and values.shape[-1] == 32
        assert np.allclose(values.sum(axis=-1), 1, atol=1e-3)
