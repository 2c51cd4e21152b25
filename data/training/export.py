"""Stage `export`: the trained networks as a diffusers pipeline in ONNX, in the layout Optimum writes.

Every graph is checked against PyTorch holding the same float16-rounded weights.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from .clip import trained_clip
from .config import Run, arguments, run_of
from .controls import ControlledUnet, example_controls, neutral_controls
from .diffusion import SCHEDULER
from .graph import (
    export_graph,
    free_dimensions,
    name_by_role,
    rounded_to_float16,
    store_as_float16,
    write_beside,
    write_graph,
)
from .latents import latents_of
from .models import latent_shape, with_plain_scores
from .scenes import Scenes
from .tokenizer import open_tokenizer, save_tokenizer, token_ids, vocabulary
from .unet import trained_unet
from .vae import trained_autoencoder

TOLERANCE = 1e-4
LIMIT_MB = 40
UNET, CONTROLS = "unet/model.onnx", "unet/controls.onnx"
# Not part of what a reader downloads: the training record is for the site's pages and the card.
NOT_IN_MANIFEST = {"manifest.json"}


class TextEncoder(torch.nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.clip = clip.text_model

    def forward(self, input_ids):
        output = self.clip(input_ids=input_ids)
        return output.last_hidden_state, output.pooler_output


class TextTower(torch.nn.Module):
    """input_ids -> the text's embedding in the space shared with pictures (not normalised), as transformers.js reads."""

    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, input_ids):
        return self.clip.text_projection(self.clip.text_model(input_ids=input_ids).pooler_output)


class VisionTower(torch.nn.Module):
    def __init__(self, clip):
        super().__init__()
        self.clip = clip

    def forward(self, pixel_values):
        return self.clip.visual_projection(self.clip.vision_model(pixel_values=pixel_values).pooler_output)


class Unet(torch.nn.Module):
    def __init__(self, unet):
        super().__init__()
        self.unet = unet

    def forward(self, sample, timestep, encoder_hidden_states):
        return self.unet(sample, timestep, encoder_hidden_states).sample


class Encoder(torch.nn.Module):
    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, sample):
        return self.autoencoder.moments(sample)


class Decoder(torch.nn.Module):
    def __init__(self, autoencoder):
        super().__init__()
        self.autoencoder = autoencoder

    def forward(self, latent_sample):
        return self.autoencoder.decode(latent_sample)


