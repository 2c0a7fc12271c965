"""The benchmark of decoding compares all ways on the same problems."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.decoding import main
from tests.support.models.tiny_models import save_model, tiny_model


def test_both_ways_give_the_same_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("benchmarks.decoding.RANGES", {"S": (2, 5)})
    monkeypatch.setattr("benchmarks.decoding.token_limit", lambda problems, backend: 40)
    model = str(save_model(tmp_path / "model", tiny_model(1024)))
    arguments = ["--model", model, "untrained", "--problems", "3", "--rows", "2", "--batches", "3"]
    arguments += ["--out", str(tmp_path / "measurements.jsonl")]
    main([*arguments, "--json"])
    results = json.loads(capsys.readouterr().out)["results"]
    assert [(m["model"], m["batch"], m["problems"]) for m in results] == [
        (model, 1, 2),
        (model, 3, 3),
        ("untrained", 1, 2),
        ("untrained", 3, 3),
    ]
    for measurement in results:
        assert measurement["identical"] == measurement["problems"]
        assert measurement["tokens"] > measurement["problems"]
        assert (measurement["lookup"] is None) == (measurement["batch"] > 1)
    # What the file holds is not measured again.
    monkeypatch.setattr("benchmarks.decoding.Decoding", None)
    main(arguments)
    assert "plain / verified" in capsys.readouterr().out
    main([*arguments, "--json"])
    assert json.loads(capsys.readouterr().out)["results"] == results
