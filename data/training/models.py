"""The networks, built from a configuration: all of them stock classes of transformers and diffusers."""

from types import MethodType

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import Attention, AttnProcessor
from transformers import CLIPConfig, CLIPModel

from .config import Run

LATENT_CHANNELS = 4
TOKEN_STD, POSITION_STD = 1.0, 0.2  # transformers' own 0.02 lets one step of the optimiser drown what a word is


def begin_alike(run: Run) -> None:
    """The weights that a network begins with depend on the run's seed alone, so that two runs can be compared."""
    torch.manual_seed(run.config["seed"])


def build_clip(run: Run, vocab_size: int) -> CLIPModel:
    """CLIP, text and vision tower. Attention is written out ("eager") so that its probabilities can be read.

    The word embeddings begin large, so that a token's hidden state stays its own word's first and its neighbours' second:
    the UNet reads those states. From 0.02 the pooled embedding learns as well, but then "left" and "right" differ by a
    tenth of their length, and "beach" changes more with the object before it than with the place.
    """
    begin_alike(run)
    settings, end = run["clip"], vocab_size - 1
    text = {
        **settings["text"], "vocab_size": vocab_size, "max_position_embeddings": run["tokenizer"]["max_length"],
        "bos_token_id": end - 1, "eos_token_id": end, "pad_token_id": end, "projection_dim": settings["projection_dim"],
    }  # fmt: skip
    vision = {**settings["vision"], "projection_dim": settings["projection_dim"]}
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=settings["projection_dim"])
    config._attn_implementation = "eager"
    model = CLIPModel(config)
    embeddings = model.text_model.embeddings
    torch.nn.init.normal_(embeddings.token_embedding.weight, std=TOKEN_STD)
    torch.nn.init.normal_(embeddings.position_embedding.weight, std=POSITION_STD)
    return model


class Autoencoder(torch.nn.Module):
    """AutoencoderKL whose pixels are folded first: `fold` x `fold` pixels become channels (pixel_unshuffle), and unfold
    last. The first level, where a CPU spends most of its time, then works at a quarter of the pixels."""

    def __init__(self, fold: int, **settings):
        super().__init__()
        self.fold = fold
        channels, levels = 3 * fold * fold, len(settings["block_out_channels"])
        self.vae = AutoencoderKL(
            in_channels=channels, out_channels=channels, sample_size=128 // fold,
            down_block_types=["DownEncoderBlock2D"] * levels, up_block_types=["UpDecoderBlock2D"] * levels, **settings,
        )  # fmt: skip
        self.vae.set_attn_processor(AttnProcessor())

    def moments(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures [B, 3, H, W] in [-1, 1] -> mean and log variance [B, 8, H/8, W/8]."""
        hidden = self.vae.encoder(F.pixel_unshuffle(pictures, self.fold))
        return self.vae.quant_conv(hidden)

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents [B, 4, H/8, W/8] (divided by the scaling factor) -> pictures [B, 3, H, W]."""
        return F.pixel_shuffle(self.vae.decoder(self.vae.post_quant_conv(latents)), self.fold)

    def forward(self, pictures: torch.Tensor, noise: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Reconstruction from a sampled latent, with the latent's mean and log variance."""
        mean, log_variance = self.moments(pictures).chunk(2, dim=1)
        log_variance = log_variance.clamp(-30, 20)
        return self.decode(mean + noise * (0.5 * log_variance).exp()), mean, log_variance


def build_autoencoder(run: Run) -> Autoencoder:
    begin_alike(run)
    return Autoencoder(run["vae"]["fold"], **run["vae"]["model"])


def latent_shape(run: Run) -> tuple[int, int, int]:
    """[4, h, w] of a picture's latents."""
    side = run["clip"]["vision"]["image_size"] // 8
    return LATENT_CHANNELS, side, side


def build_unet(run: Run) -> UNet2DConditionModel:
    """UNet2DConditionModel with plain softmax attention: on a CPU its backward is 1.6 times faster than the fused one's,
    and its probabilities can be read. In diffusers `attention_head_dim` here is the *number* of heads."""
    begin_alike(run)
    unet = UNet2DConditionModel(
        sample_size=latent_shape(run)[1], in_channels=LATENT_CHANNELS, out_channels=LATENT_CHANNELS,
        cross_attention_dim=run["clip"]["text"]["hidden_size"], **run["unet"]["model"],
    )  # fmt: skip
    unet.set_attn_processor(AttnProcessor())
    return unet


def attention_scores(self: Attention, query: torch.Tensor, key: torch.Tensor, attention_mask=None) -> torch.Tensor:
    """softmax(scale Q K^T), [B * heads, q, k]: what diffusers' `get_attention_scores` computes without a mask. That one
    adds to an empty tensor first, which a graph would make and read at every call."""
    return (query @ key.transpose(-1, -2) * self.scale).softmax(dim=-1)


def with_plain_scores(model: torch.nn.Module) -> torch.nn.Module:
    """In place: every attention layer computes MatMul, Mul, Softmax, MatMul and nothing else. For export."""
    for module in model.modules():
        if isinstance(module, Attention):
            module.get_attention_scores = MethodType(attention_scores, module)
    return model
