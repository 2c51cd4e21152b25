"""Numbers of the forward process and of its reverse, from diffusers and torch: test/goldens/forward.json.

    .venv/bin/python test/goldens/make_forward.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from diffusers import DDPMScheduler

STABLE_DIFFUSION = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
TIMESTEPS = [1, 10, 100, 500, 999]


def noised(scheduler: DDPMScheduler) -> list[dict]:
    """add_noise on sixteen numbers."""
    x0 = torch.linspace(-2, 2, 16).reshape(1, 1, 4, 4)
    eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(3))
    sample = [scheduler.add_noise(x0, eps, torch.tensor([t])).flatten().tolist() for t in TIMESTEPS]
    return [{"t": t, "xt": values} for t, values in zip(TIMESTEPS, sample)]


def steps(scheduler: DDPMScheduler) -> list[dict]:
    """One DDPM step without its noise, and its variance: the posterior's mean and variance."""
    scheduler.set_timesteps(scheduler.config.num_train_timesteps)
    rows = []
    for t in TIMESTEPS:
        xt, eps = torch.full((1, 1, 1, 1), -0.6), torch.full((1, 1, 1, 1), 0.35)
        out = scheduler.step(eps, t, xt, generator=torch.Generator().manual_seed(0))
        noise = torch.randn(xt.shape, generator=torch.Generator().manual_seed(0))
        variance = scheduler._get_variance(t)
        mean = out.prev_sample - variance.sqrt() * noise
        rows.append({"t": t, "mean": mean.item(), "variance": variance.item(), "x0": out.pred_original_sample.item()})
    return rows


def divergences() -> list[dict]:
    rows = []
    for a, b in [((0.0, 1.0), (0.0, 1.0)), ((0.3, 0.04), (-0.1, 0.04)), ((1.0, 0.5), (0.2, 2.0))]:
        p, q = (torch.distributions.Normal(mean, variance**0.5) for mean, variance in (a, b))
        rows.append({"a": a, "b": b, "kl": torch.distributions.kl_divergence(p, q).item()})
    return rows


def mixture(scheduler: DDPMScheduler) -> list[dict]:
    """q(x_s | xt) of two blobs, by multiplying densities on a fine grid."""
    normal = lambda x, mean, variance: np.exp(-((x - mean) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    grid = np.linspace(-8, 8, 160_001)
    alphas = scheduler.alphas_cumprod.double().numpy()
    rows = []
    for t, s, xt in [(800, 0, 0.1), (500, 350, -0.6), (500, 499, -0.6)]:
        a_t, a_s = alphas[t], alphas[s]
        alpha = a_t / a_s
        before = sum(0.5 * normal(grid, np.sqrt(a_s) * m, a_s * 0.15**2 + 1 - a_s) for m in (-1.1, 1.1))
        density = before * normal(xt, np.sqrt(alpha) * grid, 1 - alpha)
        density /= np.trapezoid(density, grid)
        mean = np.trapezoid(grid * density, grid)
        variance = np.trapezoid((grid - mean) ** 2 * density, grid)
        gaussian = normal(grid, mean, variance)
        inside = (density > 1e-200) & (gaussian > 1e-200)
        integrand = np.where(inside, density * np.log(np.where(inside, density / gaussian, 1)), 0)
        at = np.interp([-1.0, 0.0, 1.0], grid, density)
        rows.append({"t": t, "s": s, "xt": xt, "mean": mean, "variance": variance, "at": at.tolist(), "kl": np.trapezoid(integrand, grid)})
    return rows


def main() -> None:
    scheduler = DDPMScheduler(**STABLE_DIFFUSION, clip_sample=False)
    golden = {"noised": noised(scheduler), "steps": steps(scheduler), "divergences": divergences(), "mixture": mixture(scheduler)}
    Path(__file__).with_name("forward.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
