"""Tables of results for the terminal, and the cells that the HTML page shares with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from compiler import Role
from evaluation.paper import PAPER_LABEL, TAIL, paper_accuracy
from evaluation.problems.replays import TaskRange
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Verdict

NO_VALUE = "–"
"""Cell of a figure that was not measured."""

FAILURE_HEADINGS = {
    Verdict.WRONG: "wrong",
    Verdict.NO_ANSWER: "no answer",
    Verdict.TRUNCATED: "cut off",
    Verdict.NO_FIT: "no fit",
}
SCORE_HEADINGS = (
    "problems", "answer accuracy", "exact chains", "chance", *FAILURE_HEADINGS.values()
)  # fmt: skip
"""Headings of ``score_cells``."""

PAPER_HEADING = f"{TAIL}, {PAPER_LABEL}"
"""Heading of ``paper_cells``."""


def range_label(name: str, lengths: Sequence[int]) -> str:
    """Return the name of a range with its minimum and maximum length."""
    return f"{name} ({lengths[0]}–{lengths[1]})"


def score_cells(row: ScoreRow) -> tuple[str, ...]:
    """Return the figures of a row as texts, shares in percent with their 95 % intervals."""
    return (
        f"{row.problems:,}",
        row.accuracy.percent if row.fitting else row.fit,
        row.exactness.percent if row.fitting and row.chain else NO_VALUE,
        f"{100 * row.chance:.1f}" if row.fitting else NO_VALUE,
        *(f"{row.verdicts.get(verdict, 0):,}" for verdict in FAILURE_HEADINGS),
    )


def paper_cells(parts: Iterable[TaskRange]) -> list[str]:
    """Return the paper's accuracy of TAIL for each task and range; empty if it states none."""
    cells = [paper_accuracy(task, range_name) for task, range_name in parts]
    return [cell or NO_VALUE for cell in cells] if any(cells) else []


def results_table(rows: Sequence[ScoreRow], title: str = "") -> Table:
    """Return the scores as a table with a line for each task and range."""
    table, task_cells = task_table((row.task for row in rows), title)
    for heading in SCORE_HEADINGS:
        table.add_column(heading.replace(" ", "\n"), justify="right")
    paper = paper_cells((row.task, row.range) for row in rows)
    if paper:
        table.add_column(PAPER_HEADING.replace("'s ", "'s\n"), justify="right")
    for number, row in enumerate(rows):
        label = Text(range_label(row.range, row.lengths))
        cells = (*score_cells(row), *paper[number : number + 1])
        table.add_row(*task_cells(row.task), label, *cells)
    return table


WORDING_HEADINGS = ("wordings", "problems", "answer accuracy", "exact chains")
"""Headings of ``wording_lines``, after the task and the range."""


def wording_lines(rows: Sequence[ScoreRow]) -> list[tuple[str, ...]]:
    """Return the figures of each kind of wordings, of the rows that have both kinds."""
    return [
        (
            row.task,
            range_label(row.range, row.lengths),
            kind,
            f"{each.problems:,}",
            each.accuracy.percent,
            each.exactness.percent if row.chain else NO_VALUE,
        )
        for row in rows
        if len(row.wordings) > 1
        for kind, each in row.wordings.items()
    ]


def wordings_table(rows: Sequence[ScoreRow]) -> Table:
    """Return a table of the scores in wordings that training has seen and has not seen."""
    lines = wording_lines(rows)
    table, task_cells = task_table((task for task, *_ in lines), "seen and unseen wordings")
    for heading in WORDING_HEADINGS:
        table.add_column(heading.replace(" ", "\n"), justify="right")
    for task, *cells in lines:
        table.add_row(*task_cells(task), *map(Text, cells))
    return table


def divergence_table(rows: Sequence[ScoreRow]) -> Table:
    """Return a table of where chains of thought left the reference, by module and by step."""
    table, task_cells = task_table((row.task for row in rows), "first wrong character")
    table.add_column("not\nexact", justify="right")
    for role in Role:
        table.add_column(role, justify="right")
    table.add_column("in step")
    for row in rows:
        steps = sorted(row.steps.items(), key=lambda pair: (-pair[1], pair[0]))
        table.add_row(
            *task_cells(row.task),
            row.range,
            str(sum(row.roles.values())),
            *(str(row.roles.get(role, 0)) for role in Role),
            Text(", ".join(f"{step} {count}" for step, count in steps) or "—"),
        )
    return table


def task_table(tasks: Iterable[str], title: str) -> tuple[Table, Callable[[str], tuple[Text, ...]]]:
    """Return a table with the columns task and range, and a function that gives the task's cells.

    If there is only one task, its name is in the title, and the column is left out.
    """
    different = set(tasks)
    single = len(different) == 1
    heading = ": ".join(filter(None, (*(different if single else ()), title)))
    table = Table(
        title=heading or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
    )
    if not single:
        table.add_column("task")
    table.add_column("range", no_wrap=True)
    return table, lambda task: () if single else (Text(task),)
