"""Small pipelines of random weights in the shapes of Stable Diffusion 1.5, 2.1 and SD-Turbo, and their exports to ONNX.

The exporter is torch's TorchScript one, called as Optimum calls it (same names, same free dimensions); with Optimum's own
in `.venv-optimum` (test/training/optimum.sh) its very files are tested too.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from diffusers import AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from onnx.external_data_helper import set_external_data
from tokenizers import pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

BEGIN, END = "<|startoftext|>", "<|endoftext|>"
MERGES = ["h o", "ho r", "hor s", "hors e</w>", "g r", "gr a", "a s", "o n</w>", "t h", "th e</w>"]
WIDTH, HEADS, SIDE, PIXELS = 32, 4, 8, 16
SCHEDULE = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "steps_offset": 1}


def tokenizer_of(folder: Path, pad: str) -> CLIPTokenizer:
    """Bytes, bytes that end a word, a few merges: in the two files, and with the id 0 for "!", that CLIP has."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(byte + "</w>" for byte in alphabet), *(pair.replace(" ", "") for pair in MERGES), BEGIN, END]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: index for index, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *MERGES, ""]))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer", "pad_token": END, "model_max_length": 77}))
    (folder / "special_tokens_map.json").write_text(json.dumps({"bos_token": BEGIN, "eos_token": END, "unk_token": END, "pad_token": pad}))
    return CLIPTokenizer.from_pretrained(folder)


def scheduler_of(kind: str):
    if kind == "sd15":
        return PNDMScheduler(**SCHEDULE, skip_prk_steps=True, set_alpha_to_one=False)
    if kind == "sd21":
        return DDIMScheduler(**SCHEDULE, prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False)
    return EulerDiscreteScheduler(**SCHEDULE, timestep_spacing="trailing")


def make_pipeline(kind: str, folder: Path) -> StableDiffusionPipeline:
    """Of `kind` sd15, sd21 or turbo; its tokenizer's files go into `folder`. Pictures are 16 x 16."""
    torch.manual_seed(0)
    second = kind != "sd15"  # SD-Turbo is distilled from 2.1: OpenCLIP's text encoder, "!" pads
    tokenizer = tokenizer_of(folder / "tokenizer", "!" if second else END)
    text_encoder = CLIPTextModel(CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=WIDTH, intermediate_size=64, num_hidden_layers=2, num_attention_heads=HEADS,
        max_position_embeddings=77, bos_token_id=len(tokenizer) - 2, eos_token_id=len(tokenizer) - 1, pad_token_id=0 if second else 1,
        hidden_act="gelu" if second else "quick_gelu",
    ))  # fmt: skip
    unet = UNet2DConditionModel(
        sample_size=SIDE, layers_per_block=1, block_out_channels=(32, 64), norm_num_groups=8, cross_attention_dim=WIDTH,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        attention_head_dim=[4, 8] if second else HEADS, use_linear_projection=second,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(16, 32), norm_num_groups=8, sample_size=PIXELS,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    )  # fmt: skip
    for module in (text_encoder, unet, vae):
        module.eval()
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=scheduler_of(kind), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


class MultiHeadAttention(torch.autograd.Function):
    """onnxruntime's fused operator, as its own optimizer writes it: [B, q, E], [B, K, E] x 2 -> [B, q, E]."""

    @staticmethod
    def forward(_, queries, keys, values, heads):
        split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)  # noqa: E731
        return torch.nn.functional.scaled_dot_product_attention(*map(split, (queries, keys, values))).transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(graph, queries, keys, values, heads):
        return graph.op("com.microsoft::MultiHeadAttention", queries, keys, values, num_heads_i=heads).setType(queries.type())


class Fused:
    """diffusers' attention processor with the operator above."""

    def __call__(self, attention, hidden_states, encoder_hidden_states=None, **_):
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        queries, keys, values = attention.to_q(hidden_states), attention.to_k(context), attention.to_v(context)
        return attention.to_out[0](MultiHeadAttention.apply(queries, keys, values, attention.heads))


