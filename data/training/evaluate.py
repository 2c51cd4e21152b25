"""Stage `evaluate`: every figure of the model card, from the exported files alone (and the judge).

    npm run model:evaluate                    the tuning pairs, to choose by
    npm run model:evaluate -- --split held-out     the held-out pairs, for the card only
"""

import json
import random
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from diffusers import DDIMScheduler

from .clip import trained_clip, retrieval
from .config import Run, arguments, run_of
from .diffusion import sample_latents
from .history import save_strip
from .judge import COLORS, SIDES, accuracy, mean, trained_judge, verdicts
from .models import latent_shape
from .scenes import Scenes, as_images, as_tensor, draw
from .tokenizer import open_tokenizer, token_ids

BATCH = 8
MIDDLE = (400, 500, 600)
FAILURES = 8


@dataclass(frozen=True)
class Pipeline:
    """The model folder as any program would load it: onnxruntime and the files."""

    folder: Path
    tokenizer: object

    def session(self, path: str, outputs: tuple[str, ...] = ()):
        """A session of one graph; `outputs` names inner values to return as well."""
        if not outputs:
            return onnxruntime.InferenceSession(str(self.folder / path), providers=["CPUExecutionProvider"])
        model = onnx.load(str(self.folder / path))
        model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in outputs)
        return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    @cached_property
    def text_encoder(self):
        return self.session("text_encoder/model.onnx")

    @cached_property
    def unet(self):
        return self.session("unet/model.onnx")

    @cached_property
    def vae_decoder(self):
        return self.session("vae_decoder/model.onnx")

    @cached_property
    def vae_encoder(self):
        return self.session("vae_encoder/model.onnx")

    @cached_property
    def scaling_factor(self) -> float:
        return json.loads((self.folder / "vae_decoder" / "config.json").read_text())["scaling_factor"]

    @cached_property
    def attention_layers(self) -> tuple[str, ...]:
        graph = onnx.load(str(self.folder / "unet/model.onnx"), load_external_data=False).graph
        return tuple(node.output[0] for node in graph.node if node.op_type == "Softmax" and "attn2" in node.name)

    def encode_text(self, texts: list[str]) -> torch.Tensor:
        ids = np.array(token_ids(self.tokenizer, texts), dtype=np.int64)
        return torch.from_numpy(self.text_encoder.run(["last_hidden_state"], {"input_ids": ids})[0])

    @cached_property
    def traced_unet(self):
        """The UNet with every layer's cross-attention as an output too."""
        return self.session("unet/model.onnx", self.attention_layers)

    def predict(self, latents: torch.Tensor, timestep: float, states: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(self.unet.run(None, unet_feeds(latents, timestep, states))[0])

    def trace(self, latents: torch.Tensor, timestep: float, states: torch.Tensor) -> tuple[torch.Tensor, list[np.ndarray]]:
        """The prediction, and each layer's cross-attention [B, heads, q, K]."""
        output, *maps = self.traced_unet.run(["out_sample", *self.attention_layers], unet_feeds(latents, timestep, states))
        return torch.from_numpy(output), [values.reshape(len(latents), -1, *values.shape[-2:]) for values in maps]

    def encode(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures -> the mean of their latents, scaled as the UNet sees them."""
        moments = self.vae_encoder.run(None, {"sample": pictures.numpy()})[0]
        return torch.from_numpy(moments[:, :4]) * self.scaling_factor

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        image = self.vae_decoder.run(None, {"latent_sample": (latents / self.scaling_factor).numpy()})[0]
        return torch.from_numpy(image).clamp(-1, 1)

    def draw(self, run: Run, prompts: list[str], seed: int) -> torch.Tensor:
        """Pictures [B, 3, H, W] in [-1, 1]; prompt i from seed + i."""
        parts = []
        for start in range(0, len(prompts), BATCH):
            states, empty = self.encode_text(prompts[start : start + BATCH]), self.encode_text([""])
            sampled = sample_latents(
                lambda x, t, c: self.predict(x, float(t), c), states, empty, seed=seed + start,
                shape=latent_shape(run), **run["sampling"],
            )  # fmt: skip
            parts.append(self.decode(sampled))
        return torch.cat(parts)


def unet_feeds(latents: torch.Tensor, timestep: float, states: torch.Tensor) -> dict[str, np.ndarray]:
    time_of_all = np.array([timestep], np.float32)
    return {"sample": latents.numpy(), "timestep": time_of_all, "encoder_hidden_states": states.numpy()}


def open_pipeline(run: Run) -> Pipeline:
    DDIMScheduler.from_pretrained(run.model / "scheduler")  # the folder's own schedule must load, and is the one used
    return Pipeline(run.model, open_tokenizer(run))


def in_batches(function, pictures: torch.Tensor) -> torch.Tensor:
    return torch.cat([function(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)])


def of_pictures(scenes: Scenes) -> torch.Tensor:
    return as_tensor(np.asarray(scenes.images))


def reconstruction_psnr(pictures: torch.Tensor, reconstructed: torch.Tensor) -> float:
    error = (pictures - reconstructed).square().flatten(1).mean(1)
    return round(float((10 * torch.log10(4 / error)).mean()), 2)


def known(run: Run) -> dict:
    return json.loads((run.model / "vocabulary.json").read_text())


def pair_prompts(scenes: Scenes, objects: list[str], count: int) -> tuple[list[str], list[dict]]:
    """The full captions of one-object scenes of the pairs, and what they should show."""
    records = [record for record in scenes.records if record["objects"][0]["name"] in objects][:count]
    return [record["captions"][0]["text"] for record in records], records


def wanted(name: str, *, place=None, color=None, side="centre", more=()) -> dict:
    """A record as scenes have it, of what a prompt asks for; boxes only say the side."""
    boxes = {"left": [0, 32, 64, 96], "centre": [32, 32, 96, 96], "right": [64, 32, 128, 96]}
    objects = [{"name": thing, "box": boxes[side]} for thing in (name, *more)]
    return {"objects": objects, "place": place, "color": color}


def article(phrase: str) -> str:
    return phrase if phrase.endswith(("cherries", "grapes")) else f"{'an' if phrase[0] in 'aeio' else 'a'} {phrase}"


def made_prompts(vocabulary: dict, count: int) -> dict[str, tuple[list[str], list[dict]]]:
    """Prompts for colours, sides and two objects, drawn by seed from what the model knows."""
    rng = random.Random(2026)
    phrase = lambda name: article(vocabulary["objects"][name][0])  # noqa: E731
    pick = lambda: rng.choice(sorted(vocabulary["objects"]))  # noqa: E731
    sets: dict[str, tuple[list[str], list[dict]]] = {"color": ([], []), "side": ([], []), "two": ([], [])}

    def add(key: str, prompt: str, record: dict) -> None:
        sets[key][0].append(prompt)
        sets[key][1].append(record)

    for i in range(count):
        name, color = pick(), COLORS[i % len(COLORS)]
        add("color", f"{phrase(name)} on {article(color)} background", wanted(name, color=color))
        name, side = pick(), ("left", "right")[i % 2]
        add("side", f"{phrase(name)} on the beach, on the {side}", wanted(name, place="beach", side=side))
        first, second = rng.sample(sorted(vocabulary["objects"]), 2)
        add("two", f"{phrase(first)} and {phrase(second)} on the grass", wanted(first, place="grass", more=(second,)))
    return sets


def object_verdicts(model, names, pictures: torch.Tensor, prompts: list[str], records: list[dict], seed: int) -> list[dict]:
    """What the judge names in each one-object picture, beside what was asked for."""
    said = verdicts(model, pictures)["objects"].argmax(dim=1)
    return [
        {"prompt": prompt, "seed": seed + i, "object": record["objects"][0]["name"], "said": names[int(said[i])]}
        for i, (prompt, record) in enumerate(zip(prompts, records, strict=True))
    ]


def share_by_object(answers: list[dict]) -> dict[str, float]:
    """How often each object was named right, the weakest first."""
    right: dict[str, list[bool]] = {}
    for answer in answers:
        right.setdefault(answer["object"], []).append(answer["said"] == answer["object"])
    shares = {name: round(float(np.mean(values)), 2) for name, values in right.items()}
    return dict(sorted(shares.items(), key=lambda item: (item[1], item[0])))


def save_failures(run: Run, split: str, pictures: torch.Tensor, answers: list[dict]) -> list[dict]:
    """A strip of the first wrong pictures, and what they are."""
    wrong = [i for i, answer in enumerate(answers) if answer["said"] != answer["object"]][:FAILURES]
    if wrong:
        save_strip(run.history / f"failures-{split}.webp", as_images(pictures[wrong]))
    return [answers[i] for i in wrong]


def evaluate_generated(run: Run, pipeline: Pipeline, split: str, limit: int) -> dict:
    model, names = trained_judge(run)
    vocabulary = known(run)
    objects = sorted(vocabulary["objects"])
    scenes = Scenes(run.scenes(split))
    rows = [i for i, record in enumerate(scenes.records) if record["objects"][0]["name"] in objects]
    reconstructed = in_batches(lambda x: pipeline.decode(pipeline.encode(x)), of_pictures(scenes)[rows])
    answers = accuracy(model, reconstructed, [scenes.records[i] for i in rows], names)
    ceiling = {question: share for question, share in answers.items() if not np.isnan(share)}  # pairs ask some only
    prompts, records = pair_prompts(scenes, objects, limit)
    pictures = pipeline.draw(run, prompts, 1000)
    pairs = accuracy(model, pictures, records, names)
    answers = object_verdicts(model, names, pictures, prompts, records, 1000)
    generated = {"object": pairs["object"], "place": pairs["place"], "prompts": len(prompts)}
    generated["objects"] = share_by_object(answers)
    generated["failures"] = save_failures(run, split, pictures, answers)
    for key, (prompts, records) in made_prompts(vocabulary, max(10, limit // 4)).items():
        pictures = pipeline.draw(run, prompts, 2000)
        generated[key] = accuracy(model, pictures, records, names)[key]
        if key == "color":
            generated.update(color_parts(model, pictures, records))
        if key == "side":
            generated["side_left_right"] = side_share(model, pictures, records)
    return {"ceiling": ceiling, "generated": generated}


def color_parts(model, pictures: torch.Tensor, records: list[dict]) -> dict[str, float]:
    """Black and white are reported apart from the other eight colours."""
    said = verdicts(model, pictures)["colors"].argmax(dim=1)
    right = torch.tensor([COLORS[int(answer)] == record["color"] for answer, record in zip(said, records, strict=True)])
    extreme = torch.tensor([record["color"] in ("black", "white") for record in records])
    return {"color_chromatic": mean(right[~extreme]), "color_black_white": mean(right[extreme])}


def side_share(model, pictures: torch.Tensor, records: list[dict]) -> float:
    """How often the left-or-right answer alone is right."""
    logits = verdicts(model, pictures)["sides"][:, [SIDES.index("left"), SIDES.index("right")]]
    truth = torch.tensor([0 if record["objects"][0]["box"][0] < 32 else 1 for record in records])
    return mean(logits.argmax(dim=1) == truth)


def token_positions(tokenizer, text: str, phrase: str) -> list[int]:
    """Positions in the padded sequence of the tokens that spell `phrase` in `text`."""
    start = text.lower().find(phrase.lower())
    end = start + len(phrase)
    return [i for i, (a, b) in enumerate(tokenizer.encode(text).offsets) if b > a and a < end and b > start]


def word_map(probabilities: list[np.ndarray], positions: list[int], side: int = 128) -> np.ndarray:
    """Attention to some tokens, mean over heads and layers, each layer upsampled to pixels first: [side, side]."""
    total = torch.zeros(side, side)
    for layer in probabilities:  # [heads, q, K]
        cells = int(layer.shape[1] ** 0.5)
        grid = torch.from_numpy(layer[:, :, positions].mean(axis=(0, 2))).reshape(1, 1, cells, cells)
        total += torch.nn.functional.interpolate(grid, (side, side), mode="bicubic")[0, 0]
    return (total / len(probabilities)).numpy()


def mean_maps(steps: list[list[np.ndarray]]) -> list[np.ndarray]:
    """Each layer's mean over steps."""
    return [np.mean(layer, axis=0) for layer in zip(*steps, strict=True)]


def peak_inside(word: np.ndarray, boxes: list[list[int]]) -> bool:
    y, x = np.unravel_index(int(word.argmax()), word.shape)
    return any(x0 <= x < x1 and y0 <= y < y1 for x0, y0, x1, y1 in boxes)


def evaluate_attention(run: Run, pipeline: Pipeline, scenes: Scenes, limit: int) -> dict:
    """Cross-attention on noised real scenes: an object's word looks into its box, a place's word outside all boxes."""
    scheduler = DDIMScheduler.from_pretrained(run.model / "scheduler")
    objects = set(known(run)["objects"])
    inside, outside = [], []
    for index in range(len(scenes)):
        record = scenes.records[index]
        names = {thing["name"] for thing in record["objects"]}
        if len(inside) >= limit or not names or not names <= objects:
            continue
        caption = record["captions"][0]
        x0 = pipeline.encode(scenes.pictures(np.array([index])))
        states = pipeline.encode_text([caption["text"]])
        maps = []
        for timestep in MIDDLE:
            noise = torch.randn(x0.shape, generator=torch.Generator().manual_seed(index))
            xt = scheduler.add_noise(x0, noise, torch.tensor([timestep]))
            maps.append([values[0] for values in pipeline.trace(xt, timestep, states)[1]])
        average = mean_maps(maps)
        for thing, phrase in zip(record["objects"], caption["objects"], strict=True):
            word = word_map(average, token_positions(pipeline.tokenizer, caption["text"], phrase))
            inside.append(peak_inside(word, [thing["box"]]))
        if caption["place"]:
            word = word_map(average, token_positions(pipeline.tokenizer, caption["text"], caption["place"]))
            outside.append(not peak_inside(word, [thing["box"] for thing in record["objects"]]))
    share = lambda values: round(float(np.mean(values)), 4) if values else None  # noqa: E731
    return {"objects": len(inside), "inside": share(inside), "places": len(outside), "outside": share(outside)}


def middle_of(maps: list[tuple[float, list[np.ndarray]]]) -> list[np.ndarray]:
    """The maps of the step nearest to the middle timestep, where a run is too short to have one between."""
    return min(maps, key=lambda step: abs(step[0] - MIDDLE[1]))[1]


def evaluate_attention_while_drawing(run: Run, pipeline: Pipeline, split: str, limit: int) -> dict:
    """The same on generated pictures, where no true box is known: the object's word looks within one cell (16 pixels) of
    the cell where the judge sees that object."""
    model, names = trained_judge(run)
    scenes, near = Scenes(run.scenes(split)), []
    records = [record for record in scenes.records if record["objects"][0]["name"] in known(run)["objects"]][:limit]
    for index, record in enumerate(records):
        caption, maps = record["captions"][0], []

        def predict(x, t, states):
            output, layers = pipeline.trace(x, float(t), states)
            maps.append((float(t), [values[1] for values in layers]))  # noqa: B023
            return output

        states, empty = pipeline.encode_text([caption["text"]]), pipeline.encode_text([""])
        shape = latent_shape(run)
        picture = pipeline.decode(sample_latents(predict, states, empty, seed=3000 + index, shape=shape, **run["sampling"]))
        steps = [maps_at for t, maps_at in maps if MIDDLE[0] <= t <= MIDDLE[-1]] or [middle_of(maps)]
        word = word_map(mean_maps(steps), token_positions(pipeline.tokenizer, caption["text"], caption["objects"][0]))
        cells = model.cells(model.features(picture))[0, :, :, names.index(record["objects"][0]["name"])]
        row, column = divmod(int(cells.argmax()), cells.shape[1])
        near.append(peak_inside(word, [[16 * (column - 1), 16 * (row - 1), 16 * (column + 2), 16 * (row + 2)]]))
    return {"objects": len(near), "near_judged_cell": round(float(np.mean(near)), 4)}


def evaluate(run: Run, split: str, limit: int) -> dict:
    pipeline = open_pipeline(run)
    scenes = Scenes(run.scenes(split))
    pictures = of_pictures(scenes)
    reconstructed = in_batches(lambda x: pipeline.decode(pipeline.encode(x)), pictures)
    return {
        "split": split,
        "known_objects": len(known(run)["objects"]),
        "sampling": run["sampling"],
        "vae_psnr": reconstruction_psnr(pictures, reconstructed),
        "clip_retrieval_64": {
            name: retrieval(trained_clip(run), pipeline.tokenizer, Scenes(run.scenes(name))) for name in ("validation", split)
        },
        **evaluate_generated(run, pipeline, split, limit),
        "attention": evaluate_attention(run, pipeline, Scenes(run.scenes("validation")), limit),
        "attention_while_drawing": evaluate_attention_while_drawing(run, pipeline, split, max(4, limit // 4)),
    }


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--split", choices=("tuning", "held-out"), default="tuning")
    parser.add_argument("--limit", type=int, default=170, help="prompts of pairs; a quarter of it of the other kinds")
    options = parser.parse_args()
    run, began = run_of(options), time.monotonic()
    torch.set_grad_enabled(False)
    for split in ("validation", options.split):
        draw(run, split, run["scenes"][split], [])
    result = evaluate(run, options.split, options.limit)
    name = "evaluation.json" if options.split == "tuning" else "evaluation-held-out.json"
    (run.model / "history").mkdir(exist_ok=True)
    (run.model / "history" / name).write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
