"""What the chapter on samplers shows as recorded: the shipped model drawn with diffusers' own schedulers.

    PYTHONPATH=data .venv/bin/python scripts/record/samplers.py [--only ddpm cards convergence judged]

Writes docs/recorded/samplers.json, with this command in it, and docs/recorded/samplers-*.webp:

ddpm         DDPM in 30, 100 and 1,000 steps: what it expects (x0) at eight moments of each
cards        one picture of every sampler from the same noise
convergence  deterministic samplers: distance of the last x0 to that of DDIM at every timestep of training
judged       how often the judge names the object that was asked for, by steps
"""

import argparse
import inspect
import json
import random
import shlex
import sys
from pathlib import Path

import diffusers
import numpy as np
import torch
from PIL import Image
from training.config import load_run
from training.evaluate import article, open_pipeline
from training.judge import trained_judge, verdicts

OUT = Path("docs/recorded/samplers.json")
PROMPT, SEED, GUIDANCE = "a horse on the grass", 7, 4.0
CARD_STEPS = 20
LCM_STEPS = 4
STEPS = (5, 10, 20, 40)
JUDGED_STEPS = (2, 3, 5, 10, 30)
BATCH = 4

CLASSES = {
    "ddpm": ("DDPMScheduler", {}), "ddim": ("DDIMScheduler", {}), "pndm": ("PNDMScheduler", {}),
    "euler": ("EulerDiscreteScheduler", {}), "euler-a": ("EulerAncestralDiscreteScheduler", {}),
    "heun": ("HeunDiscreteScheduler", {}), "lms": ("LMSDiscreteScheduler", {}),
    "dpm++2m": ("DPMSolverMultistepScheduler", {}),
    "dpm++2m-sde": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "unipc": ("UniPCMultistepScheduler", {}), "lcm": ("LCMScheduler", {}),
}  # fmt: skip
DETERMINISTIC = ("ddim", "pndm", "euler", "heun", "lms", "dpm++2m", "unipc")
JUDGED = (("ddpm", 0), ("ddim", 1), ("euler-a", 0), ("dpm++2m-sde", 0), ("ddim", 0), ("dpm++2m", 0))
EVERY_TIMESTEP = {"steps_offset": 0}  # 1,000 steps of the shipped spacing would begin at t = 1000, which was never trained


class Drawer:
    """Text to image in batches, by any scheduler of diffusers, with the shipped files."""

    def __init__(self, run):
        self.pipeline = open_pipeline(run)
        self.config = json.loads((run.model / "scheduler" / "scheduler_config.json").read_text())

    @torch.no_grad()
    def steps(self, prompts, seeds, sampler, steps, eta=0.0, **changes):
        """Yields (timestep, x0) of every UNet call; x0 [B, 4, h, w] is what the guided prediction expects at the end."""
        name, settings = CLASSES[sampler]
        scheduler = getattr(diffusers, name).from_config({**self.config, **settings, **changes})
        scheduler.set_timesteps(steps)
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        sample = torch.cat([torch.randn(1, 4, 16, 16, generator=g) for g in generators]) * scheduler.init_noise_sigma
        states = torch.cat([self.pipeline.encode_text([""]).expand(len(prompts), -1, -1), self.pipeline.encode_text(prompts)])
        accepted = inspect.signature(scheduler.step).parameters
        extra = {key: value for key, value in (("generator", generators), ("eta", eta)) if key in accepted}
        sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod).sqrt().numpy()
        for t in scheduler.timesteps:
            xt = scheduler.scale_model_input(sample, t)
            uncond, cond = self.pipeline.predict(torch.cat([xt, xt]), float(t), states).chunk(2)
            eps = uncond + GUIDANCE * (cond - uncond)
            sigma = float(np.interp(float(t), np.arange(len(sigmas)), sigmas))
            yield float(t), xt * (1 + sigma**2) ** 0.5 - sigma * eps
            sample = scheduler.step(eps, t, sample, **extra).prev_sample

    def last(self, prompts, seeds, sampler, steps, **options):
        """The last x0, and how many calls it took."""
        records = list(self.steps(prompts, seeds, sampler, steps, **options))
        return records[-1][1], len(records)


