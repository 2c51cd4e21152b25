"""Stage `vae`: an autoencoder with f = 8 and 4 latent channels (Rombach et al. 2022, arXiv:2112.10752, section 3.1)."""

import numpy as np
import torch
import torch.nn.functional as F

from .config import Run, run_of, training_arguments
from .export_weights import exported_autoencoder
from .history import append_history, save_strip
from .loop import Draw, Stage, load_ema, train
from .models import build_autoencoder, latent_shape
from .scenes import Scenes, as_images

SHOWN = 4


def gradients(pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Differences of neighbouring pixels, down and across."""
    return pictures[..., 1:, :] - pictures[..., :-1, :], pictures[..., :, 1:] - pictures[..., :, :-1]


def reconstruction_loss(output: torch.Tensor, target: torch.Tensor, gradient_weight: float) -> torch.Tensor:
    """L1 + MSE + a share of the L1 of gradients, which keeps edges sharp without a pretrained perceptual network."""
    edges = sum(F.l1_loss(a, b) for a, b in zip(gradients(output), gradients(target), strict=True))
    return F.l1_loss(output, target) + F.mse_loss(output, target) + gradient_weight * edges


def kl_divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL(N(mean, variance) || N(0, 1)), summed over a picture's latents, averaged over the batch."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).flatten(1).sum(1).mean()


def psnr(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Peak signal-to-noise ratio in dB of each picture, both [B, 3, H, W] in [-1, 1]; the output is clipped first."""
    return 10 * torch.log10(4 / (output.clamp(-1, 1) - target).square().flatten(1).mean(1))


@torch.no_grad()
def mean_psnr(model, scenes: Scenes, count: int | None = None) -> float:
    values = []
    for start in range(0, count or len(scenes), 16):
        pictures = scenes.pictures(np.arange(start, min(start + 16, len(scenes))))
        values += psnr(model.decode(model.moments(pictures).chunk(2, dim=1)[0]), pictures).tolist()
    return float(np.mean(values))


def vae_stage(run: Run) -> Stage:
    settings = run["vae"]
    scenes, validation = Scenes(run.scenes("train")), Scenes(run.scenes("validation"))

    def loss(model, share: Draw):
        device = next(model.parameters()).device
        pictures = scenes.pictures(share.indices).to(device)
        noise = torch.randn(len(pictures), *latent_shape(run), generator=share.generator).to(device)
        output, mean, log_variance = model(pictures, noise)
        kl = kl_divergence(mean, log_variance)
        value = reconstruction_loss(output, pictures, settings["gradient_weight"]) + settings["kl_weight"] * kl
        return value, {"psnr": float(psnr(output.detach(), pictures).mean()), "kl": float(kl.detach())}

    def snapshot(ema, step: int) -> None:
        device = next(ema.parameters()).device
        pictures = validation.pictures(np.arange(SHOWN)).to(device)
        output = ema.decode(ema.moments(pictures).chunk(2, dim=1)[0])
        save_strip(run.history / "vae" / f"{step:06d}.webp", as_images(output))
        decibels = [round(value, 2) for value in psnr(output, pictures).tolist()]
        append_history(run.history / "vae.jsonl", {"step": step, "psnr": decibels})
        if step == 0:
            save_strip(run.history / "vae" / "original.webp", as_images(pictures))

    return Stage("vae", build_autoencoder(run), len(scenes), loss, snapshot, settings, run.config["seed"])


def trained_autoencoder(run: Run):
    """The averaged autoencoder of this run, in evaluation mode: of its own training, else of the export."""
    model, path = build_autoencoder(run), run.work / "vae.pt"
    model.load_state_dict(load_ema(path) if path.exists() else exported_autoencoder(run))
    return model.eval().requires_grad_(False)


def main() -> None:
    options = training_arguments(__doc__).parse_args()
    run = run_of(options)
    exported = (lambda: exported_autoencoder(run)) if options.from_export else None
    stage = vae_stage(run)
    train(stage, run.work / "vae.pt", run.history / "vae-metrics.jsonl", options.minutes, options.steps, exported)


if __name__ == "__main__":
    main()
