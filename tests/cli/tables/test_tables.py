"""Every table of the command at 50, 80 and 200 columns: no figure and no name is cut."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from compiler import Role
from compiler.text import ROLES
from evaluation.attention.report import modules_table, sources_table
from evaluation.attention.study import FetchAttention, RangeAttention
from evaluation.backends.base import Reference
from evaluation.paper import PAPER_LABEL
from evaluation.reports.states import states_table
from evaluation.reports.tables import (
    divergence_table,
    results_table,
    wordings_table,
)
from evaluation.runs.evaluate import evaluate
from evaluation.scoring.rows import WordingScores
from tests.support.cli import call_here
from tests.support.models.eval_problems import replayed
from tmtail.cli import tables
from tmtail.cli.tables import show_columns, show_table

WIDTHS = (50, 80, 200)
TASKS = ("permutation_combination", "multi_machine_schedule")

ROWS = [
    replace(row, task=task, steps={"compare the next pair": 12_345, "carry": 7},
            roles={Role.FETCH: 12_352})
    for task in TASKS
    for row in evaluate(replayed("S", 3) + replayed("M", 2), Reference())[0]
]  # fmt: skip
SHARE = {"value": 0.9876, "interval95": [0.95, 0.99]}
STATES: list[Any] = [
    {
        "task": task,
        "range": name,
        "states": 123_456,
        "accuracy": SHARE,
        "roles": dict.fromkeys(Role, SHARE),
        "exact_chains": {"measured": 0.5, "expected": 0.25, "sampled": 0.125},
    }
    for task in TASKS
    for name in "SML"
]


def study() -> list[RangeAttention]:
    heads = np.full((2, 3), 0.25)
    fetch = FetchAttention("id", 0, "step", "a", "x", 100, 12_345, True, heads, heads)
    count = len(ROLES)
    return [
        RangeAttention(
            task, name, 9, 0, np.full(count, 123_456), np.full(count, 123_000),
            np.full((count, 2, 3, 4), 30_000.0), [fetch] * 3,
        )
        for task in TASKS
        for name in "SL"
    ]  # fmt: skip


def all_tables() -> dict[str, Table]:
    kinds = {
        kind: WordingScores(row.problems, row.accuracy, row.exactness)
        for kind, row in zip(("seen", "unseen"), ROWS, strict=False)
    }
    return {
        "results": results_table(ROWS),
        "results of one task": results_table(ROWS[:2]),
        "wordings": wordings_table([replace(row, wordings=kinds) for row in ROWS]),
        "divergences": divergence_table(ROWS),
        "states": states_table(STATES),
        "attention by module": modules_table(study()),
        "attention to sources": sources_table(study(), [(0, 0), (1, 2)]),
    }


SCORES = ("97.2 [95.1–98.8]", "95.5 [90.1–98.7]")

COLUMNS: dict[str, tuple[tuple[str, ...], list[Sequence[object]], int]] = {
    "tasks": (
        ("task", "paradigm", "S", "M", "L", "longest", "tapes", "states", "rows"),
        [
            ("permutation_combination", "backtracking", "1–3", "4–6", "7–10", 10, 7, 78, 1_080),
            ("levenshtein_distance", "dynamic_programming", "2–4", "5–7", "8–9", 19, 12, 33, 616),
            ("lcs", "dynamic_programming", "2–6", "7–9", "10–12", 1_057, 11, 42, 447),
        ],
        1,
    ),
    "parts of a corpus": (
        ("task", "range", "split", "asked", "records", "problems", ""),
        [(task, name, "train", 100_000, 98_765, 1_234, "all problems that exist")
         for task in TASKS for name in "SL"],
        0,
    ),
    "states of a run": (
        ("state", "visits", "transitions", "share"),
        [("settle:412#2", 12_345_678, 47_176_870, "99.9%"), ("next", 1, 1, "0.0%")],
        0,
    ),
    "tapes of a run": (
        ("tape", "cells", "first", "last", "moves", "reversals", "writes"),
        [(tape, 10_000_001, -5_000_000, 5_000_000, 47_176_870, 12_345_678, 47_176_870)
         for tape in ("remaining_machines", "t")],
        0,
    ),
    "leaks": (
        ("task", "splits", "problems shared", "prompts shared", ""),
        [(task, "eval / train", 0, 0, "other wordings of few problems") for task in TASKS],
        0,
    ),
    "pooled runs": (
        ("task", "range", "runs", "instances", "answer accuracy", "exact chains"),
        [(task, name, 3, 1_500, *SCORES) for task in TASKS for name in "SL"],
        0,
    ),
    "studies": (
        ("study", "compares", "tasks", "arms"),
        [("main", "tail, three ablations and three baselines", 18,
          "tail, without-atomic, without-linear, without-fetch, answer, index-hint, reversed"),
         ("prompts", "prompts as a person writes them, and with index hints", 3, "plain, keyed")],
        0,
    ),
    "cells of a study": (
        ("cell", "records", "tokens", "longest record", "minutes", "GB", ""),
        [(f"main/{task}/without-atomic/0", "100,000", "123,456,789", "8,192", "1,234.5", "12.3",
          "finished") for task in TASKS],
        0,
    ),
    "scores of a study": (
        ("task", "range", "arm", "prompt", "trained up to", "seeds", "problems",
         "answer accuracy", "exact chains", "chance", PAPER_LABEL, "tokens of a chain"),
        [(task, "S (10–30)", arm, "plain", "123", "5", "2,500", *SCORES, "33.3", "97.2", "12,345")
         for task in TASKS for arm in ("tail", "without-atomic")],
        0,
    ),
    "mean scores of a study": (
        ("range", "arm", "tasks", "answer accuracy", "exact chains", "tasks with 95 % exact",
         "with 80 % exact"),
        [(name, arm, "18", *SCORES, "12", "15")
         for name in "SML" for arm in ("tail", "without-atomic, unseen wordings")],
        0,
    ),
}  # fmt: skip


def words(text: str) -> set[str]:
    return {word.rstrip(":") for word in re.split(r"[\s─]+", text) if word}


def headings_of_figures(column: Column) -> list[str]:
    """Return the heading of a column of figures; the names of rows may be without a heading."""
    return [str(column.header)] if column.justify == "right" else []


def assert_nothing_is_cut(shown: str, cells: set[str], width: int) -> None:
    assert max(map(len, shown.splitlines())) <= width
    assert "…" not in shown
    assert cells <= words(shown)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", all_tables())
def test_a_table_is_never_cut(name: str, width: int) -> None:
    table = all_tables()[name]
    cells = {
        word
        for column in table.columns
        for cell in (*headings_of_figures(column), *column.cells)
        for word in words(cell.plain if isinstance(cell, Text) else str(cell))
    }
    assert_nothing_is_cut(shown_at(width, table), cells, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_never_cut_on_a_terminal(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, rows, group = COLUMNS[name]
    console = Console(width=width, file=io.StringIO())
    monkeypatch.setattr(tables, "console", lambda: console)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show_columns(header, rows, group)
    monkeypatch.undo()
    figures = {f"{value:,}" if isinstance(value, int) else str(value) for r in rows for value in r}
    cells = {word for text in (*header[2:], *figures) for word in words(text)}
    assert isinstance(console.file, io.StringIO)
    assert_nothing_is_cut(console.file.getvalue(), cells, width)


def test_the_widest_layout_has_a_line_for_each_row() -> None:
    assert len(shown_at(200, results_table(ROWS)).splitlines()) == 3 + len(ROWS)


def shown_at(width: int, table: Table) -> str:
    console = Console(width=width, file=io.StringIO())
    show_table(table, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_scores_of_one_task_have_a_line_for_each_range_at_80_columns() -> None:
    lines = shown_at(80, results_table(ROWS[:2])).splitlines()
    assert [line.split()[0] for line in lines if line.startswith(("S", "M"))] == ["S", "M"]
    assert "instances," in lines[3]


def test_a_column_of_long_words_is_not_narrowed_below_the_longest() -> None:
    table = Table("name", "kind", "word", "text")
    table.add_row("a", "b", 30 * "w", 10 * "x ")
    assert 30 * "w" in shown_at(60, table)


def test_the_demo_prints_its_tables_so_that_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    console = Console(width=80, file=io.StringIO())
    monkeypatch.setattr(tables, "console", lambda: console)

    def run(out: Path, *, show: Callable[[Table], None], **options: object) -> None:
        show(results_table(ROWS[:2]))

    monkeypatch.setattr("training.demo.demo", run)
    call_here("demo", "--out", tmp_path)
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == shown_at(80, results_table(ROWS[:2]))
