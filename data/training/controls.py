"""The UNet with handles, for `unet/controls.onnx`: the weights of `unet/model.onnx`, and further inputs, all required.

They are called after the roles of what they act on (src/trace/roles.ts):

    <attention layer>.probabilities   [B, heads, q, K]   used in place of the layer's own, as far as the gate says:
    <attention layer>.gate            [B, heads, q, K]   own + gate (given - own)
    token_weights                     [B, K]             multiply the probabilities of every cross-attention layer
    up_blocks.<i>.skips.<j>.gate      [B]                multiplies a skip connection,
    time_embedding.gate               [B]                the time embedding after its MLP,
    cross_attention.gate              [B]                what every cross-attention layer gives
    down_blocks.<i>.residual          [B, C, h, w]       added to what a down block gives, as a T2I-Adapter does

Any dimension may be 1 where all along it are alike, so that a neutral input is a single number: 0 for probabilities, their
gates and residuals, 1 for the rest. Feeding maps back and weighting tokens are prompt-to-prompt's, Hertz et al. 2022,
arXiv:2208.01626, section 3.2; as there, weighted probabilities are not brought back to a sum of 1.
"""

from copy import deepcopy

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention

Controls = dict[str, torch.Tensor]


class ControlledAttention:
    """diffusers' AttnProcessor for a transformer block, its probabilities blended with given ones."""

    def __init__(self, layer: str):
        self.layer, self.is_cross = layer, layer.endswith("attn2")

    def __call__(self, attn: Attention, hidden_states, encoder_hidden_states=None, controls: Controls | None = None, **_):
        text = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        heads = lambda values: values.unflatten(-1, (attn.heads, -1)).transpose(1, 2)  # noqa: E731  [B, heads, ., d]
        query, key, value = heads(attn.to_q(hidden_states)), heads(attn.to_k(text)), heads(attn.to_v(text))
        own = (query @ key.transpose(-1, -2) * attn.scale).softmax(dim=-1)  # [B, heads, q, K]
        used = own + controls[f"{self.layer}.gate"] * (controls[f"{self.layer}.probabilities"] - own)
        if self.is_cross:
            used = used * controls["token_weights"][:, None, None]
        output = attn.to_out[0]((used @ value).transpose(1, 2).flatten(2))  # [B, q, C]
        return output * controls["cross_attention.gate"][:, None, None] if self.is_cross else output


class ControlledUnet(torch.nn.Module):
    """UNet2DConditionModel's own blocks in its own order; `names` are those of the inputs that come after the three."""

    def __init__(self, unet: UNet2DConditionModel, names: list[str]):
        super().__init__()
        self.unet, self.names = deepcopy(unet), names
        self.unet.set_attn_processor({path: ControlledAttention(layer) for path, layer in attention_layers(unet)})

    def forward(self, sample, timestep, encoder_hidden_states, *values):
        unet, controls = self.unet, dict(zip(self.names, values, strict=True))
        text = {"encoder_hidden_states": encoder_hidden_states, "cross_attention_kwargs": {"controls": controls}}
        embedding = unet.time_embedding(unet.get_time_embed(sample, timestep)) * controls["time_embedding.gate"][:, None]
        hidden = unet.conv_in(sample)
        skips = [hidden]
        for i, block in enumerate(unet.down_blocks):
            residual = controls[f"down_blocks.{i}.residual"]
            if looks_at_text(block):  # which adds it itself, before it makes its output smaller
                hidden, made = block(hidden, embedding, additional_residuals=residual, **text)
                skips += made
            else:
                hidden, made = block(hidden, embedding)
                hidden = hidden + residual
                skips += [*made[:-1], hidden]
        hidden = unet.mid_block(hidden, embedding, **text)
        for i, block in enumerate(unet.up_blocks):
            count = len(block.resnets)
            taken = [skips.pop() * scale(controls[f"up_blocks.{i}.skips.{j}.gate"]) for j in range(count)]
            hidden = block(hidden, tuple(reversed(taken)), embedding, **(text if looks_at_text(block) else {}))
        return unet.conv_out(unet.conv_act(unet.conv_norm_out(hidden)))


def scale(gate: torch.Tensor) -> torch.Tensor:
    """[B] -> [B, 1, 1, 1]"""
    return gate[:, None, None, None]


def looks_at_text(block: torch.nn.Module) -> bool:
    return getattr(block, "has_cross_attention", False)


def attention_layers(unet: UNet2DConditionModel) -> list[tuple[str, str]]:
    """Every attention layer in the order it runs: its processor's path and its own."""
    order = {"down_blocks": 0, "mid_block": 1, "up_blocks": 2}
    paths = sorted(unet.attn_processors, key=lambda path: order[path.split(".")[0]])
    return [(path, path.removesuffix(".processor")) for path in paths]


def example_controls(unet: UNet2DConditionModel, batch: int, tokens: int, generator: torch.Generator) -> Controls:
    """Every further input at its full shape: random, none of them neutral."""
    channels, side = unet.config.block_out_channels, unet.config.sample_size
    lowest = len(channels) - 1

    def cells(layer: str) -> int:
        part, index = layer.split(".")[:2]
        level = {"down_blocks": int(index), "up_blocks": lowest - int(index)}[part] if part != "mid_block" else lowest
        return (side >> level) ** 2

    shapes = {}
    for _, layer in attention_layers(unet):
        queries = cells(layer)
        shape = (batch, unet.get_submodule(layer).heads, queries, tokens if layer.endswith("attn2") else queries)
        shapes |= {f"{layer}.probabilities": shape, f"{layer}.gate": shape}
    shapes["token_weights"] = (batch, tokens)
    skips = [f"up_blocks.{i}.skips.{j}" for i, block in enumerate(unet.up_blocks) for j in range(len(block.resnets))]
    shapes |= {f"{name}.gate": (batch,) for name in [*skips, "time_embedding", "cross_attention"]}
    shapes |= {
        f"down_blocks.{i}.residual": (batch, channels[i], side >> i, side >> i) for i in range(len(unet.down_blocks))
    }
    random = {name: torch.rand(shape, generator=generator) for name, shape in shapes.items()}
    return {
        name: value / value.sum(dim=-1, keepdim=True) if name.endswith(".probabilities") else value
        for name, value in random.items()
    }


def neutral_controls(controls: Controls) -> Controls:
    """What leaves the UNet as it is: one number each."""
    return {name: torch.full((1,) * value.ndim, float(is_factor(name))) for name, value in controls.items()}


def is_factor(name: str) -> bool:
    """Whether an input multiplies, and 1 is neutral, or 0 is: a layer's gate lets in other probabilities."""
    return name == "token_weights" or (name.endswith(".gate") and not name.endswith((".attn1.gate", ".attn2.gate")))
