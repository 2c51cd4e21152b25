"""The whole chain, from scenes to an evaluated model folder, at the size of the smoke configuration."""

import hashlib
import json
import shutil
import signal
import subprocess
import time

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from conftest import REPOSITORY, draw_with_diffusers, run_stage
from diffusers import DDIMScheduler
from training import clip, export_weights, unet, vae
from training.config import load_run
from training.controls import is_factor


def metrics(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def smoke(chain):
    return load_run("smoke", chain.work, chain.model)


def session(chain, path):
    return onnxruntime.InferenceSession(str(chain.model / path), providers=["CPUExecutionProvider"])


def test_the_exported_folder_draws_with_onnxruntime_and_diffusers_own_scheduler(chain):
    image, _ = draw_with_diffusers(chain.model, DDIMScheduler, "a horse on the grass", 3, 4, 4.0)
    assert image.shape == (1, 3, 128, 128)
    assert np.isfinite(image).all()


def test_every_graph_agrees_with_pytorch_to_1e_4(chain):
    errors = json.loads((chain.model / "history" / "export.json").read_text())
    assert len(errors) == 7
    assert max(errors.values()) <= 1e-4


def test_attention_is_written_out_and_named_by_layer(chain):
    graph = onnx.load(str(chain.model / "unet" / "model.onnx")).graph
    softmax = [node.name for node in graph.node if node.op_type == "Softmax"]
    assert "down_blocks.0.attentions.0.transformer_blocks.0.attn2/Softmax" in softmax
    assert not any("Attention" in node.op_type for node in graph.node)
    inner = [node for node in graph.node if node.output[0] != "out_sample"]
    assert all(node.output[0].startswith(node.name.removesuffix("/Cast")) for node in inner)


def test_the_graph_with_handles_reads_the_weights_of_the_plain_one_and_does_the_same_at_any_batch(chain):
    graph = onnx.load(str(chain.model / "unet" / "controls.onnx"), load_external_data=False).graph
    weights = [tensor for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT16]
    outside = {entry.value for tensor in weights for entry in tensor.external_data if entry.key == "location"}
    assert outside == {"model.onnx_data"}
    assert all(tensor.external_data for tensor in weights if np.prod(tensor.dims) >= 128)
    plain, controlled = session(chain, "unet/model.onnx"), session(chain, "unet/controls.onnx")
    generator = np.random.default_rng(0)
    for batch in (1, 3):
        width = {value.name: value.shape for value in plain.get_inputs()}["encoder_hidden_states"][1:]
        feeds = {
            "sample": generator.standard_normal((batch, 4, 16, 16), np.float32), "timestep": np.array([400], np.float32),
            "encoder_hidden_states": generator.standard_normal((batch, *width), np.float32),
        }  # fmt: skip
        neutral = {
            value.name: np.full([1] * len(value.shape), float(is_factor(value.name)), np.float32)
            for value in controlled.get_inputs() if value.name not in feeds
        }  # fmt: skip
        expected, actual = plain.run(None, feeds)[0], controlled.run(None, {**feeds, **neutral})[0]
        assert np.abs(actual - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("stage, module", [("clip", clip), ("vae", vae), ("unet", unet)])
def test_a_training_can_start_again_from_the_export_alone(chain, stage, module):
    run = smoke(chain)
    trained = {"clip": clip.trained_clip, "vae": vae.trained_autoencoder, "unet": unet.trained_unet}[stage](run)
    restored = {
        "clip": export_weights.exported_clip, "vae": export_weights.exported_autoencoder,
        "unet": export_weights.exported_unet,
    }[stage](run)  # fmt: skip
    for name, value in trained.state_dict().items():
        if value.dtype.is_floating_point:
            assert torch.allclose(restored[name], value, atol=2e-3), name


def test_the_manifest_lists_every_file_with_its_hash(chain):
    manifest = json.loads((chain.model / "manifest.json").read_text())
    assert {"unet/model.onnx", "unet/controls.onnx", "tokenizer/tokenizer.json", "self_test.json"} <= {f["path"] for f in manifest["files"]}
    for file in manifest["files"]:
        content = (chain.model / file["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["size"], file["sha256"])


def test_the_history_begins_at_step_0_and_ends_at_the_last(chain):
    for stage, steps in (("clip", 24), ("vae", 24), ("unet", 24)):
        recorded = [line["step"] for line in metrics(chain.model / "history" / f"{stage}.jsonl")]
        assert recorded[0] == 0 and recorded[-1] == steps and len(recorded) >= 5


def test_the_evaluation_answers_every_question_of_the_card(chain):
    result = json.loads((chain.model / "history" / "evaluation.json").read_text())
    assert {"vae_psnr", "clip_retrieval_64", "ceiling", "generated", "attention"} <= set(result)


def test_a_killed_stage_resumes_and_ends_with_the_weights_of_an_unbroken_one(chain, tmp_path):
    whole, broken = (tmp_path / name for name in ("whole", "broken"))
    for folder in (whole, broken):
        shutil.copytree(chain.work, folder)
        (folder / "vae.pt").unlink()
    run_stage("vae", whole, tmp_path / "a")
    run_stage("vae", broken, tmp_path / "b", "--minutes", "0.02")
    stopped = torch.load(broken / "vae.pt", weights_only=True)["step"]
    assert 0 < stopped < 24
    command = ["bash", "data/training/run", "vae", "--config", "smoke", "--work", str(broken), "--model", str(tmp_path / "b")]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(9)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run_stage("vae", broken, tmp_path / "b")
    a, b = (torch.load(folder / "vae.pt", weights_only=True) for folder in (whole, broken))
    assert a["step"] == b["step"] == 24
    for name, value in a["model"].items():
        assert torch.allclose(value, b["model"][name], atol=1e-4), name
    steps = [line["step"] for line in metrics(tmp_path / "b" / "history" / "vae-metrics.jsonl")]
    assert steps == sorted(set(steps))


def test_two_processes_follow_the_loss_of_one(chain, tmp_path):
    losses = []
    for processes in (1, 2):
        work = tmp_path / str(processes)
        shutil.copytree(chain.work, work)
        (work / "vae.pt").unlink()
        run_stage("vae", work, tmp_path / f"model{processes}", processes=processes)
        state = torch.load(work / "vae.pt", weights_only=True)
        losses.append(metrics(tmp_path / f"model{processes}" / "history" / "vae-metrics.jsonl")[-1]["loss"])
        assert state["step"] == 24
    assert losses[1] == pytest.approx(losses[0], rel=0.1)
