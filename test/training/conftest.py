"""The smoke configuration, run once through the whole chain in a temporary folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "data"))


def run_stage(name: str, work: Path, model: Path, *options: str, processes: int = 1, check: bool = True):
    """One stage as a user runs it, in a process of its own."""
    command = ["bash", "data/training/run", name, "--config", "smoke", "--work", str(work), "--model", str(model), *options]
    environment = {**os.environ, "PROCESSES": str(processes), "OMP_NUM_THREADS": "1" if processes > 1 else "2"}
    result = subprocess.run(command, cwd=REPOSITORY, env=environment, text=True, capture_output=True)
    assert not check or result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    return result


@dataclass
class Chain:
    work: Path
    model: Path
    output: dict[str, str]


@pytest.fixture(scope="session")
def chain(tmp_path_factory) -> Chain:
    folder = tmp_path_factory.mktemp("smoke")
    work, model, output = folder / "work", folder / "model", {}
    for stage in ("scenes", "tokenizer", "clip", "vae", "latents", "unet", "judge", "export", "evaluate"):
        output[stage] = run_stage(stage, work, model).stdout
    return Chain(work, model, output)
