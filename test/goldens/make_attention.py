"""Cross-attention of a short drawing by onnxruntime and diffusers alone, on the shipped model: writes attention.json.

.venv/bin/python test/goldens/make_attention.py
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

MODEL = Path("data/models/tiny")
PROMPT, NEGATIVE, SEED, STEPS, GUIDANCE = "a horse on the grass", "ocean", 7, 5, 4
HORSE, GRASS, OCEAN = 2, 5, 1  # rows of the two prompts


def traced() -> tuple[ort.InferenceSession, list[str]]:
    """The UNet with every cross-attention's probabilities as an output."""
    graph = onnx.load(MODEL / "unet/model.onnx")
    maps = [node.output[0] for node in graph.graph.node if node.op_type == "Softmax" and "attn2" in node.name]
    graph.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in maps)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "traced.onnx")
        onnx.save(graph, path)
        return ort.InferenceSession(path), maps


def on_grid(probabilities: np.ndarray, side: int = 16) -> np.ndarray:
    """[heads, cells, K] -> the sum over heads on side x side cells, [side, side, K]."""
    own = int(probabilities.shape[1] ** 0.5)
    grid = probabilities.reshape(-1, own, own, probabilities.shape[2]).sum(0)
    return grid.repeat(side // own, 0).repeat(side // own, 1)


def main() -> None:
    unet, names = traced()
    assert len(names) == 7, names
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer/tokenizer.json"))
    ids = np.array([tokenizer.encode(text).ids for text in (NEGATIVE, PROMPT)], dtype=np.int64)
    encoder = ort.InferenceSession(str(MODEL / "text_encoder/model.onnx"))
    words = encoder.run(["last_hidden_state"], {"input_ids": ids})[0]
    scheduler = DDIMScheduler.from_pretrained(MODEL / "scheduler")
    scheduler.set_timesteps(STEPS)
    latents = torch.randn((1, 4, 16, 16), generator=torch.Generator("cpu").manual_seed(SEED))
    sums, layers, heads = np.zeros((2, 16, 16, 32)), [], 0
    for t in scheduler.timesteps:
        feeds = {"sample": latents.repeat(2, 1, 1, 1).numpy(), "timestep": np.array([float(t)], np.float32)}
        output, *maps = unet.run(["out_sample", *names], {**feeds, "encoder_hidden_states": words})
        maps = [layer.reshape(2, -1, *layer.shape[-2:]) for layer in maps]  # [2, heads, cells, K]
        for item in range(2):
            sums[item] += sum(on_grid(layer[item]) for layer in maps)
        heads += sum(layer.shape[1] for layer in maps)
        layers.append(maps)
        uncond, cond = torch.from_numpy(output).chunk(2)
        latents = scheduler.step(uncond + GUIDANCE * (cond - uncond), t, latents).prev_sample
    share = sums / heads
    last = layers[-1]
    result = {
        "prompt": PROMPT, "negative": NEGATIVE, "seed": SEED, "steps": STEPS, "guidance": GUIDANCE,
        "horse": share[1, :, :, HORSE].round(6).reshape(-1).tolist(),
        "ocean": share[0, :, :, OCEAN].round(6).reshape(-1).tolist(),
        "shares": share[1].mean((0, 1)).round(6).tolist(),
        "last_step_layer_2_head_1_grass": last[1][1, 0, :, GRASS].astype(float).round(6).tolist(),
    }  # fmt: skip
    (Path(__file__).parent / "attention.json").write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
