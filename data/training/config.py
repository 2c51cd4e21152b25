"""Where a run's settings and files are. A stage reads its own section of `configs/<name>.json` and nothing else."""

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """One configuration with its folders.

    work: resumable state and data that can be made again (default ../checkpoints/<name>, outside the checkout).
    model: the exported model folder (default data/models/<name>), with `history/` of its training inside.
    """

    name: str
    config: dict
    work: Path
    model: Path

    def __getitem__(self, section: str) -> dict:
        return self.config[section]

    @property
    def history(self) -> Path:
        return self.model / "history"

    def scenes(self, split: str) -> Path:
        return self.work / "scenes" / split


def load_run(name: str, work: Path | None = None, model: Path | None = None) -> Run:
    """Read `configs/<name>.json`. Raises SystemExit with the known names when there is none."""
    path = Path(__file__).parent / "configs" / f"{name}.json"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.json")))
        raise SystemExit(f"unknown configuration: {name}; one of {known}")
    checkpoints = Path(os.environ.get("CHECKPOINTS", REPOSITORY.parent / "checkpoints"))
    return Run(
        name, json.loads(path.read_text()), work or checkpoints / name, model or REPOSITORY / "data" / "models" / name
    )


def arguments(description: str) -> argparse.ArgumentParser:
    """The options every stage has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--config", default="tiny", help="a file of data/training/configs, without .json")
    parser.add_argument("--work", type=Path, help="folder of resumable state (default ../checkpoints/<config>)")
    parser.add_argument("--model", type=Path, help="model folder (default data/models/<config>)")
    return parser


def training_arguments(description: str) -> argparse.ArgumentParser:
    """The options every stage that trains has besides."""
    parser = arguments(description)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop, resumable, after this long")
    parser.add_argument("--steps", type=int, help="total number of optimiser steps, the ones already done included")
    parser.add_argument("--from-export", action="store_true", help="begin at the exported weights, optimiser fresh")
    return parser


def run_of(options: argparse.Namespace) -> Run:
    return load_run(options.config, options.work, options.model)
