"""Writes autoencoder.json: .venv/bin/python test/goldens/make_autoencoder.py  (torch 2.13.0, diffusers 0.42.1).

What diffusers and torch make of an encoder's output: mean, sample, KL of each latent; PSNR of two pictures. And what the chapter on
the autoencoder shows of its two recorded pictures in one state.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution

generator = torch.Generator("cpu").manual_seed(5)
parameters = torch.randn(1, 8, 4, 4, generator=generator) * 3
parameters[0, 4, 0, 0] = -40.0  # beyond the limits of the logarithm
distribution = DiagonalGaussianDistribution(parameters)
noise = torch.randn(1, 4, 4, 4, generator=generator)
unit = torch.distributions.Normal(0.0, 1.0)
own = torch.distributions.Normal(distribution.mean.double(), distribution.std.double())
kl = torch.distributions.kl_divergence(own, unit)

picture = torch.rand(1, 3, 8, 8, generator=generator) * 3 - 1.5
original = torch.rand(1, 3, 8, 8, generator=generator) * 2 - 1
error = (picture.clamp(-1, 1) - original).double().square().mean()


def numbers(tensor: torch.Tensor) -> list[float]:
    return [float(f"{value:.7g}") for value in tensor.flatten().tolist()]


STATE = {"cell": "5.9", "channel": 3, "snr": 2, "share": 0.35, "spread": 4, "sample": 21, "seed": 3, "toSeed": 12}


def page() -> dict:
    """Numbers of the place under the lens, and of all latents, in the state above."""
    recording = json.loads(Path("docs/recorded/autoencoder.json").read_text())
    halves = np.fromfile("docs/recorded/autoencoder.bin", np.float16)[: 4 * 1024].astype(np.float32)
    first, second = (DiagonalGaussianDistribution(torch.from_numpy(part)) for part in halves.reshape(2, 1, 8, 16, 16))
    factor, share, channel = recording["scalingFactor"], STATE["share"], STATE["channel"] - 1
    row, column = (int(number) - 1 for number in STATE["cell"].split("."))
    randn = lambda seed: torch.randn(first.mean.shape, generator=torch.Generator("cpu").manual_seed(seed))
    latents, eps = first.mean * factor, randn(STATE["sample"])
    sample = first.mean + STATE["spread"] * first.std * eps
    kl = torch.distributions.kl_divergence(torch.distributions.Normal(first.mean, first.std), unit)
    at = lambda tensor: tensor[0, :, row, column].tolist()
    a, b = randn(STATE["seed"]), randn(STATE["toSeed"])
    angle = math.acos((a * b).sum() / (a.norm() * b.norm()))
    mixed = (1 - share) * first.mean + share * second.mean
    return {
        "state": STATE, "mean": at(first.mean), "deviation": at(first.std), "eps": at(eps), "sample": at(sample), "kl": at(kl),
        "typical": first.std.mean().item(), "spread": first.mean.std(correction=0).item(), "kl_of_all": first.kl().item(),
        "scaled": latents.std(correction=0).item(), "mixed": at(mixed * factor)[channel],
        "noise": (latents.var(correction=0) / 10 ** (STATE["snr"] / 10)).sqrt().item(),
        "angle": math.degrees(angle), "weights": [math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)],
    }  # fmt: skip


golden = {
    "made_by": "test/goldens/make_autoencoder.py", "scaling_factor": 0.18215,
    "parameters": numbers(parameters), "noise": numbers(noise),
    "sample": numbers((distribution.mean + distribution.std * noise) * 0.18215),
    "kl": numbers(kl), "kl_of_all": float(distribution.kl()[0]),
    "picture": numbers(picture), "original": numbers(original),
    "psnr": float(10 * torch.log10(4 / error)), "page": page(),
}  # fmt: skip
Path(__file__).with_name("autoencoder.json").write_text(json.dumps(golden) + "\n")
