"""Stage `unet`: epsilon prediction on latents, conditioned on the frozen CLIP text encoder's last hidden states.

Ho et al. 2020, arXiv:2006.11239, algorithm 1; classifier-free guidance by caption dropout, arXiv:2207.12598.
"""

import numpy as np
import torch

from .clip import trained_clip
from .config import Run, run_of, training_arguments
from .diffusion import build_scheduler, min_snr_weight, sample_latents
from .export_weights import exported_unet
from .history import append_history, save_strip
from .latents import latents_of
from .loop import Draw, Stage, load_ema, train
from .models import build_unet, latent_shape
from .scenes import Scenes, as_images
from .tokenizer import open_tokenizer, token_ids
from .vae import trained_autoencoder

# The site shows these at every snapshot of the training. None is a held-out or tuning pair.
SHOWN = [
    "a horse on the grass", "a cat in the city", "a red apple on the beach", "a rocket in space", "a castle at night",
    "a penguin on a blue background", "a camel in the desert", "paradise, cosmic, beach",
]  # fmt: skip
SHOWN_STEPS = 12


class TextEncoder:
    """Captions -> last hidden states [B, K, E] of the frozen text tower, as Stable Diffusion uses them (no mask)."""

    def __init__(self, run: Run):
        self.tokenizer, self.model = open_tokenizer(run), trained_clip(run).text_model

    @torch.no_grad()
    def __call__(self, texts: list[str]) -> torch.Tensor:
        device = next(self.model.parameters()).device
        ids = torch.tensor(token_ids(self.tokenizer, texts), device=device)
        return self.model(input_ids=ids).last_hidden_state


def draw_timesteps(count: int, middle: float, generator: torch.Generator) -> torch.Tensor:
    """Uniform over 0 ... 999, but a share `middle` of them around t = 500 (logistic of a unit normal), where the
    object's shape is decided."""
    uniform = torch.rand(count, generator=generator)
    bell = torch.sigmoid(torch.randn(count, generator=generator))
    return (torch.where(torch.rand(count, generator=generator) < middle, bell, uniform) * 1000).long().clamp(max=999)


def unet_stage(run: Run) -> Stage:
    settings = run["unet"]
    scenes, latents, encode = Scenes(run.scenes("known")), latents_of(run), TextEncoder(run)
    scheduler, factor, decoder = build_scheduler(), latents.scaling_factor, trained_autoencoder(run)
    weights = min_snr_weight(scheduler.alphas_cumprod, settings["snr_gamma"])

    def loss(model, share: Draw):
        device, count = next(model.parameters()).device, len(share.indices)
        encode.model.to(device)
        x0 = torch.from_numpy(latents.latents[share.indices].astype(np.float32)) * factor
        noise = torch.randn(x0.shape, generator=share.generator)
        timesteps = draw_timesteps(count, settings["middle_timesteps"], share.generator)
        captions = scenes.captions(share.indices, share.rng)
        captions = ["" if share.rng.random() < settings["caption_dropout"] else caption for caption in captions]
        xt = scheduler.add_noise(x0, noise, timesteps).to(device)
        output = model(xt, timesteps.to(device), encode(captions)).sample
        error = (output - noise.to(device)).square().mean(dim=1)  # [B, h, w]
        cells = torch.from_numpy(latents.cells[share.indices]).to(device)
        emphasis = 1 + (settings["object_weight"] - 1) * cells
        value = (weights[timesteps].to(device)[:, None, None] * emphasis * error).mean()
        error = error.detach()
        return value, {"mse": float(error.mean()), "object_mse": float(error[cells > 0].mean())}

    def snapshot(ema, step: int) -> None:
        images = draw_images(run, ema, encode, decoder, factor, SHOWN, seed=7)
        save_strip(run.history / "unet" / f"{step:06d}.webp", images)
        append_history(run.history / "unet.jsonl", {"step": step, "prompts": SHOWN, "seed": 7, "steps": SHOWN_STEPS})

    return Stage("unet", build_unet(run), len(scenes), loss, snapshot, settings, run.config["seed"])


@torch.no_grad()
def draw_images(run: Run, unet, encode, decoder, factor: float, prompts: list[str], seed: int) -> np.ndarray:
    """Pictures uint8 [B, H, W, 3] of the prompts, prompt i from seed + i, by DDIM in few steps: training waits for it."""
    device = next(unet.parameters()).device
    for module in (encode.model, decoder):
        module.to(device)
    sampled = sample_latents(
        lambda x, t, states: unet(x, t, states).sample, encode(prompts), encode([""]), seed=seed,
        shape=latent_shape(run), steps=SHOWN_STEPS, guidance=run["sampling"]["guidance"],
    )  # fmt: skip
    return as_images(decoder.decode(sampled / factor))


def trained_unet(run: Run):
    """The averaged UNet of this run, in evaluation mode: of its own training, else of the export."""
    model, path = build_unet(run), run.work / "unet.pt"
    model.load_state_dict(load_ema(path) if path.exists() else exported_unet(run))
    return model.eval().requires_grad_(False)


def main() -> None:
    options = training_arguments(__doc__).parse_args()
    run = run_of(options)
    exported = (lambda: exported_unet(run)) if options.from_export else None
    stage = unet_stage(run)
    train(stage, run.work / "unet.pt", run.history / "unet-metrics.jsonl", options.minutes, options.steps, exported)


if __name__ == "__main__":
    main()