@dataclass(frozen=True)
class Form:
    """How a pipeline is exported: which shape and type a timestep has, where weights lie, what is fused."""

    half: bool = False
    fused: bool = False
    ids: torch.dtype = torch.int64
    timestep: torch.Tensor = torch.tensor(500.0)
    timestep_dims: dict[int, str] | None = None
    locations: tuple[str, ...] = ()


class Part(torch.nn.Module):
    """One of a pipeline's graphs. The module keeps its name, so that nodes are called after its own modules."""

    def __init__(self, call, **modules):
        super().__init__()
        self.call = call
        for name, module in modules.items():
            setattr(self, name, module)

    def forward(self, *inputs):
        return self.call(*inputs)


def export(pipeline: StableDiffusionPipeline, folder: Path, form: Form) -> Path:
    """Write `folder` in the layout of Optimum."""
    text_encoder, unet, vae = pipeline.text_encoder, pipeline.unet, pipeline.vae
    unet.set_attn_processor(Fused() if form.fused else AttnProcessor())
    ids = torch.full((2, 77), 5, dtype=form.ids)
    latents, states = torch.randn(2, 4, SIDE, SIDE), torch.randn(2, 77, WIDTH)
    timestep = form.timestep.expand(2).clone() if form.timestep_dims else form.timestep
    picture = {0: "batch", 2: "height", 3: "width"}
    text = {0: "batch", 1: "sequence"}

    def encode_text(input_ids):
        output = text_encoder(input_ids=input_ids)
        return output.last_hidden_state, output.pooler_output

    graphs = {
        "text_encoder": (Part(encode_text, text_model=text_encoder), {"input_ids": (ids, text)}, ["last_hidden_state", "pooler_output"]),
        "unet": (
            Part(lambda *inputs: unet(*inputs, return_dict=False)[0], unet=unet),
            {"sample": (latents, picture), "timestep": (timestep, form.timestep_dims), "encoder_hidden_states": (states, text)},
            ["out_sample"],
        ),
        "vae_decoder": (
            Part(lambda latent: vae.decode(latent, return_dict=False)[0], vae=vae), {"latent_sample": (latents, picture)}, ["sample"],
        ),
        "vae_encoder": (
            Part(lambda image: vae.quant_conv(vae.encoder(image)), vae=vae),
            {"sample": (torch.randn(2, 3, PIXELS, PIXELS), picture)}, ["latent_parameters"],
        ),
    }  # fmt: skip
    for name, (module, inputs, outputs) in graphs.items():
        path = folder / name / "model.onnx"
        path.parent.mkdir(parents=True, exist_ok=True)
        axes = {key: dims for key, (_, dims) in inputs.items() if dims}
        torch.onnx.export(
            module, tuple(value for value, _ in inputs.values()), str(path), dynamo=False, opset_version=17, do_constant_folding=True,
            input_names=list(inputs), output_names=outputs, dynamic_axes={**axes, **{output: {0: "batch"} for output in outputs}},
        )  # fmt: skip
        store(onnx.load(str(path)), path, form)
        config = {"text_encoder": text_encoder, "unet": unet}.get(name, vae).config
        (path.parent / "config.json").write_text(json.dumps(config.to_dict() if name == "text_encoder" else dict(config)))
    pipeline.scheduler.save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "StableDiffusionPipeline"}))
    return folder


def store(model: onnx.ModelProto, path: Path, form: Form) -> None:
    """In float16 as onnxruntime's converter makes it; weights outside, spread over the files that the form names."""
    if form.half:
        from onnxruntime.transformers.float16 import convert_float_to_float16

        model = convert_float_to_float16(model)
    for index, tensor in enumerate(model.graph.initializer):
        if form.locations and tensor.HasField("raw_data") and len(tensor.raw_data) >= 256:
            set_external_data(tensor, form.locations[index % len(form.locations)])
    onnx.save(model, str(path))


def main(kind: str, folder: Path) -> None:
    """With Optimum: `<folder>/torch` holds the pipeline, `<folder>/onnx` what Optimum made of it."""
    from optimum.exporters.onnx import main_export

    make_pipeline(kind, folder).save_pretrained(folder / "torch")
    main_export(str(folder / "torch"), str(folder / "onnx"), task="text-to-image", device="cpu", do_validation=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
