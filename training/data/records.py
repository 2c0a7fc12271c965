"""Records of a corpus: reading them, and selecting those that a run trains on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tasks.corpus.records.parquet import read_parquet_rows
from tm.support.strict_json import json_lines
from training.config import Data

COLUMNS = ("id", "task", "range", "prompt", "completion")
"""Columns that a corpus must have; further columns are ignored."""

SPANS = "spans"
"""Optional column: the start of each span of the completion, in characters, and its role."""

TRAIN = "train"
"""Name of the split that is trained on."""


class Record(NamedTuple):
    """A prompt and the completion to learn.

    Attributes
    ----------
    starts
        Start of each span of the completion, in characters; None if the corpus has no spans.
    roles
        Role of each span; None if the corpus has no spans.
    """

    id: str
    task: str
    range: str
    prompt: str
    completion: str
    starts: Sequence[int] | None = None
    roles: Sequence[str] | None = None


def read_records(corpus: Path) -> Iterator[Record]:
    """Read a corpus: a ``.parquet`` or ``.jsonl`` file, or a folder of them, ordered by name.

    If records have a column ``split``, only those of the split ``train`` are read.

    Raises
    ------
    ValueError
        If a file is missing, is damaged, lacks a column, or has a value that is not a string. The
        message names the file (and line).
    """
    for file in _files(corpus):
        for location, row in _rows(file):
            if row.get("split", TRAIN) != TRAIN:
                continue
            if missing := [column for column in COLUMNS if column not in row]:
                raise ValueError(
                    f"{location}: {_quoted(missing)} missing; a corpus has the columns "
                    f"{_quoted(COLUMNS)}"
                )
            if wrong := [column for column in COLUMNS if not isinstance(row[column], str)]:
                raise ValueError(f"{location}: {_quoted(wrong)} must be a string")
            spans = row.get(SPANS) or {}
            if not isinstance(spans, dict):
                raise ValueError(f"{location}: `{SPANS}` must have `start` and `role`")
            fields = {column: row[column] for column in COLUMNS}
            yield Record(**fields, starts=spans.get("start"), roles=spans.get("role"))


def chosen_records(data: Data) -> Iterator[Record]:
    """Read the records that a run trains on: those of ``data.tasks``.

    Raises
    ------
    ValueError
        If no record is of these tasks, or one of them is of a range outside ``data.ranges``; and as
        ``read_records`` does.
    """
    seen: set[tuple[str, str]] = set()
    for record in read_records(data.corpus):
        seen.add((record.task, record.range))
        if data.tasks is None or record.task in data.tasks:
            if record.range not in data.ranges:
                raise ValueError(
                    f"{data.corpus}: it has training records of {record.task} {record.range}, but "
                    f"data.ranges is {', '.join(data.ranges)}; add {record.range} to train on them"
                )
            yield record
    if not any(data.tasks is None or task in data.tasks for task, _ in seen):
        wanted = f"of {', '.join(data.tasks)}" if data.tasks else "to train on"
        available = ", ".join(f"{task} {name}" for task, name in sorted(seen)) or "nothing"
        raise ValueError(f"{data.corpus}: no record {wanted}; the corpus has {available}")


def _files(corpus: Path) -> list[Path]:
    if corpus.is_file():
        return [corpus]
    if not corpus.is_dir():
        raise ValueError(
            f"{corpus}: no such file or folder; build a corpus with `tmtail corpus build`"
        )
    files = sorted(path for path in corpus.rglob("*") if path.suffix in {".parquet", ".jsonl"})
    if not files:
        raise ValueError(f"{corpus}: the folder has no .parquet or .jsonl file")
    return files


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the location and the columns of each record of a file."""
    if file.suffix == ".parquet":
        needed = dict.fromkeys(COLUMNS, str)
        return ((str(file), row) for row in read_parquet_rows(file, needed, ("split", SPANS)))
    return ((f"{file}, line {number}", row) for number, row in json_lines(file))


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
