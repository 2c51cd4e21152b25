"""What the chapter on guidance shows as recorded: the shipped model drawn with diffusers' DDIM at many guidance scales.

    PYTHONPATH=data .venv/bin/python scripts/record/guidance.py [--only runs grid negative judged parts]

Writes docs/recorded/guidance.json, with this command in it, and docs/recorded/guidance-*.webp:

runs      one seed at six scales: eight moments of x0 each, and the spread of xt and x0 at every step, without and with rescale
grid      scale x seed, the finished pictures
negative  with and without a negative prompt: the pictures, and what CLIP says about the time of day
judged    over many prompts: does the judge name the object and the place, and how different are pictures of one prompt
parts     the same, with guidance in a part of the steps only
"""

import argparse
import json
import random
import shlex
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from diffusers import DDIMScheduler
from PIL import Image
from training.config import load_run
from training.evaluate import Pipeline, article
from training.judge import PLACES, trained_judge, verdicts
from training.tokenizer import open_tokenizer, token_ids

OUT = Path("docs/recorded/guidance.json")
PROMPT, SEED, STEPS = "a horse on the grass", 7, 30
SCALES = (0.0, 1.0, 2.0, 4.0, 7.0, 12.0)
RESCALED, RESCALE = (7.0, 12.0), 0.7
FRAMES = 8
GRID_SEEDS = (7, 8, 9, 10, 11)
NEGATIVE_PROMPT = "a horse on the beach"
NEGATIVES = ((1.0, ""), (1.5, ""), (1.5, "sunset"), (4.0, ""), (4.0, "sunset"), (4.0, "by day"))
SHOWN = 6
TIMES = ("a horse on the beach by day", "a horse on the beach at sunset", "a horse on the beach at night")
JUDGED_SCALES = (0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5, 7.5, 10.0, 12.0, 15.0)
JUDGED_STEPS = 20
PART_SCALE = 7.5
PART_STEPS = {"all": (0, 20), "first third": (0, 7), "middle third": (7, 13), "last third": (13, 20), "none": (0, 0)}


class SmallPipeline(Pipeline):
    """The same files on few threads: a recording runs beside other work."""

    threads = 1

    def session(self, path: str, outputs: tuple[str, ...] = ()):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        return onnxruntime.InferenceSession(str(self.folder / path), options, providers=["CPUExecutionProvider"])


def rescaled(mixed: torch.Tensor, cond: torch.Tensor, share: float) -> torch.Tensor:
    """Lin et al. 2023, arXiv:2305.08891, equations 15 and 16."""
    spread = lambda values: values.flatten(1).std(dim=1).reshape(-1, 1, 1, 1)  # noqa: E731
    return share * mixed * spread(cond) / spread(mixed) + (1 - share) * mixed


