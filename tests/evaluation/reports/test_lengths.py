"""The chart of text sizes: labels that can be read, and tokens where they were counted."""

from __future__ import annotations

from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from evaluation.reports.figures import figure_style, label_log_axis


@pytest.mark.parametrize(("least", "greatest"), [(650, 4_000), (70, 90_000), (1, 2_000_000)])
def test_the_labels_of_a_log_axis_are_few_and_plain(least: int, greatest: int) -> None:
    with figure_style():
        figure = Figure(figsize=(4.2, 2.6))
        axes = figure.subplots()
        axes.set_xscale("log")
        axes.set_xlim(least, greatest)
        label_log_axis(axes.xaxis)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        boxes = [label.get_window_extent(renderer) for label in axes.get_xticklabels(which="both")
                 if label.get_text()]  # fmt: skip
        texts = [label.get_text() for label in axes.get_xticklabels(which="both")]
    assert len(boxes) >= 2
    assert not any("$" in text for text in texts)
    inside = sorted((box.x0, box.x1) for box in boxes)
    assert all(end < start for (_, end), (start, _) in pairwise(inside))
