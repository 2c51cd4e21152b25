"""Writes cost.json: .venv/bin/python test/goldens/make_cost.py  (torch 2.13.0, diffusers 0.42.1).

Multiply-adds as torch.utils.flop_counter finds them in diffusers' own classes, on the meta device: nothing is computed.
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch.utils.flop_counter import FlopCounterMode

SMALL = {
    "block_out_channels": [32, 64, 96], "layers_per_block": 1, "norm_num_groups": 16, "attention_head_dim": 4,
    "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"], "cross_attention_dim": 48,
}  # fmt: skip
SD15 = {"cross_attention_dim": 768}
SMALL_VAE = {"block_out_channels": [16, 32], "layers_per_block": 1, "norm_num_groups": 16}
SD15_VAE = {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2}


@torch.no_grad()
def multiply_adds(module: torch.nn.Module, *inputs: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        module(*inputs)
    return counter.get_total_flops() // 2


def unet(settings: dict, channels: int, side: int, tokens: int) -> int:
    model = UNet2DConditionModel(in_channels=channels, out_channels=channels, **settings)
    words = torch.zeros(1, tokens, settings["cross_attention_dim"])
    return multiply_adds(model, torch.zeros(1, channels, side, side), torch.zeros(1), words)


def decoder(settings: dict, channels: int, side: int) -> int:
    levels = len(settings["block_out_channels"])
    model = AutoencoderKL(
        out_channels=channels, latent_channels=4,
        down_block_types=["DownEncoderBlock2D"] * levels, up_block_types=["UpDecoderBlock2D"] * levels, **settings,
    )  # fmt: skip
    return multiply_adds(torch.nn.Sequential(model.post_quant_conv, model.decoder), torch.zeros(1, 4, side, side))


with torch.device("meta"):
    counts = {
        "small latents": unet(SMALL, 4, 16, 32),
        "small pixels": unet(SMALL, 3, 128, 32),
        "sd15 latents": unet(SD15, 4, 64, 77),
        "sd15 pixels": unet(SD15, 3, 512, 77),
        "small decoder": decoder(SMALL_VAE, 48, 16),
        "sd15 decoder": decoder(SD15_VAE, 3, 64),
    }
golden = {"made_by": "test/goldens/make_cost.py", "small": SMALL, "small_vae": SMALL_VAE, "multiply_adds": counts}
Path(__file__).with_name("cost.json").write_text(json.dumps(golden, indent=1) + "\n")
