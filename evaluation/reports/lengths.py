"""A picture of a corpus: how long its texts are, by task and range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from tasks.corpus import Corpus
from tasks.corpus.records.parquet import read_parquet_rows
from tm.support.files import atomic_file

BINS = 60
WIDTH, HEIGHT = 4.2, 2.6
"""Of one task's picture, in inches."""
ACROSS = 3


def draw(corpus: Corpus, file: Path) -> None:
    """Write a PNG: for each task a histogram of bytes by range, all splits together.

    Raises
    ------
    ValueError
        When the corpus holds no record.
    """
    sizes = _sizes(corpus)
    rows = -(-len(sizes) // ACROSS)
    across = min(ACROSS, len(sizes))
    figure = Figure(figsize=(WIDTH * across, HEIGHT * rows), layout="constrained")
    plots = figure.subplots(rows, across, squeeze=False).ravel()
    for plot, (task, ranges) in zip(plots, sizes.items(), strict=False):
        least = min(found.min() for found in ranges.values())
        greatest = max(found.max() for found in ranges.values())
        edges = np.geomspace(max(least, 1), max(greatest, least + 1), BINS + 1)
        for where, found in ranges.items():
            share = np.full(len(found), 100 / len(found))
            plot.hist(found, edges, weights=share, histtype="stepfilled", alpha=0.6, label=where)
        plot.set_xscale("log")
        plot.set_title(task, fontsize=10)
        plot.set_xlabel("bytes of prompt and completion")
        plot.set_ylabel("% of the range")
        plot.legend(fontsize=8)
    for plot in plots[len(sizes) :]:
        plot.set_axis_off()
    with atomic_file(file) as draft:
        figure.savefig(draft, dpi=120, format="png")


def _sizes(corpus: Corpus) -> dict[str, dict[str, np.ndarray]]:
    """Bytes of all records by task and range."""
    corpus.files()  # an error where there are none
    found: dict[str, dict[str, list[int]]] = {}
    for part in corpus.manifest["parts"]:
        for name in part["files"]:
            rows = read_parquet_rows(corpus.folder / name, {"bytes": int}, ())
            sizes = found.setdefault(part["task"], {}).setdefault(part["range"], [])
            sizes += [row["bytes"] for row in rows]
    return {
        task: {where: np.array(sizes) for where, sizes in ranges.items() if sizes}
        for task, ranges in found.items()
    }
