"""The demo's recipe with one change at a time, for two steps."""

import json
from pathlib import Path

import pytest

from training.studies import tiny


def test_arms_differ_in_what_they_say_and_share_their_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiny, "PROBLEMS", 2)
    small = ["--out", str(tmp_path), "--steps", "2", "--records", "32", "--arms", "recipe,gaps"]
    tiny.main(small)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["arm"] for row in rows] == ["recipe", "gaps"]
    assert all(set(row["exact"]) == {"S", "M", "L"} for row in rows)
    kinds = {
        arm: json.loads((tmp_path / f"{arm}-0" / "model" / "tmtail.json").read_text())["config"]
        for arm in ("recipe", "gaps")
    }
    assert kinds["recipe"]["positions"]["kind"] == "plain"
    assert kinds["gaps"]["positions"]["kind"] == "gaps"
