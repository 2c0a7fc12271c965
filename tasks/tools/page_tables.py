"""Write what was measured of tasks as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from compiler.styles import MINIMAL
from tasks.base import AnyTask
from tasks.tools.figures import CONTEXT, RecordSizes

STYLES = (MINIMAL, "styled")
"""The styles of which token counts are shown."""


class TaskFigures(NamedTuple):
    """The measurements of one task.

    Attributes
    ----------
    tokens
        Sizes of records by range and style.
    transitions
        Mean transitions at the greatest length of each range.
    power
        Power of the length by which transitions grow; see ``figures.growth``.
    problems
        Number of different problems of each range; None means not known.
    fitting
        Greatest length that fits a context; see ``figures.fitting_length``.
    """

    tokens: dict[tuple[str, str], RecordSizes]
    transitions: dict[str, float]
    power: float
    problems: dict[str, int | None]
    fitting: int


MeasuredTasks = Sequence[tuple[AnyTask, TaskFigures]]
TaskLabel = Callable[[AnyTask], str]
"""A function that returns the first cell of a task's row."""


def task_name(task: AnyTask) -> str:
    """Return the name of a task."""
    return task.name


def task_link(task: AnyTask) -> str:
    """Return a link from the overview to the page of a task."""
    return f"[{task.name}](tasks/{task.name}.md)"


def machine_table(measured: MeasuredTasks, label: TaskLabel) -> str:
    """Return the table of ranges and of the sizes of machines."""
    rows = (
        (
            label(task), task.paradigm.replace("_", " "), *_length_ranges(task),
            len(task.table.states), sum(1 for _ in task.table.rows()), len(task.table.tapes),
        )
        for task, _ in measured
    )  # fmt: skip
    return _markdown(("task", "paradigm", "S", "M", "L", "states", "rows", "tapes"), rows)


def token_table(measured: MeasuredTasks, label: TaskLabel) -> str:
    """Return the table of tokens of prompts and records."""
    header = ["task", "range", "prompt", "budget"]
    for style in STYLES:
        header += (f"{style}: mean", "95 %", "most", "fit")
    rows = []
    for task, figures in measured:
        for range_name in task.ranges:
            prompt = round(figures.tokens[range_name, MINIMAL].prompt)
            row = [label(task), range_name, prompt, task.budget]
            for style in STYLES:
                row += _token_cells(figures.tokens[range_name, style])
            rows.append(row)
    return _markdown(header, rows)


def length_table(measured: MeasuredTasks, label: TaskLabel) -> str:
    """Return the table of the greatest lengths."""
    rows = (
        (label(task), task.ranges["L"][1], task.greatest_length, figures.fitting)
        for task, figures in measured
    )
    header = ("task", "top of L", "greatest length", f"of {CONTEXT:,} tokens")
    return _markdown(header, rows)


def growth_table(measured: MeasuredTasks, label: TaskLabel) -> str:
    """Return the table of transitions and their growth."""
    rows = (
        (
            label(task), task.complexity,
            *(f"{round(mean):,} (n = {task.length_range(range_name)[1]})"
              for range_name, mean in figures.transitions.items()),
            f"{figures.power:.1f}",
        )
        for task, figures in measured
    )  # fmt: skip
    return _markdown(("task", "operations", "S", "M", "L", "power of n"), rows)


def exemption_table(tasks: Iterable[AnyTask], label: TaskLabel) -> str:
    """Return the table of steps and ranges that are exempt from a rule, or an empty string."""
    rows = [
        (
            label(task),
            *(", ".join(sorted(steps)) for steps in (task.coarse, task.far, task.unseen)),
            *(
                ", ".join(name for name in task.ranges if name in exempt)
                for exempt in (task.beyond, task.partly)
            ),
        )
        for task in tasks
    ]
    exempt_rows = [row for row in rows if any(row[1:])]
    header = ("task", "coarse", "far", "unseen", "beyond", "partly")
    return _markdown(header, exempt_rows) if exempt_rows else ""


def problem_table(measured: MeasuredTasks, label: TaskLabel) -> str:
    """Return the table of the numbers of different problems."""
    rows = (
        (label(task), *(_problem_cell(figures.problems[name]) for name in task.ranges))
        for task, figures in measured
    )
    return _markdown(("task", "S", "M", "L"), rows)


def _token_cells(sizes: RecordSizes) -> tuple[object, ...]:
    fit = "all" if sizes.fitting == sizes.count else f"{sizes.fitting} of {sizes.count}"
    if not sizes.tokens:
        return "not written", "", "", fit
    most = f"{sizes.unwritten} not written" if sizes.unwritten else sizes.tokens[-1]
    return round(sum(sizes.tokens) / len(sizes.tokens)), sizes.quantile(0.95), most, fit


def _problem_cell(problems: int | None) -> str:
    if problems is None:
        return "–"
    return f"{problems:,}" if problems < 10**9 else f"10^{len(str(problems)) - 1}"


def _length_ranges(task: AnyTask) -> list[str]:
    return [f"{low}–{high}" if low < high else str(low) for low, high in task.ranges.values()]


def _markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    cells = [[f"{c:,}" if isinstance(c, int) else str(c) for c in row] for row in rows]
    numeric = [all(c[:1].isdigit() for c in column) for column in zip(*cells, strict=True)]
    alignment = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, alignment, *cells))
