"""Results in a folder: files that read back, with one schema for every evaluation."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evaluation.backends.base import End, Output, Reference, Verification
from evaluation.reports.results import ITEMS_SCHEMA, row_as_json, write_results
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.scores import score
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import FixedOutputs

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


def test_near_ties_and_margins_are_kept(tmp_path: Path) -> None:
    kept = [Verification(0, 1.5, None), Verification(2, 0.0, 0.25), None, Verification(1, None, 3)]
    outputs = {
        problem.id: Output(problem.completion, End.STOP, 5, verification=verification)
        for problem, verification in zip(PROBLEMS, kept, strict=True)
    }
    rows, scores = evaluate(PROBLEMS, FixedOutputs(outputs))
    write_results(tmp_path / "scores", rows, scores, {})
    items = pq.read_table(tmp_path / "scores" / "items.parquet").to_pylist()
    assert [row["verification"] for row in items] == [each and each._asdict() for each in kept]
    (row,) = json.loads((tmp_path / "scores" / "results.json").read_text())["rows"]
    assert row["verification"] == {"outputs": 3, "near_ties": 3, "least_margin": 0.0}
    assert rows[0].notes == ["near ties decided by plain decoding: 3"]
    (row,) = map(row_as_json, evaluate(PROBLEMS, Reference())[0])
    assert row["verification"] is None


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
