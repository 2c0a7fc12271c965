"""Results in a folder: a table of items that has one schema, whatever was scored."""

import json
from pathlib import Path

import pyarrow.parquet as pq

import tasks
from evaluation.backends.base import End, Output, Reference
from evaluation.problems.selection import problems
from evaluation.reports.results import SCHEMA, write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import score

ITEMS = list(problems([tasks.get("compare_numbers")], ("S",), 4))


def test_items_have_one_schema_and_are_the_lines(tmp_path: Path) -> None:
    rows, scores = evaluate(ITEMS, Reference())
    write_results(tmp_path / "exact", rows, scores, {})
    scores[1] = score(ITEMS[1], Output(ITEMS[1].completion[:30] + "\x1b\u2028=1", End.LENGTH, 7))
    scores[2] = score(ITEMS[2], Output("", End.NO_FIT, 0))
    scores[3] = score(ITEMS[3], Output("answer: \ud800", End.STOP, 1))
    write_results(tmp_path / "broken", rows, scores, {})
    for folder in ("exact", "broken"):
        table = pq.read_table(tmp_path / folder / "items.parquet")
        assert table.schema.equals(SCHEMA)
        lines = (tmp_path / folder / "items.jsonl").read_text().splitlines()
        for row, line in zip(table.to_pylist(), lines, strict=True):
            told = json.loads(line)
            if told["output"] == "answer: \ud800":  # which no table of UTF-8 can hold
                assert row["output"] == "answer: \\ud800"
                continue
            assert row == told
    broken = pq.read_table(tmp_path / "broken" / "items.parquet").to_pylist()
    assert [row["first_divergence"] is None for row in broken] == [True, False, True, False]
    assert broken[1]["first_divergence"]["at"] == 30
