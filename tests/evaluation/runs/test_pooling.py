"""Pooled results of several runs: from folders to one row for each task and range."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluation.backends.base import End, Output, Reference
from evaluation.problems.replays import EvalProblem
from evaluation.problems.selection import draw_problems
from evaluation.reports.results import write_results
from evaluation.runs.evaluate import evaluate
from evaluation.runs.pooling import pool_results
from evaluation.scoring.statistics import pool_runs
from tests.support.models.eval_problems import COMPARE, replayed
from tests.support.models.fixed_backends import FixedOutputs
from tm.support.files import sha256
from tm.support.strict_json import content_digest

PROBLEMS = [*replayed("S", 6), *replayed("M", 6)]
WRONG = Output("answer: no", End.STOP, 3)


def write_run(
    folder: Path, wrong: int, problems: Sequence[EvalProblem] = PROBLEMS, **options: Any
) -> Path:
    """Write the results of a run whose first outputs are wrong, and return the folder."""
    outputs = {
        problem.id: WRONG if index < wrong else Output(problem.completion, End.STOP, 9)
        for index, problem in enumerate(problems)
    }
    rows, scores = evaluate(problems, FixedOutputs(outputs), **options)
    write_results(folder, rows, scores, {})
    return folder


def test_runs_are_pooled_by_task_and_range(tmp_path: Path) -> None:
    folders = [write_run(tmp_path / str(wrong), wrong) for wrong in (0, 3, 8)]
    reports: list[tuple[int, int]] = []
    s, m = pool_results(folders, report=lambda *counts: reports.append(counts))
    assert reports == [(completed, 36) for completed in range(1, 37)]
    assert (s.task, s.range, s.runs, s.instances) == ("compare_numbers", "S", 3, 6)
    assert s.accuracy.rate == pytest.approx((6 + 3 + 0) / 18)
    assert m.accuracy.rate == pytest.approx((6 + 6 + 4) / 18)
    names = [problem.id for problem in PROBLEMS[:6]]
    right = [{n: float(i >= wrong) for i, n in enumerate(names)} for wrong in (0, 3, 8)]
    assert s.accuracy == s.exactness == pool_runs(right)


def test_the_mean_of_several_samples_counts(tmp_path: Path) -> None:
    problem = PROBLEMS[0]
    right = Output(problem.completion, End.STOP, 9)
    backend = FixedOutputs({problem.id: [right, WRONG, WRONG, right]})
    rows, scores = evaluate([problem], backend, samples=4)
    write_results(tmp_path / "a", rows, scores, {})
    (row,) = pool_results([tmp_path / "a"])
    assert (row.accuracy.rate, row.instances) == (0.5, 1)


def test_runs_without_chains_have_no_share_of_exact_chains(tmp_path: Path) -> None:
    free = list(draw_problems([COMPARE], ("S",), 6, free=True))
    folders = [write_run(tmp_path / str(n), n, free, max_new_tokens=9) for n in (2, 1)]
    (row,) = pool_results(folders)
    assert row.exactness is None
    assert row.accuracy.rate == pytest.approx(9 / 12)


def test_folders_that_cannot_be_pooled_are_reported(tmp_path: Path) -> None:
    both, only_s = write_run(tmp_path / "a", 0), write_run(tmp_path / "b", 0, PROBLEMS[:6])
    with pytest.raises(ValueError, match="has results of compare_numbers M; pool runs on the same"):
        pool_results([both, only_s])
    with pytest.raises(ValueError, match=r"has no results\.json"):
        pool_results([tmp_path])
    lines = (only_s / "items.jsonl").read_text().splitlines(keepends=True)
    (only_s / "items.jsonl").write_text("".join(lines[:2]) + json.dumps({"id": 1}) + "\n")
    with pytest.raises(ValueError, match=r"items\.jsonl: the file is damaged or of another run"):
        pool_results([only_s])
    results = json.loads((only_s / "results.json").read_text())
    results["files"]["items.jsonl"] = sha256(only_s / "items.jsonl")
    (only_s / "results.json").write_text(json.dumps(results))
    del results["blake2b"]
    with pytest.raises(ValueError, match=r"results\.json: the file is damaged"):
        pool_results([only_s])
    sealed = {**results, "blake2b": content_digest(results)}
    (only_s / "results.json").write_text(json.dumps(sealed))
    with pytest.raises(ValueError, match=r"items\.jsonl, line 3: `verdict` is missing"):
        pool_results([only_s])
    (row, _) = pool_results([both])
    assert row.accuracy.rate == evaluate(PROBLEMS, Reference())[0][0].accuracy.rate
