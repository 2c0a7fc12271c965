"""Charts of results: accuracy, survival of chains, modules in which they broke, tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from compiler import Role
from compiler.display import ROLE_COLOURS
from evaluation.problems.replays import TaskRange, reference_batches
from evaluation.reports.figures import (
    MAX_PANEL_COLUMNS,
    figure_style,
    label_log_axis,
    panel_grid,
)
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share
from tm.support.escaping import name_invisible

LABEL_COLOUR, EXACT_COLOUR, CHANCE_COLOUR = "#1f5fbf", "#d97706", "#dc2626"
NOTE_COLOUR = "#6b7280"
RANGE_COLOURS = ("#93c5fd", "#3b82f6", "#1e3a8a", "#d97706", "#65a30d", "#be185d")
"""Colours of the ranges of a task, in order; they repeat after six ranges."""

CHART_WIDTH = 11.0
"""Width of a chart, in inches."""
BAND_HEIGHT = 0.27
"""Height of the band of one row, in inches."""
PANEL_HEIGHT = 2.4
"""Height of one panel of the survival chart, in inches."""


def accuracy(rows: Sequence[ScoreRow]) -> Figure:
    """Return a chart of answer accuracy, exact chains with 95 % intervals, and chance."""
    return _bands(rows, draw_accuracy)


def modules(rows: Sequence[ScoreRow]) -> Figure:
    """Return a chart of the share of broken chains, by module of the first wrong character."""
    return _bands(rows, draw_modules)


def accuracy_and_modules(rows: Sequence[ScoreRow], title: str) -> Figure:
    """Return a chart with ``accuracy`` and ``modules`` side by side."""
    with figure_style():
        figure = Figure(figsize=(CHART_WIDTH, 2.6 + BAND_HEIGHT * len(rows)))
        figure.suptitle(title)
        left, right = figure.subplots(1, 2, sharey=True)
        draw_accuracy(left, rows)
        draw_modules(right, rows)
    return figure


def draw_accuracy(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """Draw ``accuracy``."""
    fitting = [(y, row) for y, row in enumerate(rows) if row.fitting]
    chains = [(y, row) for y, row in fitting if row.chain]
    labels = [(y - 0.15, row.accuracy) for y, row in fitting]
    exact = [(y + 0.2, row.exactness) for y, row in chains]
    _draw_shares(axes, labels, LABEL_COLOUR, "answer accuracy")
    _draw_shares(axes, exact, EXACT_COLOUR, "exact chains")
    for y, row in fitting:
        axes.vlines(row.chance, y - 0.4, y + 0.4, colors=CHANCE_COLOUR, linewidths=2)
    axes.plot([], [], "|", color=CHANCE_COLOUR, markersize=10, markeredgewidth=2, label="chance")
    _label_percents(axes, rows)
    _draw_legend(axes)


def draw_modules(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """Draw ``modules``."""
    left = np.zeros(len(rows))
    outputs = np.array([max(1, row.fitting * row.samples) for row in rows])
    for role in Role:
        shares = np.array([row.roles.get(role, 0) for row in rows]) / outputs
        axes.barh(range(len(rows)), shares, 0.62, left, color=ROLE_COLOURS[role], label=role.value)
        left += shares
    for y, row in enumerate(rows):
        if row.fitting and not row.chain:
            axes.text(0.01, y, "no chain to compare", va="center", color=NOTE_COLOUR)
    _label_percents(axes, rows)
    _draw_legend(axes)


def tokens(rows: Sequence[ScoreRow], scores: Sequence[Score]) -> Figure:
    """Return a chart of the tokens of outputs: 5, 25, 50, 75 and 95 % quantiles, and the limit."""
    counts = {
        part: [s.output.tokens for s in group if s.verdict is not Verdict.NO_FIT]
        for part, group in _by_part(scores)
    }
    return _bands(rows, partial(_draw_tokens, counts=counts))


def survival(rows: Sequence[ScoreRow], scores: Sequence[Score]) -> Figure | None:
    """Return a chart of the share of chains without a fault by number of atomic states.

    It has a panel for each task, and is None if there are no chains.
    """
    chains = {part: _chain_ends(list(group)) for part, group in _by_part(scores)}
    curves_by_task = {}
    for task, group in groupby(rows, key=lambda row: row.task):
        curves = {row.range: kaplan_meier(chains.get((task, row.range), [])) for row in group}
        if any(curves.values()):
            curves_by_task[task] = curves
    if not curves_by_task:
        return None
    width = CHART_WIDTH / MAX_PANEL_COLUMNS
    figure, panels = panel_grid(len(curves_by_task), width, PANEL_HEIGHT)
    with figure_style():
        for axes, (task, curves) in zip(panels, curves_by_task.items(), strict=True):
            for i, (range_name, curve) in enumerate(curves.items()):
                states, shares = zip(*curve, strict=True) if curve else ((), ())
                colour = RANGE_COLOURS[i % len(RANGE_COLOURS)]
                axes.step(
                    states, shares, where="post", color=colour, label=name_invisible(range_name)
                )
            axes.set_title(name_invisible(task))
            axes.set_ylim(0, 1.03)
            axes.yaxis.set_major_formatter(PercentFormatter(1))
            axes.set_xlabel("atomic states")
            axes.legend(fontsize="small")
    return figure


SurvivalCurve = list[tuple[int, float]]
"""Numbers of atomic states, each with the share of chains that have no fault up to there."""


def kaplan_meier(ends: Sequence[tuple[int, bool]]) -> SurvivalCurve:
    """Return the share of chains that survive each atomic state, if chains end at different states.

    It is the estimator of Kaplan and Meier (1958): at each state, the share of those chains that
    reach the state and survive it. A chain that ends without a fault counts until its end.

    Parameters
    ----------
    ends
        The last atomic state of each chain, from 1, and whether that state has a fault.
    """
    broken = Counter(states for states, faulty in ends if faulty)
    remaining = len(ends)
    share, curve = 1.0, [(0, 1.0)] if ends else []
    for state, ending in sorted(Counter(states for states, _ in ends).items()):
        share *= 1 - broken[state] / remaining
        remaining -= ending
        curve.append((state, share))
    return curve


def _chain_ends(scores: Sequence[Score]) -> list[tuple[int, bool]]:
    """Return the last atomic state that each chain reaches, and whether it broke there."""
    chains = [s for s in scores if s.problem.chain and s.verdict is not Verdict.NO_FIT]
    broken = [s.divergence for s in chains if s.divergence and not s.reasoned]
    complete = reference_batches(score.problem for score in chains if score.reasoned)
    return [
        *((divergence.states + 1, True) for divergence in broken),
        *((count, False) for texts in complete for count in np.diff(texts.spans.states).tolist()),
    ]


def _by_part(scores: Sequence[Score]) -> Iterator[tuple[TaskRange, Iterator[Score]]]:
    return groupby(scores, key=lambda score: score.problem.part)


def _bands(rows: Sequence[ScoreRow], draw: Callable[[Axes, Sequence[ScoreRow]], None]) -> Figure:
    """Return a chart with a band for each row, from the top down."""
    with figure_style():
        figure = Figure(figsize=(CHART_WIDTH, 0.9 + BAND_HEIGHT * len(rows)))
        draw(figure.subplots(), rows)
    return figure


def _draw_tokens(
    axes: Axes, rows: Sequence[ScoreRow], counts: Mapping[TaskRange, Sequence[int]]
) -> None:
    for y, row in enumerate(rows):
        tokens = counts.get((row.task, row.range))
        if not tokens:
            continue
        names = ("whislo", "q1", "med", "q3", "whishi")
        box = dict(zip(names, np.quantile(tokens, [0.05, 0.25, 0.5, 0.75, 0.95]), strict=True))
        axes.bxp(
            [{**box, "fliers": []}],
            [y],
            widths=0.5,
            orientation="horizontal",
            patch_artist=True,
            manage_ticks=False,
            boxprops={"facecolor": "#a5bfe5", "edgecolor": LABEL_COLOUR},
            medianprops={"color": LABEL_COLOUR, "linewidth": 3},
            whiskerprops={"color": LABEL_COLOUR},
            capprops={"color": LABEL_COLOUR},
        )
        axes.vlines(row.token_limit, y - 0.4, y + 0.4, colors=CHANCE_COLOUR)
    axes.set_xscale("log")
    label_log_axis(axes.xaxis)
    axes.set_xlabel(" or ".join(dict.fromkeys(row.unit for row in rows)))
    _label_bands(axes, rows)


def _label_bands(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """Label the bands, each task once, with a remark in the bands of rows that do not fit."""
    tasks = [row.task for row in rows]
    labels = [
        ("" if task == before else f"{name_invisible(task)}   ")
        + f"{name_invisible(row.range)} {row.lengths[0]}–{row.lengths[1]}"
        for before, task, row in zip(["", *tasks], tasks, rows, strict=False)
    ]
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    for y, row in enumerate(rows):
        if not row.fitting:
            transform = axes.get_yaxis_transform()
            axes.text(
                0.01,
                y,
                name_invisible(row.fit),
                va="center",
                color=NOTE_COLOUR,
                transform=transform,
            )


def _label_percents(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    _label_bands(axes, rows)
    axes.set_xlim(-0.01, 1.01)
    axes.xaxis.set_major_formatter(PercentFormatter(1))


def _draw_shares(axes: Axes, shares: Sequence[tuple[float, Share]], colour: str, name: str) -> None:
    """Draw rates as dots, and their intervals as lines."""
    rates = np.array([share.rate for _, share in shares])
    low, high = np.array([share.interval() for _, share in shares]).reshape(-1, 2).T
    places = [y for y, _ in shares]
    reach = np.maximum([rates - low, high - rates], 0)  # a rounding error may be negative
    axes.errorbar(rates, places, xerr=reach, fmt="o", color=colour, markersize=4, label=name)


def _draw_legend(axes: Axes) -> None:
    """Draw the legend above the axes, where it hides nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(Role), fontsize="small")
