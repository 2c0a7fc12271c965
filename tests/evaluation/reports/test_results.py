"""Results in a folder: files that read back, with one schema for every evaluation."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluation.backends.base import End, Output, Reference
from evaluation.reports.results import ITEMS_SCHEMA, write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import score
from tests.support.models.eval_problems import replayed

PROBLEMS = replayed("S", 4)


def test_items_have_one_schema_and_equal_the_lines(tmp_path: Path) -> None:
    rows, scores = evaluate(PROBLEMS, Reference())
    write_results(tmp_path / "exact", rows, scores, {})
    cut = Output(PROBLEMS[1].completion[:30] + "\x1b\u2028=1", End.LENGTH, 7)
    scores[1] = score(PROBLEMS[1], cut)
    scores[2] = score(PROBLEMS[2], Output("", End.NO_FIT, 0))
    scores[3] = score(PROBLEMS[3], Output("answer: \ud800", End.STOP, 1))
    write_results(tmp_path / "broken", rows, scores, {})
    for folder in ("exact", "broken"):
        table = pq.read_table(tmp_path / folder / "items.parquet")
        assert table.schema.equals(ITEMS_SCHEMA)
        lines = (tmp_path / folder / "items.jsonl").read_text().splitlines()
        for row, line in zip(table.to_pylist(), lines, strict=True):
            item = json.loads(line)
            if item["output"] == "answer: \ud800":  # UTF-8 cannot encode it
                assert row["output"] == "answer: \\ud800"
                continue
            assert row == item
    broken = pq.read_table(tmp_path / "broken" / "items.parquet").to_pylist()
    assert [row["first_divergence"] is None for row in broken] == [True, False, True, False]
    assert broken[1]["first_divergence"]["at"] == 30


def test_results_are_files_that_read_back(tmp_path: Path) -> None:
    evil = Output('\x1b[31m=cmd()\u2028"answer: <', End.STOP, 3)
    rows, scores = evaluate(PROBLEMS, Reference())
    scores[0] = score(PROBLEMS[0], evil)
    folder = tmp_path / "out" / "results"
    write_results(folder, rows, scores, {"seed": 1})
    results = json.loads((folder / "results.json").read_text())
    assert results["seed"] == 1
    assert results["rows"][0]["label_accuracy"]["value"] == 1
    lines = (folder / "items.jsonl").read_bytes().decode("ascii").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [problem.id for problem in PROBLEMS]
    assert json.loads(lines[0])["output"] == evil.text
    assert json.loads(lines[0])["first_divergence"]["at"] == 0
    with pytest.raises(ValueError, match="never overwritten"):
        write_results(folder, rows, scores, {})


def test_results_that_are_not_json_write_no_file(tmp_path: Path) -> None:
    rows, scores = evaluate(PROBLEMS, Reference())
    with pytest.raises(TypeError):
        write_results(tmp_path / "results", rows, scores, {"not JSON": object()})
    assert not (tmp_path / "results").exists()
