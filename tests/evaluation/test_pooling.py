"""Several runs pooled: from folders of results to one row, with runs and instances resampled."""

import json
from pathlib import Path

import pytest

import tasks
from evaluation.backends.base import End, Output, Reference
from evaluation.problems.selection import problems
from evaluation.reports.results import write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.pooling import pool
from evaluation.scoring.statistics import pooled
from tests.evaluation.test_scoring import Told

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (2, 4), "M": (5, 6)})
ITEMS = list(problems([TASK], ("S", "M"), 6))
WRONG = Output("answer: no", End.STOP, 3)


def run(folder: Path, wrong: int, items=ITEMS, **options) -> Path:  # type: ignore[no-untyped-def]
    told = {
        item.id: WRONG if place < wrong else Output(item.completion, End.STOP, 9)
        for place, item in enumerate(items)
    }
    rows, scores = evaluate(items, Told(told), **options)
    write_results(folder, rows, scores, {})
    return folder


def test_runs_are_pooled_by_task_and_range(tmp_path: Path) -> None:
    folders = [run(tmp_path / str(wrong), wrong) for wrong in (0, 3, 8)]
    s, m = pool(folders)
    assert (s.task, s.range, s.runs, s.instances) == ("compare_numbers", "S", 3, 6)
    assert s.accuracy.rate == pytest.approx((6 + 3 + 0) / 18)
    assert m.accuracy.rate == pytest.approx((6 + 6 + 4) / 18)
    names = [item.id for item in ITEMS[:6]]
    right = [{n: float(i >= wrong) for i, n in enumerate(names)} for wrong in (0, 3, 8)]
    assert s.accuracy == s.exactness == pooled(right)


def test_of_several_samples_the_mean_counts(tmp_path: Path) -> None:
    item = ITEMS[0]
    right = Output(item.completion, End.STOP, 9)
    told = Told({item.id: [right, WRONG, WRONG, right]})
    rows, scores = evaluate([item], told, samples=4)
    write_results(tmp_path / "a", rows, scores, {})
    (row,) = pool([tmp_path / "a"])
    assert (row.accuracy.rate, row.instances) == (0.5, 1)


def test_where_there_are_no_chains_there_is_no_share_of_them(tmp_path: Path) -> None:
    free = list(problems([TASK], ("S",), 6, free=True))
    (row,) = pool([run(tmp_path / "a", 2, free, limit=9), run(tmp_path / "b", 1, free, limit=9)])
    assert row.exactness is None
    assert row.accuracy.rate == pytest.approx(9 / 12)


def test_folders_that_cannot_be_pooled_are_named(tmp_path: Path) -> None:
    whole, part = run(tmp_path / "a", 0), run(tmp_path / "b", 0, ITEMS[:6])
    with pytest.raises(ValueError, match="do not both have compare_numbers M"):
        pool([whole, part])
    with pytest.raises(ValueError, match="holds no results"):
        pool([tmp_path])
    lines = (part / "items.jsonl").read_text().splitlines(keepends=True)
    (part / "items.jsonl").write_text("".join(lines[:2]) + json.dumps({"id": 1}) + "\n")
    with pytest.raises(ValueError, match=r"items\.jsonl, line 3"):
        pool([part])
    assert pool([whole])[0].accuracy.rate == evaluate(ITEMS, Reference())[0][0].accuracy.rate
