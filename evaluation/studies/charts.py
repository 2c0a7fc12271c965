"""Charts of a study: scores of its arms by range and by exact length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from compiler import Role
from compiler.display import ROLE_COLOURS
from evaluation.paper import PAPER_LABEL
from evaluation.reports.by_length import LengthSeries, length_chart, points_by_task
from evaluation.reports.charts import (
    CHANCE_COLOUR,
    CHART_WIDTH,
    EXACT_COLOUR,
    LABEL_COLOUR,
    NOTE_COLOUR,
)
from evaluation.reports.figures import MAX_PANEL_COLUMNS, add_legend, figure_style, panel_grid
from evaluation.studies.rows import AttentionRow, StudyItem, StudyRow
from evaluation.studies.summary import (
    ArmScores,
    arm_label,
    scores_by_arm_and_length,
    trained_lengths,
)
from tm.support.escaping import name_invisible

PANEL_HEIGHT = 2.4
"""Height of one panel, in inches."""
CHANCE_LABEL = "chance"
BAR_HEIGHT = 0.17
"""Height of a bar of the chart of modules, in inches."""
SPREAD = 0.5
"""Width that the arms of a range take together; ranges are one unit apart."""


def arm_colours(labels: Iterable[str]) -> dict[str, str]:
    """Return a colour for each arm, other than the red of chance; they repeat after nine."""
    palette = [mpl.colors.to_hex(colour) for colour in mpl.color_sequences["tab10"]]
    del palette[3]
    return {label: palette[n % len(palette)] for n, label in enumerate(dict.fromkeys(labels))}


def range_chart(scores: Sequence[ArmScores], *, exact: bool) -> Figure | None:
    """Return a chart of exact chains or of answer accuracy, with a panel for each task.

    It is None if there is nothing to draw. Chance and the paper's figures are beside answer
    accuracy.
    """
    several = len({each.wordings for each in scores}) > 1
    labels = [arm_label(each.arm, each.wordings, several=several) for each in scores]
    colours = arm_colours(labels)
    panels_by_task: dict[str, list[tuple[str, ArmScores]]] = {}
    for label, each in zip(labels, scores, strict=True):
        if (each.exactness if exact else each.accuracy) is not None:
            panels_by_task.setdefault(each.task, []).append((label, each))
    if not panels_by_task:
        return None
    columns = min(MAX_PANEL_COLUMNS, len(panels_by_task))
    figure, panels = panel_grid(
        len(panels_by_task), CHART_WIDTH / columns, PANEL_HEIGHT, columns=columns
    )
    with figure_style():
        for axes, (task, group) in zip(panels, panels_by_task.items(), strict=True):
            _draw_arms(axes, group, colours, exact=exact)
            axes.set_title(name_invisible(task))
            axes.set_ylim(-0.03, 1.03)
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        add_legend(figure, panels, last=[PAPER_LABEL, CHANCE_LABEL])  # arms first
    return figure


def _draw_arms(
    axes: Axes, group: Sequence[tuple[str, ArmScores]], colours: dict[str, str], *, exact: bool
) -> None:
    ranges = list(dict.fromkeys(each.range for _, each in group))
    labels = list(dict.fromkeys(label for label, _ in group))
    step = SPREAD / len(labels)
    for number, label in enumerate(labels):
        shares, places, papers = [], [], []
        for each_label, each in group:
            share = each.exactness if exact else each.accuracy
            if each_label != label or share is None:
                continue
            place = ranges.index(each.range) + (number - (len(labels) - 1) / 2) * step
            low, high = share.interval()
            shares.append((share.rate, low, high))
            places.append(place)
            if each.paper and not exact:
                papers.append((place, each.paper.accuracy / 100))
        rates, low_ends, high_ends = np.array(shares).T
        axes.errorbar(
            places,
            rates,
            yerr=np.maximum([rates - low_ends, high_ends - rates], 0),
            fmt="o-",
            color=colours[label],
            markersize=3.5,
            linewidth=0.8,
            label=name_invisible(label),
        )
        if papers:
            x, y = zip(*papers, strict=True)
            axes.scatter(
                x, y, marker="D", facecolors="none", edgecolors=colours[label], s=26, zorder=3
            )
            axes.plot([], [], "D", color=NOTE_COLOUR, fillstyle="none", label=PAPER_LABEL)
    if not exact:
        for _, each in group:
            place = ranges.index(each.range)
            axes.hlines(each.chance, place - 0.4, place + 0.4, colors=CHANCE_COLOUR, linewidths=0.8)
        axes.plot([], [], color=CHANCE_COLOUR, linewidth=0.8, label=CHANCE_LABEL)
    lengths = {each.range: each.rows[0] for _, each in group}
    axes.set_xticks(
        range(len(ranges)),
        [
            f"{name_invisible(name)} {row.min_length}–{row.max_length}"
            for name, row in lengths.items()
        ],
    )
    axes.set_xlim(-0.5, len(ranges) - 0.5)
    axes.grid(visible=False, axis="x")


def modules_chart(scores: Sequence[ArmScores]) -> Figure | None:
    """Return a chart of the modules in which chains first broke, with a panel for each task.

    A bar is the share of the outputs of an arm and range. It is None if no chain broke.
    """
    several = len({each.wordings for each in scores}) > 1
    by_task: dict[str, list[ArmScores]] = {}
    for each in scores:
        if each.exactness is not None:
            by_task.setdefault(each.task, []).append(each)
    if not any(each.modules for group in by_task.values() for each in group):
        return None
    columns = min(MAX_PANEL_COLUMNS, len(by_task))
    height = 0.8 + BAR_HEIGHT * max(map(len, by_task.values()))
    figure, panels = panel_grid(len(by_task), CHART_WIDTH / columns, height, columns=columns)
    with figure_style():
        for axes, (task, group) in zip(panels, by_task.items(), strict=True):
            left = np.zeros(len(group))
            for role in Role:
                shares = [each.modules.get(role, 0) / each.outputs for each in group]
                axes.barh(
                    range(len(group)), shares, 0.7, left, color=ROLE_COLOURS[role], label=role.value
                )
                left += shares
            labels = [arm_label(each.arm, each.wordings, several=several) for each in group]
            _label_bars(
                axes,
                task,
                [f"{each.range}  {label}" for each, label in zip(group, labels, strict=True)],
            )
        add_legend(figure, panels)
    return figure


def _label_bars(axes: Axes, task: str, labels: Sequence[str]) -> None:
    """Label the horizontal bars of a task, the first at the top, on a scale of 0 to 100 %."""
    axes.set_yticks(range(len(labels)), list(map(name_invisible, labels)), fontsize="small")
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(visible=False, axis="y")
    axes.set_title(name_invisible(task))


def attention_chart(attention: Sequence[AttentionRow]) -> Figure | None:
    """Return a chart of the attention to operands when a result is written, by range.

    It has a panel for each task, with a bar for each arm and range: the share at the source, the
    share at the step's own copy, and a mark for chance. It is None if no step writes a result.
    """
    by_task: dict[str, dict[tuple[str, str], list[AttentionRow]]] = {}
    for row in attention:
        if row.module == Role.SOLVE:
            parts = by_task.setdefault(row.task, {})
            parts.setdefault((row.range, row.arm), []).append(row)
    if not by_task:
        return None
    columns = min(MAX_PANEL_COLUMNS, len(by_task))
    height = 0.9 + 1.6 * BAR_HEIGHT * max(map(len, by_task.values()))
    figure, panels = panel_grid(len(by_task), CHART_WIDTH / columns, height, columns=columns)
    with figure_style():
        for axes, (task, parts) in zip(panels, by_task.items(), strict=True):
            places = range(len(parts))
            source, copy, chance = (
                np.array([np.mean([getattr(row, name) for row in rows]) for rows in parts.values()])
                for name in ("source", "copy", "chance")
            )
            axes.barh(places, source, 0.7, color=LABEL_COLOUR, label="at the source")
            axes.barh(places, copy, 0.7, source, color=EXACT_COLOUR, label="at the step's own copy")
            axes.plot(
                chance, places, "|", color=CHANCE_COLOUR, markersize=9, markeredgewidth=2,
                label="source by chance",
            )  # fmt: skip
            _label_bars(axes, task, [f"{range_name}  {arm}" for range_name, arm in parts])
        add_legend(figure, panels)
    return figure


def arms_by_length_chart(
    rows: Sequence[StudyRow], items: Iterable[StudyItem], *, exact: bool
) -> Figure | None:
    """Return a chart of exact chains or of answer accuracy by exact length, a panel for each task.

    It is None if there is nothing to draw.
    """
    by_arm = scores_by_arm_and_length(rows, items)
    colours = arm_colours(by_arm)
    series = [
        LengthSeries(label, colours[label], points)
        for label, scores in by_arm.items()
        if (points := points_by_task(scores, exact=exact))
    ]
    return length_chart(series, trained_lengths(rows)) if series else None
