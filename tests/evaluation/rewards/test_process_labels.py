"""Labels of steps are the index of the first wrong line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import tasks
from evaluation.backends.base import End, Output
from evaluation.problems.selection import draw_problems
from evaluation.reports.results import write_results
from evaluation.rewards.process_labels import export_process_labels
from evaluation.scoring.rows import score_row
from evaluation.scoring.scores import score


def label_of(text: str, tmp_path: Path, *, free: bool = False) -> tuple[int, int, bool]:
    """Return the label, the number of steps and whether the answer counts, of one output."""
    task = tasks.get("bubble_sort")
    (problem,) = draw_problems([task], ["S"], 1, free=free)
    reference = next(iter(draw_problems([task], ["S"], 1))).completion
    output = Output(eval_text(text, reference), End.STOP, 1)
    scores = [score(problem, output)]
    row = score_row(
        scores, [problem], lengths=[1], reference_length=1, samples=1, pass_ks=(), requested=1,
        unit="", token_limit=1,
    )  # fmt: skip
    write_results(tmp_path / "r", [row], scores, {"backend": "test"})
    assert export_process_labels(tmp_path / "r", tmp_path / "x.json") == 1
    (written,) = json.loads((tmp_path / "x.json").read_text())
    assert "\n".join(written["steps"]) == output.text
    assert written["problem"] == problem.prompt
    return written["label"], len(written["steps"]), written["final_answer_correct"]


def eval_text(kind: str, reference: str) -> str:
    """Return an output of a kind, made from the reference."""
    lines = reference.split("\n")
    return {
        "exact": reference,
        "wrong line 2": "\n".join([*lines[:2], lines[2].replace(" = ", " = 9", 1), *lines[3:]]),
        "cut in line 2": "\n".join([*lines[:2], lines[2][:5]]),
        "cut after line 2": "\n".join(lines[:3]),
        "cut after a line break": "\n".join(lines[:3]) + "\n",
        "missing line 2": "\n".join([*lines[:2], *lines[3:]]),
        "wrong answer": "\n".join([*lines[:-1], "answer: 7"]),
        "nothing": "",
    }[kind]


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("exact", -1),
        ("wrong line 2", 2),
        ("cut in line 2", 2),
        ("cut after line 2", -1),
        ("cut after a line break", -1),
        ("missing line 2", 2),
        ("nothing", -1),
    ],
)
def test_labels(kind: str, label: int, tmp_path: Path) -> None:
    assert label_of(kind, tmp_path)[0] == label


def test_a_wrong_answer_is_the_last_step(tmp_path: Path) -> None:
    label, steps, right = label_of("wrong answer", tmp_path)
    assert (label, right) == (steps - 1, False)


def test_nothing_is_overwritten_and_free_outputs_have_no_steps(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="scored by their answers alone"):
        label_of("exact", tmp_path, free=True)
    (tmp_path / "x.json").write_text("")
    with pytest.raises(ValueError, match="exists already"):
        export_process_labels(tmp_path / "r", tmp_path / "x.json")
