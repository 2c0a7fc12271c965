"""Accuracy by the exact length of a problem: a chart and a table with the training limit marked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from evaluation.reports.charts import CHART_WIDTH, EXACT_COLOUR, LABEL_COLOUR, NOTE_COLOUR
from evaluation.reports.figures import (
    MAX_PANEL_COLUMNS,
    add_legend,
    figure_style,
    panel_grid,
    svg_image,
)
from evaluation.reports.markup import shown, table
from evaluation.reports.tables import NO_VALUE
from evaluation.scoring.lengths import LengthScores
from evaluation.scoring.statistics import Share
from tm.support.escaping import name_invisible

HEADINGS = ("length", "trained on", "problems", "answer accuracy", "exact chains")
"""Headings of ``length_cells``."""

LIMIT_LABEL = "training limit"

INTRODUCTION = (
    "Exact length of each problem, with 95 % Wilson intervals over different problems. The dashed "
    "line is the greatest length in training, if the model has a record of it."
)
PANEL_HEIGHT = 2.5
"""Height of one panel, in inches."""
MAX_POINTS = 16
"""Points of a line; a chart of more lengths pools neighbours, on one side of the training limit."""


class LengthSeries(NamedTuple):
    """Line of the chart.

    Attributes
    ----------
    points
        By task, the share at each length.
    """

    name: str
    colour: str
    points: Mapping[str, Sequence[tuple[int, Share]]]


def trained_lengths(description: Mapping[str, Any]) -> dict[str, int]:
    """Return the greatest length in training by task, from the description of an evaluation.

    It is empty if the model has no record of its training.
    """
    lengths = description.get("training", {}).get("trained_lengths", {})
    return {str(task): int(length) for task, length in lengths.items()}


def length_section(scores: Sequence[LengthScores], limits: Mapping[str, int]) -> Iterator[str]:
    """Yield the parts of the report's section, as markup.

    Parameters
    ----------
    limits
        Greatest length in training, by task.
    """
    yield "<h2>Accuracy by exact length</h2>"
    yield f"<p>{shown(INTRODUCTION)}</p>"
    figure = length_chart(
        [
            LengthSeries("answer accuracy", LABEL_COLOUR, points_by_task(scores, exact=False)),
            LengthSeries("exact chains", EXACT_COLOUR, points_by_task(scores, exact=True)),
        ],
        {task: (limit,) for task, limit in limits.items()},
    )
    yield svg_image(figure, "Answer accuracy and exact chains by the exact length of the problem")
    cells = ((each.task, *length_cells(each, limits.get(each.task))) for each in scores)
    yield "<details><summary>Table</summary>"
    yield table(("task", *HEADINGS), cells)
    yield "</details>"


def length_cells(scores: LengthScores, limit: int | None) -> tuple[str, ...]:
    """Return the cells of one length; ``limit`` is the greatest length in training, if known."""
    trained = NO_VALUE if limit is None else "yes" if scores.length <= limit else "no"
    exact = scores.exactness.percent if scores.exactness else NO_VALUE
    problems = f"{scores.accuracy.distinct:,}"
    return str(scores.length), trained, problems, scores.accuracy.percent, exact


def points_by_task(
    scores: Sequence[LengthScores], *, exact: bool
) -> dict[str, list[tuple[int, Share]]]:
    """Return the points of a series: exact chains, or answer accuracy."""
    points: dict[str, list[tuple[int, Share]]] = {}
    for each in scores:
        share = each.exactness if exact else each.accuracy
        if share is not None:
            points.setdefault(each.task, []).append((each.length, share))
    return points


def pooled_points(
    points: Sequence[tuple[int, Share]], limits: Collection[int]
) -> list[tuple[float, Share]]:
    """Return the points of a line, at most about ``MAX_POINTS``.

    More lengths are pooled into stretches of equal width, none of which has lengths on both sides
    of a training limit; a point is at the middle of its stretch.
    """
    if not points:
        return []
    first, last = points[0][0], points[-1][0]
    width = 1 if len(points) <= MAX_POINTS else -(-(last - first + 1) // MAX_POINTS)
    groups: dict[tuple[int, int], list[tuple[int, Share]]] = {}
    for length, share in points:
        side = sum(length > limit for limit in limits)
        groups.setdefault((side, (length - first) // width), []).append((length, share))
    return [
        (
            (group[0][0] + group[-1][0]) / 2,
            Share(
                sum(share.hits for _, share in group),
                sum(share.problems for _, share in group),
                sum(share.distinct or share.problems for _, share in group),
            ),
        )
        for group in groups.values()
    ]


def length_chart(
    series: Sequence[LengthSeries], limits: Mapping[str, Collection[int]] = {}
) -> Figure:
    """Return a chart of shares by exact length, with a panel for each task.

    Parameters
    ----------
    limits
        Greatest lengths in training, by task.
    """
    tasks = list(dict.fromkeys(task for line in series for task in line.points))
    columns = min(MAX_PANEL_COLUMNS, len(tasks))
    figure, panels = panel_grid(len(tasks), CHART_WIDTH / columns, PANEL_HEIGHT, columns=columns)
    with figure_style():
        for axes, task in zip(panels, tasks, strict=True):
            _draw_task(axes, task, series, limits.get(task, ()))
        add_legend(figure, panels, last=[LIMIT_LABEL])
    return figure


def _draw_task(
    axes: Axes, task: str, series: Sequence[LengthSeries], limits: Collection[int]
) -> None:
    for line in series:
        points = pooled_points(line.points.get(task, ()), limits)
        if not points:
            continue
        lengths = [length for length, _ in points]
        rates = np.array([share.rate for _, share in points])
        low, high = np.array([share.interval() for _, share in points]).reshape(-1, 2).T
        axes.errorbar(
            lengths,
            rates,
            yerr=np.maximum([rates - low, high - rates], 0),  # a rounding error may be negative
            fmt="o-",
            color=line.colour,
            markersize=3,
            linewidth=1,
            elinewidth=0.8,
            label=name_invisible(line.name),
        )
    for number, limit in enumerate(sorted(set(limits))):
        label = None if number else LIMIT_LABEL
        axes.axvline(limit + 0.5, color=NOTE_COLOUR, linestyle="--", linewidth=1, label=label)
    axes.set_title(name_invisible(task))
    axes.set_ylim(-0.03, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("exact length")
