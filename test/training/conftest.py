"""The smoke configuration, run once through the whole chain in a temporary folder."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from transformers import CLIPTokenizerFast

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "data"))


def run_stage(name: str, work: Path, model: Path, *options: str, processes: int = 1, check: bool = True):
    """One stage as a user runs it, in a process of its own."""
    command = ["bash", "data/training/run", name, "--config", "smoke", "--work", str(work), "--model", str(model), *options]
    environment = {**os.environ, "PROCESSES": str(processes), "OMP_NUM_THREADS": "1" if processes > 1 else "2"}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, text=True, capture_output=True)
    assert not check or result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result


@dataclass
class Chain:
    work: Path
    model: Path
    output: dict[str, str]


@pytest.fixture(scope="session")
def chain(tmp_path_factory) -> Chain:
    folder = tmp_path_factory.mktemp("smoke")
    work, model, output = folder / "work", folder / "model", {}
    for stage in ("scenes", "tokenizer", "clip", "vae", "latents", "unet", "judge", "export", "evaluate"):
        output[stage] = run_stage(stage, work, model).stdout
    return Chain(work, model, output)


def draw_with_diffusers(
    folder: Path, scheduler_class, prompt: str, seed: int, steps: int, guidance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Picture [1, 3, H, W] in about [-1, 1] and final latents, with nothing of ours but the files."""
    session = lambda path: onnxruntime.InferenceSession(str(folder / path), providers=["CPUExecutionProvider"])  # noqa: E731
    tokenizer = CLIPTokenizerFast.from_pretrained(folder / "tokenizer")
    scheduler = scheduler_class.from_pretrained(folder / "scheduler")
    factor = json.loads((folder / "vae_decoder" / "config.json").read_text())["scaling_factor"]
    ids = tokenizer(["", prompt], padding="max_length", truncation=True, return_tensors="np").input_ids.astype(np.int64)
    states = session("text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids})[0]
    unet, generator = session("unet/model.onnx"), torch.Generator("cpu").manual_seed(seed)
    latents = torch.randn(1, 4, 16, 16, generator=generator)
    scheduler.set_timesteps(steps)
    for timestep in scheduler.timesteps:
        feeds = {"sample": torch.cat([latents] * 2).numpy(), "timestep": np.array([timestep], np.float32)}
        uncond, cond = unet.run(None, {**feeds, "encoder_hidden_states": states})[0]
        output = torch.from_numpy(uncond + guidance * (cond - uncond))[None]
        latents = scheduler.step(output, timestep, latents, generator=generator).prev_sample
    image = session("vae_decoder/model.onnx").run(None, {"latent_sample": (latents / factor).numpy()})[0]
    return image, latents.numpy()