def check(path: Path, module, inputs: dict) -> dict:
    """Run the written file natively at batch 2 and 3 and compare with PyTorch. Raises when they differ."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    actual = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    with torch.no_grad():
        expected = module(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    error = max(float(np.abs(a - e.numpy()).max() / np.abs(e.numpy()).max()) for a, e in zip(actual, expected, strict=True))
    if error > TOLERANCE:
        raise SystemExit(f"{path}: differs from PyTorch by {error:.1e} of its largest value, at most {TOLERANCE} allowed")
    return {"file": path.name, "error": error}


def check_neutral(path: Path, plain: tuple, controlled: tuple) -> None:
    """With nothing controlled, one number for each input, the written file is the plain UNet. Raises when it is not."""
    (module, inputs, _), (unet, every, _) = plain, controlled
    neutral = neutral_controls({name: every[name] for name in unet.names})
    check(path, lambda *values: module(*values[: len(inputs)]), {**inputs, **neutral})


def graphs(run: Run, clip, autoencoder, unet, ids: torch.Tensor) -> dict:
    """path -> (module, example inputs, output names)."""
    generator = torch.Generator().manual_seed(0)
    side = run["clip"]["vision"]["image_size"]
    width = run["clip"]["text"]["hidden_size"]
    picture = torch.rand(2, 3, side, side, generator=generator) * 2 - 1
    latent = torch.randn(2, *latent_shape(run), generator=generator)
    states = torch.randn(2, ids.shape[1], width, generator=generator)
    unet_inputs = {"sample": latent, "timestep": torch.tensor([500.0]), "encoder_hidden_states": states}
    controls = example_controls(unet, 2, ids.shape[1], generator)
    return {
        "text_encoder/model.onnx": (TextEncoder(clip), {"input_ids": ids}, ["last_hidden_state", "pooler_output"]),
        "clip/onnx/text_model.onnx": (TextTower(clip), {"input_ids": ids}, ["text_embeds"]),
        "clip/onnx/vision_model.onnx": (VisionTower(clip), {"pixel_values": picture}, ["image_embeds"]),
        "vae_encoder/model.onnx": (Encoder(autoencoder), {"sample": picture}, ["latent_parameters"]),
        "vae_decoder/model.onnx": (Decoder(autoencoder), {"latent_sample": latent}, ["sample"]),
        UNET: (Unet(unet), unet_inputs, ["out_sample"]),
        CONTROLS: (ControlledUnet(unet, list(controls)), {**unet_inputs, **controls}, ["out_sample"]),
    }


def write_configs(run: Run, clip, autoencoder, unet, factor: float) -> None:
    folder = run.model

    def write(path: str, value: dict) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps(value, indent=2) + "\n")

    vae = {
        **{key: value for key, value in autoencoder.vae.config.items() if not key.startswith("_")},
        "in_channels": 3, "out_channels": 3, "fold": autoencoder.fold, "scaling_factor": factor,
        "sample_size": run["clip"]["vision"]["image_size"],
    }  # fmt: skip
    text = clip.config.text_config.to_dict()
    write("model_index.json", {
        "_class_name": "OnnxStableDiffusionPipeline", "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "DDIMScheduler"], "tokenizer": ["transformers", "CLIPTokenizerFast"],
        "text_encoder": ["diffusers", "OnnxRuntimeModel"], "unet": ["diffusers", "OnnxRuntimeModel"],
        "vae_decoder": ["diffusers", "OnnxRuntimeModel"], "vae_encoder": ["diffusers", "OnnxRuntimeModel"],
        "safety_checker": [None, None], "feature_extractor": [None, None], "requires_safety_checker": False,
    })  # fmt: skip
    write("scheduler/scheduler_config.json", {
        "_class_name": "DDIMScheduler", "_diffusers_version": "0.42.1", **SCHEDULER,
    })  # fmt: skip
    write("text_encoder/config.json", {**text, "architectures": ["CLIPTextModel"]})
    write("unet/config.json", {
        "_class_name": "UNet2DConditionModel",
        **{key: value for key, value in unet.config.items() if not key.startswith("_")},
    })  # fmt: skip
    for half in ("encoder", "decoder"):
        write(f"vae_{half}/config.json", {"_class_name": "AutoencoderKL", **vae})
    scale = round(float(clip.logit_scale), 6)  # the learned temperature's logarithm, which no graph holds
    write("clip/config.json", {**clip.config.to_dict(), "architectures": ["CLIPModel"], "logit_scale_init_value": scale})
    # The pictures' own scale: [-1, 1], no resizing but to the side the tower takes.
    side = run["clip"]["vision"]["image_size"]
    write("clip/preprocessor_config.json", {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": side},
        "do_center_crop": True, "crop_size": {"height": side, "width": side}, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
        "do_convert_rgb": True, "resample": 3,
    })  # fmt: skip


def latent_preview(run: Run, factor: float, most: int = 256) -> dict:
    """The linear map from latents as the UNet sees them to RGB that fits best: each cell against its 8 x 8 pixels' mean."""
    encoded = latents_of(run)
    count = min(most, len(encoded.latents))
    latents = torch.from_numpy(np.asarray(encoded.latents[:count], dtype=np.float32)) * factor
    pictures = Scenes(run.scenes("known")).pictures(np.arange(count))
    cells = torch.nn.functional.avg_pool2d(pictures, 8)
    rows = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    design = torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
    solution = torch.linalg.lstsq(design, cells.permute(0, 2, 3, 1).reshape(-1, 3)).solution
    rounded = [[round(float(value), 4) for value in row] for row in solution]
    return {"factors": rounded[:-1], "bias": rounded[-1]}


