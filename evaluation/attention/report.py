"""What a study of attention found: two tables in the terminal, three files in a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table

from compiler.text import ROLES
from evaluation.attention.study import WHERE, Fetch, Looks
from evaluation.reports.results import task_table
from tm.support.files import atomic_file, write_text

RESULTS = "attention.json"
FETCHES = "fetches.parquet"
PICTURE = "heads.png"

COLOURS = "magma_r"

Heads = Sequence[tuple[int, int]]
"""Layers and heads, from 0."""


def modules_table(all_looks: Sequence[Looks]) -> Table:
    """Where attention goes at the tokens of each module, in percent, all layers and heads alike."""
    table, task = task_table((looks.task for looks in all_looks), "attention, %")
    table.add_column("module")
    for name in ("tokens", "right", *WHERE):
        table.add_column(name, justify="right")
    for looks in all_looks:
        for row in _modules(looks):
            shares = (f"{100 * row[where]:.1f}" for where in WHERE)
            right = f"{100 * row['right']:.1f}"
            table.add_row(
                *task(looks.task), looks.range, row["module"], f"{row['tokens']:,}", right, *shares
            )
    return table


def sources_table(all_looks: Sequence[Looks], heads: Heads) -> Table:
    """What of the lookup heads' attention falls on the source of what is fetched, in percent."""
    table, task = task_table((looks.task for looks in all_looks), "attention to sources, %")
    for name in ("fetches", "right", "source,\nif right", "if\nwrong", "by\nchance"):
        table.add_column(name, justify="right")
    table.add_column("tokens back:\nmean", justify="right")
    table.add_column("most", justify="right")
    for looks in all_looks:
        if not looks.fetches:
            continue
        row = _sources(looks, heads)
        shares = (row["source_if_right"], row["source_if_wrong"], row["chance"])
        table.add_row(
            *task(looks.task),
            looks.range,
            f"{row['fetches']:,}",
            f"{100 * row['right']:.1f}",
            *("–" if share is None else f"{100 * share:.1f}" for share in shares),
            f"{row['distance']['mean']:.0f}",
            f"{row['distance']['most']:,}",
        )
    return table


def looks_as_json(all_looks: Sequence[Looks], heads: Heads) -> list[dict[str, Any]]:
    """The figures of both tables, and each head's share on sources, as plain data."""
    return [
        {
            "task": looks.task,
            "range": looks.range,
            "problems": looks.problems,
            "left_out": looks.left_out,
            "modules": list(_modules(looks)),
            "sources": _sources(looks, heads) if looks.fetches else None,
            "source_by_head": looks.by_head().round(5).tolist() if looks.fetches else None,
        }
        for looks in all_looks
    ]


def check_free(folder: Path) -> None:
    """Raise ``ValueError`` when a folder holds a study already."""
    if (folder / RESULTS).exists():
        raise ValueError(f"{folder} holds a study already; it is never overwritten")


def write_looks(
    folder: Path, all_looks: Sequence[Looks], heads: Heads, description: Mapping[str, Any]
) -> None:
    """Write a study into a folder, each file whole or not at all, ``attention.json`` last.

    ``fetches.parquet`` has a row for every fetch, ``heads.png`` shows the share on sources of every
    layer and head.

    Raises
    ------
    ValueError
        When a study is there already.
    """
    check_free(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_fetch(looks, fetch, heads) for looks in all_looks for fetch in looks.fetches]
    with atomic_file(folder / FETCHES) as draft:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), draft, compression="zstd")
    with atomic_file(folder / PICTURE) as draft:
        _draw(all_looks, draft)
    found = {
        **description,
        "lookup_heads": [list(head) for head in heads],
        "rows": looks_as_json(all_looks, heads),
    }
    write_text(folder / RESULTS, json.dumps(found, indent=1) + "\n")


SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "task", "range", "step", "label", "name")),
        *((name, pa.int64()) for name in ("state", "at", "distance")),
        ("right", pa.bool_()),
        *((name, pa.float32()) for name in ("source", "chance")),
    ]
)
"""The columns of ``fetches.parquet``; shares are the mean of the lookup heads."""


def _fetch(looks: Looks, fetch: Fetch, heads: Heads) -> dict[str, Any]:
    shares = {name: _of(getattr(fetch, name), heads) for name in ("source", "chance")}
    return {**fetch._asdict(), "task": looks.task, "range": looks.range, **shares}


def _of(shares: np.ndarray, heads: Heads) -> float:
    return float(np.mean([shares[head] for head in heads]))


def _modules(looks: Looks) -> Sequence[dict[str, Any]]:
    return [
        {
            "module": ROLES[role].value,
            "tokens": tokens,
            "right": looks.right[role].item() / tokens,
            **dict(zip(WHERE, looks.mean(role).round(5).tolist(), strict=True)),
        }
        for role, tokens in enumerate(looks.tokens.tolist())
        if tokens
    ]


def _sources(looks: Looks, heads: Heads) -> dict[str, Any]:
    shares: dict[bool, list[float]] = {True: [], False: []}
    for fetch in looks.fetches:
        shares[fetch.right].append(_of(fetch.source, heads))
    distances = [fetch.distance for fetch in looks.fetches]
    return {
        "fetches": len(looks.fetches),
        "right": len(shares[True]) / len(looks.fetches),
        "source_if_right": float(np.mean(shares[True])) if shares[True] else None,
        "source_if_wrong": float(np.mean(shares[False])) if shares[False] else None,
        "chance": float(np.mean([_of(fetch.chance, heads) for fetch in looks.fetches])),
        "distance": {"mean": float(np.mean(distances)), "most": max(distances)},
    }


def _draw(all_looks: Sequence[Looks], file: Any) -> None:
    """A map of layers and heads for each task and range."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    shown = [looks for looks in all_looks if looks.fetches]
    tasks = list(dict.fromkeys(looks.task for looks in shown))
    ranges = list(dict.fromkeys(looks.range for looks in shown))
    size = max(1, len(ranges)), max(1, len(tasks))
    figure = Figure(figsize=(1.5 + 2.6 * size[0], 0.5 + 3.2 * size[1]), layout="constrained")
    panels = figure.subplots(size[1], size[0], squeeze=False)
    for axes in panels.flat:
        axes.set_axis_off()
    colours = Normalize(0, max((looks.by_head().max() for looks in shown), default=1))
    for looks in shown:
        axes = panels[tasks.index(looks.task), ranges.index(looks.range)]
        axes.set_axis_on()
        axes.imshow(looks.by_head(), aspect="auto", origin="lower", norm=colours, cmap=COLOURS)
        axes.set_title(f"{looks.task} {looks.range}", fontsize="small")
        axes.set_xlabel("head")
        axes.set_ylabel("layer")
    key = ScalarMappable(colours, COLOURS)
    figure.colorbar(key, ax=panels, label="share of attention on the source of a fetch")
    figure.savefig(file, dpi=130, format="png")
