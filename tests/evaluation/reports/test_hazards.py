"""Hazards: a chain counts up to its first fault, and not after it."""

from __future__ import annotations

import json
from pathlib import Path

from compiler.text import ROLES
from evaluation.backends.base import End, Output
from evaluation.problems.suites import Suite, drawn_suite
from evaluation.reports.hazards import hazard_figures
from evaluation.runs.run import run_suite
from tasks import get
from tasks.corpus import Form
from tests.support.models.fixed_backends import FixedOutputs


def suite_with_a_fault() -> tuple[Suite, str, FixedOutputs]:
    """Return problems, the id of the one that breaks in a label, and outputs for all."""
    suite = drawn_suite([get("compare_numbers")], ("S", "M"), 5, form=Form(prompt="keyed"))
    texts = {problem.id: problem.completion for problem in suite.problems}
    faulty = next(name for name, text in texts.items() if text.count("equal ->") > 1)
    head, label, _ = texts[faulty].split(" -> whole ", 2)
    outputs = {name: Output(text, End.STOP, len(text)) for name, text in texts.items()}
    outputs[faulty] = Output(f"{head} -> whole {label} -> nowhere\n", End.STOP, 9)
    return suite, faulty, FixedOutputs(outputs)


def test_a_chain_counts_up_to_its_first_fault() -> None:
    suite, faulty, backend = suite_with_a_fault()
    figures = hazard_figures(run_suite(suite, backend).scores)
    assert {entry["task"] for entry in figures} == {"compare_numbers"}
    total = {
        kind: {role: sum(entry["roles"][role.value][kind] for entry in figures) for role in ROLES}
        for kind in ("reached", "faults")
    }
    assert total["faults"] == {role: int(role == "next") for role in ROLES}
    others = "".join(p.completion for p in suite.problems if p.id != faulty)
    assert total["reached"] == {
        "control": others.count(";") + 2,  # the faulty chain has two states up to its fault
        "fetch": others.count(";") + 2,
        "solve": others.count(";") + 2,
        "next": others.count(" -> ") + 2,
        "answer": others.count("answer: "),
    }


def test_bands_hold_the_lengths_of_prompt_and_reference() -> None:
    suite, faulty, backend = suite_with_a_fault()
    scores = run_suite(suite, backend).scores
    lengths = {p.id: len(p.prompt + p.completion) + 1 for p in suite.problems}
    assert {score.problem.id: score.text_length for score in scores} == lengths
    figures = hazard_figures(scores)
    assert [entry["from"] for entry in figures] == sorted(
        {1 << (length.bit_length() - 1) for length in lengths.values()}
    )
    assert all(entry["to"] == 2 * entry["from"] - 1 for entry in figures)
    (band,) = [entry for entry in figures if any(r["faults"] for r in entry["roles"].values())]
    assert band["from"] <= lengths[faulty] <= band["to"]


def test_the_report_and_the_results_have_them(tmp_path: Path) -> None:
    suite, _, backend = suite_with_a_fault()
    result = run_suite(suite, backend, out=tmp_path / "scores")
    results = json.loads((tmp_path / "scores" / "results.json").read_text())
    assert results["hazards"] == hazard_figures(result.scores)
    assert "Hazards by length" in (tmp_path / "scores" / "report.html").read_text()
