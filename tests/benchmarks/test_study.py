"""The study of length generalisation runs from end to end, with a tiny model."""

import json
from pathlib import Path

import torch

from benchmarks.study import ARMS, main
from training.config import Model
from training.model import make_model


def test_all_arms_are_scored_on_the_same_problems(tmp_path: Path) -> None:
    torch.manual_seed(0)
    shape = Model(layers=1, width=16, heads=2, head_width=8, feed_forward=16, context=8192)
    model, tokenizer = make_model(shape, [], torch.float32)
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    out = tmp_path / "study"
    small = ["--steps", "2", "--records", "8", "--items", "2", "--batch-size", "1", "--decode", "6"]
    command = ["--model", str(tmp_path / "model"), "--out", str(out), "--precision", "fp32", *small]
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
