"""Rows of a study, which every report of it reads: scores by arm, task, range and seed.

A cell is one model: an arm with the tasks it is trained on and a seed. It has a ``StudyRow`` for
each task and range that it is scored on, and a ``StudyItem`` for each scored problem.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from evaluation.scoring.statistics import Share
from tm.support.files import atomic_file

ROWS_FILE = "rows.parquet"
"""File with all rows of a study."""

ITEMS_FILE = "problems.parquet"
"""File with all scored problems of a study."""

ATTENTION_FILE = "attention.parquet"
"""File with the attention of a study's models, if the study measures it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRow:
    """Scores of one cell on one task and range.

    Attributes
    ----------
    study, scale, arm, seed
        The study, its scale (``tiny``, ``small`` or ``7b``; empty for runs of ``eval``), and the
        arm and seed of the cell.
    trained_on
        Names of the tasks that the model was trained on, joined by commas; empty if it was not
        trained, None if that is unknown.
    task, range, min_length, max_length
        The task and range that are scored, and the least and greatest length of the range.
    split, wordings
        ``probe`` or ``eval``; and wordings that pose the problems, ``seen`` in training or
        ``unseen``.
    trained_length
        Greatest length in training, of the task that is scored; None if it was not trained on.
    style, without, depth, prompt
        Form of the texts, see ``tasks.corpus.Form``; ``without`` is joined by commas. The style is
        ``answer`` if the text is only the answer.
    problems, fitting, distinct
        Number of problems, of those that fit the model's context, and of distinct ones among the
        latter.
    right, exact
        Number of right answers and of exact chains; the latter is None without chains.
    chance
        Accuracy of the best rule that does not solve the problem.
    chain_tokens
        Mean number of tokens of the reference texts, in the model's vocabulary; None if unknown.
    trained_tokens
        Number of tokens of training, including prompts and padding; None if unknown.
    parameters
        Number of parameters of the model; None if unknown.
    cpu_seconds
        CPU time of training and scoring the cell, up to this row; None if unknown.
    corpus, recipe
        Digests of the training corpus and of the recipe; the latter is empty without training.
    """

    study: str
    scale: str
    arm: str
    seed: int
    trained_on: str | None
    task: str
    range: str
    min_length: int
    max_length: int
    split: str
    wordings: str
    trained_length: int | None
    style: str
    without: str
    depth: int | None
    prompt: str
    problems: int
    fitting: int
    distinct: int
    right: int
    exact: int | None
    chance: float
    chain_tokens: float | None
    trained_tokens: int | None
    parameters: int | None
    cpu_seconds: float | None
    corpus: str
    recipe: str

    @property
    def part(self) -> tuple[str, str, str]:
        """Task, range and wordings."""
        return self.task, self.range, self.wordings

    @property
    def accuracy(self) -> Share:
        """Right answers among the problems that fit."""
        return Share(self.right, self.fitting, self.distinct)

    @property
    def exactness(self) -> Share | None:
        """Exact chains among the problems that fit; None without chains."""
        return None if self.exact is None else Share(self.exact, self.fitting, self.distinct)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyItem:
    """Score of one problem, of the cell, part and wordings named by the first seven fields.

    Attributes
    ----------
    id
        Id of the problem; equal ids in two cells are the same problem.
    length
        Exact length of the problem.
    right, exact
        Whether the answer is right, and whether the chain of thought is exact.
    verdict
        See ``evaluation.scoring.scores.Verdict``.
    tokens
        Number of tokens of the output; None if the backend did not count them.
    role, step
        Module and step of the first divergence; None without one.
    """

    study: str
    scale: str
    arm: str
    seed: int
    task: str
    range: str
    wordings: str
    id: str
    length: int
    right: bool
    exact: bool
    verdict: str
    tokens: int | None
    role: str | None
    step: str | None

    @property
    def part(self) -> tuple[str, str, str]:
        """Task, range and wordings."""
        return self.task, self.range, self.wordings


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionRow:
    """Attention of one cell at the tokens of one task, range and module.

    Attributes
    ----------
    study, scale, arm, seed
        As in ``StudyRow``.
    task, range, module, tokens, right, source, copy, chance
        See ``evaluation.attention.operands.OperandFigures``.
    """

    study: str
    scale: str
    arm: str
    seed: int
    task: str
    range: str
    module: str
    tokens: int
    right: int
    source: float
    copy: float
    chance: float


_TYPES = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}

EntryT = TypeVar("EntryT", StudyRow, StudyItem, AttentionRow)


def table_schema(kind: type[Any]) -> pa.Schema:
    """Return the Parquet schema of ``StudyRow``, ``StudyItem`` or ``AttentionRow``."""
    return pa.schema(
        [
            pa.field(
                field.name,
                _TYPES[str(field.type).removesuffix(" | None")],
                nullable=str(field.type).endswith("None"),
            )
            for field in fields(kind)
        ]
    )


def write_entries(path: Path, kind: type[EntryT], entries: Iterable[EntryT]) -> None:
    """Write rows, problems or attention as a Parquet file, atomically."""
    table = pa.Table.from_pylist([asdict(entry) for entry in entries], table_schema(kind))
    with atomic_file(path) as draft:
        pq.write_table(table, draft, compression="zstd")


def read_entries(path: Path, kind: type[EntryT]) -> list[EntryT]:
    """Return the entries of a file that ``write_entries`` wrote.

    Raises
    ------
    ValueError
        If the file cannot be read, or has other columns.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise ValueError(f"{path}: the file cannot be read: {error}") from None
    if table.schema.names != table_schema(kind).names:
        raise ValueError(f"{path}: the file does not have the columns of {kind.__name__}")
    return [kind(**entry) for entry in table.to_pylist()]


def read_results(folder: Path) -> tuple[list[StudyRow], list[StudyItem]]:
    """Return the rows and problems in a folder; none without them.

    Problems without a row, as a killed process leaves them, are not among them.

    Raises
    ------
    ValueError
        See ``read_entries``.
    """
    if not (folder / ROWS_FILE).exists():
        return [], []
    rows = read_entries(folder / ROWS_FILE, StudyRow)
    parts = {(row.arm, row.seed, row.part) for row in rows}
    items = read_entries(folder / ITEMS_FILE, StudyItem)
    return rows, [item for item in items if (item.arm, item.seed, item.part) in parts]
