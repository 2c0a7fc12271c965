"""A picture of results: accuracy by range, and where chains broke."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compiler import Role
from evaluation.charts import COLOURS
from evaluation.rows import Row
from evaluation.statistics import Share
from tasks.corpus.files import whole


def draw(rows: Sequence[Row], title: str, file: Path) -> None:
    """Write a PNG: scores with 95 % intervals, and the modules in which chains first diverged.

    Raises
    ------
    ValueError
        When there is no row.
    """
    if not rows:
        raise ValueError("there are no results to draw")
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    scores, modules = figure.subplots(1, 2)
    many = len({row.task for row in rows}) > 1
    names = [f"{row.task}\n{_range(row)}" if many else _range(row) for row in rows]
    figure.suptitle(title)
    _bars(scores, rows, names)
    _modules(modules, rows, names)
    with whole(file) as draft:
        figure.savefig(draft, dpi=150, format="png")


def _range(row: Row) -> str:
    low, high = row.lengths
    return f"{row.range} ({low}–{high})"


def _bars(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    width = 0.38
    for offset, label, colour, shares in (
        (-width / 2, "label accuracy", "#1f5fbf", [row.accuracy for row in rows]),
        (width / 2, "exact chains", "#93b7e8", [row.exactness for row in rows]),
    ):
        places = [i + offset for i in range(len(rows))]
        axes.bar(places, [share.rate for share in shares], width, label=label, color=colour)
        axes.errorbar(
            places,
            [share.rate for share in shares],
            yerr=_errors(shares),
            fmt="none",
            ecolor="#111827",
            capsize=3,
        )
    for i, row in enumerate(rows):
        axes.hlines(row.chance, i - width, i + width, colors="#dc2626", linestyles="dashed")
    axes.plot([], [], "--", color="#dc2626", label="chance")
    axes.set_xticks(range(len(rows)), names)
    axes.set_ylim(0, 1.02)
    axes.set_ylabel("share of problems, 95 % intervals")
    _legend(axes, columns=3)


def _errors(shares: Sequence[Share]) -> list[list[float]]:
    pairs = [(share.rate, *share.interval()) for share in shares]
    return [[rate - low for rate, low, _ in pairs], [high - rate for rate, _, high in pairs]]


def _modules(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    left = [0.0] * len(rows)
    for role in Role:
        shares = [row.roles.get(role, 0) / row.items for row in rows]
        axes.barh(range(len(rows)), shares, left=left, color=COLOURS[role], label=role)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.set_yticks(range(len(rows)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of problems, by module of the first wrong character")
    _legend(axes, columns=len(Role))


def _legend(axes: Axes, columns: int) -> None:
    """Above the axes, where it hides no bar."""
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=columns,
        fontsize="small",
        frameon=False,
        columnspacing=1.2,
    )
