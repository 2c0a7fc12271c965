"""The study of length generalisation runs from end to end, with a tiny model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.support.training_runs import config
from training.config import Config, Model
from training.models.random import make_model
from training.progress import StepClock
from training.studies.arms import ARMS, TRIAL_STEPS, limited_to, main

SMALL = ("--steps", "2", "--records", "8", "--items", "2", "--batch-size", "1", "--decode", "6")


def tiny(folder: Path) -> list[str]:
    """A model that has learned nothing, and the command that studies it."""
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=8192)
    model, tokenizer = make_model(shape, [], torch.float32)
    model.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    out = str(folder / "study")
    return ["--model", str(folder / "model"), "--out", out, "--precision", "fp32", *SMALL]


def test_all_arms_are_scored_on_the_same_problems(tmp_path: Path) -> None:
    command = tiny(tmp_path)
    out = tmp_path / "study"
    main(command)
    problems = set()
    for name, arm in ARMS.items():
        scores = out / name / "scores"
        result = json.loads((scores / "results.json").read_text())
        assert result["training"]["config"]["positions"]["kind"] == arm.positions
        assert [row["range"] for row in result["rows"]] == ["S", "M", "L"]
        lines = (scores / "items.jsonl").read_text().splitlines()
        problems.add(tuple(json.loads(line)["prompt"] for line in lines))
        assert not (out / name / "run").exists()
    assert len(problems) == 1
    before = (out / "no-cot" / "scores" / "results.json").stat().st_mtime_ns
    main(command)  # everything is done already
    assert (out / "no-cot" / "scores" / "results.json").stat().st_mtime_ns == before


def test_a_study_that_was_killed_goes_on(tmp_path: Path, monkeypatch) -> None:
    def killed(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    command = [*tiny(tmp_path), "--arms", "no-cot"]
    with monkeypatch.context() as patched:
        patched.setattr("training.studies.arms.run", killed)
        with pytest.raises(KeyboardInterrupt):
            main(command)
    monkeypatch.setattr("training.studies.arms.train", killed)  # the model is there
    main(command)
    assert (tmp_path / "study" / "no-cot" / "scores" / "results.json").exists()


def test_bf16_on_a_cpu_and_losses_as_they_come(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*tiny(tmp_path), "--arms", "tail-plain", "--precision", "bf16", "--cpu"])
    shown = [line for line in capsys.readouterr().out.splitlines() if line.startswith("step ")]
    result = json.loads((tmp_path / "study" / "tail-plain" / "scores" / "results.json").read_text())
    assert (result["dtype"], result["device"]) == ("bfloat16", "cpu")
    assert result["training"]["config"]["schedule"]["use_cpu"]
    kept = [row for row in result["training"]["history"] if "loss" in row]
    assert [row["step"] for row in kept] == [1, 2]
    for row, line in zip(kept, shown, strict=True):
        assert line.startswith(f"step {row['step']} of 2: loss {row['loss']:.4f}, ")
        assert f", loss_next {row['loss_next']:.4f}" in line


def test_steps_by_the_clock(tmp_path: Path, monkeypatch) -> None:
    def train_slowly(config: Config, callbacks: tuple[StepClock]) -> None:
        callbacks[0].ends += [0.0, 9.0, *(10.0 + n / 2 for n in range(config.schedule.steps - 2))]

    monkeypatch.setattr("training.studies.arms.train", train_slowly)
    asked = config(tmp_path / "corpus.jsonl", "run", steps=99)
    found = limited_to(asked, minutes=1)
    pace = (10 + (TRIAL_STEPS - 3) / 2 - 9) / (TRIAL_STEPS - 2)
    assert found == replace(asked, schedule=replace(asked.schedule, steps=int(60 / pace)))
