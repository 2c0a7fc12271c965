"""Report of a study of attention: two tables in the terminal, three files in a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

from compiler.text import ROLES
from evaluation.attention.study import CONTEXT_PARTS, FetchAttention, HeadShares, RangeAttention
from evaluation.reports.tables import NO_VALUE, task_table
from tm.support.files import atomic_file, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STUDY_FILE = "attention.json"
FETCHES_FILE = "fetches.parquet"
HEADS_FILE = "heads.png"

HEADS_COLOUR_MAP = "magma_r"

Heads = Sequence[tuple[int, int]]
"""Pairs of layer and head, from 0."""

FETCHES_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "task", "range", "step", "label", "name")),
        *((name, pa.int64()) for name in ("state", "at", "distance")),
        ("right", pa.bool_()),
        *((name, pa.float32()) for name in ("source", "chance")),
    ]
)
"""Columns of ``fetches.parquet``; shares are the mean over the lookup heads."""


def modules_table(ranges: Sequence[RangeAttention]) -> Table:
    """Return a table of the mean attention at the tokens of each module, in percent."""
    table, task_cells = task_table((attention.task for attention in ranges), "attention, %")
    table.add_column("module")
    for name in ("tokens", "right", *CONTEXT_PARTS):
        table.add_column(name, justify="right")
    for attention in ranges:
        for row in _module_rows(attention):
            table.add_row(
                *task_cells(attention.task),
                attention.range,
                row["module"],
                f"{row['tokens']:,}",
                f"{100 * row['right']:.1f}",
                *(f"{100 * row[part]:.1f}" for part in CONTEXT_PARTS),
            )
    return table


def sources_table(ranges: Sequence[RangeAttention], heads: Heads) -> Table:
    """Return a table of the lookup heads' attention to the sources of fetches, in percent."""
    title = "attention to sources, %"
    table, task_cells = task_table((attention.task for attention in ranges), title)
    for name in ("fetches", "right", "source,\nif right", "if\nwrong", "by\nchance"):
        table.add_column(name, justify="right")
    table.add_column("tokens back:\nmean", justify="right")
    table.add_column("most", justify="right")
    for attention in ranges:
        if not attention.fetches:
            continue
        row = _source_figures(attention, heads)
        shares = (row["source_if_right"], row["source_if_wrong"], row["chance"])
        table.add_row(
            *task_cells(attention.task),
            attention.range,
            f"{row['fetches']:,}",
            f"{100 * row['right']:.1f}",
            *(NO_VALUE if share is None else f"{100 * share:.1f}" for share in shares),
            f"{row['distance']['mean']:.0f}",
            f"{row['distance']['most']:,}",
        )
    return table


def study_as_json(ranges: Sequence[RangeAttention], heads: Heads) -> list[dict[str, Any]]:
    """Return the figures of both tables, and each head's share on sources, as plain data."""
    return [
        {
            "task": attention.task,
            "range": attention.range,
            "problems": attention.problems,
            "left_out": attention.left_out,
            "modules": _module_rows(attention),
            "sources": _source_figures(attention, heads) if attention.fetches else None,
            "source_by_head": attention.source_shares().round(5).tolist()
            if attention.fetches
            else None,
        }
        for attention in ranges
    ]


def check_no_study(folder: Path) -> None:
    """Raise ``ValueError`` if ``folder`` holds a study."""
    if (folder / STUDY_FILE).exists():
        raise ValueError(
            f"{folder}: the folder holds a study, which is never overwritten; give another folder"
        )


