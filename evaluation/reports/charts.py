"""The pictures of results: accuracy, survival of chains, modules they broke in, tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import groupby

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, PercentFormatter, StrMethodFormatter

from compiler import Role
from evaluation.problems.replays import rewritten
from evaluation.scoring.rows import ScoreRow
from evaluation.scoring.scores import Score, Verdict
from evaluation.scoring.statistics import Share
from tm.support.escaping import name_invisible

COLOURS = {
    Role.CONTROL: "#4338ca",
    Role.FETCH: "#0e7490",
    Role.SOLVE: "#4d7c0f",
    Role.NEXT: "#6b7280",
    Role.ANSWER: "#a21caf",
}
"""How the modules of a chain of thought are shown, dark on white."""

LABEL, EXACT, CHANCE = "#1f5fbf", "#d97706", "#dc2626"
RANGES = ("#93c5fd", "#3b82f6", "#1e3a8a", "#d97706", "#65a30d", "#be185d")
"""The ranges of a task, in their order; more than six begin anew."""

WIDTH = 11.0
"""Of a picture, in inches."""
BAND = 0.27
"""Of a row's band."""
ACROSS = 3
"""Panels side by side."""


def style() -> AbstractContextManager[None]:
    """How pictures are made and saved within it; the same one is the same file each time."""
    return mpl.rc_context(
        {
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.spines.left": False,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "font.size": 9.0,
            "grid.color": "#e5e7eb",
            "legend.frameon": False,
            "svg.hashsalt": "tmtail",
            "text.parse_math": False,  # a task's name is no formula
            "ytick.left": False,
        }
    )


def accuracy(rows: Sequence[ScoreRow]) -> Figure:
    """Label accuracy and exact chains with 95 % intervals, and chance, for every row."""
    return _bands(rows, draw_accuracy)


def modules(rows: Sequence[ScoreRow]) -> Figure:
    """The share of outputs whose chain broke, by the module of the first wrong character."""
    return _bands(rows, draw_modules)


def both(rows: Sequence[ScoreRow], title: str) -> Figure:
    """Accuracy and modules, side by side."""
    with style():
        figure = Figure(figsize=(WIDTH, 2.6 + BAND * len(rows)))
        figure.suptitle(title)
        left, right = figure.subplots(1, 2, sharey=True)
        draw_accuracy(left, rows)
        draw_modules(right, rows)
    return figure


