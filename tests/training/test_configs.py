"""The recipes that are shipped: each is valid, fits its GPU, and lists its departures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from accelerate.commands.config.config_args import load_config_from_file
from transformers import Qwen2ForCausalLM

from evaluation.schema import read_yaml
from tests.support.models.training_runs import RECORDS
from training.config import Adapter, Config, Model, Positions
from training.data.records import Record
from training.paper import departures
from training.plan import make_plan

FOLDER = Path(__file__).parents[2] / "training" / "configs"
RECIPES = sorted(FOLDER.glob("*.yaml"))
LAUNCHERS = sorted((FOLDER / "accelerate").glob("*.yaml"))


def recipe(name: str) -> Config:
    return read_yaml(FOLDER / f"{name}.yaml", Config)


def test_the_documented_recipes_and_launchers_exist() -> None:
    assert {path.stem for path in RECIPES} == {
        "qwen2.5-7b-lora", "qwen2.5-7b-full", "qwen2.5-0.5b-lora", "smollm2-135m",
        "from-scratch-small", "tiny-cpu",
    }  # fmt: skip
    assert {path.stem for path in LAUNCHERS} == {"ddp", "fsdp2-8"}


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_recipes_fit_their_gpus(path: Path) -> None:
    config = read_yaml(path, Config)
    assert config.data.ranges == ("S",)
    devices = 8 if path.stem.endswith("full") else 1
    device = "RTX4090" if "0.5b" in path.stem else "H100"
    schedule = replace(config.schedule, steps=10, epochs=None)
    plan = make_plan(
        replace(config, schedule=schedule), [Record(**record) for record in RECORDS],
        device=device, devices=devices, sharded=devices > 1,
    )  # fmt: skip
    assert plan.memory < {"RTX4090": 24e9, "H100": 80e9}[device]


def test_the_full_recipe_is_the_papers() -> None:
    schedule = recipe("qwen2.5-7b-full").schedule
    assert (schedule.epochs, schedule.batch_size, schedule.weight_decay) == (2, 1024, 0.1)
    assert (schedule.learning_rate, schedule.min_learning_rate) == (1e-5, 7e-7)
    assert schedule.split(8) == (4, 32)
    assert departures(recipe("qwen2.5-7b-full")) == []


def test_every_departure_from_the_paper_is_listed() -> None:
    paper = recipe("qwen2.5-7b-full")
    cases: dict[str, dict[str, Any]] = {
        "adapter: LoRA of rank 16, in the paper none": {"adapter": Adapter()},
        "model.base: none, in the paper Qwen/Qwen2.5-7B": {"model": Model()},
        "data.pack: 8192, in the paper none": {"data": replace(paper.data, pack=8192)},
        "data.ranges: S, M, in the paper S": {"data": replace(paper.data, ranges=("S", "M"))},
        "positions.kind: gaps, in the paper plain": {"positions": Positions(kind="gaps")},
        "positions.kind: random, in the paper plain": {"positions": Positions(kind="random")},
        "schedule.learning_rate: 0.001, in the paper 1e-05": {
            "schedule": replace(paper.schedule, learning_rate=1e-3)
        },
    }
    for line, sections in cases.items():
        assert departures(replace(paper, **sections)) == [line]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_the_comment_of_a_recipe_lists_its_departures(path: Path) -> None:
    keys = [line.partition(":")[0] for line in departures(read_yaml(path, Config))]
    comments = "".join(
        line[1:] for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    )
    _, _, listed = comments.partition(" Departures from the paper: ")
    assert listed.partition(". ")[0].rstrip(".").split(", ") == (keys or [""])


@pytest.mark.parametrize("path", LAUNCHERS, ids=lambda path: path.stem)
def test_accelerate_accepts_the_launcher_files(path: Path) -> None:
    """On CPUs accelerate falls back to plain processes, so this does not test FSDP2 itself."""
    config = load_config_from_file(str(path))
    assert config.num_processes == 8
    if path.stem == "fsdp2-8":
        assert config.fsdp_config["fsdp_version"] == 2
        assert Qwen2ForCausalLM._no_split_modules == ["Qwen2DecoderLayer"]  # the wrapped layers
    assert yaml.safe_load(path.read_text())["use_cpu"] is False