def pixels(pictures: torch.Tensor) -> list[np.ndarray]:
    return list(((pictures.permute(0, 2, 3, 1) + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy())


def save_sheet(pictures: list[np.ndarray], name: str) -> None:
    """Pictures side by side."""
    Image.fromarray(np.concatenate(pictures, axis=1)).save(OUT.with_name(f"samplers-{name}.webp"), quality=85, method=6)


def record_ddpm(drawer: Drawer, _) -> dict:
    runs, pictures = [], []
    for steps in (30, 100, 1000):
        records = list(drawer.steps([PROMPT], [SEED], "ddpm", steps, **(EVERY_TIMESTEP if steps == 1000 else {})))
        chosen = [round(i * (len(records) - 1) / 7) for i in range(8)]
        pictures += pixels(drawer.pipeline.decode(torch.cat([records[i][1] for i in chosen])))
        runs.append({"steps": steps, "frames": [{"index": i, "timestep": records[i][0]} for i in chosen]})
    save_sheet(pictures, "ddpm")
    return {"prompt": PROMPT, "seed": SEED, "guidance": GUIDANCE, "runs": runs}


def record_cards(drawer: Drawer, _) -> dict:
    cards, latents = [], []
    for sampler in CLASSES:
        steps = LCM_STEPS if sampler == "lcm" else CARD_STEPS
        x0, calls = drawer.last([PROMPT], [SEED], sampler, steps)
        cards.append({"sampler": sampler, "steps": steps, "calls": calls})
        latents.append(x0)
    save_sheet(pixels(drawer.pipeline.decode(torch.cat(latents))), "cards")
    return {"prompt": PROMPT, "seed": SEED, "guidance": GUIDANCE, "cards": cards}


def prompts_of(run, count: int) -> tuple[list[str], list[str]]:
    """Prompts of one thing in one place, drawn by seed from what the model knows, and the things."""
    vocabulary = json.loads((run.model / "vocabulary.json").read_text())
    rng = random.Random(2026)
    things = [rng.choice(sorted(vocabulary["objects"])) for _ in range(count)]
    places = [rng.choice(sorted(vocabulary["places"])) for _ in range(count)]
    phrase = lambda thing: article(vocabulary["objects"][thing][0])  # noqa: E731
    return [f"{phrase(t)}, {vocabulary['places'][p][0]}" for t, p in zip(things, places, strict=True)], things


def errors_of(drawer: Drawer, prompts: list[str], seeds: list[int]) -> list[dict]:
    """A line for each sampler and number of steps, with the error of each prompt."""
    reference, _ = drawer.last(prompts, seeds, "ddim", 1000, **EVERY_TIMESTEP)
    lines = []
    for sampler in DETERMINISTIC:
        for steps in STEPS:
            x0, calls = drawer.last(prompts, seeds, sampler, steps)
            errors = (x0 - reference).square().flatten(1).mean(1).sqrt()
            each = [round(float(error), 4) for error in errors]
            lines.append({"sampler": sampler, "steps": steps, "calls": calls, "errors": each})
            print("convergence", lines[-1], flush=True)
    return lines


def right_of(drawer: Drawer, judge, prompts: list[str], things: list[str], seeds: list[int]) -> list[dict]:
    """A line for each sampler and number of steps, with how many things the judge named right."""
    model, names = judge
    lines = []
    for sampler, eta in JUDGED:
        for steps in JUDGED_STEPS:
            x0, calls = drawer.last(prompts, seeds, sampler, steps, eta=float(eta))
            said = verdicts(model, drawer.pipeline.decode(x0))["objects"].argmax(dim=1)
            right = sum(names[int(i)] == thing for i, thing in zip(said, things, strict=True))
            lines.append({"sampler": sampler, "eta": eta, "steps": steps, "calls": calls, "right": right})
            print("judged", lines[-1], flush=True)
    return lines


def merged(parts: list[list[dict]], key: str) -> list[dict]:
    """The lines of several batches as those of all: the values of `key` added up, or one after the other."""
    return [{**same[0], key: sum((line[key] for line in same[1:]), same[0][key])} for same in zip(*parts, strict=True)]


def batches(count: int) -> list[slice]:
    return [slice(start, start + BATCH) for start in range(0, count, BATCH)]


def record_convergence(drawer: Drawer, options) -> dict:
    prompts = prompts_of(options.run, options.of or options.prompts)[0][: options.prompts]
    seeds = list(range(len(prompts)))
    parts = [errors_of(drawer, prompts[part], seeds[part]) for part in batches(len(prompts))]
    if options.add:
        known = json.loads(OUT.read_text())["convergence"]
        prompts, parts = known["prompts"] + prompts, [known["lines"], *parts]
    return {"prompts": prompts, "guidance": GUIDANCE, "reference": 1000, "lines": merged(parts, "errors")}


def record_judged(drawer: Drawer, options) -> dict:
    prompts, things = prompts_of(options.run, options.judged)
    judge, seeds = trained_judge(options.run), list(range(len(prompts)))
    parts = [right_of(drawer, judge, prompts[part], things[part], seeds[part]) for part in batches(len(prompts))]
    return {"count": len(prompts), "guidance": GUIDANCE, "lines": merged(parts, "right")}


PARTS = {"ddpm": record_ddpm, "cards": record_cards, "convergence": record_convergence, "judged": record_judged}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--prompts", type=int, default=4, help="for the convergence")
    parser.add_argument("--of", type=int, help="take them from so many drawn prompts: their places depend on it")
    parser.add_argument("--add", action="store_true", help="to the prompts of the convergence that are recorded")
    parser.add_argument("--judged", type=int, default=24, help="prompts for the judge")
    options = parser.parse_args()
    options.run = load_run("tiny")
    drawer = Drawer(options.run)
    recorded = json.loads(OUT.read_text()) if OUT.exists() else {}
    for part in options.only:
        command = shlex.join(["python", *sys.argv])
        recorded[part] = {"command": command, "model": options.run.name, **PARTS[part](drawer, options)}
        OUT.write_text(json.dumps(recorded) + "\n")
        print(f"{OUT}: {part}", flush=True)


if __name__ == "__main__":
    main()
