"""Runs in processes of their own: killed and resumed, and shared out over two."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file
from transformers import Qwen2ForCausalLM

from tests.support.training_runs import write_corpus
from training.checkpoints import newest_checkpoint
from training.config import Model
from training.models.shapes import random_configuration
from training.models.tokenizer import byte_tokenizer

ROOT = Path(__file__).parents[2]
CPU = {**os.environ, "PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true", "NO_COLOR": "1"}
LAUNCH = ("accelerate.commands.launch", "--num_machines", "1", "--mixed_precision", "no")


def write_config(folder: Path, name: str, **schedule: object) -> Path:
    corpus = folder / "corpus.jsonl"
    if not corpus.exists():
        write_corpus(folder)
    shape = {"layers": 2, "width": 16, "heads": 2, "head_width": 8, "feed_forward": 16}
    fixed = {"steps": 8, "batch_size": 4, "learning_rate": 1e-2}
    file = folder / f"{name}.yaml"
    content = {
        "out": str(folder / name),
        "data": {"corpus": str(corpus), "max_length": 32},
        "model": {**shape, "context": 64},
        "schedule": {**fixed, **schedule},
    }
    file.write_text(yaml.safe_dump(content))
    return file


def start(*command: object, env: Mapping[str, str] = CPU) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def shared_out(*command: object) -> list[subprocess.Popen[str]]:
    """Two processes, as accelerate's launcher starts them by the shipped file of FSDP2."""
    launcher = ROOT / "training" / "configs" / "accelerate" / "fsdp2-8.yaml"
    options = yaml.safe_load(launcher.read_text())["fsdp_config"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fixed = {
        "WORLD_SIZE": 2,
        "LOCAL_WORLD_SIZE": 2,
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
    }
    fixed |= {"ACCELERATE_USE_FSDP": "true", "OMP_NUM_THREADS": 1}
    fixed |= {name.upper(): value for name, value in options.items()}
    return [
        start(
            "tests.support.sharded", *command,
            env={**CPU, **{k: str(v) for k, v in (fixed | {"RANK": n, "LOCAL_RANK": n}).items()}},
        )
        for n in range(2)
    ]  # fmt: skip


def model(config: Path) -> dict[str, torch.Tensor]:
    return load_file(config.with_suffix("") / "model" / "model.safetensors")


def losses(config: Path) -> list[float]:
    record = json.loads((config.with_suffix("") / "model" / "tmtail.json").read_text())
    return [row["loss"] for row in record["history"] if "loss" in row]


def test_a_killed_run_goes_on_to_the_same_losses(tmp_path: Path) -> None:
    whole, killed = (
        write_config(tmp_path, name, steps=60, save_every=10) for name in ("whole", "killed")
    )
    process = start("tmtail", "train", killed)
    while newest_checkpoint(killed.with_suffix("")) is None and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (killed.with_suffix("") / "model").exists(), "it was done before it was killed"
    finish(start("tmtail", "train", killed, "--resume"))
    finish(start("tmtail", "train", whole))
    assert losses(killed) == losses(whole)
    assert len(losses(whole)) == 60
    one, other = model(killed), model(whole)
    assert all(torch.equal(one[key], other[key]) for key in one)


def test_two_processes_train_as_one_does(tmp_path: Path) -> None:
    alone, shared = (write_config(tmp_path, name) for name in ("alone", "shared"))
    finish(start("tmtail", "train", alone))
    finish(start(*LAUNCH, "--cpu", "--num_processes", 2, "-m", "tmtail", "train", shared))
    one, other = model(alone), model(shared)
    assert set(one) == set(other)
    assert all(torch.allclose(one[key], other[key], atol=1e-4) for key in one)
    assert losses(shared) == pytest.approx(losses(alone), rel=1e-3)


def untied(folder: Path) -> str:
    """A model whose output head is no embedding, as that of Qwen2.5-7B is none."""
    shape = Model(layers=2, width=16, heads=2, head_width=8, feed_forward=16, context=64)
    tokenizer = byte_tokenizer()
    made = random_configuration(shape, len(tokenizer), eos_token_id=tokenizer.eos_token_id)
    made.tie_word_embeddings = False
    torch.manual_seed(0)
    Qwen2ForCausalLM(made).save_pretrained(folder / "base")
    tokenizer.save_pretrained(folder / "base")
    return str(folder / "base")


@pytest.mark.parametrize("adapter", [None, {"rank": 2}], ids=["whole", "adapter"])
def test_a_model_that_is_shared_out_trains_as_one_that_is_not(tmp_path: Path, adapter) -> None:
    more = {"model": {"base": untied(tmp_path)}, "adapter": adapter}
    alone, shared = (write_config(tmp_path, name, save_every=4) for name in ("alone", "shared"))
    for config in (alone, shared):
        config.write_text(yaml.safe_dump(yaml.safe_load(config.read_text()) | more))
    for plan in (["--plan"], []):
        assert "Warning" not in finish(start("tmtail", "train", alone, *plan))
    for process in shared_out(shared):
        finish(process)
    written = "adapter_model.safetensors" if adapter else "model.safetensors"
    one, other = (load_file(c.with_suffix("") / "model" / written) for c in (alone, shared))
    assert set(one) == set(other)
    assert all(torch.allclose(one[key], other[key], atol=1e-4) for key in one)
    assert losses(shared) == pytest.approx(losses(alone), rel=1e-3)
    (shared.with_suffix("") / "model").rename(tmp_path / "before")
    shutil.rmtree(shared.with_suffix("") / "checkpoints" / "checkpoint-8")
    for process in shared_out(shared, "--resume"):
        finish(process)
    again = load_file(shared.with_suffix("") / "model" / written)
    assert all(torch.equal(again[key], other[key]) for key in again)


def test_a_head_that_is_the_embedding_is_not_shared_out(tmp_path: Path) -> None:
    for process in shared_out(write_config(tmp_path, "tied")):
        said, _ = process.communicate(timeout=300)
        assert process.returncode != 0
        assert "FSDP cannot shard this model" in said
