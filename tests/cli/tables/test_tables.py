"""Every table of the command at 50, 80 and 200 columns: no figure and no name is cut."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compiler import Role
from compiler.text import ROLES
from evaluation.attention.report import modules_table, sources_table
from evaluation.attention.study import FetchAttention, RangeAttention
from evaluation.backends.base import Reference
from evaluation.reports.results import row_as_json
from evaluation.reports.states import states_table
from evaluation.reports.tables import controls_tables, divergence_table, results_table
from evaluation.runs.evaluate import evaluate
from tests.support.models.eval_problems import replayed
from tmtail.cli import tables
from tmtail.cli.tables import show_columns, show_table

WIDTHS = (50, 80, 200)
TASKS = ("large_number_addition", "large_number_division")

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
    results = [
        {"run": {"name": name}, "rows": [row_as_json(row) for row in ROWS]}
        for name in ("qwen2.5-7b-lora", "qwen2.5-7b-full", "gpt-4o", "smollm2-135m", "tiny")
    ]
    labels, chains = controls_tables(results)
    return {
        "results": results_table(ROWS),
        "results of one task": results_table(ROWS[:2]),
        "divergences": divergence_table(ROWS),
        "states": states_table(STATES),
        "labels of runs": labels,
        "chains of runs": chains,
        "attention by module": modules_table(study()),
        "attention to sources": sources_table(study(), [(0, 0), (1, 2)]),
    }


COLUMNS: dict[str, tuple[tuple[str, ...], list[Sequence[object]], int]] = {
    "tasks": (
        ("task", "paradigm", "S", "M", "L", "tapes", "states", "rows"),
        [
            ("permutation_combination", "backtracking", "1–3", "4–6", "7–10", 7, 78, 1_080),
            ("levenshtein_distance", "dynamic_programming", "2–4", "5–7", "8–9", 12, 33, 616),
            ("lcs", "dynamic_programming", "2–6", "7–9", "10–12", 11, 42, 447),
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
        [(task, name, 3, 1_500, "100.0 [98.1–100.0]", "95.5 [90.1–98.7]")
         for task in TASKS for name in "SL"],
        0,
    ),
}  # fmt: skip


def words(text: str) -> set[str]:
    return {word.rstrip(":") for word in re.split(r"[\s─]+", text) if word}


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
        for cell in column.cells
        for word in words(cell.plain if isinstance(cell, Text) else str(cell))
    }
    console = Console(width=width, file=io.StringIO())
    show_table(table, console)
    assert isinstance(console.file, io.StringIO)
    assert_nothing_is_cut(console.file.getvalue(), cells, width)


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
    cells = {word for figure in figures for word in words(figure)}
    assert isinstance(console.file, io.StringIO)
    assert_nothing_is_cut(console.file.getvalue(), cells, width)


def test_the_widest_layout_has_a_line_for_each_row() -> None:
    console = Console(width=200, file=io.StringIO())
    show_table(results_table(ROWS), console)
    assert isinstance(console.file, io.StringIO)
    assert len(console.file.getvalue().splitlines()) == 3 + len(ROWS)