def write_study(
    folder: Path,
    ranges: Sequence[RangeAttention],
    heads: Heads,
    description: Mapping[str, Any],
) -> None:
    """Write a study into a folder, each file atomically, ``attention.json`` last.

    ``fetches.parquet`` has a row for every fetch; ``heads.png`` shows the share on sources of every
    layer and head.

    Parameters
    ----------
    description
        Settings that are needed to repeat the study: the model, the problems, versions.

    Raises
    ------
    ValueError
        If the folder holds a study.
    """
    from evaluation.reports.figures import write_png  # matplotlib is slow to import

    check_no_study(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_fetch_row(attention, f, heads) for attention in ranges for f in attention.fetches]
    with atomic_file(folder / FETCHES_FILE) as draft:
        pq.write_table(pa.Table.from_pylist(rows, FETCHES_SCHEMA), draft, compression="zstd")
    write_png(_draw_heads(ranges), folder / HEADS_FILE)
    study = {
        **description,
        "lookup_heads": [list(head) for head in heads],
        "rows": study_as_json(ranges, heads),
    }
    write_text(folder / STUDY_FILE, json.dumps(study, indent=1) + "\n")


def _fetch_row(attention: RangeAttention, fetch: FetchAttention, heads: Heads) -> dict[str, Any]:
    shares = {
        "source": _mean_share(fetch.source, heads),
        "chance": _mean_share(fetch.chance, heads),
    }
    return {**fetch._asdict(), "task": attention.task, "range": attention.range, **shares}


def _mean_share(shares: HeadShares, heads: Heads) -> float:
    """Return the mean share of some heads."""
    return float(np.mean([shares[head] for head in heads]))


def _module_rows(attention: RangeAttention) -> list[dict[str, Any]]:
    return [
        {
            "module": ROLES[role].value,
            "tokens": tokens,
            "right": attention.right[role].item() / tokens,
            **dict(zip(CONTEXT_PARTS, attention.mean(role).round(5).tolist(), strict=True)),
        }
        for role, tokens in enumerate(attention.tokens.tolist())
        if tokens
    ]


def _source_figures(attention: RangeAttention, heads: Heads) -> dict[str, Any]:
    shares: dict[bool, list[float]] = {True: [], False: []}
    for fetch in attention.fetches:
        shares[fetch.right].append(_mean_share(fetch.source, heads))
    distances = [fetch.distance for fetch in attention.fetches]
    chances = [_mean_share(fetch.chance, heads) for fetch in attention.fetches]
    return {
        "fetches": len(attention.fetches),
        "right": len(shares[True]) / len(attention.fetches),
        "source_if_right": float(np.mean(shares[True])) if shares[True] else None,
        "source_if_wrong": float(np.mean(shares[False])) if shares[False] else None,
        "chance": float(np.mean(chances)),
        "distance": {"mean": float(np.mean(distances)), "most": max(distances)},
    }


def _draw_heads(ranges: Sequence[RangeAttention]) -> Figure:
    """Return a figure with a map of layers and heads for each task and range."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    from evaluation.reports.figures import figure_style, panel_grid

    with_fetches = [attention for attention in ranges if attention.fetches]
    tasks = list(dict.fromkeys(attention.task for attention in with_fetches))
    names = list(dict.fromkeys(attention.range for attention in with_fetches))
    columns = max(1, len(names))
    count = columns * max(1, len(tasks))
    figure, panels = panel_grid(count, width=3.0, height=3.2, columns=columns)
    for axes in panels:
        axes.set_axis_off()
    highest = max((attention.source_shares().max() for attention in with_fetches), default=1)
    colours = Normalize(0, highest)
    with figure_style():
        for attention in with_fetches:
            row, column = tasks.index(attention.task), names.index(attention.range)
            axes = panels[row * columns + column]
            axes.set_axis_on()
            axes.grid(visible=False)
            axes.imshow(
                attention.source_shares(),
                aspect="auto",
                origin="lower",
                norm=colours,
                cmap=HEADS_COLOUR_MAP,
            )
            axes.set_title(f"{attention.task} {attention.range}", fontsize="small")
            axes.set_xlabel("head")
            axes.set_ylabel("layer")
        figure.colorbar(
            ScalarMappable(colours, HEADS_COLOUR_MAP),
            ax=panels,
            label="share of attention on the source of a fetch",
        )
    return figure
