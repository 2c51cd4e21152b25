"""Writes the golden numbers of this folder: .venv/bin/python test/goldens/make.py  (torch 2.13.0, diffusers 0.42.1)."""

import json
from pathlib import Path

import torch
from diffusers import DDIMScheduler, DDPMScheduler

HERE = Path(__file__).parent
STABLE_DIFFUSION = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1, "timestep_spacing": "leading",
}  # fmt: skip
CONFIGS = [
    STABLE_DIFFUSION,
    {},
    {**STABLE_DIFFUSION, "prediction_type": "v_prediction", "timestep_spacing": "trailing"},
    {"beta_schedule": "squaredcos_cap_v2", "prediction_type": "sample", "timestep_spacing": "linspace"},
    {"beta_schedule": "linear", "clip_sample": True, "clip_sample_range": 0.5, "num_train_timesteps": 500},
]


def generator(seed: int) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)


def random_goldens() -> list[dict]:
    cases = []
    for seed in (0, 7, 42, 2**32 - 1, 2**40 + 5):
        for size in (1, 2, 3, 15, 16, 17, 31, 33, 100, 1024):
            cases.append({"seed": seed, "call": "randn", "size": size, "values": torch.randn(size, generator=generator(seed))})
        cases.append({"seed": seed, "call": "rand", "size": 40, "values": torch.rand(40, generator=generator(seed))})
        for low, high in ((0, 10), (-5, 5), (0, 2**20), (0, 2**31)):
            values = torch.randint(low, high, (20,), generator=generator(seed))
            cases.append({"seed": seed, "call": "randint", "size": 20, "low": low, "high": high, "values": values})
    g = generator(3)
    mixed = [torch.randn(3, generator=g), torch.rand(5, generator=g), torch.randn(20, generator=g), torch.randn(2, generator=g)]
    cases.append({"seed": 3, "call": "mixed", "size": 30, "values": torch.cat(mixed)})
    return [{**case, "values": case["values"].tolist()} for case in cases]


def known_model(sample: torch.Tensor, timestep: int) -> torch.Tensor:
    """Any smooth function will do, as long as TypeScript computes the same."""
    return 0.6 * sample + 0.3 * torch.sin(3 * sample + timestep / 100)


def trajectory(scheduler, steps: int, options: dict) -> dict:
    g = generator(11)
    sample = torch.randn(1, 4, 4, 4, generator=g)
    scheduler.set_timesteps(steps)
    samples = [sample]
    for timestep in scheduler.timesteps:
        output = known_model(sample, int(timestep))
        sample = scheduler.step(output, timestep, sample, generator=g, **options).prev_sample
        samples.append(sample)
    return {"timesteps": scheduler.timesteps.tolist(), "samples": [value.flatten().tolist() for value in samples]}


def sampler_goldens() -> list[dict]:
    cases = []
    for config in CONFIGS:
        for steps in (7, 50):
            for eta in (0.0, 0.5, 1.0):
                found = trajectory(DDIMScheduler(**config), steps, {"eta": eta})
                cases.append({"sampler": "ddim", "config": config, "steps": steps, "eta": eta, **found})
            for variance in ("fixed_small", "fixed_large"):
                known = {key: value for key, value in config.items() if key != "set_alpha_to_one"}
                full = {**known, "variance_type": variance}
                found = trajectory(DDPMScheduler(**full), steps, {})
                cases.append({"sampler": "ddpm", "config": full, "steps": steps, **found})
    return cases


def rounded(value, digits: int = 7):
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, list):
        return [rounded(item, digits) for item in value]
    return {key: rounded(item, digits) for key, item in value.items()} if isinstance(value, dict) else value


def main() -> None:
    schedule = DDIMScheduler(**STABLE_DIFFUSION)
    (HERE / "random.json").write_text(json.dumps(rounded(random_goldens(), 9)) + "\n")
    (HERE / "samplers.json").write_text(json.dumps(rounded(sampler_goldens())) + "\n")
    table = {"config": STABLE_DIFFUSION, "alphas_cumprod": schedule.alphas_cumprod.tolist()}
    (HERE / "schedule.json").write_text(json.dumps(rounded(table)) + "\n")


if __name__ == "__main__":
    main()
