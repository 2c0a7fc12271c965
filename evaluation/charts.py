"""The pictures of a report, as SVG: accuracy, survival of chains, modules they broke in, tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from math import floor, log10

import numpy as np

from compiler import Role
from evaluation.items import rewritten
from evaluation.markup import Drawing, legend, plain
from evaluation.rows import Row
from evaluation.scoring import Score, Verdict
from evaluation.statistics import Share

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

_WIDTH = 900
_LEFT, _RIGHT = 240, 870  # where the axis of a picture with a line for each row lies
_BAND = 26
_TOP = 10


def accuracy(rows: Sequence[Row]) -> str:
    """Label accuracy and exact chains with 95 % intervals, and chance, for every row."""
    drawing, places = _bands(rows, "Label accuracy and exact chains by range")
    _percents(drawing, _TOP + _BAND * len(rows))
    for row, y in zip(rows, places, strict=True):
        if not row.fitting:
            drawing.text(_LEFT + 8, y + 4, row.fit, dim=True)
            continue
        x = _across(row.chance)
        drawing.line(x, y - 10, x, y + 10, f'stroke="{CHANCE}" stroke-width="2"')
        _share(drawing, row.accuracy, y - 4, LABEL, "label accuracy")
        if row.chain:
            _share(drawing, row.exactness, y + 5, EXACT, "exact chains")
    return drawing.svg()


def modules(rows: Sequence[Row]) -> str:
    """The share of outputs whose chain broke, by the module of the first wrong character."""
    drawing, places = _bands(rows, "Modules in which chains first broke")
    _percents(drawing, _TOP + _BAND * len(rows))
    for row, y in zip(rows, places, strict=True):
        outputs = row.fitting * row.samples
        if not row.chain or not outputs:
            drawing.text(_LEFT + 8, y + 4, row.fit or "no chain to compare", dim=True)
            continue
        done = 0
        for role in Role:
            broken = row.roles.get(role, 0)
            x, end = _across(done / outputs), _across((done + broken) / outputs)
            if broken:
                tip = f"{role}: {broken} of {outputs}"
                drawing.box(x, y - 8, end - x, 16, f'fill="{COLOURS[role]}"', tip)
            done += broken
    return drawing.svg()


def tokens(rows: Sequence[Row], scores: Sequence[Score]) -> str:
    """Tokens of the outputs of every row: 5, 25, 50, 75 and 95 %, and the limit."""
    drawing, places = _bands(rows, "Tokens of an output")
    taken = {
        key: [s.output.tokens for s in group if s.verdict is not Verdict.NO_FIT]
        for key, group in _by_row(scores)
    }
    counts = [count for found in taken.values() for count in found]
    top = max([10, *counts, *(row.limit for row in rows)])
    low = floor(log10(max(1, min(counts, default=1))))
    high = max(log10(top), low + 1)

    def along(count: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (log10(max(count, 10**low)) - low) / (high - low)

    bottom = _TOP + _BAND * len(rows)
    for power in range(low, floor(high) + 1):
        _tick(drawing, along(10**power), bottom, f"{10**power:,}")
    for row, y in zip(rows, places, strict=True):
        found = taken.get((row.task, row.range))
        if not found:
            drawing.text(_LEFT + 8, y + 4, row.fit, dim=True)
            continue
        least, first, middle, third, most = np.quantile(found, [0.05, 0.25, 0.5, 0.75, 0.95])
        drawing.line(along(least), y, along(most), y, f'stroke="{LABEL}" stroke-width="1.5"')
        tip = f"median {middle:,.0f}, 90 % in {least:,.0f}–{most:,.0f}"
        width = max(along(third) - along(first), 2)
        drawing.box(along(first), y - 6, width, 12, f'fill="{LABEL}" fill-opacity=".35"', tip)
        drawing.dot(along(middle), y, 4, f'fill="{LABEL}"')
        drawing.line(along(row.limit), y - 8, along(row.limit), y + 8, f'stroke="{CHANCE}"')
    return drawing.svg()


def survival(rows: Sequence[Row], scores: Sequence[Score]) -> Iterator[str]:
    """A picture for each task: the share of chains still right after so many atomic states."""
    chains = {key: _ends(list(group)) for key, group in _by_row(scores)}
    for task, group in groupby(rows, key=lambda row: row.task):
        curves = {row.range: kaplan_meier(chains.get((task, row.range), [])) for row in group}
        if not any(curves.values()):
            continue
        colours = {where: RANGES[i % len(RANGES)] for i, where in enumerate(curves)}
        picture = _survival(task, curves, colours)
        caption = f"<figcaption>{plain(task)}</figcaption>{legend(colours)}"
        yield f"<figure>{caption}{picture}</figure>"


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


def _survival(task: str, curves: dict[str, Curve], colours: dict[str, str]) -> str:
    left, right, top, bottom = 34, 318, 8, 150
    drawing = Drawing(340, 185, f"Survival of the chains of {task}")
    furthest = max((curve[-1][0] for curve in curves.values() if curve), default=0) or 1

    def place(state: int, share: float) -> tuple[float, float]:
        return left + (right - left) * state / furthest, bottom - (bottom - top) * share

    for percent in (0, 50, 100):
        y = place(0, percent / 100)[1]
        drawing.line(left, y, right, y, 'class="rule"')
        drawing.text(left - 6, y + 4, f"{percent}", anchor="end", dim=True)
    for state in (0, furthest // 2, furthest):
        drawing.text(place(state, 0)[0], bottom + 16, f"{state:,}", anchor="middle", dim=True)
    drawing.text((left + right) / 2, bottom + 31, "atomic states", anchor="middle", dim=True)
    for where, curve in curves.items():
        if not curve:
            continue
        steps = [place(*curve[0])]
        for (_, before), (state, share) in pairwise(curve):
            steps += [place(state, before), place(state, share)]
        drawing.path(steps, f'stroke="{colours[where]}" stroke-width="2"')
    return drawing.svg()


def _by_row(scores: Sequence[Score]) -> Iterator[tuple[tuple[str, str], Iterator[Score]]]:
    return groupby(scores, key=lambda score: (score.item.task.name, score.item.range))


def _bands(rows: Sequence[Row], label: str) -> tuple[Drawing, list[float]]:
    """A picture with a band for each row, named on the left, and the middle of each."""
    drawing = Drawing(_WIDTH, _TOP + _BAND * len(rows) + 24, label)
    places = [_TOP + _BAND * (index + 0.5) for index in range(len(rows))]
    task = ""
    for row, y in zip(rows, places, strict=True):
        if row.task != task:
            task = row.task
            drawing.line(0, y - _BAND / 2, _RIGHT, y - _BAND / 2, 'class="rule"')
            drawing.text(0, y + 4, task)
        low, high = row.lengths
        drawing.text(_LEFT - 10, y + 4, f"{row.range} {low}–{high}", anchor="end", dim=True)
    return drawing, places


def _across(share: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * share


def _percents(drawing: Drawing, bottom: float) -> None:
    for percent in range(0, 101, 25):
        _tick(drawing, _across(percent / 100), bottom, f"{percent} %")


def _tick(drawing: Drawing, x: float, bottom: float, label: str) -> None:
    drawing.line(x, _TOP, x, bottom, 'class="rule"')
    drawing.text(x, bottom + 16, label, anchor="middle", dim=True)


def _share(drawing: Drawing, share: Share, y: float, colour: str, name: str) -> None:
    low, high = share.interval()
    drawing.line(_across(low), y, _across(high), y, f'stroke="{colour}" stroke-width="1.5"')
    drawing.dot(_across(share.rate), y, 4, f'fill="{colour}"')
    tip = f"{name} {100 * share.rate:.1f} %, {100 * low:.1f}–{100 * high:.1f}"
    drawing.box(_LEFT, y - 4, _RIGHT - _LEFT, 8, 'fill="#fff" fill-opacity="0"', tip)
