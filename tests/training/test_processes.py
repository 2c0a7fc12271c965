"""Runs in processes of their own: killed and resumed, and shared out over two."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from tests.training.runs import write_corpus
from training.checkpoints import newest

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


def start(*command: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        env=CPU, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


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
    while newest(killed.with_suffix("")) is None and process.poll() is None:
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
