"""The study of the demo's recipe, for two steps."""

import json
from pathlib import Path

import pytest

from tests.support.models.training_runs import description
from training.studies import tiny

pytestmark = pytest.mark.usefixtures("short_outputs")


def test_arms_train_by_their_recipes_and_are_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "PROBLEMS", 1)
    sizes = ["--steps", "2", "--records", "16"]
    tiny.main(["--out", str(tmp_path), *sizes, "--arms", "recipe,gaps"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["arm"] for row in rows] == ["recipe", "gaps"]
    assert all(set(row["exact"]) == {"S", "M", "L"} for row in rows)
    configs = [description(tmp_path / f"{arm}-0" / "model")["config"] for arm in ("recipe", "gaps")]
    assert [config["positions"]["kind"] for config in configs] == ["plain", "gaps"]
    assert len({config["data"]["corpus"] for config in configs}) == 1
