"""The demo: at a tiny size always, and at full size, with the scores it promises, if selected."""

import json
from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console

from training.demo import QUESTIONS, RANGES, DemoSize, demo, planned_seconds

QUIET = Console(quiet=True)


@pytest.mark.usefixtures("short_outputs")
def test_the_demo_writes_scores_and_is_replaced_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = StringIO()
    console = Console(width=150, file=written)
    out = tmp_path / "demo"
    size = DemoSize(train=40, score=2, steps=2)
    threads = torch.get_num_threads()
    rows, scores = demo(out, console=console, show=console.print, size=size)
    assert torch.get_num_threads() == threads
    assert [row.range for row in rows] == list(RANGES)
    assert len(scores) == 2 * len(RANGES)
    assert (out / "results.png").read_bytes().startswith(b"\x89PNG")
    assert "Scores of demo" in (out / "results" / "report.html").read_text()
    results = json.loads((out / "results" / "results.json").read_text())
    assert results["backend"] == "hf"
    assert len(results["rows"]) == len(RANGES)
    shown = " ".join(written.getvalue().split())
    assert "In 6 wordings that it never saw, the model writes 0 of 2 chains of S exactly" in shown
    for question, answer in zip(QUESTIONS, ">><", strict=True):
        assert f"{question} The model says None, the machine {answer}: " in shown

    def fail(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("training.demo.demo_corpus", fail)
    with pytest.raises(KeyboardInterrupt):
        demo(out, console=console, show=console.print, size=size)
    assert [path.name for path in out.iterdir()] == [".tmtail-demo"]


@pytest.mark.parametrize(("capability", "minutes"), [("AVX512", 5), ("AVX2", 9), ("DEFAULT", 9)])
def test_the_time_of_the_demo_depends_on_the_processor(
    monkeypatch: pytest.MonkeyPatch, capability: str, minutes: int
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert round(planned_seconds() / 60) == minutes


def test_a_folder_that_is_not_a_demos_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ValueError, match="is not the folder of a demo"):
        demo(tmp_path, console=QUIET, show=QUIET.print)
    assert (tmp_path / "thesis.tex").exists()


@pytest.mark.slow
def test_the_demo_generalises_to_longer_numbers(tmp_path: Path) -> None:
    rows, _ = demo(tmp_path / "demo", console=QUIET, show=QUIET.print)
    short, middle, _ = (row.exactness.rate for row in rows)
    assert short >= 0.85
    assert middle >= 0.3
