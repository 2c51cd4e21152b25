"""Folders that others exported: the site's engine draws what diffusers' own pipeline draws with the same weights."""

import subprocess
from pathlib import Path

import foreign
import numpy as np
import pytest
import torch
from conftest import REPOSITORY
from diffusers import StableDiffusionPipeline
from diffusers.models.attention_processor import AttnProcessor
from foreign import Form
from PIL import Image

PROMPT, NEGATIVE, SEED = "The horse on the grass!", "a gray dog", 20
OPTIMUM = REPOSITORY / ".venv-optimum" / "bin" / "python"

# name -> kind, form, and what is asked for beside prompt and seed
CASES = {
    "sd15": ("sd15", Form(timestep_dims={0: "steps"}), {"steps": 4, "guidance": 7.5}),
    "sd15 in float16": ("sd15", Form(half=True), {"steps": 4, "guidance": 7.5}),
    "sd21": ("sd21", Form(timestep=torch.tensor([500.0]), timestep_dims={0: "batch"}, locations=("model.onnx_data",)), {"steps": 5, "guidance": 3}),
    "sd21 in float16": ("sd21", Form(half=True, fused=True, timestep=torch.tensor([500]), locations=("weights.pb",)), {"steps": 5, "guidance": 3}),
    "turbo": ("turbo", Form(fused=True, ids=torch.int32, timestep=torch.tensor([500]), locations=("weights.pb", "model.onnx.data")), {}),
    "turbo, one step": ("turbo", Form(half=True, locations=("model.onnx_data",)), {"steps": 1}),
}  # fmt: skip
TURBO = {"steps": 4, "guidance": 1}  # what the engine must infer where nothing is asked


def reference(pipeline: StableDiffusionPipeline, steps: int, guidance: float) -> tuple[np.ndarray, np.ndarray]:
    """Final latents and the picture in 0 ... 255, by diffusers."""
    kept = {}

    def keep(_, __, ___, tensors):
        kept["latents"] = tensors["latents"].numpy()
        return {}

    result = pipeline(
        PROMPT, negative_prompt=NEGATIVE, num_inference_steps=steps, guidance_scale=guidance, output_type="np",
        generator=torch.Generator("cpu").manual_seed(SEED), callback_on_step_end=keep,
    )  # fmt: skip
    return kept["latents"], (result.images[0] * 255).round()


def draw(folder: Path, out: Path, asked: dict) -> tuple[np.ndarray, np.ndarray]:
    """The same by the engine; all steps are recorded in `out`."""
    options = [text for name, value in asked.items() for text in (f"--{name}", str(value))]
    command = ["npm", "run", "--silent", "draw", "--", PROMPT, "--negative", NEGATIVE, "--seed", str(SEED), *options]
    files = ["--model", str(folder), "--out", str(out / "picture.png"), "--record", str(out)]
    result = subprocess.run([*command, *files], cwd=REPOSITORY, text=True, capture_output=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return np.load(out / "latents.npy")[-1:], np.asarray(Image.open(out / "picture.png")).astype(float)


def check(ours: tuple[np.ndarray, np.ndarray], theirs: tuple[np.ndarray, np.ndarray], tolerance: float) -> None:
    (latents, picture), (expected, expected_picture) = ours, theirs
    error = np.abs(latents - expected).max() / np.abs(expected).max()
    difference = np.abs(picture - expected_picture).mean()
    print(f"latents differ by {error:.1e} of the largest, pictures by {difference:.3f} of 255")
    assert picture.std() > 5  # there is something to compare
    assert error <= tolerance
    assert difference <= 2


@pytest.mark.parametrize("name", CASES)
def test_the_engine_draws_from_an_export_what_diffusers_draws(tmp_path, name):
    kind, form, asked = CASES[name]
    pipeline = foreign.make_pipeline(kind, tmp_path / "model")
    folder = foreign.export(pipeline, tmp_path / "model", form)
    pipeline.unet.set_attn_processor(AttnProcessor())
    theirs = reference(pipeline, **{**TURBO, **asked})
    check(draw(folder, tmp_path, asked), theirs, 0.03 if form.half else 1e-3)
    maps = list((tmp_path / "attention").glob("*.npy"))
    assert len(maps) == (0 if form.fused else 4)
    for path in maps:
        assert np.allclose(np.load(path).sum(axis=-1), 1, atol=1e-2 if form.half else 1e-4)


@pytest.mark.skipif(not OPTIMUM.exists(), reason="no Optimum here: test/training/optimum.sh installs it")
@pytest.mark.parametrize("kind", ["sd15", "sd21", "turbo"])
def test_the_engine_draws_from_optimums_own_files_what_diffusers_draws(tmp_path, kind):
    subprocess.run([str(OPTIMUM), "test/training/foreign.py", kind, str(tmp_path)], cwd=REPOSITORY, check=True, capture_output=True)
    pipeline = StableDiffusionPipeline.from_pretrained(tmp_path / "torch")
    pipeline.set_progress_bar_config(disable=True)
    asked = {"steps": 4, "guidance": 1 if kind == "turbo" else 7.5}
    check(draw(tmp_path / "onnx", tmp_path, asked), reference(pipeline, **asked), 1e-3)
    assert len(list((tmp_path / "attention").glob("*.npy"))) == 4
