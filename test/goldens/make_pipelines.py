"""Writes pipelines.json: .venv/bin/python test/goldens/make_pipelines.py  (torch 2.13.0, diffusers 0.42.1).

Whole runs of diffusers' own pipelines with a toy UNet, on latents, so that no autoencoder takes part: the latents after
each step.
"""

import math
from types import SimpleNamespace

import diffusers
import torch
from diffusers.pipelines.deprecated.audio_diffusion.pipeline_audio_diffusion import AudioDiffusionPipeline
from make import SCALED, STABLE_DIFFUSION, V, generator, write

LATENTS = (1, 4, 8, 8)
KEPT = slice(0, None, 5)  # of every 256 values: all are computed, some are compared


class Toy(torch.nn.Module):
    """What a pipeline asks of any part."""

    dtype, device = torch.float32, torch.device("cpu")


class ToyUnet(Toy):
    """Each row by its own text; further channels, where there are some, are a mask and a masked picture."""

    def __init__(self, channels: int):
        super().__init__()
        self.config = SimpleNamespace(in_channels=channels, sample_size=LATENTS[-1], time_cond_proj_dim=None)

    def forward(self, sample, timestep, encoder_hidden_states, **_):
        text = encoder_hidden_states.mean(dim=(1, 2)).reshape(-1, 1, 1, 1)
        latents, mask, picture = sample[:, :4], sample[:, 4:5], sample[:, 5:]
        output = 0.6 * latents + (0.3 + text) * torch.sin(3 * latents + float(timestep) / 100) + text
        return (output + 0.2 * mask + 0.1 * picture if sample.shape[1] > 4 else output,)


class ToyVae(Toy):
    config = SimpleNamespace(block_out_channels=[4], latent_channels=4, scaling_factor=1.0)


EMBEDS = {"prompt_embeds": torch.full((1, 2, 3), 0.3), "negative_prompt_embeds": torch.full((1, 2, 3), -0.1)}


def picture() -> torch.Tensor:
    """[1, 4, 8, 8], smooth, about as large as latents are."""
    count = torch.arange(math.prod(LATENTS), dtype=torch.float32)
    return torch.sin(count / 7).reshape(LATENTS)


def mask() -> torch.Tensor:
    """[1, 1, 8, 8]: a block in the middle is drawn anew."""
    square = torch.zeros(1, 1, *LATENTS[2:])
    square[..., 2:7, 1:5] = 1
    return square


