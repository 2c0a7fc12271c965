"""Space-time pictures of runs: the cells of each tape to the right, time downwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from numpy.typing import NDArray

from evaluation.reports.figures import figure_style, panel_grid, write_png, write_svg
from tm.engine import Run
from tm.engine.alphabet import encode
from tm.engine.statistics import blocks, effects_of, statistics
from tm.formats.tsv import show_class
from tm.table import Table, Tape

MAX_ROWS = 600
"""Configurations that a picture shows, one for each pixel; of a longer run it shows every k-th."""

MAX_COLUMNS = 380
"""Cells of a tape that a picture shows, one for each pixel; of a longer tape it shows 1 of k."""

PANEL_WIDTH, PANEL_HEIGHT = 4.0, 5.0
"""Size of the picture of a tape, in inches."""

MAX_LEGEND_SYMBOLS = 20
"""Symbols of a tape in its legend; if a picture has more of them, they are shades of one scale."""

MARKED_BRIGHTNESS = 0.6
"""Brightness of the colour of a marked symbol, compared with that of the symbol without a mark."""


class SpaceTime(NamedTuple):
    """The sampled configurations of one tape.

    Attributes
    ----------
    symbols
        uint8[rows, columns]: the symbols; the first row is the initial tape.
    heads
        int64[rows]: the number of the cell under the head.
    first
        The number of the first cell.
    cell_step, time_step
        The number of cells from one column to the next, and of transitions from one row to the
        next.
    """

    symbols: NDArray[np.uint8]
    heads: NDArray[np.int64]
    first: int
    cell_step: int
    time_step: int


def sample(run: Run, inputs: Mapping[str, str]) -> list[SpaceTime]:
    """Return the configurations of a run, tape by tape, at most ``MAX_ROWS`` of them.

    Parameters
    ----------
    run
        A run with actions.
    inputs
        Its texts by tape.

    Raises
    ------
    ValueError
        If the run has no actions.
    """
    table, effects = run.table, effects_of(run.table)
    contents = _initial_contents(table, inputs)
    used = statistics(run).tapes
    first = [tape.first for tape in used]
    ends = [max(tape.last + 1, len(text)) for tape, text in zip(used, contents, strict=True)]
    cells = [np.zeros(end - start, np.uint8) for start, end in zip(first, ends, strict=True)]
    for tape, text in enumerate(contents):
        cells[tape][-first[tape] : len(text) - first[tape]] = text
    heads = [0] * len(cells)
    time_step = -(-(run.transitions + 1) // MAX_ROWS)
    cell_steps = [-(-len(tape) // MAX_COLUMNS) for tape in cells]
    columns = [_columns(len(tape), step) for tape, step in zip(cells, cell_steps, strict=True)]
    rows = [[tape[shown]] for tape, shown in zip(cells, columns, strict=True)]
    paths = [[0] for _ in cells]
    for actions in blocks(run, time_step):
        for tape, (moves, writes) in enumerate(zip(effects.moves, effects.writes, strict=True)):
            made = moves[actions]
            after = heads[tape] + np.cumsum(made, dtype=np.int64)
            written = writes[actions]
            is_written = written >= 0
            # Of several symbols for one cell NumPy keeps the last one.
            cells[tape][(after - made - first[tape])[is_written]] = written[is_written]
            heads[tape] = int(after[-1])
            if len(actions) == time_step:
                rows[tape].append(cells[tape][columns[tape]])
                paths[tape].append(heads[tape])
    return [
        SpaceTime(np.stack(rows[i]), np.array(paths[i]), first[i], cell_steps[i], time_step)
        for i in range(len(cells))
    ]


def _columns(count: int, step: int) -> NDArray[np.int64]:
    """Return the cells that are shown, one at random of each ``step`` neighbours.

    Every k-th cell would show a pattern on the tape as another one.
    """
    starts = np.arange(0, count, step)
    offsets = np.random.default_rng(0).integers(step, size=len(starts))
    columns: NDArray[np.int64] = np.minimum(starts + offsets, count - 1)
    return columns


def _initial_contents(table: Table, inputs: Mapping[str, str]) -> list[NDArray[np.uint8]]:
    """Return the symbols of the text on each tape."""
    encoded = encode(table, [inputs])
    contents = [np.zeros(0, np.uint8) for _ in table.tapes]
    for tape, (start, end) in zip(encoded.tapes, encoded.ends, strict=True):
        contents[tape] = encoded.symbols[start:end]
    return contents


def draw(run: Run, inputs: Mapping[str, str]) -> Figure:
    """Return a figure with a panel for each tape of a run; see ``sample``."""
    samples = sample(run, inputs)
    columns = min(len(samples), 3)
    figure, panels = panel_grid(len(samples), PANEL_WIDTH, PANEL_HEIGHT, columns=columns)
    with figure_style():
        for panel, tape, part in zip(panels, run.table.tapes, samples, strict=True):
            _draw_tape(panel, tape, part)
        figure.suptitle(
            f"{run.table.name}: {run.outcome} after {run.transitions:,} transitions", fontsize=10
        )
    return figure


def _draw_tape(panel: Axes, tape: Tape, part: SpaceTime) -> None:
    rows, columns = part.symbols.shape
    right = part.first + columns * part.cell_step
    bottom = rows * part.time_step
    colours = _colours(tape, part.symbols)
    panel.imshow(
        part.symbols,
        cmap=ListedColormap(colours),
        vmin=-0.5,
        vmax=tape.size - 0.5,
        aspect="auto",
        interpolation="nearest",
        extent=(part.first - 0.5, right - 0.5, bottom - 0.5, -0.5),
    )
    if part.time_step == 1:  # between sampled configurations, the head may have been anywhere
        panel.plot(part.heads, np.arange(rows), color="black", linewidth=0.8, label="head")
    panel.set_title(tape.name)
    panel.set_xlabel("cell" + _sampling(part.cell_step))
    panel.set_ylabel("transition" + _sampling(part.time_step))
    panel.grid(visible=False)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    present = [symbol for symbol in np.unique(part.symbols).tolist() if symbol]
    handles: list[Artist] = list(panel.lines)
    handles += [
        Patch(facecolor=colours[symbol], label=show_class(tape, [symbol]))
        for symbol in present[:MAX_LEGEND_SYMBOLS]
    ]
    panel.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        fontsize=7,
        handlelength=1.0,
    )


def _sampling(step: int) -> str:
    return "" if step == 1 else f" (1 of {step:,} is shown)"


def _colours(tape: Tape, symbols: NDArray[np.uint8]) -> list[tuple[float, ...]]:
    """Return a colour for each symbol: white for the blank, a darker one for a marked symbol."""
    count = len(tape.symbols)
    present = [symbol for symbol in np.unique(symbols % count).tolist() if symbol]
    few = len(present) <= MAX_LEGEND_SYMBOLS
    plain = [(1.0, 1.0, 1.0, 1.0)] * count
    for index, symbol in enumerate(present):
        plain[symbol] = (
            colormaps["tab20"](index) if few else colormaps["turbo"](index / len(present))
        )
    marked = [(*(MARKED_BRIGHTNESS * part for part in c[:3]), 1.0) for c in plain]
    return [*plain, *marked][: tape.size]


WRITERS = {".png": write_png, ".svg": write_svg}
"""Functions that write a figure, by the suffix of the file."""
