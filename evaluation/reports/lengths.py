"""Chart of a corpus: the lengths of its records by task and range."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evaluation.reports.figures import (
    MAX_PANEL_COLUMNS,
    figure_style,
    label_log_axis,
    panel_grid,
    write_png,
)
from tasks.corpus import Corpus
from tasks.corpus.records.parquet import read_parquet_rows

HISTOGRAM_BINS = 60
PANEL_WIDTH, PANEL_HEIGHT = 4.2, 2.6
"""Size of the panel of one task, in inches."""


def draw_lengths(corpus: Corpus, file: Path) -> None:
    """Write a PNG file with a histogram of text sizes for each task, by range, over all splits.

    Sizes are tokens if the corpus was built with a tokenizer, and bytes if not.

    Raises
    ------
    ValueError
        If the corpus has no records.
    """
    unit = "tokens" if _has_tokens(corpus) else "bytes"
    sizes = _record_sizes(corpus, unit)
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
            label_log_axis(axes.xaxis)
            axes.set_title(task)
            axes.set_xlabel(f"{unit} of prompt and completion")
            axes.set_ylabel("% of the range")
            axes.legend(fontsize="small")
    write_png(figure, file)


def _has_tokens(corpus: Corpus) -> bool:
    """Return whether the tokens of every record were counted; see ``RecordOptions``."""
    request = corpus.manifest["request"]
    return bool(request["tokenizer"]) and request["max_tokens"] is None


def _record_sizes(corpus: Corpus, unit: str) -> dict[str, dict[str, np.ndarray]]:
    """Return the sizes of all records by task and range, in ``bytes`` or ``tokens``."""
    corpus.files()  # raises if the corpus has no records
    collected: dict[str, dict[str, list[int]]] = {}
    for part in corpus.manifest["parts"]:
        for name in part["files"]:
            rows = read_parquet_rows(corpus.folder / name, {unit: int}, ())
            sizes = collected.setdefault(part["task"], {}).setdefault(part["range"], [])
            sizes += [row[unit] for row in rows]
    return {
        task: {name: np.array(sizes) for name, sizes in ranges.items() if sizes}
        for task, ranges in collected.items()
    }
