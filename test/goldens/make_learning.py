"""The learning page's numbers from torch and onnxruntime, on the latents that it ships: test/goldens/learning.json.

    .venv/bin/python test/goldens/make_learning.py
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from diffusers import DDPMScheduler
from tokenizers import Tokenizer

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "data/models/tiny"
# (group of the memory, timestep): from hardly any noise to hardly anything else.
ASKED = [(0, 100), (0, 430), (1, 620), (2, 760), (3, 860), (4, 940), (5, 999)]
# The 2-D world (src/world/world.ts): x, y, deviation, weight of each blob.
BLOBS = [[-1.1, 0.8, 0.22, 1.0], [0.2, -1.2, 0.16, 0.7], [1.2, 0.7, 0.28, 1.3]]
PLACES = [[0.2, 0.3], [-1.3, 1.1], [0.9, -0.8]]


def recollect(samples: torch.Tensor, xt: torch.Tensor, a: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """E[x0 | xt] if the world were these samples, and their posterior weights: Bayes' rule with equal priors, in 64 bits."""
    distances = (xt.double() - a.double().sqrt() * samples.double()).square().flatten(1).sum(1)
    weights = torch.softmax(-distances / (2 * (1 - a.double())), dim=0)
    return (weights.view(-1, *[1] * (samples.dim() - 1)) * samples).sum(0), weights


def memory(scheduler: DDPMScheduler) -> list[dict]:
    """Every caption's second scene under noise: the memoriser's belief, and the UNet's answer beside the means."""
    record = json.loads((ROOT / "docs/recorded/learning.json").read_text())
    stored = np.fromfile(ROOT / "docs/recorded/learning.bin", np.int8).astype(np.float32)
    samples = torch.from_numpy(stored * np.float32(record["step"])).view(-1, *record["dims"][1:])
    generator = torch.Generator("cpu").manual_seed(record["shown"]["noiseSeed"])
    eps = torch.randn(record["dims"], generator=generator)
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer/tokenizer.json"))
    encoder, unet = (onnxruntime.InferenceSession(MODEL / part / "model.onnx") for part in ("text_encoder", "unet"))
    mse = lambda a, b: (a.double() - b.double()).square().mean().item()
    rows = []
    for group, t in ASKED:
        words, first, count = (record["groups"][group][key] for key in ("caption", "first", "count"))
        x0, a = samples[first + 1 : first + 2], scheduler.alphas_cumprod[t]
        xt = scheduler.add_noise(x0, eps, torch.tensor([t]))
        ids = np.array([tokenizer.encode(words).ids])
        states = encoder.run(["last_hidden_state"], {"input_ids": ids})[0]
        feeds = {"sample": xt.numpy(), "timestep": np.array([t], np.float32), "encoder_hidden_states": states}
        output = torch.from_numpy(unet.run(None, feeds)[0])
        guess = (xt - (1 - a).sqrt() * output) / a.sqrt()
        captioned, _ = recollect(samples[first : first + count], xt, a)
        everything, weights = recollect(samples, xt, a)
        top = torch.topk(weights, 2)
        rows.append(
            {
                "caption": words,
                "scene": first + 1,
                "t": t,
                "likeliest": top.indices.tolist(),
                "weights": top.values.tolist(),
                "effective": (1 / weights.square().sum()).item(),
                "memoriserError": mse(everything, x0[0]),
                "noiseError": mse(output, eps),
                "cleanError": mse(guess, x0),
                "toMean": mse(guess[0], samples[first : first + count].mean(0)),
                "toCaptioned": mse(guess[0], captioned),
            }
        )
    return rows


def plane(scheduler: DDPMScheduler) -> list[dict]:
    """p(blob | xt) and E[x0 | xt] in the 2-D world."""
    blobs = torch.tensor(BLOBS).double()
    means, deviations, shares = blobs[:, :2], blobs[:, 2:3], blobs[:, 3]
    rows = []
    for t, place in zip([150, 450, 900], PLACES):
        a, xt = scheduler.alphas_cumprod[t].double(), torch.tensor(place).double()
        variances = a * deviations**2 + 1 - a
        likely = torch.distributions.Normal(a.sqrt() * means, variances.sqrt()).log_prob(xt).sum(1)
        weights = torch.softmax(shares.log() + likely, dim=0)
        within = means + a.sqrt() * deviations**2 / variances * (xt - a.sqrt() * means)
        rows.append({"t": t, "xt": place, "weights": weights.tolist(), "mean": (weights[:, None] * within).sum(0).tolist()})
    return rows


def drawing(scheduler: DDPMScheduler) -> dict:
    """Two moons as the page first draws them: what an exact denoiser of these points says, of one colour and of both."""
    generator = torch.Generator("cpu").manual_seed(4)
    along, shake = torch.rand(1200, generator=generator), torch.randn(1200, 2, generator=generator)
    labels = torch.arange(1200) % 2
    turn, side = torch.pi * along, 2 * labels - 1
    points = torch.stack([0.75 * side + 1.2 * turn.cos(), side * (0.35 - 1.2 * turn.sin())], 1) + 0.08 * shake
    rows = []
    for t, place in zip([150, 400, 800], PLACES):
        a, xt = scheduler.alphas_cumprod[t], torch.tensor(place)
        for label, chosen in [("", points), ("teal", points[labels == 1])]:
            x0, _ = recollect(chosen, xt, a)
            noise = (xt - a.double().sqrt() * x0) / (1 - a.double()).sqrt()
            rows.append({"t": t, "xt": place, "label": label, "eps": noise.tolist()})
    return {"first": points[0].tolist(), "rows": rows}


def main() -> None:
    scheduler = DDPMScheduler.from_pretrained(MODEL / "scheduler")
    golden = {"memory": memory(scheduler), "plane": plane(scheduler), "drawing": drawing(scheduler)}
    Path(__file__).with_name("learning.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
