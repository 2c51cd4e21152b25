"""Writes guidance.json: .venv/bin/python test/goldens/make_guidance.py  (torch 2.13.0, onnxruntime, diffusers 0.42.1).

One step of the shipped model opened as the chapter on guidance opens it, by onnxruntime, torch and diffusers' DDIM and `rescale_noise_cfg`;
the predictions themselves are kept for two channels, so that the page's own formulas can be checked without a model.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from diffusers import DDIMScheduler
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg
from tokenizers import Tokenizer

FOLDER = Path("data/models/tiny")
PROMPT, SEED, STEPS, DRAWN, STEP = "a horse on the grass", 7, 30, 4.0, 4
SCALES, RESCALE = (0.0, 1.0, 4.0, 12.0), 0.7


def session(part: str) -> ort.InferenceSession:
    return ort.InferenceSession(str(FOLDER / part / "model.onnx"), providers=["CPUExecutionProvider"])


def length(values: torch.Tensor) -> float:
    return values.double().square().mean().sqrt().item()


def degrees(a: torch.Tensor, b: torch.Tensor) -> float:
    cosine = (a.double() * b.double()).mean() / (length(a) * length(b))
    return torch.rad2deg(torch.arccos(cosine.clamp(-1, 1))).item()


def main() -> None:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer" / "tokenizer.json"))
    ids = np.array([tokenizer.encode(text).ids for text in ["", PROMPT]], dtype=np.int64)
    words = session("text_encoder").run(["last_hidden_state"], {"input_ids": ids})[0]
    unet = session("unet")
    scheduler = DDIMScheduler.from_pretrained(FOLDER / "scheduler")
    scheduler.set_timesteps(STEPS)
    xt = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(SEED))
    golden = {"prompt": PROMPT, "seed": SEED, "steps": STEPS, "drawn": DRAWN, "step": STEP, "xtStd": []}
    for index, t in enumerate(scheduler.timesteps):
        golden["xtStd"].append(xt.std().item())
        feeds = {"sample": xt.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32)}
        out = unet.run(None, {**feeds, "encoder_hidden_states": words})[0]
        u, c = torch.from_numpy(out).chunk(2)
        if index == STEP:
            golden["opened"] = opened(scheduler, t, xt, u, c)
        xt = scheduler.step(u + DRAWN * (c - u), t, xt).prev_sample
    golden["xtStd"].append(xt.std().item())
    Path(__file__).with_name("guidance.json").write_text(json.dumps(golden) + "\n")


def opened(scheduler, t, xt, u, c) -> dict:
    """All that the page says of one step."""
    arms = []
    for scale in SCALES:
        eps = u + scale * (c - u)
        mended = rescale_noise_cfg(eps, c, RESCALE)
        x0 = [scheduler.step(noise, t, xt).pred_original_sample for noise in (eps, mended)]
        arms.append({
            "scale": scale, "length": length(eps), "angle": degrees(u, eps), "std": eps.std().item(), "x0Std": x0[0].std().item(),
            "rescaledStd": mended.std().item(), "rescaledX0Std": x0[1].std().item(), "first": eps.flatten()[:4].tolist(),
        })  # fmt: skip
    rounded = lambda values: [round(value, 6) for value in values.flatten().tolist()]  # noqa: E731
    return {
        "timestep": int(t), "alphaCumprod": scheduler.alphas_cumprod[t].item(),
        "xt": rounded(xt), "uncond": rounded(u), "cond": rounded(c),
        "lengths": {"uncond": length(u), "cond": length(c), "difference": length(c - u)},
        "angle": degrees(u, c), "rescale": RESCALE, "arms": arms,
    }  # fmt: skip


if __name__ == "__main__":
    main()
