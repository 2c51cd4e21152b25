"""The training loop all stages share: resumable at any moment, in one process or many.

What a step draws (which scenes, captions, timesteps, noise) depends on the seed and the step number alone, never on
what ran before: a resumed run takes the very steps that an unbroken one would, and processes cut one global batch into
equal parts, so that two of them follow the loss of one.
"""

import json
import math
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator

from .muon import optimisers

SAVE_EVERY_SECONDS = 90
LOG_EVERY_SECONDS = 15
SNAPSHOTS = 12


@dataclass
class Draw:
    """The random sources of one step in one process: `indices` of its share of the batch, and generators."""

    step: int
    indices: np.ndarray
    rng: random.Random
    generator: torch.Generator


@dataclass
class Stage:
    """A model that learns. `loss(model, draw)` gives (loss, metrics to log); `snapshot(ema, step)` records history."""

    name: str
    model: torch.nn.Module
    dataset_size: int
    loss: Callable[[torch.nn.Module, Draw], tuple[torch.Tensor, dict[str, float]]]
    snapshot: Callable[[torch.nn.Module, int], None]
    settings: dict
    seed: int = 0
    metrics: dict[str, float] = field(default_factory=dict)


def draw(stage: Stage, step: int, process: int = 0, processes: int = 1) -> Draw:
    """The sources of `step`: a fresh shuffle of the data every epoch, a slice of the batch to each process."""
    batch, size = stage.settings["batch_size"], stage.dataset_size
    positions = np.arange(step * batch, (step + 1) * batch)
    epochs = {epoch: np.random.default_rng([stage.seed, int(epoch)]).permutation(size) for epoch in set(positions // size)}
    indices = np.array([epochs[position // size][position % size] for position in positions])
    share = np.array_split(indices, processes)[process]
    key = int(np.random.SeedSequence([stage.seed, step, process]).generate_state(1, np.uint64)[0])
    return Draw(step, share, random.Random(key), torch.Generator().manual_seed(key))


def precision() -> str:
    """"bf16" where this machine has units for it (a GPU, AVX512-BF16, AMX), else "no": without them it is emulated.
    Measured on two threads of a Zen 5: the UNet trains 2.1 times faster than in float32."""
    units = torch.cpu.get_capabilities()
    return "bf16" if torch.cuda.is_available() or units.get("avx512_bf16") or units.get("amx_bf16") else "no"


def learning_rate(step: int, total: int, settings: dict) -> float:
    """Fraction of the peak: linear warm-up, flat, then linear to zero over the last `decay` of all steps."""
    warm = min(1.0, (step + 1) / settings["warmup"])
    return warm * min(1.0, (total - step) / max(1, settings["decay"] * total))


def snapshot_steps(total: int) -> list[int]:
    """About SNAPSHOTS log-spaced steps, 0 and `total` included."""
    return sorted({0, total, *(round(total ** (i / (SNAPSHOTS - 2))) for i in range(1, SNAPSHOTS - 2))})


class Ema:
    """Exponential moving average of the weights, with a ramp so that the first steps are forgotten quickly."""

    def __init__(self, model: torch.nn.Module, decay: float):
        self.decay = decay
        self.weights = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: torch.nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.weights[name].lerp_(value, 1 - decay)
            else:
                self.weights[name].copy_(value)

    def applied(self, model: torch.nn.Module):
        """A context in which `model` has the averaged weights."""
        return Swapped(model, self.weights)


class Swapped:
    def __init__(self, model: torch.nn.Module, weights: dict[str, torch.Tensor]):
        self.model, self.weights = model, weights

    def __enter__(self) -> torch.nn.Module:
        self.kept = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self.weights)
        self.training = self.model.training
        return self.model.eval()

    def __exit__(self, *_) -> None:
        self.model.load_state_dict(self.kept)
        self.model.train(self.training)


def save(path: Path, state: dict) -> None:
    """Write a checkpoint so that a kill at any moment leaves the old one or the new one, never a broken one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load_ema(path: Path) -> dict[str, torch.Tensor]:
    """The averaged weights of a checkpoint."""
    if not path.exists():
        raise SystemExit(f"no checkpoint {path}: run that stage first")
    return torch.load(path, weights_only=True)["ema"]


class Log:
    """Metrics as JSON lines. Lines after the step a run resumes at are dropped, so that each step stands once."""

    def __init__(self, path: Path, resumed_at: int):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text().splitlines() if path.exists() else []
        kept = [line for line in lines if json.loads(line)["step"] <= resumed_at]
        path.write_text("".join(line + "\n" for line in kept))

    def write(self, **values: float) -> None:
        rounded = {key: float(f"{value:.5g}") if isinstance(value, float) else value for key, value in values.items()}
        with open(self.path, "a") as lines:
            lines.write(json.dumps(rounded) + "\n")


def initial(stage: Stage, checkpoint: Path, exported: Callable[[], dict] | None) -> dict | None:
    """Where to begin: the checkpoint; else, when asked for, the exported weights at step 0."""
    if checkpoint.exists():
        return torch.load(checkpoint, weights_only=True)
    if exported is not None:
        stage.model.load_state_dict(exported())
    return None


def train(stage: Stage, checkpoint: Path, metrics: Path, minutes: float, steps: int | None, exported=None) -> None:
    """Run `stage` from its checkpoint to `steps`, or for `minutes`, whichever comes first."""
    began = time.monotonic()
    accelerator = Accelerator(cpu=not torch.cuda.is_available(), mixed_precision=precision())
    dtype = torch.bfloat16 if accelerator.mixed_precision == "bf16" else torch.float32
    total = steps or stage.settings["steps"]
    torch.manual_seed(stage.seed)
    state = initial(stage, checkpoint, exported)
    if state:
        stage.model.load_state_dict(state["model"])
    stage.model.to(accelerator.device)
    ema = Ema(stage.model, stage.settings["ema"])
    model = accelerator.prepare(stage.model)
    trainers = [accelerator.prepare(optimiser) for optimiser in optimisers(stage.model, stage.settings["lr"], dtype)]
    step, seconds = 0, 0.0
    if state:
        ema.weights = {name: value.to(accelerator.device) for name, value in state["ema"].items()}
        for trainer, saved in zip(trainers, state["optimisers"], strict=True):
            trainer.load_state_dict(saved)
        step, seconds = state["step"], state["seconds"]
    main = accelerator.is_main_process
    log = Log(metrics, step) if main else None
    due = snapshot_steps(total)
    spent = lambda: seconds + time.monotonic() - began  # noqa: E731
    saved_at = logged_at = time.monotonic()
    running: dict[str, list[float]] = {}

    def keep() -> None:
        optimiser_states = [trainer.state_dict() for trainer in trainers]
        save(checkpoint, {"model": accelerator.unwrap_model(model).state_dict(), "ema": ema.weights, "step": step,
                          "optimisers": optimiser_states, "seconds": spent(), "total": total})  # fmt: skip

    def record(force: bool = False) -> None:
        if main and (step in due or force):
            with ema.applied(stage.model) as averaged, torch.no_grad():
                stage.snapshot(averaged, step)

    if step == 0:
        record()
    stage.model.train()
    while step < total:
        # Whichever process first finds its time spent stops all of them, or they would wait for each other for ever.
        if (time.monotonic() - began) / 60 >= minutes:
            accelerator.set_trigger()
        if accelerator.check_trigger():
            break
        share = draw(stage, step, accelerator.process_index, accelerator.num_processes)
        rate = learning_rate(step, total, stage.settings) * stage.settings["lr"]
        for trainer in trainers:
            trainer.zero_grad(set_to_none=True)
            for group in trainer.param_groups:
                group["lr"] = rate
        loss, values = stage.loss(model, share)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        for trainer in trainers:
            trainer.step()
        step += 1
        ema.update(stage.model, step)
        for key, value in {"loss": float(loss.detach()), **values}.items():
            running.setdefault(key, []).append(float(value))
        now = time.monotonic()
        if main and (now - logged_at > LOG_EVERY_SECONDS or step == total):
            means = {key: float(np.mean(values)) for key, values in running.items()}
            if not all(math.isfinite(value) for value in means.values()):
                raise SystemExit(f"{stage.name}: the loss is {means['loss']} at step {step}; lower lr and resume")
            log.write(step=step, seconds=round(spent()), lr=rate, **means)
            rate_text = f"{step / max(spent(), 1e-9) * stage.settings['batch_size']:.1f} pictures/s"
            print(f"{stage.name} {step}/{total} {means} {rate_text}", flush=True)
            running, logged_at = {}, now
        record()
        if main and (now - saved_at > SAVE_EVERY_SECONDS or step == total):
            keep()
            saved_at = now
    if main:
        keep()
        print(f"{stage.name}: step {step} of {total}, {spent() / 60:.1f} minutes in all", flush=True)
    accelerator.wait_for_everyone()
