"""Writes autoencoder.json: .venv/bin/python test/goldens/make_autoencoder.py  (torch 2.13.0, diffusers 0.42.1).

What diffusers and torch make of an encoder's output: mean, sample, KL of each latent; PSNR of two pictures.
"""

import json
from pathlib import Path

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


golden = {
    "made_by": "test/goldens/make_autoencoder.py", "scaling_factor": 0.18215,
    "parameters": numbers(parameters), "noise": numbers(noise),
    "sample": numbers((distribution.mean + distribution.std * noise) * 0.18215),
    "kl": numbers(kl), "kl_of_all": float(distribution.kl()[0]),
    "picture": numbers(picture), "original": numbers(original),
    "psnr": float(10 * torch.log10(4 / error)),
}  # fmt: skip
Path(__file__).with_name("autoencoder.json").write_text(json.dumps(golden) + "\n")
