"""The demo: its path at a tiny size always, and in full, with what it promises, when asked."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from training.demo import DemoSize, demo
from training.studies.comparison import RANGES


def test_the_path_from_machine_to_picture(tmp_path: Path) -> None:
    console = Console(width=150, record=True, quiet=True)
    out = tmp_path / "demo"
    for _ in range(2):  # a second demo makes the folder of the first anew
        rows, scores = demo(out, console=console, size=DemoSize(train=40, score=4, steps=3))
    assert [row.range for row in rows] == list(RANGES)
    assert len(scores) == 12
    assert (out / "results.png").read_bytes().startswith(b"\x89PNG")
    assert "Scores of demo" in (out / "results" / "report.html").read_text()
    results = json.loads((out / "results" / "results.json").read_text())
    assert results["backend"] == "hf"
    assert len(results["rows"]) == 3


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ValueError, match="is not the folder of a demo"):
        demo(tmp_path, console=Console(quiet=True))
    assert (tmp_path / "thesis.tex").exists()


@pytest.mark.slow
def test_the_demo_goes_past_its_lengths(tmp_path: Path) -> None:
    rows, _ = demo(tmp_path / "demo", console=Console(quiet=True))
    short, middle, _ = (row.exactness.rate for row in rows)
    assert short >= 0.9
    assert middle >= 0.8
