"""Results of a study as a table: a line for each task and range, a column for each arm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from evaluation.scoring.statistics import Share, pool_runs
from evaluation.studies.rows import (
    ITEMS_FILE,
    ROWS_FILE,
    StudyItem,
    StudyRow,
    write_entries,
)
from tm.support.files import write_text

TABLE_FILE = "table.md"
"""File with the table of a study, as Markdown."""

NO_VALUE = "–"

Part = tuple[str, str, str]
"""Task, range and wordings."""


class ResultTable(NamedTuple):
    """Cells of a table as texts."""

    header: tuple[str, ...]
    lines: list[tuple[str, ...]]


def result_table(rows: Sequence[StudyRow], items: Iterable[StudyItem]) -> ResultTable:
    """Return answer accuracy and exact chains of every arm, in percent.

    With one seed the interval is Wilson's; with several, seeds and problems are resampled together.
    """
    arms = list(dict.fromkeys(row.arm for row in rows))
    several_wordings = len({row.wordings for row in rows}) > 1
    outcomes: dict[tuple[Part, str, int], list[StudyItem]] = {}
    for item in items:
        key = ((item.task, item.range, item.wordings), item.arm, item.seed)
        outcomes.setdefault(key, []).append(item)
    parts: dict[Part, list[StudyRow]] = {}
    for row in rows:
        parts.setdefault((row.task, row.range, row.wordings), []).append(row)
    lines = []
    for part, part_rows in parts.items():
        first = part_rows[0]
        line = [first.task, f"{first.range} ({first.min_length}–{first.max_length})"]
        if several_wordings:
            line.append(first.wordings)
        line += [f"{first.problems}", f"{100 * first.chance:.0f}"]
        for arm in arms:
            runs = [row for row in part_rows if row.arm == arm]
            scored = [outcomes[part, arm, row.seed] for row in runs]
            line += [
                f"{len(runs)}",
                _figure(scored, "right") if runs else NO_VALUE,
                _figure(scored, "exact")
                if any(row.exact is not None for row in runs)
                else NO_VALUE,
                f"{sum(row.chain_tokens for row in runs) / len(runs):.0f}" if runs else NO_VALUE,
            ]
        lines.append(tuple(line))
    columns = ("seeds", "answers", "exact chains", "tokens")
    header = (
        "task",
        "range",
        *(("wordings",) if several_wordings else ()),
        "problems",
        "chance",
        *(f"{arm}: {column}" for arm in arms for column in columns),
    )
    return ResultTable(header, lines)


def write_report(out: Path, rows: Sequence[StudyRow], items: Sequence[StudyItem]) -> list[Path]:
    """Write the table, all rows and all scored problems into a folder, and return the files."""
    paths = [out / ROWS_FILE, out / ITEMS_FILE, out / TABLE_FILE]
    write_entries(paths[0], StudyRow, rows)
    write_entries(paths[1], StudyItem, items)
    header, lines = result_table(rows, items)
    markdown = [header, ("---",) * len(header), *lines]
    write_text(paths[2], "".join(f"| {' | '.join(line)} |\n" for line in markdown))
    return paths


def _figure(runs: Sequence[Sequence[StudyItem]], name: str) -> str:
    """Return the mean of a figure over runs and problems, with its interval."""
    values = [
        {item.id: float(getattr(item, name)) for item in run if item.verdict != "no_fit"}
        for run in runs
    ]
    if not all(values):
        return NO_VALUE
    if len(values) == 1:
        (hits,) = values
        share = Share(sum(hits.values()), len(hits))
        return share.percent
    return pool_runs(values).percent
