"""The chapter on editing, computed beside the engine: the shipped files by onnxruntime, diffusers' schedulers.

    PYTHONPATH=data .venv/bin/python scripts/record/editing.py judged   docs/recorded/editing-projection.json --count 24
    PYTHONPATH=data .venv/bin/python scripts/record/editing.py golden   test/goldens/editing.json

    PYTHONPATH=data .venv/bin/python scripts/record/editing.py walks    docs/recorded/editing-walks.json

walks    between two seeds, along the arc and straight, and between two prompts; with docs/recorded/editing-walks.webp
judged   colorization and super-resolution of scenes that the model never saw, beside the same prompts and seeds drawn
         freely: errors against what was given, and what the judge names; --first 12 --count 12 measures twelve others
golden   where runs enter by strength, and the figures of the page's own picture (scene 57)
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from PIL import Image
from diffusers import DDIMInverseScheduler, DDIMScheduler, StableDiffusionImg2ImgPipeline
from training.config import load_run
from training.evaluate import article, open_pipeline
from training.judge import trained_judge, verdicts
from training.scenes import SEEDS, Scenes, as_images

BATCH, STEPS, GUIDANCE, SEED, BLOCK = 12, 20, 4.0, 7, 8
LUMA = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
SCENE, CAPTION = 57, "a lemon on the beach, in the middle"


def luminance(x):
    return (x * LUMA).sum(1, keepdim=True)


def averaged(x):
    return torch.nn.functional.avg_pool2d(x, BLOCK)


def enlarged(x):
    return x.repeat_interleave(BLOCK, 2).repeat_interleave(BLOCK, 3)


KNOWN = {
    "luminance": lambda drawn, given: drawn + luminance(given) - luminance(drawn),
    "low-frequencies": lambda drawn, given: drawn + enlarged(averaged(given) - averaged(drawn)),
}


class Editor:
    def __init__(self, run):
        self.pipeline = open_pipeline(run)
        self.config = json.loads((run.model / "scheduler" / "scheduler_config.json").read_text())

    def decode(self, latents):
        """As the loop sees it: not clipped."""
        image = self.pipeline.vae_decoder.run(None, {"latent_sample": (latents / self.pipeline.scaling_factor).numpy()})[0]
        return torch.from_numpy(image)

    def loop(self, scheduler, latents, prompts, guidance, project=lambda x0: x0, steps=STEPS):
        scheduler.set_timesteps(steps)
        states = self.pipeline.encode_text(prompts) if isinstance(prompts, list) else prompts
        empty = self.pipeline.encode_text([""]).expand(len(prompts), -1, -1)
        for t in scheduler.timesteps:
            if guidance == 1:
                eps = self.pipeline.predict(latents, float(t), states)
            else:
                uncond, cond = self.pipeline.predict(torch.cat([latents, latents]), float(t), torch.cat([empty, states])).chunk(2)
                eps = uncond + guidance * (cond - uncond)
            alpha = scheduler.alphas_cumprod[t]
            x0 = project((latents - (1 - alpha) ** 0.5 * eps) / alpha**0.5)
            latents = scheduler.step((latents - alpha**0.5 * x0) / (1 - alpha) ** 0.5, t, latents).prev_sample
        return latents

    def draw(self, prompts, seeds, keep=None, given=None):
        noise = torch.cat([torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(s)) for s in seeds])
        project = (lambda x0: self.pipeline.encode(KNOWN[keep](self.decode(x0), given))) if keep else (lambda x0: x0)
        return self.loop(DDIMScheduler.from_config(self.config), noise, prompts, GUIDANCE, project)


def errors(pictures, given):
    """Root mean square errors of each picture in levels of 255."""
    rms = lambda x: (127.5 * x.square().mean((1, 2, 3)).sqrt()).tolist()  # noqa: E731
    shown = pictures.clamp(-1, 1)
    return {"luminance": rms(luminance(shown) - luminance(given)), "low": rms(averaged(shown) - averaged(given))}


def scenes(run, seed, count):
    vocabulary = json.loads((run.model / "vocabulary.json").read_text())["objects"]
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "tsx", "data/scenes/cli.ts", "--count", str(count), "--seed", str(seed), "--out", folder]
        subprocess.run([*command, "--objects", ",".join(vocabulary)], check=True, capture_output=True)
        made = Scenes(Path(folder))
        return made.pictures(list(range(count))), made.records, vocabulary


def judged(run, editor, options):
    first, count = options.first, options.count
    pictures, records, vocabulary = scenes(run, SEEDS["validation"], 60 + 4 * (first + count))
    rows = [i for i, r in enumerate(records) if len(r["objects"]) == 1 and r["place"] and not r["cosmic"]][first : first + count]
    assert len(rows) == count, f"only {len(rows)} scenes"
    where = {"grass": "on the grass", "beach": "on the beach", "snow": "in the snow", "desert": "in the desert", "ocean": "in the ocean",
             "space": "in space", "mountains": "in the mountains", "city": "in the city"}  # fmt: skip
    names = [records[i]["objects"][0]["name"] for i in rows]
    prompts = [f"{article(vocabulary[name][0])} {where[records[i]['place']]}" for name, i in zip(names, rows, strict=True)]
    drawn = {
        "luminance": lambda given, *asked: editor.decode(editor.draw(*asked, "luminance", given)),
        "low-frequencies": lambda given, *asked: editor.decode(editor.draw(*asked, "low-frequencies", given)),
        "free": lambda given, *asked: editor.decode(editor.draw(*asked)),
        "coded": lambda given, *_: editor.decode(editor.pipeline.encode(given)),
        "given grey": lambda given, *_: luminance(given).expand(-1, 3, -1, -1),
        "given coarse": lambda given, *_: enlarged(averaged(given)),
    }
    judge, known = trained_judge(run)
    result = {"prompts": prompts, "scenes": [records[i]["seed"] for i in rows], "steps": STEPS, "guidance": GUIDANCE, "rows": {}}
    for name, make in drawn.items():
        found, right = {"luminance": [], "low": []}, []
        for start in range(0, count, BATCH):
            part = slice(start, start + BATCH)
            given, seeds = pictures[rows[part]], list(range(first + start, first + min(start + BATCH, count)))
            made = make(given, prompts[part], seeds)
            said = verdicts(judge, made.clamp(-1, 1).contiguous())["objects"].argmax(dim=1)
            right += [known[int(s)] == wanted for s, wanted in zip(said, names[part], strict=True)]
            for key, values in errors(made, given).items():
                found[key] += values
        mean = {key: round(sum(values) / count, 2) for key, values in found.items()}
        each = [round(v, 1) for v in found["luminance" if name == "luminance" else "low"]]
        wrong = [prompt for prompt, hit in zip(prompts, right, strict=True) if not hit]
        result["rows"][name] = {**mean, "right": sum(right), "each": each, "wrong": wrong}
        print(name, mean, sum(right), wrong, flush=True)
    return result


def golden(run, editor):
    scheduler = DDIMScheduler.from_config(editor.config)
    entries = []
    for steps in (7, 20, 30, 50):
        for strength in (0.05, 0.2, 0.35, 0.6, 0.75, 1.0):
            if int(steps * strength) < 1:
                continue
            scheduler.set_timesteps(steps)
            timesteps, made = StableDiffusionImg2ImgPipeline.get_timesteps(SimpleNamespace(scheduler=scheduler), steps, strength, "cpu")
            entries.append({"steps": steps, "strength": strength, "timestep": int(timesteps[0]), "made": made})
    picture, _, _ = scenes(run, SCENE, 1)
    x0 = editor.pipeline.encode(picture)
    noise = torch.randn(x0.shape, generator=torch.Generator("cpu").manual_seed(SEED))
    scheduler.set_timesteps(STEPS)
    start = scheduler.add_noise(x0, noise, torch.tensor([551]))
    rms = lambda x: float(x.square().mean().sqrt())  # noqa: E731
    inverted = editor.loop(DDIMInverseScheduler.from_config(editor.config), x0, [CAPTION], 1)
    back = {}
    for scale in (1, 4, 12):
        back[str(scale)] = rms(editor.loop(DDIMScheduler.from_config(editor.config), inverted, [CAPTION], scale) - x0)
    held = {}
    for keep in KNOWN:
        held[keep] = {k: v[0] for k, v in errors(editor.decode(editor.draw([CAPTION], [SEED], keep, picture)), picture).items()}
    sample = [round(v, 5) for v in start.flatten()[::64].tolist()]
    return {"entries": entries, "start": sample, "deviation": rms(inverted), "back": back, "held": held}


WALK = {"prompt": "a horse on the grass", "toPrompt": "a castle in the desert", "seed": 7, "toSeed": 8, "steps": 16}
SHARES = [i / 8 for i in range(9)]


def walks(_, editor, out):
    one, other = (torch.randn(1, 4, 16, 16, generator=torch.Generator("cpu").manual_seed(WALK[key])) for key in ("seed", "toSeed"))
    angle = torch.arccos((one * other).sum() / (one.norm() * other.norm()))
    arc = torch.cat([(torch.sin((1 - s) * angle) * one + torch.sin(s * angle) * other) / torch.sin(angle) for s in SHARES])
    line = torch.cat([(1 - s) * one + s * other for s in SHARES])
    first, last = editor.pipeline.encode_text([WALK["prompt"], WALK["toPrompt"]]).split(1)
    still, mixed = first.expand(9, -1, -1), torch.cat([(1 - s) * first + s * last for s in SHARES])
    pictures = []
    for noise, states in ((arc, still), (line, still), (one.expand(9, -1, -1, -1), mixed)):
        latents = editor.loop(DDIMScheduler.from_config(editor.config), noise, states, GUIDANCE, steps=WALK["steps"])
        pictures += list(as_images(editor.decode(latents)))
        print(len(pictures), flush=True)
    Image.fromarray(np.concatenate(pictures, axis=1)).save(Path(out).with_suffix(".webp"), quality=88, method=6)
    return {**WALK, "guidance": GUIDANCE, "shares": SHARES, "lanes": ["arc", "line", "words"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("judged", "golden", "walks"))
    parser.add_argument("out")
    parser.add_argument("--first", type=int, default=0, help="judged: scenes that are left out, and seeds")
    parser.add_argument("--count", type=int, default=24, help="judged: scenes, one seed each")
    options = parser.parse_args()
    run = load_run("tiny")
    with torch.no_grad():
        editor = Editor(run)
        make = {"judged": lambda: judged(run, editor, options), "golden": lambda: golden(run, editor)}
        result = walks(run, editor, options.out) if options.part == "walks" else make[options.part]()
    command = "PYTHONPATH=data .venv/bin/python " + shlex.join(sys.argv)
    Path(options.out).write_text(json.dumps({"command": command, **result}) + "\n")


if __name__ == "__main__":
    main()
