"""Writes model.json: .venv/bin/python test/goldens/make_model.py  (torch 2.13.0, diffusers 0.42.1, onnxruntime).

The shipped UNet's error by timestep on one scene that it has never seen, without and with its caption, on the same ONNX files.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from diffusers import DDIMScheduler
from tokenizers import Tokenizer

FOLDER, SCENE, NOISE_SEED = Path("data/models/tiny"), 500_000_001, 0
TIMESTEPS = (0, 200, 500, 800, 999)

objects = ",".join(json.loads(Path("data/training/configs/tiny.json").read_text())["objects"])
with tempfile.TemporaryDirectory() as out:
    command = ["npx", "tsx", "data/scenes/cli.ts", "--count", "1", "--seed", str(SCENE), "--split", "train"]
    subprocess.run([*command, "--objects", objects, "--out", out], check=True)
    picture = torch.from_numpy(np.load(f"{out}/images.npy")).permute(0, 3, 1, 2).float() / 127.5 - 1
    caption = json.loads((Path(out) / "scenes.jsonl").read_text().splitlines()[0])["captions"][0]["text"]


def run(part: str, **feeds: np.ndarray) -> torch.Tensor:
    session = onnxruntime.InferenceSession(str(FOLDER / part / "model.onnx"), providers=["CPUExecutionProvider"])
    return torch.from_numpy(session.run(None, feeds)[0])


tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer/tokenizer.json"))
states = run("text_encoder", input_ids=np.array([tokenizer.encode(text).ids for text in ("", caption)]))
scale = json.loads((FOLDER / "vae_decoder/config.json").read_text())["scaling_factor"]
x0 = run("vae_encoder", sample=picture.numpy())[:, :4] * scale
eps = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(NOISE_SEED))
scheduler = DDIMScheduler.from_pretrained(FOLDER / "scheduler")
rows = []
for t in TIMESTEPS:
    xt = scheduler.add_noise(x0, eps, torch.tensor([t])).expand(2, -1, -1, -1)
    predicted = run("unet", sample=xt.numpy(), timestep=np.array([t], np.float32), encoder_hidden_states=states.numpy())
    uncond, cond = (predicted - eps).square().flatten(1).mean(1).tolist()
    rows.append({"timestep": t, "uncond": float(f"{uncond:.6g}"), "cond": float(f"{cond:.6g}")})
golden = {"made_by": "test/goldens/make_model.py", "scene": SCENE, "noise_seed": NOISE_SEED, "caption": caption, "rows": rows}
Path(__file__).with_name("model.json").write_text(json.dumps(golden) + "\n")
