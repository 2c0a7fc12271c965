"""Matplotlib figures in one style, as PNG files and as images in a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter

from tm.support.files import atomic_file
from tm.support.html import escape_html

PNG_DPI = 150
MAX_LOG_LABELS = 6
MAX_FINE_RATIO = 500
"""Greatest value of an axis over its least, up to which there are labels between powers of 10."""
MAX_PANEL_COLUMNS = 3


def figure_style() -> AbstractContextManager[None]:
    """Return a context in which figures are created and saved; equal figures give equal files."""
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
            "text.parse_math": False,  # the name of a task is not a formula
            "ytick.left": False,
        }
    )


def panel_grid(
    count: int, width: float, height: float, *, columns: int = MAX_PANEL_COLUMNS
) -> tuple[Figure, list[Axes]]:
    """Return a figure with ``count`` panels side by side and below each other.

    Parameters
    ----------
    width, height
        Size of one panel, in inches.
    """
    rows = -(-count // columns)
    with figure_style():
        figure = Figure(figsize=(width * columns, height * rows))
        panels = list(figure.subplots(rows, columns, squeeze=False).ravel())
        for unused in panels[count:]:
            unused.set_axis_off()
    return figure, panels[:count]


def add_legend(figure: Figure, panels: Iterable[Axes], *, last: Collection[str] = ()) -> None:
    """Add one legend for all panels, with some of the labels at the end."""
    handles: dict[str, Artist] = {}
    for axes in panels:
        for artist, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, artist)
    ordered = sorted(handles, key=lambda label: label in last)
    figure.legend(
        [handles[label] for label in ordered],
        ordered,
        loc="outside upper left",
        ncols=6,
        fontsize="small",
    )


def label_log_axis(axis: Axis) -> None:
    """Label a logarithmic axis of drawn data with few plain numbers, such as 500, 1k and 20k."""
    least, greatest = axis.get_view_interval()
    subs = (1,) if greatest > least * MAX_FINE_RATIO else (1, 2, 5)
    axis.set_major_locator(LogLocator(subs=subs, numticks=MAX_LOG_LABELS))
    axis.set_major_formatter(EngFormatter(sep=""))
    axis.set_minor_formatter(NullFormatter())


def svg_image(figure: Figure, description: str) -> str:
    """Return a figure as an ``img`` element with an SVG, in which no script can run.

    Letters are drawn as outlines, so that the image does not depend on installed fonts.
    """
    buffer = BytesIO()
    _save(figure, buffer, "svg")
    data = b64encode(buffer.getvalue()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape_html(description)}">'


def write_png(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG file, atomically."""
    with atomic_file(file) as draft:
        _save(figure, draft, "png")


def write_svg(figure: Figure, file: Path) -> None:
    """Write a figure as an SVG file, atomically; letters are outlines, as in ``svg_image``."""
    with atomic_file(file) as draft:
        _save(figure, draft, "svg")


def _save(figure: Figure, target: BytesIO | Path, format: str) -> None:
    metadata = dict.fromkeys(("Creator", "Date", "Format", "Type")) if format == "svg" else None
    with figure_style():
        figure.savefig(target, dpi=PNG_DPI, format=format, metadata=metadata)
