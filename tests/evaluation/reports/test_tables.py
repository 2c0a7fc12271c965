"""Tables for the terminal: a line for every row, and one format for every share."""

import io
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from evaluation.backends.base import Reference
from evaluation.reports.tables import (
    SCORE_HEADINGS,
    divergence_table,
    results_table,
    score_cells,
)
from evaluation.runs.evaluate import evaluate
from tests.support.models.eval_problems import replayed
from tests.support.models.fixed_backends import LimitedContext

PROBLEMS = replayed("S", 40) + replayed("M", 20)
ROWS, _ = evaluate(PROBLEMS, Reference())


def shown(table: Table) -> str:
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(table)
    return console.export_text()


def test_tables_show_every_row() -> None:
    for table in (results_table(ROWS), divergence_table(ROWS)):
        assert table.row_count == 2
        assert shown(table).count("compare_numbers") == 1  # a single task is in the title
    assert "S (2–4)" in shown(results_table(ROWS))
    assert "100.0 [" in shown(results_table(ROWS))


def test_cells_of_a_row() -> None:
    cells = dict(zip(SCORE_HEADINGS, score_cells(ROWS[0]), strict=True))
    assert cells["problems"] == "40"
    assert cells["answer accuracy"] == cells["exact chains"] == "100.0 [91–100]"
    assert [cells[name] for name in ("wrong", "no answer", "cut off", "no fit")] == ["0"] * 4
    (row,), _ = evaluate(PROBLEMS[:10], LimitedContext(5))
    cells = dict(zip(SCORE_HEADINGS, score_cells(row), strict=True))
    assert cells["answer accuracy"].startswith("does not fit (")
    assert (cells["exact chains"], cells["chance"], cells["no fit"]) == ("–", "–", "10")


def test_the_paper_is_beside_the_tasks_that_it_scored() -> None:
    table = shown(results_table(ROWS))
    assert "94.2" in table
    assert "98.0" in table
    assert "paper's" in table
    assert "paper's" not in shown(results_table([replace(ROWS[0], task="bubble_sort")]))