def self_test(run: Run, factor: float) -> dict:
    """A stored answer: the first values of each graph's output for one prompt, seed and timestep."""
    prompt, seed, timestep = "a horse on the grass", 7, 500.0
    session = lambda path: onnxruntime.InferenceSession(str(run.model / path), providers=["CPUExecutionProvider"])  # noqa: E731
    ids = np.array(token_ids(open_tokenizer(run), [prompt]), dtype=np.int64)
    noise = torch.randn(1, *latent_shape(run), generator=torch.Generator("cpu").manual_seed(seed)).numpy()
    states = session("text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids})[0]
    feeds = {"sample": noise, "timestep": np.array([timestep], np.float32), "encoder_hidden_states": states}
    output = session("unet/model.onnx").run(None, feeds)[0]
    image = session("vae_decoder/model.onnx").run(None, {"latent_sample": noise / np.float32(factor)})[0]
    first = lambda values: [round(float(value), 5) for value in values.ravel()[:16]]  # noqa: E731
    return {
        "prompt": prompt, "input_ids": ids[0].tolist(), "seed": seed, "timestep": timestep, "tolerance": 0.01,
        "hidden_states": first(states), "out_sample": first(output), "image": first(image),
    }  # fmt: skip


def manifest(run: Run, preview: dict) -> dict:
    files = sorted(path for path in run.model.rglob("*") if path.is_file())
    names = [path.relative_to(run.model).as_posix() for path in files]
    listed = [
        {"path": name, "size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for name, path in zip(names, files, strict=True)
        if name not in NOT_IN_MANIFEST and not name.startswith("history/")
    ]
    recommended = {**run["sampling"], "sampler": "ddim"}
    return {"name": run.name, "version": 1, "recommended": recommended, "preview": preview, "files": listed}


def export(run: Run) -> dict:
    """Write the whole folder; returns the largest relative error of each graph."""
    tokenizer = open_tokenizer(run)
    networks = (trained_clip(run), trained_autoencoder(run), trained_unet(run))
    clip, autoencoder, unet = (with_plain_scores(rounded_to_float16(network)) for network in networks)
    factor = latents_of(run).scaling_factor
    ids = torch.tensor(token_ids(tokenizer, ["a horse on the grass", ""]))
    errors, written = {}, graphs(run, clip, autoencoder, unet, ids)
    for path, (module, inputs, outputs) in written.items():
        batched = [name for name in inputs if name != "timestep"]
        model = store_as_float16(name_by_role(export_graph(module, inputs, outputs, batched)))
        if path == CONTROLS:
            write_beside(free_dimensions(model, list(module.names)), run.model / path, run.model / UNET)
        else:
            write_graph(model, run.model / path, external=path == UNET)
        errors[path] = check(run.model / path, module, inputs)["error"]
        print(f"{path}: {(run.model / path).stat().st_size / 1e6:.2f} MB, differs by {errors[path]:.1e}", flush=True)
    check_neutral(run.model / CONTROLS, *(written[path] for path in (UNET, CONTROLS)))
    write_configs(run, clip, autoencoder, unet, factor)
    for folder in ("tokenizer", "clip"):
        save_tokenizer(tokenizer, run.model / folder, run["tokenizer"]["max_length"])
    known = vocabulary(Scenes(run.scenes("known")).records)
    (run.model / "vocabulary.json").write_text(json.dumps(known, indent=1) + "\n")
    (run.model / "self_test.json").write_text(json.dumps(self_test(run, factor)) + "\n")
    listing = manifest(run, latent_preview(run, factor))
    (run.model / "manifest.json").write_text(json.dumps(listing, indent=1) + "\n")
    total = sum(file["size"] for file in listing["files"]) / 1e6
    print(f"{total:.1f} MB in all")
    if total > LIMIT_MB:
        raise SystemExit(f"the model folder has {total:.1f} MB, at most {LIMIT_MB} allowed")
    return errors


def main() -> None:
    run = run_of(arguments(__doc__).parse_args())
    errors = export(run)
    (run.model / "history").mkdir(exist_ok=True)
    (run.model / "history" / "export.json").write_text(json.dumps(errors, indent=1) + "\n")


if __name__ == "__main__":
    main()
