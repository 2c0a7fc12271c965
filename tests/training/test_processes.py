"""Runs in processes of their own: killed and resumed, and distributed over two processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from transformers import Qwen2ForCausalLM

from evaluation.schema import read_yaml
from tests.support.models.distributed_runs import ROOT, start_stalling_run, train_sharded
from tests.support.models.training_runs import assert_equal, losses, weights, write_corpus
from training.checkpoints import newest_checkpoint
from training.config import Config, Model
from training.models.shapes import random_configuration
from training.models.tokenizer import byte_tokenizer
from training.train import train

ENVIRONMENT = {
    **os.environ, "PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true", "NO_COLOR": "1",
}  # fmt: skip
LAUNCH = ("-m", "accelerate.commands.launch", "--num_machines", "1", "--mixed_precision", "no")


def write_config(folder: Path, name: str, **sections: Any) -> Path:
    """Write a recipe for a run of two layers in the folder ``name``, and the corpus for it."""
    corpus = folder / "corpus.jsonl"
    if not corpus.exists():
        write_corpus(folder)
    shape = {"layers": 2, "width": 16, "heads": 2, "head_width": 8, "feed_forward": 16}
    content = {
        "out": str(folder / name),
        "data": {"corpus": str(corpus), "max_length": 32},
        "model": {**shape, "context": 64},
        **sections,
        "schedule": {
            "steps": 8, "batch_size": 4, "learning_rate": 1e-2,
            "save_every": 5,  # an epoch has two steps, so that a resumed run begins within one
        },
    }  # fmt: skip
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def run_python(*arguments: object) -> str:
    """Run Python in a process of its own, and return what it prints."""
    process = subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    assert process.returncode == 0, process.stdout
    return process.stdout


def model_of(config: Path) -> Path:
    return config.with_suffix("") / "model"


def assert_close(one: Path, other: Path) -> None:
    """Assert that two models have the same weights and losses, up to rounding."""
    expected, actual = weights(one), weights(other)
    assert set(actual) == set(expected)
    assert all(torch.allclose(actual[key], expected[key], atol=1e-4) for key in expected)
    assert losses(other) == pytest.approx(losses(one), rel=1e-3)


def test_a_killed_run_resumes_to_the_same_losses_and_weights(tmp_path: Path) -> None:
    uninterrupted, killed = (write_config(tmp_path, name) for name in ("uninterrupted", "killed"))
    process = start_stalling_run(killed, step=6)
    process.kill()
    process.join()
    newest = newest_checkpoint(killed.with_suffix(""))
    assert newest is not None
    assert newest.name == "checkpoint-5"
    assert not model_of(killed).exists()
    train(read_yaml(killed, Config), resume=True)
    train(read_yaml(uninterrupted, Config))
    assert losses(model_of(killed)) == losses(model_of(uninterrupted))
    assert len(losses(model_of(killed))) == 8
    expected = weights(model_of(uninterrupted))
    assert all(
        torch.equal(value, expected[key]) for key, value in weights(model_of(killed)).items()
    )


def test_two_launched_processes_train_like_one(tmp_path: Path) -> None:
    alone, launched = (write_config(tmp_path, name) for name in ("alone", "launched"))
    train(read_yaml(alone, Config))
    run_python(*LAUNCH, "--cpu", "--num_processes", 2, "-m", "tmtail", "train", launched)
    assert_close(model_of(alone), model_of(launched))


@pytest.fixture(scope="module")
def untied_base(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model whose output head is not tied to its embedding, like Qwen2.5-7B."""
    folder = tmp_path_factory.mktemp("untied") / "base"
    shape = Model(layers=2, width=16, heads=2, head_width=8, feed_forward=16, context=64)
    tokenizer = byte_tokenizer()
    configuration = random_configuration(shape, len(tokenizer), eos_token_id=tokenizer.eos_token_id)
    configuration.tie_word_embeddings = False
    torch.manual_seed(0)
    Qwen2ForCausalLM(configuration).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("adapter", [None, {"rank": 2}], ids=["all weights", "adapter"])
def test_a_sharded_model_trains_like_one_that_is_not_and_resumes(
    tmp_path: Path, untied_base: str, adapter: dict[str, int] | None
) -> None:
    sections: dict[str, Any] = {"model": {"base": untied_base}, "adapter": adapter}
    alone, sharded = (write_config(tmp_path, name, **sections) for name in ("alone", "sharded"))
    train(read_yaml(alone, Config))
    assert_successful(train_sharded(sharded))
    assert_close(model_of(alone), model_of(sharded))
    first = weights(model_of(sharded))
    model_of(sharded).rename(tmp_path / "first")
    shutil.rmtree(sharded.with_suffix("") / "checkpoints" / "checkpoint-8")
    assert_successful(train_sharded(sharded, "--resume"))
    assert_equal(first, weights(model_of(sharded)))


def assert_successful(runs: list[tuple[Any, str]]) -> None:
    for code, output in runs:
        assert code == 0, output


def test_a_model_with_a_tied_head_is_not_sharded(tmp_path: Path) -> None:
    for code, output in train_sharded(write_config(tmp_path, "tied")):
        assert code != 0
        assert "FSDP cannot shard this model" in output


def test_the_command_prints_no_warnings_of_libraries(tmp_path: Path, untied_base: str) -> None:
    configs = [
        write_config(tmp_path, name, model={"base": untied_base}, adapter=adapter)
        for name, adapter in (("all-weights", None), ("adapter", {"rank": 2}))
    ]
    calls = [["train", str(config), *plan] for config in configs for plan in (["--plan"], [])]
    program = (
        "import sys\nfrom tmtail.cli import app\n"
        f"for call in {calls!r}: app(call, standalone_mode=False)\n"
    )
    (tmp_path / "several_calls.py").write_text(program)
    output = run_python(tmp_path / "several_calls.py")
    assert output.count("loss ") == len(configs)
    assert "Warning" not in output
