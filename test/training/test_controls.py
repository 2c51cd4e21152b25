"""The UNet with handles against diffusers' own, with weights as they begin."""

import pytest
import torch
from diffusers.models.attention_processor import AttnProcessor
from training.config import load_run
from training.controls import ControlledUnet, attention_layers, example_controls, neutral_controls
from training.models import build_unet

BATCH, TOKENS = 2, 16


class Recorder(AttnProcessor):
    """Keeps the probabilities of one layer, [B, heads, q, K]."""

    def __call__(self, attn, *args, **kwargs):
        scores = attn.get_attention_scores
        attn.get_attention_scores = lambda *given: self.keep(scores(*given), attn.heads)
        output = super().__call__(attn, *args, **kwargs)
        del attn.get_attention_scores
        return output

    def keep(self, probabilities, heads):
        self.probabilities = probabilities.unflatten(0, (-1, heads))
        return probabilities


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    run = load_run("smoke", tmp_path_factory.mktemp("work"))
    unet, generator = build_unet(run).eval().requires_grad_(False), torch.Generator().manual_seed(0)
    controls = example_controls(unet, BATCH, TOKENS, generator)
    sample = torch.randn(BATCH, 4, 16, 16, generator=generator)
    text = torch.randn(BATCH, TOKENS, unet.config.cross_attention_dim, generator=generator)
    return unet, (sample, torch.tensor([500.0]), text), controls


def run_controlled(unet, inputs, controls):
    return ControlledUnet(unet, list(controls))(*inputs, *controls.values())


def differ(a, b) -> float:
    return float((a - b).abs().max() / b.abs().max())


def test_neutral_values_leave_the_unet_as_it_is(setting):
    unet, inputs, controls = setting
    assert differ(run_controlled(unet, inputs, neutral_controls(controls)), unet(*inputs).sample) < 1e-5


def test_probabilities_fed_back_unchanged_change_nothing_and_others_do(setting):
    unet, inputs, controls = setting
    recorders = {path: Recorder() for path, _ in attention_layers(unet)}
    unet.set_attn_processor(dict(recorders))  # which it empties
    plain = unet(*inputs).sample
    unet.set_attn_processor(AttnProcessor())
    own = {layer: recorders[path].probabilities for path, layer in attention_layers(unet)}
    fed = {f"{layer}.probabilities": value for layer, value in own.items()}
    fed |= {f"{layer}.gate": torch.ones(1, 1, 1, 1) for layer in own}
    assert all(controls[name].shape == value.shape for name, value in fed.items() if name.endswith("probabilities"))
    assert differ(run_controlled(unet, inputs, {**neutral_controls(controls), **fed}), plain) < 1e-5
    other = {name: controls[name] if name.endswith("probabilities") else value for name, value in fed.items()}
    assert differ(run_controlled(unet, inputs, {**neutral_controls(controls), **other}), plain) > 1e-3


def test_residuals_are_a_t2i_adapters(setting):
    unet, inputs, controls = setting
    residuals = {name: value for name, value in controls.items() if name.endswith(".residual")}
    expected = unet(*inputs, down_intrablock_additional_residuals=list(residuals.values())).sample
    assert differ(run_controlled(unet, inputs, {**neutral_controls(controls), **residuals}), expected) < 1e-5


def test_without_cross_attention_the_text_says_nothing(setting):
    unet, (sample, timestep, text), controls = setting
    closed = {**neutral_controls(controls), "cross_attention.gate": torch.zeros(1)}
    with_text, with_other = (run_controlled(unet, (sample, timestep, words), closed) for words in (text, -text))
    assert torch.equal(with_text, with_other)
    assert differ(run_controlled(unet, (sample, timestep, -text), neutral_controls(controls)), with_text) > 1e-3


def test_gates_act_on_their_own_item_of_the_batch(setting):
    unet, inputs, controls = setting
    plain = unet(*inputs).sample
    for name in ("time_embedding.gate", "up_blocks.0.skips.0.gate", "up_blocks.2.skips.1.gate"):
        gated = run_controlled(unet, inputs, {**neutral_controls(controls), name: torch.tensor([1.0, 0.0])})
        assert differ(gated[0], plain[0]) < 1e-5 and differ(gated[1], plain[1]) > 1e-4, name
