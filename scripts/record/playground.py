"""When is what decided? Runs that begin with one prompt and go on with another, judged by what they show at the end.

    PYTHONPATH=data .venv/bin/python scripts/record/playground.py [--prompts 100]

Every trunk asks for a thing in a place on one side; its forks change the thing, the place or the side after so many steps.
Drawn with the shipped files by onnxruntime and diffusers' DDIM. Writes docs/recorded/playground.json, with this command in
it: for each kind of change and each fork one letter a prompt, A where the judge sees what the trunk asked for, B what the
fork asked for, - neither. And docs/recorded/playground.webp: one trunk's forks as pictures, a row for each kind.
"""

import argparse
import json
import random
import shlex
import sys
from pathlib import Path

import numpy as np
import torch
from diffusers import DDIMScheduler
from PIL import Image
from training.config import load_run
from training.evaluate import article, open_pipeline
from training.judge import PLACES, SIDES, trained_judge, verdicts

OUT = Path("docs/recorded/playground.json")
STEPS, GUIDANCE = 20, 4.0
FORKS = (0, 2, 4, 6, 8, 10, 14, 20)  # steps drawn with the trunk's prompt
KINDS = ("object", "place", "side")
SHOWN = {"object": ("horse", "cow"), "place": ("grass", "snow"), "side": ("left", "right")}
SHOWN_SEED = 7
BATCH = 10

ON = {"beach": "on the beach", "city": "in the city", "desert": "in the desert", "grass": "on the grass",
      "mountains": "in the mountains", "ocean": "in the ocean", "snow": "in the snow", "space": "in space"}  # fmt: skip


def pairs(vocabulary: dict, count: int) -> list[dict]:
    """For each prompt and kind, (what the trunk asks for, what the fork asks for)."""
    rng = random.Random(2026)
    things, places = sorted(vocabulary["objects"]), sorted(vocabulary["places"])
    two = lambda names: tuple(rng.sample(names, 2))  # noqa: E731
    return [{"object": two(things), "place": two(places), "side": two(["left", "right"])} for _ in range(count)]


def prompt_of(vocabulary: dict, pair: dict, changed: str | None = None) -> str:
    """The trunk's prompt, or the one that a fork goes on with."""
    word = {kind: pair[kind][int(kind == changed)] for kind in KINDS}
    thing = article(vocabulary["objects"][word["object"]][0])
    return f"{thing} {ON[word['place']]}, on the {word['side']}"


class Drawer:
    """DDIM over a batch of latents [B, 4, h, w]. It keeps nothing from step to step, so a fork needs the latents alone."""

    def __init__(self, run):
        self.pipeline = open_pipeline(run)
        self.scheduler = DDIMScheduler.from_pretrained(run.model / "scheduler")
        self.scheduler.set_timesteps(STEPS)
        self.empty = self.pipeline.encode_text([""])

    @torch.no_grad()
    def go_on(self, latents: torch.Tensor, prompts: list[str], first: int) -> list[torch.Tensor]:
        """The latents before step `first` and after each step to the end."""
        states = torch.cat([self.empty.expand(len(prompts), -1, -1), self.pipeline.encode_text(prompts)])
        carried = [latents]
        for t in self.scheduler.timesteps[first:]:
            uncond, cond = self.pipeline.predict(torch.cat([latents, latents]), float(t), states).chunk(2)
            latents = self.scheduler.step(uncond + GUIDANCE * (cond - uncond), t, latents).prev_sample
            carried.append(latents)
        return carried


def noise(seed: int) -> torch.Tensor:
    return torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(seed))


def forked(drawer: Drawer, vocabulary: dict, batch: list[dict], seeds: list[int]) -> dict[tuple[str, int], torch.Tensor]:
    """The pictures [B, 3, H, W] of every kind and fork. A fork after the last step is the trunk's own picture."""
    trunk = drawer.go_on(torch.cat([noise(seed) for seed in seeds]), [prompt_of(vocabulary, pair) for pair in batch], 0)
    own = drawer.pipeline.decode(trunk[STEPS])
    pictures = {}
    for kind in KINDS:
        prompts = [prompt_of(vocabulary, pair, kind) for pair in batch]
        for fork in FORKS:
            late = fork == STEPS
            pictures[kind, fork] = own if late else drawer.pipeline.decode(drawer.go_on(trunk[fork], prompts, fork)[-1])
    return pictures


def letters(model, names: list[str], pictures: torch.Tensor, batch: list[dict], kind: str) -> str:
    """What the judge sees in each picture: A, B or neither."""
    key, words = {"object": ("objects", names), "place": ("places", PLACES), "side": ("sides", SIDES)}[kind]
    said = [words[int(i)] for i in verdicts(model, pictures)[key].argmax(dim=1)]
    return "".join({a: "A", b: "B"}.get(word, "-") for word, (a, b) in zip(said, (p[kind] for p in batch), strict=True))


def save_rows(drawer: Drawer, vocabulary: dict) -> None:
    """One trunk's forks: a row for each kind."""
    pictures = forked(drawer, vocabulary, [SHOWN], [SHOWN_SEED])
    row = lambda kind: np.concatenate([as_pixels(pictures[kind, fork][0]) for fork in FORKS], axis=1)  # noqa: E731
    Image.fromarray(np.concatenate([row(kind) for kind in KINDS])).save(OUT.with_suffix(".webp"), quality=85, method=6)


def as_pixels(picture: torch.Tensor) -> np.ndarray:
    return ((picture.permute(1, 2, 0) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=100)
    options = parser.parse_args()
    run = load_run("tiny")
    vocabulary = json.loads((run.model / "vocabulary.json").read_text())
    drawer, (model, names) = Drawer(run), trained_judge(run)
    save_rows(drawer, vocabulary)
    todo, answers = pairs(vocabulary, options.prompts), {(kind, fork): "" for kind in KINDS for fork in FORKS}
    timesteps = [float(t) for t in drawer.scheduler.timesteps]
    shown = {"seed": SHOWN_SEED, "prompt": prompt_of(vocabulary, SHOWN)}
    shown["forks"] = {kind: prompt_of(vocabulary, SHOWN, kind) for kind in KINDS}
    for start in range(0, len(todo), BATCH):
        batch = todo[start : start + BATCH]
        pictures = forked(drawer, vocabulary, batch, list(range(start, start + len(batch))))
        for (kind, fork), drawn in pictures.items():
            answers[kind, fork] += letters(model, names, drawn, batch, kind)
        done = start + len(batch)
        recorded = {
            **{"command": shlex.join(["python", *sys.argv]), "model": run.name, "sampler": "ddim", "steps": STEPS},
            **{"guidance": GUIDANCE, "prompts": done, "timesteps": timesteps, "forks": FORKS, "shown": shown},
            "answers": {kind: [answers[kind, fork] for fork in FORKS] for kind in KINDS},
        }
        OUT.write_text(json.dumps(recorded) + "\n")
        print(done, {key: [a.count("B") for a in value] for key, value in recorded["answers"].items()}, flush=True)


if __name__ == "__main__":
    main()
