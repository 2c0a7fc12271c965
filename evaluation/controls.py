"""Runs side by side on the same problems: TAIL, and what shows how much of a score is TAIL's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from rich.table import Table

from evaluation.backends import Backend
from evaluation.items import Item
from evaluation.problems import asked, held_out, longest
from evaluation.scoring import Row, Score, evaluate
from tasks import Task
from tasks.corpus import Corpus, Form

ANY = "any"
"""The format of outputs that may be any text which ends in an answer."""

PAPER = {("compare_numbers", "M"): 94.2, ("compare_numbers", "L"): 90.0}
"""Label accuracy of the paper's Qwen2.5-7B, in percent, on its own instances."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Who answers, and in what form.

    Attributes
    ----------
    name
        The column's; results go into a folder of this name.
    backend
        ``hf``, a model; ``file``, outputs made elsewhere; ``reference``, the machine itself.
    model
        Of ``hf``: a folder, an adapter's, or a hub name.
    outputs
        Of ``file``: JSON lines.
    format, style
        How this run was taught to write, where it is not as the corpus is: ``style: plain`` is
        plain CoT, ``format: answer`` no CoT, ``format: any`` an untrained model's own way.
    max_new_tokens
        Tokens that an output may have; by the corpus's longest text where none is given.
    """

    name: str
    backend: Literal["hf", "file", "reference"] = "hf"
    model: str = ""
    outputs: Path | None = None
    format: str = ""
    style: str = ""
    max_new_tokens: int | None = None

    def __post_init__(self) -> None:
        if (self.backend == "hf") != bool(self.model):
            raise ValueError(f"run {self.name}: `model` goes with backend hf, and only with it")
        if (self.backend == "file") != (self.outputs is not None):
            raise ValueError(f"run {self.name}: `outputs` goes with backend file, and only with it")
        if not self.name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"run {self.name!r}: a name is letters, digits, - and _")
        if self.format == ANY and self.backend == "hf" and self.max_new_tokens is None:
            raise ValueError(f"run {self.name}: where any text will do, give max_new_tokens")


@dataclass(frozen=True, kw_only=True)
class Controls:
    """Runs, and the problems that all of them are scored on.

    Attributes
    ----------
    corpus
        Its split ``split``, the first ``items`` of each task and range.
    batch_size, dtype
        Of the models.
    """

    corpus: Path
    runs: tuple[Run, ...]
    split: Literal["eval", "probe"] = "eval"
    ranges: tuple[str, ...] = ("S", "M", "L")
    items: int = 500
    batch_size: int = 64
    dtype: Literal["float32", "bfloat16"] = "float32"

    def __post_init__(self) -> None:
        names = [run.name for run in self.runs]
        if not names or len(set(names)) < len(names):
            raise ValueError("give one run or more, each with a name of its own")


class Scored(NamedTuple):
    """A run, and what it scored."""

    run: Run
    rows: list[Row]
    scores: list[Score]
    description: dict[str, Any]


def score_runs(
    controls: Controls,
    backend: Callable[[Run, Sequence[Item]], Backend],
    tasks: Sequence[Task[Any]] = (),
) -> Iterator[Scored]:
    """Score the runs, one after the other.

    Parameters
    ----------
    backend
        Makes the backend of a run on these items.
    tasks
        See ``evaluation.problems.held_out``.

    Raises
    ------
    ValueError
        See ``evaluation.problems.held_out``.
    """
    corpus = Corpus.open(controls.corpus)
    for run in controls.runs:
        free = run.format == ANY
        said = {"format": run.format, "style": run.style}
        said = {name: value for name, value in said.items() if value and not free}
        items = list(
            held_out(
                corpus,
                controls.split,
                controls.ranges,
                controls.items,
                tasks=tasks,
                form=Form(**said) if said else None,  # type: ignore[arg-type]
                free=free,
            )
        )
        writer = backend(run, items)
        rows, scores = evaluate(
            items,
            writer,
            asked=asked(corpus, controls.split, controls.items),
            longest=longest(corpus, controls.split) if not said and not free else None,
            limit=run.max_new_tokens,
        )
        about = {**writer.description, "run": run.name, "corpus": corpus.digest}
        yield Scored(run, rows, scores, {**about, "split": controls.split})


def controls_table(scored: Sequence[Scored]) -> Table:
    """Label accuracy and exact chains of every run, in percent, beside chance and the paper."""
    table = Table(title="label accuracy / exact chains, in percent", title_justify="left")
    table.add_column("task")
    table.add_column("range")
    for one in scored:
        table.add_column(one.run.name, justify="right")
    table.add_column("chance", justify="right")
    table.add_column("paper's 7B, paper's instances", justify="right")
    for rows in zip(*(one.rows for one in scored), strict=True):
        first = rows[0]
        paper = PAPER.get((first.task, first.range))
        table.add_row(
            first.task,
            first.range,
            *(_cell(row) for row in rows),
            f"{100 * first.chance:.1f}" if first.fitting else "–",
            "" if paper is None else f"{paper}",
        )
    return table


def _cell(row: Row) -> str:
    if not row.fitting:
        return row.fit
    chain = f"{100 * row.exactness.rate:.1f}" if row.chain else "–"
    return f"{100 * row.accuracy.rate:.1f} / {chain}"