class Drawer:
    """Text to image in batches by diffusers' DDIM; the scale is a number or one for each step."""

    def __init__(self, run):
        self.run = run
        self.pipeline = SmallPipeline(run.model, open_tokenizer(run))
        self.vision = self.pipeline.session("clip/onnx/vision_model.onnx")
        self.text = self.pipeline.session("clip/onnx/text_model.onnx")

    @torch.no_grad()
    def steps(self, prompts, seeds, scale, steps=STEPS, negative="", rescale=0.0):
        """Yields (timestep, xt, x0, the next xt) of every step, each [B, 4, h, w]."""
        scheduler = DDIMScheduler.from_pretrained(self.run.model / "scheduler")
        scheduler.set_timesteps(steps)
        sample = torch.cat([torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(s)) for s in seeds])
        empty = self.pipeline.encode_text([negative]).expand(len(prompts), -1, -1).contiguous()
        asked = self.pipeline.encode_text(prompts)
        for index, t in enumerate(scheduler.timesteps):
            w = scale[index] if isinstance(scale, (list, tuple)) else scale
            eps = self.predicted(sample, float(t), empty, asked, w, rescale)
            answer = scheduler.step(eps, t, sample)
            yield float(t), sample, answer.pred_original_sample, answer.prev_sample
            sample = answer.prev_sample

    def predicted(self, sample, t, empty, asked, w, rescale):
        if w == 1:
            return self.pipeline.predict(sample, t, asked)
        if w == 0:
            return self.pipeline.predict(sample, t, empty)
        both = self.pipeline.predict(torch.cat([sample, sample]), t, torch.cat([empty, asked]))
        uncond, cond = both.chunk(2)
        mixed = uncond + w * (cond - uncond)
        return rescaled(mixed, cond, rescale) if rescale else mixed

    def last(self, prompts, seeds, scale, **options) -> torch.Tensor:
        """The finished latents."""
        return list(self.steps(prompts, seeds, scale, **options))[-1][3]

    def embedded(self, pictures: torch.Tensor) -> np.ndarray:
        """CLIP's unit vectors of pictures."""
        vectors = self.vision.run(None, {"pixel_values": pictures.numpy()})[0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def worded(self, texts) -> np.ndarray:
        ids = np.array(token_ids(self.pipeline.tokenizer, list(texts)), dtype=np.int64)
        vectors = self.text.run(None, {"input_ids": ids})[0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pixels(pictures: torch.Tensor) -> list[np.ndarray]:
    return list(((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


def save_sheet(pictures: list[np.ndarray], name: str) -> None:
    """Pictures side by side."""
    Image.fromarray(np.concatenate(pictures, axis=1)).save(OUT.with_name(f"guidance-{name}.webp"), quality=85, method=6)


def saturation(pictures: torch.Tensor) -> dict[str, float]:
    """Mean saturation (of HSV, 0 ... 1), and the share of values at the very ends of the range."""
    values = (pictures + 1) / 2
    top, low = values.max(dim=1).values, values.min(dim=1).values
    ends = ((values < 0.01) | (values > 0.99)).float().mean()
    return {"saturation": rounded((top - low) / top.clamp(min=1e-6)), "clipped": rounded(ends)}


def rounded(values) -> float:
    return round(float(torch.as_tensor(values).float().mean()), 4)


def record_runs(drawer: Drawer, _) -> dict:
    chosen = [round(i * (STEPS - 1) / (FRAMES - 1)) for i in range(FRAMES)]
    arms = [(scale, 0.0) for scale in SCALES] + [(scale, RESCALE) for scale in RESCALED]
    runs, pictures, timesteps = [], [], []
    for scale, rescale in arms:
        records = list(drawer.steps([PROMPT], [SEED], scale, rescale=rescale))
        timesteps = [int(t) for t, *_ in records]
        shown = [records[i][2] for i in chosen[:-1]] + [records[-1][3]]
        pictures += pixels(drawer.pipeline.decode(torch.cat(shown)))
        spreads = {
            "xt": [rounded(xt.std()) for _, xt, _, _ in records] + [rounded(records[-1][3].std())],
            "x0": [rounded(x0.std()) for _, _, x0, _ in records],
        }
        runs.append({"scale": scale, "rescale": rescale, **spreads, **saturation(drawer.pipeline.decode(shown[-1]))})
        print("runs", scale, rescale, spreads["x0"][-1], runs[-1]["saturation"], flush=True)
    save_sheet(pictures, "runs")
    return {"prompt": PROMPT, "seed": SEED, "steps": STEPS, "frames": chosen, "timesteps": timesteps, "runs": runs}


def record_grid(drawer: Drawer, _) -> dict:
    latents = [drawer.last([PROMPT] * len(GRID_SEEDS), GRID_SEEDS, scale) for scale in SCALES]
    save_sheet(pixels(drawer.pipeline.decode(torch.cat(latents))), "grid")
    return {"prompt": PROMPT, "steps": STEPS, "scales": SCALES, "seeds": GRID_SEEDS}


def record_negative(drawer: Drawer, options) -> dict:
    """Does the negative word go away? Told by CLIP: which of three captions lies nearest."""
    seeds, times = list(range(options.negative)), drawer.worded(TIMES)
    sheet, arms = [], []
    for scale, negative in NEGATIVES:
        said = []
        for start in range(0, len(seeds), 12):
            part = seeds[start : start + 12]
            latents = drawer.last([NEGATIVE_PROMPT] * len(part), part, scale, negative=negative)
            pictures = drawer.pipeline.decode(latents)
            said += (drawer.embedded(pictures) @ times.T).argmax(axis=1).tolist()
            sheet += pixels(pictures)[:SHOWN] if start == 0 else []
        arms.append({"scale": scale, "negative": negative, "counts": [said.count(i) for i in range(3)]})
        print("negative", arms[-1], flush=True)
    save_sheet(sheet, "negative")
    about = {"prompt": NEGATIVE_PROMPT, "steps": STEPS, "times": TIMES, "count": len(seeds), "shown": SHOWN}
    return {**about, "arms": arms}


def prompts_of(run, count: int) -> list[tuple[str, str, str]]:
    """Prompts of one thing in one place, drawn by seed from what the model knows: (prompt, thing, place)."""
    vocabulary = json.loads((run.model / "vocabulary.json").read_text())
    rng = random.Random(2026)
    where = {"beach": "on the beach", "grass": "on the grass", "snow": "in the snow", "desert": "in the desert",
             "ocean": "in the ocean", "space": "in space", "mountains": "in the mountains", "city": "in the city"}  # fmt: skip
    things = rng.sample(sorted(vocabulary["objects"]), count)
    places = [sorted(where)[i % len(where)] for i in range(count)]
    return [
        (f"{article(vocabulary['objects'][t][0])} {where[p]}", t, p) for t, p in zip(things, places, strict=True)
    ]


def measured(drawer: Drawer, judge, asked, seeds_each: int, scale, rescale=0.0) -> dict:
    """One setting over all prompts: counts of right objects and places, diversity within a prompt, spread, saturation."""
    model, names = judge
    result = {"count": 0, "object": 0, "place": 0}
    apart, pixels_apart, spread, looks = [], [], [], []
    for number, (prompt, thing, place) in enumerate(asked):
        seeds = [seeds_each * number + i for i in range(seeds_each)]
        latents = drawer.last([prompt] * seeds_each, seeds, scale, steps=JUDGED_STEPS, rescale=rescale)
        pictures = drawer.pipeline.decode(latents)
        said = verdicts(model, pictures)
        result["count"] += seeds_each
        result["object"] += sum(names[i] == thing for i in said["objects"].argmax(1).tolist())
        result["place"] += sum(PLACES[i] == place for i in said["places"].argmax(1).tolist())
        vectors = drawer.embedded(pictures)
        apart += [1 - float(vectors[a] @ vectors[b]) for a, b in combinations(range(seeds_each), 2)]
        pixels_apart += [float((pictures[a] - pictures[b]).square().mean().sqrt()) for a, b in combinations(range(seeds_each), 2)]
        spread.append(float(latents.flatten(1).std(dim=1).mean()))
        looks.append(saturation(pictures))
    mean = lambda values: round(float(np.mean(values)), 4)  # noqa: E731
    return {
        **result, "pairs": len(apart), "clipDistance": mean(apart), "pixelDistance": mean(pixels_apart),
        "latentStd": mean(spread), **{key: mean([look[key] for look in looks]) for key in ("saturation", "clipped")},
    }  # fmt: skip


def record_judged(drawer: Drawer, options) -> dict:
    asked, judge = prompts_of(options.run, options.prompts), trained_judge(options.run)
    lines = []
    for scale, rescale in [(s, 0.0) for s in JUDGED_SCALES] + [(7.5, RESCALE), (12.0, RESCALE)]:
        lines.append({"scale": scale, "rescale": rescale, **measured(drawer, judge, asked, options.seeds, scale, rescale)})
        print("judged", lines[-1], flush=True)
    about = {"prompts": [prompt for prompt, *_ in asked], "seeds": options.seeds, "steps": JUDGED_STEPS}
    return {**about, "lines": lines}


def record_parts(drawer: Drawer, options) -> dict:
    asked, judge = prompts_of(options.run, options.prompts), trained_judge(options.run)
    lines = []
    for name, (first, end) in PART_STEPS.items():
        scales = [PART_SCALE if first <= i < end else 1.0 for i in range(JUDGED_STEPS)]
        lines.append({"part": name, "from": first, "to": end, **measured(drawer, judge, asked, options.seeds, scales)})
        print("parts", lines[-1], flush=True)
    pictures = [
        drawer.last([PROMPT], [SEED], [PART_SCALE if first <= i * JUDGED_STEPS / STEPS < end else 1.0 for i in range(STEPS)])
        for first, end in PART_STEPS.values()
    ]
    save_sheet(pixels(drawer.pipeline.decode(torch.cat(pictures))), "parts")
    return {"scale": PART_SCALE, "seeds": options.seeds, "prompts": len(asked), "steps": JUDGED_STEPS, "lines": lines,
            "prompt": PROMPT, "seed": SEED, "shownSteps": STEPS}  # fmt: skip


PARTS = {
    "runs": record_runs, "grid": record_grid, "negative": record_negative, "judged": record_judged, "parts": record_parts,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--prompts", type=int, default=16, help="prompts for the judge")
    parser.add_argument("--seeds", type=int, default=6, help="seeds of each prompt for the judge")
    parser.add_argument("--negative", type=int, default=24, help="seeds for the negative prompt")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    options.run = load_run("tiny")
    SmallPipeline.threads = options.threads
    torch.set_num_threads(options.threads)
    drawer = Drawer(options.run)
    for part in options.only:
        command = shlex.join(["python", *sys.argv])
        made = {"command": command, "model": options.run.name, **PARTS[part](drawer, options)}
        recorded = json.loads(OUT.read_text()) if OUT.exists() else {}
        OUT.write_text(json.dumps({**recorded, part: made}) + "\n")
        print(f"{OUT}: {part}", flush=True)


if __name__ == "__main__":
    main()
