"""Writes trajectories.json: .venv/bin/python test/goldens/make_trajectories.py  (torch 2.13.0, onnxruntime, diffusers 0.42.1).

Whole runs of the shipped model by diffusers' own schedulers, each xt written as a x0 + b xT + rest by NumPy's least squares: what the chapter
on samplers plots. Of the first two one xt is kept whole, so that a browser's test can look for it on the screen.
"""

import inspect
import json
from pathlib import Path

import diffusers
import numpy as np
import onnxruntime as ort
import torch
from tokenizers import Tokenizer

FOLDER = Path("data/models/tiny")
CLASSES = {
    "ddpm": "DDPMScheduler", "ddim": "DDIMScheduler", "euler-a": "EulerAncestralDiscreteScheduler", "heun": "HeunDiscreteScheduler",
    "pndm": "PNDMScheduler", "unipc": "UniPCMultistepScheduler",
}  # fmt: skip
PROMPT, SEED, GUIDANCE = "a penguin on the beach", 23, 3.5
SHOWN, KEPT = 2, 6  # runs on the screen, and the call whose xt is kept of them
RUNS = [
    {"sampler": "ddpm", "steps": 12}, {"sampler": "ddim", "steps": 12}, {"sampler": "ddim", "steps": 8, "eta": 0.6, "noiseSeed": 5},
    {"sampler": "euler-a", "steps": 8, "noiseSeed": 5}, {"sampler": "heun", "steps": 5}, {"sampler": "pndm", "steps": 6},
    {"sampler": "unipc", "steps": 8},
]  # fmt: skip


def session(part: str) -> ort.InferenceSession:
    return ort.InferenceSession(str(FOLDER / part / "model.onnx"), providers=["CPUExecutionProvider"])


def path_of(unet, words, sampler: str, steps: int, eta: float = 0.0, noiseSeed: int | None = None):  # noqa: N803
    """xt of every call, and at last the result: [N + 1, 1024]; the timesteps."""
    config = json.loads((FOLDER / "scheduler" / "scheduler_config.json").read_text())
    scheduler = getattr(diffusers, CLASSES[sampler]).from_config(config)
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(SEED)
    latents = torch.randn((1, 4, 16, 16), generator=generator) * scheduler.init_noise_sigma
    fresh = generator if noiseSeed is None else torch.Generator("cpu").manual_seed(noiseSeed)
    accepted = inspect.signature(scheduler.step).parameters
    more = {key: value for key, value in (("generator", fresh), ("eta", eta)) if key in accepted}
    path = []
    for t in scheduler.timesteps:
        xt = scheduler.scale_model_input(latents, t)
        path.append(xt)
        feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32), "encoder_hidden_states": words}
        uncond, cond = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        latents = scheduler.step(uncond + GUIDANCE * (cond - uncond), t, latents, **more).prev_sample
    return torch.cat([*path, latents]).flatten(1).double().numpy(), [float(t) for t in scheduler.timesteps]


def shares(path: np.ndarray) -> list[list[float]]:
    ends = np.stack([path[-1], path[0]], axis=1)
    found = []
    for xt in path:
        share, *_ = np.linalg.lstsq(ends, xt, rcond=None)
        rest = np.sqrt(np.mean((xt - ends @ share) ** 2))
        found.append([round(float(value), 5) for value in (*share, rest)])
    return found


def main() -> None:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer" / "tokenizer.json"))
    ids = np.array([tokenizer.encode(text).ids for text in ["", PROMPT]], dtype=np.int64)
    words = session("text_encoder").run(["last_hidden_state"], {"input_ids": ids})[0]
    unet = session("unet")
    runs = []
    for asked in RUNS:
        path, timesteps = path_of(unet, words, **asked)
        runs.append({**asked, "timesteps": timesteps, "shares": shares(path)})
        if len(runs) <= SHOWN:
            runs[-1]["xt"] = [round(float(value), 4) for value in path[KEPT]]
    golden = {"prompt": PROMPT, "seed": SEED, "guidance": GUIDANCE, "kept": KEPT, "runs": runs}
    Path(__file__).with_name("trajectories.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
