"""Every state after the right prefix: a table for the terminal, and a section of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from rich.table import Table
from rich.text import Text

from compiler import Role
from evaluation.reports.figures import MAX_PANEL_COLUMNS, figure_style, panel_grid, svg_image
from evaluation.reports.markup import shown, table
from evaluation.reports.tables import NO_VALUE, task_table
from evaluation.scoring.statistics import percent
from tm.support.escaping import name_invisible

StateFigures = Mapping[str, Any]
"""An entry of ``evaluation.states.figures.state_figures``."""

CHART_WIDTH = 11.0
"""Width of the chart, in inches."""
PANEL_HEIGHT = 2.4
"""Height of one panel, in inches."""

HEADINGS = ("states", "right states", *Role, "exact chains", "expected", "sampled")
"""Headings of the table of modules."""

INTRODUCTION = (
    "One pass over each of the machine's texts scores every token after the right prefix, also "
    "behind a token that the model would not have written. Shares of atomic states, and of their "
    "modules, that the model writes; 95 % intervals take into account that the states of a "
    "problem are alike. Expected is the mean over problems of the product of the accuracy of all "
    "modules by step; sampled is the mean probability of the machine's text at temperature 1."
)


def states_table(figures: Sequence[StateFigures]) -> Table:
    """Return the accuracy of states by module, with a line for each task and range."""
    lines, task_cells = task_table(
        (entry["task"] for entry in figures), "every state, after the right prefix"
    )
    for heading in HEADINGS:
        lines.add_column(heading.replace(" ", "\n"), justify="right")
    for entry in figures:
        lines.add_row(*task_cells(entry["task"]), Text(entry["range"]), *_cells(entry))
    return lines


def _cells(entry: StateFigures) -> tuple[str, ...]:
    chains = entry["exact_chains"]
    return (
        f"{entry['states']:,}",
        _percent(entry["accuracy"]),
        *(_percent(entry["roles"].get(role)) for role in Role),
        f"{100 * chains['measured']:.1f}",
        f"{100 * chains['expected']:.1f}",
        f"{100 * chains['sampled']:.1f}",
    )


def states_section(figures: Sequence[StateFigures]) -> Iterator[str]:
    """Yield the parts of the report's section, as markup."""
    yield "<h2>Every state after the right prefix</h2>"
    yield f"<p>{shown(INTRODUCTION)}</p>"
    names = [(entry["task"], entry["range"]) for entry in figures]
    cells = ((*name, *_cells(entry)) for name, entry in zip(names, figures, strict=True))
    yield table(("task", "range", *HEADINGS), cells, names=2)
    yield "<h3>By step</h3>"
    yield table(
        ("task", "range", "step", *Role),
        (
            (*name, step, *(_percent(roles.get(role)) for role in Role))
            for name, entry in zip(names, figures, strict=True)
            for step, roles in entry["steps"].items()
        ),
        names=3,
    )
    if any(entry["distances"] for entry in figures):
        yield "<h3>Fetches by distance</h3>"
        yield "<p>Distance is that from a fetched value back to its source, in tokens.</p>"
        yield table(
            ("task", "range", "distance", "fetches", "right"),
            (
                (*name, _band(band), f"{band['total']:,}", _percent(band))
                for name, entry in zip(names, figures, strict=True)
                for band in entry["distances"]
            ),
            names=3,
        )
    yield "<h3>By position</h3>"
    yield "<p>Position is the number of tokens before a module, with the prompt.</p>"
    yield table(
        ("task", "range", "position", *Role),
        (
            (*name, _band(band), *(_percent(band["roles"].get(role)) for role in Role))
            for name, entry in zip(names, figures, strict=True)
            for band in entry["positions"]
        ),
        names=3,
    )
    yield "<h3>Survival by state</h3>"
    yield "<p>Product of the shares of right states up to each one.</p>"
    yield svg_image(survival_chart(figures), "Product of the shares of right states, by state")


def survival_chart(figures: Sequence[StateFigures]) -> Figure:
    """Return a chart of the product of the shares of right states, with a panel for each task."""
    by_task: dict[str, list[StateFigures]] = {}
    for entry in figures:
        by_task.setdefault(entry["task"], []).append(entry)
    figure, panels = panel_grid(len(by_task), CHART_WIDTH / MAX_PANEL_COLUMNS, PANEL_HEIGHT)
    with figure_style():
        for axes, (task, entries) in zip(panels, by_task.items(), strict=True):
            for entry in entries:
                survival = [1.0, *(state["survival"] for state in entry["survival"])]
                axes.step(
                    range(len(survival)),
                    survival,
                    where="post",
                    label=name_invisible(entry["range"]),
                )
            axes.set_title(name_invisible(task))
            axes.set_ylim(0, 1.03)
            axes.yaxis.set_major_formatter(PercentFormatter(1))
            axes.set_xlabel("atomic states")
            axes.legend(fontsize="small")
    return figure


def _band(band: Mapping[str, Any]) -> str:
    return f"{band['from']:,}–{band['to']:,}"


def _percent(share: Mapping[str, Any] | None) -> str:
    return percent(share["value"], *share["interval95"]) if share else NO_VALUE
