"""Writes the golden numbers of this folder: .venv/bin/python test/goldens/make.py, after .venv/bin/pip install -r test/goldens/requirements.txt."""

import json
from pathlib import Path

import diffusers
import torch

HERE = Path(__file__).parent
STABLE_DIFFUSION = {
    "num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "clip_sample": False, "set_alpha_to_one": False, "steps_offset": 1, "timestep_spacing": "leading",
}  # fmt: skip

V, X0 = {"prediction_type": "v_prediction"}, {"prediction_type": "sample"}
LEADING, LINSPACE, TRAILING = ({"timestep_spacing": name} for name in ("leading", "linspace", "trailing"))
OFFSET = {**LEADING, "steps_offset": 1}
COSINE, SCALED = {"beta_schedule": "squaredcos_cap_v2"}, {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
ZERO_SNR = {"rescale_betas_zero_snr": True, **V, **TRAILING}
THRESHOLD = {"thresholding": True, "dynamic_thresholding_ratio": 0.8, "sample_max_value": 1.5}
KARRAS, EXPONENTIAL = {"use_karras_sigmas": True}, {"use_exponential_sigmas": True}
SIGMA_MIN = {"final_sigmas_type": "sigma_min"}
FEW = {"trained_betas": [0.01 * (1 + i) for i in range(20)], "num_train_timesteps": 20}
UNCLIPPED = {"clip_sample": False}
THIRD, SECOND_HEUN = {"solver_order": 3}, {"solver_type": "heun"}
SDE = {"algorithm_type": "sde-dpmsolver++"}

# Configurations: (config, steps) or (config, steps, what goes to `step`).
DDIM = [
    (STABLE_DIFFUSION, 20), ({}, 7), ({**STABLE_DIFFUSION, **V, **TRAILING}, 12), ({**COSINE, **X0, **LINSPACE}, 7),
    ({"clip_sample_range": 0.5, "num_train_timesteps": 500}, 7), (THRESHOLD, 7), ({**ZERO_SNR, **UNCLIPPED}, 9),
    ({**ZERO_SNR, **SCALED}, 5), (FEW, 6), ({**UNCLIPPED, **TRAILING}, 30),
]  # fmt: skip
SIGMAS = [
    ({}, 7), ({**SCALED, **OFFSET}, 12), ({**SCALED, **TRAILING, **V}, 8), ({**SCALED, "clip_sample": True, **LINSPACE}, 3),
    ({**COSINE, **LEADING}, 7), (FEW, 6), ({"num_train_timesteps": 1100}, 10),
]  # fmt: skip
SPACED = [
    *SIGMAS, ({**SCALED, **X0}, 8), ({**SCALED, **KARRAS}, 10), ({**SCALED, **EXPONENTIAL, **LEADING}, 10),
    ({**SCALED, **KARRAS, **V, **TRAILING}, 6),
]  # fmt: skip
SOLVERS = [
    *SIGMAS, ({**SCALED, **X0}, 8), ({**SCALED, **KARRAS}, 10), ({**SCALED, **EXPONENTIAL}, 10),
    ({**SCALED, **THIRD}, 9), ({**SCALED, **THIRD, **KARRAS}, 20), ({**SCALED, **THIRD, **OFFSET}, 25), (THRESHOLD, 6),
    ({"solver_order": 1, **SCALED}, 5), ({**ZERO_SNR, **SCALED}, 8), ({**SCALED, **SIGMA_MIN}, 8),
    ({**SCALED, **SIGMA_MIN, **THIRD, "lower_order_final": False}, 8), ({**SCALED, **COSINE, **KARRAS}, 6),
]  # fmt: skip
MULTISTEP = [
    *SOLVERS, ({**SCALED, **SECOND_HEUN}, 16), ({**SCALED, "lower_order_final": False}, 7), ({**SCALED, "euler_at_final": True, **SIGMA_MIN}, 17),
    ({**SCALED, "lambda_min_clipped": -1.5}, 8), ({**SCALED, "lambda_min_clipped": -1.5, **TRAILING}, 8), ({**SCALED, "use_lu_lambdas": True}, 8),
]  # fmt: skip
# The sampler, by our name and by diffusers', and its configurations. A new sampler adds a line.
CASES = {
    ("ddpm", "DDPMScheduler"): [
        *DDIM, ({"variance_type": "fixed_large", "beta_schedule": "sigmoid"}, 7), ({"variance_type": "fixed_small_log"}, 5),
        ({"variance_type": "learned"}, 5), ({"variance_type": "learned_range", **SCALED}, 8), ({"beta_schedule": "laplace"}, 5),
        (STABLE_DIFFUSION, 50),
    ],
    ("ddim", "DDIMScheduler"): [
        *DDIM, *((config, steps, {"eta": 0.8 if "rescale_betas_zero_snr" in config else 1.0}) for config, steps in DDIM), (STABLE_DIFFUSION, 50, {"eta": 0.5}),
        ({"clip_sample_range": 0.5}, 6, {"use_clipped_model_output": True}),
    ],
    ("ddim-inverse", "DDIMInverseScheduler"): [
        (STABLE_DIFFUSION, 20), ({}, 7), ({**STABLE_DIFFUSION, **V, **TRAILING}, 12), ({**COSINE, **X0, "set_alpha_to_one": False}, 7), (FEW, 6),
        ({**ZERO_SNR, **UNCLIPPED}, 9),
    ],
    ("pndm", "PNDMScheduler"): [
        *(({**config, "skip_prk_steps": skip}, steps) for skip in (False, True) for config, steps in (
            (STABLE_DIFFUSION, 20), ({}, 7), ({**V, **TRAILING}, 9), ({**COSINE, **LINSPACE, "set_alpha_to_one": True}, 10), ({}, 4), (FEW, 6),
        )),
        ({**STABLE_DIFFUSION, "skip_prk_steps": True}, 2), ({"skip_prk_steps": True}, 1),
    ],
    ("euler", "EulerDiscreteScheduler"): [
        *SPACED, (ZERO_SNR, 8), ({**COSINE, **KARRAS}, 6), ({**SCALED, **SIGMA_MIN}, 5), ({**SCALED, "interpolation_type": "log_linear"}, 6),
        ({**SCALED, **KARRAS, **V, "timestep_type": "continuous", "sigma_min": 0.002, "sigma_max": 700.0}, 9),
        (SCALED, 8, {"s_churn": 2.0, "s_tmin": 0.1, "s_tmax": 10.0, "s_noise": 1.003}),
        ({**SCALED, **V}, 6, {"s_churn": 1.0}),
    ],
    ("euler-a", "EulerAncestralDiscreteScheduler"): [*SIGMAS, (ZERO_SNR, 8), ({**SCALED, **LINSPACE}, 25)],
    ("heun", "HeunDiscreteScheduler"): [*SPACED, ({"clip_sample": True, "clip_sample_range": 0.7}, 6), ({"beta_schedule": "exp", "clip_sample": True}, 5), (SCALED, 1)],
    ("lms", "LMSDiscreteScheduler"): [*SPACED, ({**COSINE, **KARRAS}, 6), (SCALED, 8, {"order": 2}), (SCALED, 30)],
    ("dpm++2m", "DPMSolverMultistepScheduler"): [
        *MULTISTEP, ({**SCALED, **SIGMA_MIN, "algorithm_type": "dpmsolver"}, 8),
        ({**SCALED, **SIGMA_MIN, **THIRD, **THRESHOLD, "algorithm_type": "dpmsolver"}, 8),
        ({**SCALED, **SIGMA_MIN, **SECOND_HEUN, **V, "algorithm_type": "dpmsolver"}, 8),
    ],
    ("dpm++2m-sde", "DPMSolverMultistepScheduler"): [
        *(({**config, **SDE}, steps) for config, steps in MULTISTEP),
        ({**SCALED, **SIGMA_MIN, "algorithm_type": "sde-dpmsolver"}, 8),
        ({**SCALED, **SIGMA_MIN, **SECOND_HEUN, "algorithm_type": "sde-dpmsolver"}, 8),
    ],
    ("unipc", "UniPCMultistepScheduler"): [
        *SOLVERS, ({**SCALED, "disable_corrector": [0, 2]}, 7), ({**SCALED, **SIGMA_MIN, "solver_type": "bh1"}, 8),
        ({**SCALED, **SIGMA_MIN, **THRESHOLD, "predict_x0": False}, 8), ({**SCALED, **SIGMA_MIN, **THIRD, **V, "predict_x0": False}, 8),
        ({**SCALED, **THIRD, **KARRAS, "sigma_min": 0.1, "sigma_max": 10.0}, 9),
    ],
    ("lcm", "LCMScheduler"): [({}, 4), ({}, 1), ({}, 8), ({**V, "original_inference_steps": 100}, 7), ({**X0, "clip_sample": True}, 4), (THRESHOLD, 4), ({"timestep_scaling": 0.01}, 4)],
}  # fmt: skip


def generator(seed: int) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(seed)


def random_goldens() -> list[dict]:
    cases = []
    for seed in (0, 7, 42, 2**32 - 1, 2**40 + 5):
        for size in (1, 2, 3, 15, 16, 17, 31, 33, 100, 1024):
            cases.append({"seed": seed, "call": "randn", "size": size, "values": torch.randn(size, generator=generator(seed))})
        cases.append({"seed": seed, "call": "rand", "size": 40, "values": torch.rand(40, generator=generator(seed))})
        for low, high in ((0, 10), (-5, 5), (0, 2**20), (3, 2**28 + 2), (0, 2**28), (0, 2**31)):
            values = torch.randint(low, high, (20,), generator=generator(seed))
            cases.append({"seed": seed, "call": "randint", "size": 20, "low": low, "high": high, "values": values})
    g = generator(3)
    mixed = [torch.randn(3, generator=g), torch.rand(5, generator=g), torch.randn(20, generator=g), torch.randn(2, generator=g)]
    cases.append({"seed": 3, "call": "mixed", "size": 30, "values": torch.cat(mixed)})
    return [{**case, "values": case["values"].tolist()} for case in cases]


def wide_goldens() -> list[dict]:
    """64-bit whole numbers, as text: JSON's readers make floats of them."""
    ranges = ((0, 2**53), (-3, 2**62), (-(2**63), 2**63 - 1), (0, 9), (-(2**31), 2**31))
    return [
        {"seed": 4, "low": str(low), "high": str(high), "values": [str(int(v)) for v in torch.randint(low, high, (8,), generator=generator(4))]}
        for low, high in ranges
    ]


def known_model(sample: torch.Tensor, timestep: float) -> torch.Tensor:
    """Any smooth function will do, as long as TypeScript computes the same."""
    return 0.6 * sample + 0.3 * torch.sin(3 * sample + timestep / 100)


def trajectory(scheduler, steps: int, options: dict) -> dict:
    g = generator(11)
    scheduler.set_timesteps(steps)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)  # else it looks for the first timestep, and trips where that comes twice
    sample = torch.randn(2, 4, 1, 3, generator=g) * float(scheduler.init_noise_sigma)
    learned = "variance_type" in scheduler.config and str(scheduler.config.variance_type).startswith("learned")
    drawn = {"generator": g} if "generator" in scheduler.step.__code__.co_varnames else {}
    samples, clean = [sample], []
    for timestep in scheduler.timesteps:
        seen = scheduler.scale_model_input(sample, timestep)
        output = known_model(seen, float(timestep))
        if learned:
            output = torch.cat([output, 0.5 + 0.4 * torch.sin(seen)], dim=1)
        step = scheduler.step(output, timestep, sample, **drawn, **options)
        sample = step.prev_sample
        assert torch.isfinite(sample).all(), (scheduler.__class__, dict(scheduler.config))
        samples.append(sample)
        clean.append(getattr(step, "pred_original_sample", getattr(step, "denoised", None)))
    return {
        "timesteps": scheduler.timesteps.tolist(),
        "samples": [value.flatten().tolist() for value in samples],
        "x0": None if clean[-1] is None else clean[len(clean) // 2].flatten().tolist(),
    }


def sampler_goldens() -> list[dict]:
    cases = []
    for (sampler, name), configs in CASES.items():
        for config, steps, *rest in configs:
            options = rest[0] if rest else {}
            scheduler = getattr(diffusers, name).from_config(config)
            cases.append({"sampler": sampler, "config": config, "steps": steps, "options": options, **trajectory(scheduler, steps, options)})
    return cases


# The loops of diffusers' own tests of schedulers: what each class's test sets, and how its cases change it.
PLAIN = {"num_train_timesteps": 1000, "beta_start": 0.0001, "beta_end": 0.02, "beta_schedule": "linear"}
LONG = {**PLAIN, "num_train_timesteps": 1100}
SOLVER = {**PLAIN, "solver_order": 2, "final_sigmas_type": "sigma_min", "prediction_type": "epsilon"}
DPM = {**SOLVER, "lower_order_final": False, "euler_at_final": False, "algorithm_type": "dpmsolver++", "solver_type": "midpoint"}
ALPHA_ONE, ALPHA_NOT_ONE = {"set_alpha_to_one": True, "beta_start": 0.01}, {"set_alpha_to_one": False, "beta_start": 0.01}
LOOPS = [
    ("DDPMScheduler", {**PLAIN, "variance_type": "fixed_small", "clip_sample": True}, 1000, ({}, V), (1000 - 8,)),
    ("DDIMScheduler", {**PLAIN, "clip_sample": True}, 10, ({}, V, ALPHA_ONE, ALPHA_NOT_ONE), (8,)),
    ("DDIMInverseScheduler", {**PLAIN, "clip_sample": True}, 10, ({}, V, ALPHA_ONE, ALPHA_NOT_ONE), ()),
    ("PNDMScheduler", PLAIN, 10, ({}, V, ALPHA_ONE, ALPHA_NOT_ONE), ()),
    ("EulerDiscreteScheduler", LONG, 10, ({}, V, KARRAS, EXPONENTIAL), (8,)),
    ("EulerAncestralDiscreteScheduler", LONG, 10, ({}, V), (8,)),
    ("HeunDiscreteScheduler", LONG, 10, ({}, V, KARRAS, EXPONENTIAL), (16,)),
    ("LMSDiscreteScheduler", LONG, 10, ({}, V, KARRAS), (8,)),
    ("DPMSolverMultistepScheduler", DPM, 10, ({}, V, KARRAS, {**V, **KARRAS}, {**THRESHOLD, "dynamic_thresholding_ratio": 0.87, "sample_max_value": 0.5}), (5,)),
    ("UniPCMultistepScheduler", SOLVER, 10, ({}, V, KARRAS, {**V, **KARRAS}), (8,)),
    ("LCMScheduler", {**SCALED, "prediction_type": "epsilon"}, 1, ({},), ()),
    ("LCMScheduler", {**SCALED, "prediction_type": "epsilon"}, 10, ({},), ()),
]  # fmt: skip


def counting(flipped: bool) -> torch.Tensor:
    """[4, 3, 8, 8]: 0, 1, 2, ... over their number, the batch counting fastest; or from the end."""
    count = torch.arange(4 * 3 * 8 * 8)
    return ((count.flip(-1) if flipped else count).reshape(3, 8, 8, 4) / count.numel()).permute(3, 0, 1, 2)


def loop(name: str, config: dict, steps: int, start: int | None) -> dict:
    """The model is sample * t / (t + 1), and the scaled sample itself goes on, as those tests have it. With a start, the
    loop begins there, from a noised sample."""
    scheduler = getattr(diffusers, name).from_config(config)
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps[start or 0 :]
    sample = counting(False) * float(scheduler.init_noise_sigma)
    if start is not None:
        sample = scheduler.add_noise(sample, counting(True), timesteps[:1])
    g = generator(0)
    drawn = {"generator": g} if "generator" in scheduler.step.__code__.co_varnames else {}
    for timestep in timesteps:
        sample = scheduler.scale_model_input(sample, timestep)
        sample = scheduler.step(sample * timestep / (timestep + 1), timestep, sample, **drawn).prev_sample
    return {"sampler": name, "config": config, "steps": steps, "start": start, "sum": sample.abs().sum().item(), "mean": sample.abs().mean().item()}


def loop_goldens() -> list[dict]:
    cases = []
    for name, config, steps, changes, starts in LOOPS:
        cases += [loop(name, {**config, **change}, steps, None) for change in changes]
        cases += [loop(name, config, steps, start) for start in starts]
    return cases


def schedule_goldens() -> list[dict]:
    """Each schedule's betas and alpha-bars, every 37th and the last."""
    configs = [
        *({"beta_schedule": name} for name in ("linear", "scaled_linear", "squaredcos_cap_v2", "sigmoid", "laplace")),
        STABLE_DIFFUSION, {"num_train_timesteps": 100, "rescale_betas_zero_snr": True}, {**SCALED, "rescale_betas_zero_snr": True}, FEW,
    ]  # fmt: skip
    cases = []
    for config in configs:
        scheduler = diffusers.DDPMScheduler.from_config(config)
        places = [*range(0, len(scheduler.betas), 37), len(scheduler.betas) - 1]
        tables = {"betas": scheduler.betas, "alphasCumprod": scheduler.alphas_cumprod}
        cases.append({"config": config, "places": places, **{name: table[places].tolist() for name, table in tables.items()}})
    return cases


def rounded(value, digits: int = 7):
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, list):
        return [rounded(item, digits) for item in value]
    return {key: rounded(item, digits) for key, item in value.items()} if isinstance(value, dict) else value


def write(name: str, cases: list[dict], digits: int = 7) -> None:
    lines = ",\n".join(json.dumps(rounded(case, digits), separators=(",", ":")) for case in cases)
    (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n")


def main() -> None:
    write("random", random_goldens(), 9)
    write("wide", wide_goldens())
    write("schedule", schedule_goldens(), 9)
    write("samplers", sampler_goldens())
    write("loops", loop_goldens())


if __name__ == "__main__":
    main()