def draw_accuracy(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """See ``accuracy``."""
    fitting = [(y, row) for y, row in enumerate(rows) if row.fitting]
    chains = [(y, row) for y, row in fitting if row.chain]
    _shares(axes, [(y - 0.15, row.accuracy) for y, row in fitting], LABEL, "label accuracy")
    _shares(axes, [(y + 0.2, row.exactness) for y, row in chains], EXACT, "exact chains")
    for y, row in fitting:
        axes.vlines(row.chance, y - 0.4, y + 0.4, colors=CHANCE, linewidths=2)
    axes.plot([], [], "|", color=CHANCE, markersize=10, markeredgewidth=2, label="chance")
    _percents(axes, rows)
    _legend(axes)


def draw_modules(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """See ``modules``."""
    done = np.zeros(len(rows))
    outputs = np.array([max(1, row.fitting * row.samples) for row in rows])
    for role in Role:
        shares = np.array([row.roles.get(role, 0) for row in rows]) / outputs
        axes.barh(range(len(rows)), shares, 0.62, done, color=COLOURS[role], label=role.value)
        done += shares
    for y, row in enumerate(rows):
        if row.fitting and not row.chain:
            axes.text(0.01, y, "no chain to compare", va="center", color="#6b7280")
    _percents(axes, rows)
    _legend(axes)


def tokens(rows: Sequence[ScoreRow], scores: Sequence[Score]) -> Figure:
    """Tokens of the outputs of every row: 5, 25, 50, 75 and 95 %, and the limit."""
    taken = {
        key: [s.output.tokens for s in group if s.verdict is not Verdict.NO_FIT]
        for key, group in _by_row(scores)
    }
    return _bands(rows, partial(_draw_tokens, taken=taken))


def survival(rows: Sequence[ScoreRow], scores: Sequence[Score]) -> Figure | None:
    """A panel for each task: the share of chains still right after so many atomic states.

    None where there is no chain.
    """
    chains = {key: _ends(list(group)) for key, group in _by_row(scores)}
    panels = {}
    for task, group in groupby(rows, key=lambda row: row.task):
        curves = {row.range: kaplan_meier(chains.get((task, row.range), [])) for row in group}
        if any(curves.values()):
            panels[task] = curves
    if not panels:
        return None
    down = -(-len(panels) // ACROSS)
    with style():
        figure = Figure(figsize=(WIDTH, 2.4 * down))
        grid = figure.subplots(down, ACROSS, squeeze=False).ravel()
        for axes in grid[len(panels) :]:
            axes.set_axis_off()
        for axes, (task, curves) in zip(grid, panels.items(), strict=False):
            for i, (where, curve) in enumerate(curves.items()):
                states, shares = zip(*curve, strict=True) if curve else ((), ())
                colour = RANGES[i % len(RANGES)]
                axes.step(states, shares, where="post", color=colour, label=name_invisible(where))
            axes.set_title(name_invisible(task))
            axes.set_ylim(0, 1.03)
            axes.yaxis.set_major_formatter(PercentFormatter(1))
            axes.set_xlabel("atomic states")
            axes.legend(fontsize="small")
    return figure


Curve = list[tuple[int, float]]
"""Atomic states, and the share of chains that are right for so many."""


def kaplan_meier(ends: Sequence[tuple[int, bool]]) -> Curve:
    """The share of chains that survive each atomic state, where chains end at different states.

    The estimator of Kaplan and Meier (1958): at each state, the share of the chains that have got
    there and go on. A chain that came to its end without a fault counts until then.

    Parameters
    ----------
    ends
        Of each chain: the last state that it came to, from 1, and whether this one was wrong.
    """
    broken = Counter(states for states, wrong in ends if wrong)
    there = len(ends)
    alive, curve = 1.0, [(0, 1.0)] if ends else []
    for state, leaving in sorted(Counter(states for states, _ in ends).items()):
        alive *= 1 - broken[state] / there
        there -= leaving
        curve.append((state, alive))
    return curve


def _ends(scores: Sequence[Score]) -> list[tuple[int, bool]]:
    """Of each chain, the last state that it came to, and whether it broke there."""
    chains = [s for s in scores if s.item.chain and s.verdict is not Verdict.NO_FIT]
    broken = [s.divergence for s in chains if s.divergence and not s.reasoned]
    whole = rewritten(score.item for score in chains if score.reasoned)
    return [
        *((divergence.states + 1, True) for divergence in broken),
        *((states, False) for texts in whole for states in np.diff(texts.spans.states).tolist()),
    ]


def _by_row(scores: Sequence[Score]) -> Iterator[tuple[tuple[str, str], Iterator[Score]]]:
    return groupby(scores, key=lambda score: (score.item.task.name, score.item.range))


def _bands(rows: Sequence[ScoreRow], draw: Callable[[Axes, Sequence[ScoreRow]], None]) -> Figure:
    """A picture with a band for each row, from the top down."""
    with style():
        figure = Figure(figsize=(WIDTH, 0.9 + BAND * len(rows)))
        draw(figure.subplots(), rows)
    return figure


def _draw_tokens(
    axes: Axes, rows: Sequence[ScoreRow], taken: Mapping[tuple[str, str], Sequence[int]]
) -> None:
    for y, row in enumerate(rows):
        found = taken.get((row.task, row.range))
        if not found:
            continue
        names = ("whislo", "q1", "med", "q3", "whishi")
        box = dict(zip(names, np.quantile(found, [0.05, 0.25, 0.5, 0.75, 0.95]), strict=True))
        axes.bxp(
            [{**box, "fliers": []}],
            [y],
            widths=0.5,
            orientation="horizontal",
            patch_artist=True,
            manage_ticks=False,
            boxprops={"facecolor": "#a5bfe5", "edgecolor": LABEL},
            medianprops={"color": LABEL, "linewidth": 3},
            whiskerprops={"color": LABEL},
            capprops={"color": LABEL},
        )
        axes.vlines(row.limit, y - 0.4, y + 0.4, colors=CHANCE)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.minorticks_off()
    axes.set_xlabel(" or ".join(dict.fromkeys(row.unit for row in rows)))
    _name(axes, rows)


def _name(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    """Name the bands, each task once, and say of what does not fit that it does not."""
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
            place = axes.get_yaxis_transform()
            axes.text(
                0.01, y, name_invisible(row.fit), va="center", color="#6b7280", transform=place
            )


def _percents(axes: Axes, rows: Sequence[ScoreRow]) -> None:
    _name(axes, rows)
    axes.set_xlim(-0.01, 1.01)
    axes.xaxis.set_major_formatter(PercentFormatter(1))


def _shares(axes: Axes, shares: Sequence[tuple[float, Share]], colour: str, name: str) -> None:
    """Rates as dots, with their intervals as lines."""
    rates = np.array([share.rate for _, share in shares])
    low, high = np.array([share.interval() for _, share in shares]).reshape(-1, 2).T
    places = [y for y, _ in shares]
    reach = np.maximum([rates - low, high - rates], 0)  # a rounding error may be below
    axes.errorbar(rates, places, xerr=reach, fmt="o", color=colour, markersize=4, label=name)


def _legend(axes: Axes) -> None:
    """Above the axes, where it hides nothing."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(Role), fontsize="small")