def run(name: str, scheduler, call: dict, channels: int = 4) -> list[list[float]]:
    pipeline = getattr(diffusers, name)(
        vae=ToyVae(), text_encoder=None, tokenizer=None, unet=ToyUnet(channels), scheduler=scheduler,
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    samples = []

    def keep(_, __, ___, tensors):
        samples.append(tensors["latents"].flatten()[KEPT].tolist())
        return {}

    pipeline(**EMBEDS, **call, generator=generator(7), output_type="latent", callback_on_step_end=keep)
    return samples


def inverted(scheduler, steps: int, guidance: float) -> list[list[float]]:
    """The loop of diffusers' inversion pipelines."""
    scheduler.set_timesteps(steps)
    unet, latents, samples = ToyUnet(4), picture(), []
    for timestep in scheduler.timesteps:
        uncond, text = (unet(latents, timestep, EMBEDS[key])[0] for key in ("negative_prompt_embeds", "prompt_embeds"))
        latents = scheduler.step(uncond + guidance * (text - uncond), timestep, latents).prev_sample
        samples.append(latents.flatten()[KEPT].tolist())
    return samples


SD_SIGMAS = {**SCALED, "timestep_spacing": "leading", "steps_offset": 1}
SDE = {**SCALED, "algorithm_type": "sde-dpmsolver++"}
SCHEDULERS = [
    ("ddim", "DDIMScheduler", STABLE_DIFFUSION), ("ddim", "DDIMScheduler", {**STABLE_DIFFUSION, **V}), ("ddpm", "DDPMScheduler", STABLE_DIFFUSION),
    ("euler", "EulerDiscreteScheduler", SD_SIGMAS), ("euler-a", "EulerAncestralDiscreteScheduler", SCALED), ("heun", "HeunDiscreteScheduler", SCALED),
    ("lms", "LMSDiscreteScheduler", SCALED), ("dpm++2m", "DPMSolverMultistepScheduler", SCALED), ("dpm++2m-sde", "DPMSolverMultistepScheduler", SDE),
    ("unipc", "UniPCMultistepScheduler", SCALED), ("lcm", "LCMScheduler", {}),
]  # fmt: skip
PNDM = ("pndm", "PNDMScheduler", {**STABLE_DIFFUSION, "skip_prk_steps": True})

TEXT, IMAGE, INPAINT = "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline"


def cases() -> list[dict]:
    """What the TypeScript side is told, and what diffusers is: (pipeline, sampler, ours, diffusers' class, its arguments, channels)."""
    made = []

    def add(pipeline, known, theirs, ours, call, channels=4):
        sampler, name, config = known
        steps = ours.get("steps", 8)
        scheduler = getattr(diffusers, name).from_config(config)
        samples = run(theirs, scheduler, {"num_inference_steps": steps, "guidance_scale": 3.0, **call}, channels)
        options = {"steps": steps, "guidance": call.get("guidance_scale", 3.0), **ours}
        made.append({"pipeline": pipeline, "sampler": sampler, "config": config, "channels": channels, "options": options, "samples": samples})

    for known in SCHEDULERS:
        add("imageToImage", known, IMAGE, {"strength": 0.6}, {"image": picture(), "strength": 0.6})
        add("inpainting", known, INPAINT, {"strength": 0.7}, {"image": picture(), "mask_image": mask(), "strength": 0.7})
    for known in [*SCHEDULERS[:1], SCHEDULERS[3], PNDM]:
        add("inpainting", known, INPAINT, {"strength": 1}, {"image": picture(), "mask_image": mask(), "strength": 1.0})
        add("textToImage", known, TEXT, {"guidanceRescale": 0.7}, {"guidance_rescale": 0.7, "height": 8, "width": 8})
    add("imageToImage", PNDM, IMAGE, {"strength": 1}, {"image": picture(), "strength": 1.0})
    add("imageToImage", SCHEDULERS[0], IMAGE, {"strength": 0.3, "steps": 10}, {"image": picture(), "strength": 0.3})
    add("imageToImage", SCHEDULERS[0], IMAGE, {"strength": 1, "eta": 1}, {"image": picture(), "strength": 1.0, "eta": 1.0, "guidance_scale": 1.0})
    given = {"image": picture(), "mask_image": mask(), "masked_image_latents": picture() * (1 - mask())}
    for strength in (1.0, 0.5):
        for known in (SCHEDULERS[0], SCHEDULERS[3]):
            add("inpainting", known, INPAINT, {"strength": strength}, {**given, "strength": strength}, channels=9)
    for config in (STABLE_DIFFUSION, {**STABLE_DIFFUSION, **V, "timestep_spacing": "trailing"}):
        for guidance in (1.0, 3.0):
            scheduler = diffusers.DDIMInverseScheduler.from_config(config)
            options = {"steps": 9, "guidance": guidance}
            samples = inverted(scheduler, 9, guidance)
            made.append({"pipeline": "inversion", "sampler": "ddim-inverse", "config": config, "channels": 4, "options": options, "samples": samples})
    return made


def slerps() -> list[dict]:
    """The noise of seeds 7 and 8, by diffusers' spherical interpolation."""
    slerp = AudioDiffusionPipeline.slerp
    ends = [torch.randn(LATENTS, generator=generator(seed)) for seed in (7, 8)]
    return [{"share": share, "values": slerp(*ends, share).flatten()[KEPT].tolist()} for share in (0.0, 0.25, 0.5, 0.9, 1.0)]


if __name__ == "__main__":
    write("pipelines", cases())
    write("slerp", slerps())
