"""The parts of the training that a number can check."""

import numpy as np
import torch
from training import diffusion, graph, judge, loop, muon
from training.config import load_run
from training.tokenizer import BEGIN, END, build_tokenizer, learn_merges

CAPTIONS = ["a horse on the grass", "a red apple in the snow", "a horse, beach, night"] * 20


def test_muon_makes_all_singular_values_alike():
    matrix = torch.randn(24, 60, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(muon.orthogonalise(matrix))
    assert values.min() > 0.5 and values.max() < 1.3


def test_every_weight_has_exactly_one_optimiser():
    model = torch.nn.Sequential(torch.nn.Conv2d(4, 8, 3), torch.nn.GroupNorm(2, 8), torch.nn.Linear(8, 8))
    groups = [p for optimiser in muon.optimisers(model, 1e-3) for group in optimiser.param_groups for p in group["params"]]
    assert len(groups) == len(set(map(id, groups))) == len(list(model.parameters()))


def test_processes_share_out_the_batch_of_one():
    stage = loop.Stage("x", torch.nn.Identity(), 100, None, None, {"batch_size": 10})
    whole = loop.draw(stage, 13)
    parts = [loop.draw(stage, 13, process, 2).indices for process in range(2)]
    assert np.array_equal(np.concatenate(parts), whole.indices)


def test_an_epoch_shows_every_scene_once():
    stage = loop.Stage("x", torch.nn.Identity(), 100, None, None, {"batch_size": 10})
    seen = np.concatenate([loop.draw(stage, step).indices for step in range(10)])
    assert sorted(seen) == list(range(100))


def test_the_learning_rate_warms_up_stays_and_falls_to_zero():
    settings = {"warmup": 10, "decay": 0.5}
    rates = [loop.learning_rate(step, 100, settings) for step in (0, 9, 49, 75, 100)]
    assert np.allclose(rates, [0.1, 1, 1, 0.5, 0])


def test_min_snr_weights_are_1_where_noise_is_strong():
    alphas_cumprod = diffusion.build_scheduler().alphas_cumprod
    weights = diffusion.min_snr_weight(alphas_cumprod, 5.0)
    assert weights[-1] == 1 and weights[0] < 0.01


def test_the_tokenizer_writes_begin_end_and_padding_and_knows_every_byte():
    tokenizer = build_tokenizer(learn_merges(CAPTIONS, 600), 600, 12)
    encoding = tokenizer.encode("A horse on the GRASS")
    assert encoding.tokens[:2] == [BEGIN, "a</w>"] and encoding.tokens[6:] == [END] * 6
    assert "horse</w>" in encoding.tokens
    assert END not in tokenizer.encode("马 🐴").tokens[1:8]


def test_float16_storage_keeps_names_and_values(tmp_path):
    module = torch.nn.ModuleDict({"net": torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU())})
    module.forward = lambda sample: module["net"](sample)
    graph.rounded_to_float16(module)
    exported = graph.export_graph(module, {"sample": torch.randn(2, 4, 8)}, ["out"], ["sample"])
    graph.write_graph(graph.store_as_float16(graph.name_by_role(exported)), tmp_path / "model.onnx")
    weights = graph.read_weights(tmp_path / "model.onnx")
    assert any(np.array_equal(value, module["net"][0].weight.detach().numpy()) for value in weights.values())


def test_the_committed_judge_knows_every_object_by_name(tmp_path):
    model, names = judge.trained_judge(load_run("tiny", work=tmp_path))
    assert len(names) == 170 and "horse" in names
    assert model(torch.zeros(1, 3, 128, 128))["objects"].shape == (1, 170)
