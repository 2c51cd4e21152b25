"""The noise schedule, and drawing with diffusers' own DDIMScheduler."""

import torch
from diffusers import DDIMScheduler

SCHEDULER = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "prediction_type": "epsilon", "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1,
    "timestep_spacing": "leading",
}  # fmt: skip


def build_scheduler() -> DDIMScheduler:
    """Stable Diffusion 1.5's schedule (scheduler_config.json of runwayml/stable-diffusion-v1-5)."""
    return DDIMScheduler(**SCHEDULER)


def min_snr_weight(alphas_cumprod: torch.Tensor, gamma: float) -> torch.Tensor:
    """Weight of the epsilon loss at each timestep: min(SNR, gamma) / SNR (Hang et al. 2023, arXiv:2303.09556, eq. 10)."""
    snr = alphas_cumprod / (1 - alphas_cumprod)
    return snr.clamp(max=gamma) / snr


@torch.no_grad()
def sample_latents(unet, states, unconditional, *, seed, steps: int, guidance: float, shape) -> torch.Tensor:
    """DDIM (eta 0) with classifier-free guidance.

    unet: (latents [2B, 4, h, w], timestep, states [2B, K, E]) -> prediction. states: [B, K, E]; unconditional: [1, K, E].
    seed: one number for all or one each, drawn with torch.Generator("cpu") as diffusers' pipelines do. -> [B, 4, h, w].
    """
    seeds = [seed + i for i in range(len(states))] if isinstance(seed, int) else seed
    noise = [torch.randn(1, *shape, generator=torch.Generator("cpu").manual_seed(s)) for s in seeds]
    latents = torch.cat(noise).to(states.device)
    scheduler = build_scheduler()
    scheduler.set_timesteps(steps)
    both = torch.cat([unconditional.expand_as(states), states])
    for timestep in scheduler.timesteps:
        uncond, cond = unet(torch.cat([latents, latents]), timestep, both).chunk(2)
        latents = scheduler.step(uncond + guidance * (cond - uncond), timestep, latents).prev_sample
    return latents
