"""Writes test/browser/own/model: the smallest folder in the shape of Stable Diffusion 1.5, of random weights, for test/browser/model.spec.ts
and ownModel.spec.ts.

    .venv/bin/python test/browser/own/make.py

77 tokens, latents 4 x 8 x 8, pictures of 16 x 16. No vae_encoder and no clip/: pages have to say what they miss. The vae_encoder lies
beside the folder, for tests that put it back.
"""

import shutil
import sys
from pathlib import Path

import onnxruntime
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "training"))
import foreign  # noqa: E402

foreign.WIDTH = 16


def pipeline(folder: Path) -> StableDiffusionPipeline:
    torch.manual_seed(0)
    tokenizer = foreign.tokenizer_of(folder / "tokenizer", foreign.END)
    text_encoder = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=77, bos_token_id=len(tokenizer) - 2, eos_token_id=len(tokenizer) - 1, pad_token_id=1,
    ))  # fmt: skip
    unet = UNet2DConditionModel(
        sample_size=foreign.SIDE, layers_per_block=1, block_out_channels=(8,), norm_num_groups=4, cross_attention_dim=16,
        down_block_types=("CrossAttnDownBlock2D",), up_block_types=("CrossAttnUpBlock2D",), mid_block_type=None, attention_head_dim=2,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(4, 4), norm_num_groups=2, sample_size=foreign.PIXELS,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    )  # fmt: skip
    for module in (text_encoder, unet, vae):
        module.eval()
    return StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=foreign.scheduler_of("sd15"), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def smaller(path: Path) -> None:
    """Constants folded; the nodes that are left keep their names."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


folder = HERE / "model"
encoder = HERE / "vae_encoder"
for path in (folder, encoder):
    shutil.rmtree(path, ignore_errors=True)
foreign.export(pipeline(folder), folder, foreign.Form())
(folder / "vae_encoder").rename(encoder)
for graph in [*folder.rglob("*.onnx"), *encoder.glob("*.onnx")]:
    smaller(graph)
