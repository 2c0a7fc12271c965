"""The study of length generalisation, from corpora to scores, with a tiny model."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.models.training_runs import tiny_config
from training.config import Config, Model
from training.models.random import make_model
from training.progress import StepClock
from training.studies.arms import ARMS, TRIAL_STEPS, limited_to, main

pytestmark = pytest.mark.usefixtures("short_outputs")

SIZES = ("--steps", "2", "--records", "8", "--items", "1", "--batch-size", "1", "--decode", "3")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a model that has learned nothing."""
    folder = tmp_path_factory.mktemp("untrained") / "model"
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=8192)
    untrained, tokenizer = make_model(shape, [], torch.float32)
    untrained.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def command(model: str, out: Path, *options: str) -> list[str]:
    return ["--model", model, "--out", str(out), "--precision", "fp32", *SIZES, *options]


def results(out: Path, arm: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / arm / "scores" / "results.json").read_text())
    return content


def test_all_arms_are_scored_on_the_same_problems(model: str, tmp_path: Path) -> None:
    main(command(model, tmp_path))
    prompts = set()
    for name, arm in ARMS.items():
        result = results(tmp_path, name)
        assert result["training"]["config"]["positions"]["kind"] == arm.positions
        assert [row["range"] for row in result["rows"]] == ["S", "M", "L"]
        items = (tmp_path / name / "scores" / "items.jsonl").read_text().splitlines()
        prompts.add(tuple(json.loads(item)["prompt"] for item in items))
        assert not (tmp_path / name / "run").exists()
    assert len(prompts) == 1
    scores = tmp_path / "no-cot" / "scores" / "results.json"
    written = scores.stat().st_mtime_ns
    main(command(model, tmp_path))
    assert scores.stat().st_mtime_ns == written


def test_an_interrupted_study_resumes(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    arguments = command(model, tmp_path, "--arms", "no-cot")
    with monkeypatch.context() as patched:
        patched.setattr("training.studies.arms.run_suite", interrupt)
        with pytest.raises(KeyboardInterrupt):
            main(arguments)
    monkeypatch.setattr("training.studies.arms.train", interrupt)  # the model is not trained again
    main(arguments)
    assert results(tmp_path, "no-cot")["rows"]


def test_losses_are_printed_and_stored_in_bf16_on_the_cpu(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(command(model, tmp_path, "--arms", "no-cot", "--precision", "bf16", "--cpu"))
    printed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")]
    result = results(tmp_path, "no-cot")
    assert (result["dtype"], result["device"]) == ("bfloat16", "cpu")
    assert result["training"]["config"]["schedule"]["use_cpu"]
    stored = [row for row in result["training"]["history"] if "loss" in row]
    assert [row["step"] for row in stored] == [1, 2]
    for row, line in zip(stored, printed, strict=True):
        assert line.startswith(f"step {row['step']} of 2: loss {row['loss']:.4f}, ")
        assert f", loss_answer {row['loss_answer']:.4f}" in line


def test_the_number_of_steps_for_a_number_of_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train_slowly(config: Config, callbacks: tuple[StepClock]) -> None:
        assert config.schedule.steps is not None
        callbacks[0].ends += [0.0, 9.0, *(10.0 + n / 2 for n in range(config.schedule.steps - 2))]

    monkeypatch.setattr("training.studies.arms.train", train_slowly)
    config = tiny_config(tmp_path / "corpus.jsonl", "run", steps=99)
    seconds = (10 + (TRIAL_STEPS - 3) / 2 - 9) / (TRIAL_STEPS - 2)
    expected = replace(config, schedule=replace(config.schedule, steps=int(60 / seconds)))
    assert limited_to(config, minutes=1) == expected


def test_an_unknown_arm_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(command("model", tmp_path, "--arms", "no-cot,none"))
    assert "unknown arm none; known arms are tail-gaps, tail-plain" in capsys.readouterr().err
