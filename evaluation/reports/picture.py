"""Figures within a page, and as files."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path

from matplotlib.figure import Figure

from evaluation.reports.charts import style
from evaluation.reports.markup import plain
from tm.support.files import atomic_file


def image(figure: Figure, about: str) -> str:
    """A figure as an element of a page: an SVG that is an image, in which nothing can run.

    Its letters are outlines, so that it looks alike whatever fonts there are.
    """
    buffer = BytesIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with style():
        figure.savefig(buffer, format="svg", metadata=nothing)
    data = b64encode(buffer.getvalue()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{plain(about)}">'


def write(figure: Figure, file: Path) -> None:
    """Write a figure as a PNG, whole or not at all."""
    with style(), atomic_file(file) as draft:
        figure.savefig(draft, dpi=150, format="png")
