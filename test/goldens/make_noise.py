"""Writes noise.json: .venv/bin/python test/goldens/make_noise.py  (torch 2.13.0, diffusers 0.42.1).

What the noise chapter shows of its recorded scene in one state, from torch and diffusers alone.
"""

import json
import math
from pathlib import Path

import torch
from diffusers import DDIMScheduler, DDPMScheduler

STATE = {"t": 430, "seed": 19, "wrong": 0.25, "steps": 17, "schedule": "linear", "betaStart": 0.0002, "betaEnd": 0.015}
BETAS = {"beta_schedule": "linear", "beta_start": STATE["betaStart"], "beta_end": STATE["betaEnd"]}
# mean, deviation, weight: the example world's, two of them moved
BLOBS = [((-1.0, 0.5), 0.3, 1.0), ((0.5, -1.0), 0.2, 0.7), ((1.0, 1.0), 0.25, 1.3)]
POINTS = 1500
ERROR_SEED = 1_000_003

recording = json.loads(Path("docs/recorded/noise.json").read_text())
x0 = torch.tensor(recording["latents"]).reshape(recording["dims"])
t, seed, wrong = STATE["t"], STATE["seed"], STATE["wrong"]
randn = lambda seed: torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(seed))
rms = lambda a, b: (a - b).square().mean().sqrt().item()

scheduler = DDPMScheduler(**BETAS)
alphas = scheduler.alphas_cumprod.double()
a, eps = alphas[t], randn(seed)
xt = scheduler.add_noise(x0, eps, torch.tensor([t]))

values = xt.flatten().double().sort().values
below = torch.distributions.Normal(0, 1).cdf(values)
counted = torch.arange(len(values) + 1) / len(values)
gap = torch.maximum((below - counted[:-1]).abs(), (below - counted[1:]).abs()).max()

generator = torch.Generator("cpu").manual_seed(seed)
weights = (scheduler.betas.double()[: t + 1] * a / alphas[: t + 1] / (1 - a)).sqrt()
combined = sum(weight * torch.randn(x0.shape, generator=generator) for weight in weights)

taken = math.sqrt(1 - wrong**2) * eps + wrong * randn(ERROR_SEED)
back = (xt - (1 - a).sqrt() * taken) / a.sqrt()


def certainty() -> float:
    """The mean over points of the likeliest blob's probability."""
    means, deviations, shares = (torch.tensor(column) for column in zip(*BLOBS, strict=True))
    generator = torch.Generator("cpu").manual_seed(seed)
    chosen = torch.searchsorted(shares.cumsum(0), torch.rand(POINTS, generator=generator) * shares.sum(), right=True)
    points = means[chosen].T + deviations[chosen] * torch.randn(2, POINTS, generator=generator)
    noised = a.sqrt() * points + (1 - a).sqrt() * torch.randn(2, POINTS, generator=generator)
    variance = a * deviations**2 + 1 - a
    distance = (noised.T[:, None] - a.sqrt() * means).square().sum(-1)
    return torch.softmax(shares.log() - variance.log() - distance / (2 * variance), dim=1).max(dim=1).values.mean().item()


def visited(spacing: str) -> dict:
    ddim = DDIMScheduler(timestep_spacing=spacing, steps_offset=int(spacing == "leading"), **BETAS)
    ddim.set_timesteps(STATE["steps"])
    timesteps = ddim.timesteps.tolist()
    return {"timesteps": timesteps, "left": alphas[timesteps[0]].sqrt().item()}


golden = {
    "made_by": "test/goldens/make_noise.py", "state": STATE, "blobs": BLOBS,
    "signal": a.sqrt().item(), "noise": (1 - a).sqrt().item(), "beta": scheduler.betas[t].item(), "alpha_bar": a.item(),
    "snr": (a / (1 - a)).item(), "sigma": ((1 - a) / a).sqrt().item(),
    "first": {"x0": x0.flatten()[0].item(), "eps": eps.flatten()[0].item(), "xt": xt.flatten()[0].item()},
    "values": {"mean": values.mean().item(), "deviation": values.std(correction=0).item(), "gap": gap.item()},
    "walk": {"first": weights[0].item(), "last": weights[-1].item(), "deviation": combined.std(correction=0).item()},
    "back": {"noise_error": rms(taken, eps), "error": rms(back, x0), "first": back.flatten()[0].item()},
    "half": (alphas < 0.5).nonzero()[0].item(), "left_at_last": alphas[-1].sqrt().item(),
    "certainty": certainty(), "spacings": {name: visited(name) for name in ("leading", "linspace", "trailing")},
}  # fmt: skip
Path(__file__).with_name("noise.json").write_text(json.dumps(golden, indent=1) + "\n")
