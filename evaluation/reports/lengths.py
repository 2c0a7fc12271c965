"""Chart of a corpus: the lengths of its records by task and range."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evaluation.reports.figures import MAX_PANEL_COLUMNS, figure_style, panel_grid, write_png
from tasks.corpus import Corpus
from tasks.corpus.records.parquet import read_parquet_rows

HISTOGRAM_BINS = 60
PANEL_WIDTH, PANEL_HEIGHT = 4.2, 2.6
"""Size of the panel of one task, in inches."""


def draw_lengths(corpus: Corpus, file: Path) -> None:
    """Write a PNG file with a histogram of bytes for each task, by range, over all splits.

    Raises
    ------
    ValueError
        If the corpus has no records.
    """
    sizes = _record_sizes(corpus)
    columns = min(MAX_PANEL_COLUMNS, len(sizes))
    figure, panels = panel_grid(len(sizes), PANEL_WIDTH, PANEL_HEIGHT, columns=columns)
    with figure_style():
        for axes, (task, ranges) in zip(panels, sizes.items(), strict=True):
            least = min(range_sizes.min() for range_sizes in ranges.values())
            greatest = max(range_sizes.max() for range_sizes in ranges.values())
            edges = np.geomspace(max(least, 1), max(greatest, least + 1), HISTOGRAM_BINS + 1)
            for range_name, range_sizes in ranges.items():
                percents = np.full(len(range_sizes), 100 / len(range_sizes))
                axes.hist(
                    range_sizes,
                    edges.tolist(),
                    weights=percents,
                    histtype="stepfilled",
                    alpha=0.6,
                    label=range_name,
                )
            axes.set_xscale("log")
            axes.set_title(task)
            axes.set_xlabel("bytes of prompt and completion")
            axes.set_ylabel("% of the range")
            axes.legend(fontsize="small")
    write_png(figure, file)


def _record_sizes(corpus: Corpus) -> dict[str, dict[str, np.ndarray]]:
    """Return the bytes of all records by task and range."""
    corpus.files()  # raises if the corpus has no records
    collected: dict[str, dict[str, list[int]]] = {}
    for part in corpus.manifest["parts"]:
        for name in part["files"]:
            rows = read_parquet_rows(corpus.folder / name, {"bytes": int}, ())
            sizes = collected.setdefault(part["task"], {}).setdefault(part["range"], [])
            sizes += [row["bytes"] for row in rows]
    return {
        task: {name: np.array(sizes) for name, sizes in ranges.items() if sizes}
        for task, ranges in collected.items()
    }
