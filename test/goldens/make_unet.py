"""What is inside of the UNet, by onnxruntime and diffusers: test/goldens/unet.json.

PYTHONPATH=data python test/goldens/make_unet.py

Feature maps come from the shipped ONNX file with more of its tensors as outputs; learned numbers and the time embedding's
features from diffusers' own UNet2DConditionModel and Timesteps, made from the folder's config.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.embeddings import get_timestep_embedding
from tokenizers import Tokenizer

FOLDER = Path("data/models/tiny")
OUT = Path("test/goldens/unet.json")
PROMPT, SEED, TIMESTEP = "a horse on the grass", 7, 562.0
TENSORS = {
    "conv_in": "conv_in/Conv",
    "down_blocks.0.resnets.0": "down_blocks.0.resnets.0/Add_2",
    "down_blocks.0.resnets.0.norm2.input": "down_blocks.0.resnets.0/Add",
    "down_blocks.1.attentions.0": "down_blocks.1.attentions.0/Add",
    "mid_block.attentions.0.transformer_blocks.0.attn2": "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0/Add",
    "up_blocks.1.upsamplers.0": "up_blocks.1.upsamplers.0.conv/Conv",
    "up_blocks.2.attentions.1": "up_blocks.2.attentions.1/Add",
    "conv_out": "out_sample",
    "time_proj": "time_proj/Concat_2",
    "time_embedding": "time_embedding.linear_2/Gemm",
}
SIZES = ["conv_in", "down_blocks.0.resnets.0", "down_blocks.1.attentions.0", "mid_block.resnets.1", "up_blocks.0.resnets.0", "up_blocks.1.upsamplers.0"]


def load(path: str) -> ort.InferenceSession:
    return ort.InferenceSession(str(FOLDER / path))


def inside() -> dict[str, np.ndarray]:
    ids = Tokenizer.from_file(str(FOLDER / "tokenizer/tokenizer.json")).encode(PROMPT).ids
    words = load("text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": np.array([ids])})[0]
    model = onnx.load(str(FOLDER / "unet/model.onnx"))
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in TENSORS.values() if name not in known)
    latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(SEED)).numpy()
    feeds = {"sample": latents, "timestep": np.float32([TIMESTEP]), "encoder_hidden_states": words}
    values = ort.InferenceSession(model.SerializeToString()).run(list(TENSORS.values()), feeds)
    return dict(zip(TENSORS, values, strict=True))


def statistics(values: np.ndarray) -> dict[str, float]:
    values = values.astype(np.float64)
    return {
        "mean": values.mean(), "deviation": values.std(), "least": values.min(), "most": values.max(),
        "rms": np.sqrt(np.square(values).mean()),
    }  # fmt: skip


def main() -> None:
    tensors = inside()
    unet = UNet2DConditionModel.from_config(json.loads((FOLDER / "unet/config.json").read_text()))
    count = lambda module: sum(parameter.numel() for parameter in module.parameters())  # noqa: E731
    features = get_timestep_embedding(torch.tensor([TIMESTEP]), 96, flip_sin_to_cos=True, downscale_freq_shift=0)
    golden = {
        "command": "PYTHONPATH=data python test/goldens/make_unet.py",
        "prompt": PROMPT, "seed": SEED, "timestep": TIMESTEP,
        "statistics": {role: statistics(values) for role, values in tensors.items()},
        "shapes": {role: list(values.shape) for role, values in tensors.items()},
        "features": features[0].tolist(),
        "time_embedding": tensors["time_embedding"].reshape(-1).tolist(),
        "parameters": {"all": count(unet), "time_embedding": count(unet.time_embedding), **{role: count(unet.get_submodule(role)) for role in SIZES}},
    }  # fmt: skip
    OUT.write_text(json.dumps(golden, default=float) + "\n")


if __name__ == "__main__":
    main()
