"""Print tables so that no figure and no name is cut, however narrow the terminal is.

A table that is too wide is printed in groups, with the name of each group above it instead of in a
column, and closer columns; if that is too wide as well, each row becomes a block with a line for
each column.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

PIPE_COLUMNS = 140
"""Least width of a table that is written to a file or a pipe."""

MAX_ALIGNED_WIDTH = 24
"""Width of the widest column that is aligned between groups."""

_UNLIMITED = 10_000


def console() -> Console:
    """Return the console for tables: as wide as the terminal, or unlimited in a pipe."""
    from rich.console import Console

    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(width=_UNLIMITED, highlight=False)


def show_table(table: Table, console: Console, group: int = 0) -> None:
    """Print a table in the first layout that fits the console.

    Texts are wrapped between words; figures only between a figure and its interval, and only if
    the table is too wide without that.

    Parameters
    ----------
    group
        The column whose value may stand above its rows.
    """
    if console.width == _UNLIMITED:
        _wrap(table, between_figures=False)
        console.print(table, width=max(PIPE_COLUMNS, _least_width(table, console)))
        return
    for between_figures, padding in ((False, 1), (True, 1), (True, 0)):
        table.padding = (0, padding, 0, padding)
        _wrap(table, between_figures)
        for tables in filter(None, ([table], _grouped(table, group, between_figures))):
            if max(_least_width(each, console) for each in tables) <= console.width:
                for each in tables:
                    _narrow(each, console)
                    console.print(each)
                return
    _show_blocks(table, console)


def show_columns(header: Sequence[str], rows: Iterable[Sequence[object]], group: int = 0) -> None:
    """Print rows in aligned columns; columns of numbers are aligned to the right."""
    rows = [list(row) for row in rows]
    cells = [[_cell(value) for value in row] for row in rows]
    right = [
        bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(header))
    ]
    if sys.stdout.isatty():
        show_table(_rich_table(header, cells, right), console(), group)
        return
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for line in (header, *cells):
        columns = zip(line, widths, right, strict=True)
        print("  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in columns).rstrip())


def _rich_table(
    header: Sequence[str], cells: Iterable[Sequence[str]], right: Sequence[bool]
) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for name, is_right in zip(header, right, strict=True):
        table.add_column(name, justify="right" if is_right else "left")
    for line in cells:
        table.add_row(*map(Text, line))
    return table


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _wrap(table: Table, between_figures: bool) -> None:
    """Set where the cells of a table may be wrapped; its first two columns never are."""
    for index, column in enumerate(table.columns):
        is_figure = column.justify == "right"
        column.no_wrap = index < 2 or (is_figure and not between_figures)


def _least_width(table: Table, console: Console) -> int:
    """Return the least width at which nothing of a table is cut."""
    saved = sum(
        _width(column, broken=False) - _width(column, broken=True)
        for column in table.columns
        if not column.no_wrap
    )
    return _full_width(table, console) - saved


def _full_width(table: Table, console: Console) -> int:
    """Return the width of a table in which nothing is wrapped."""
    from rich.measure import Measurement

    options = console.options.update(max_width=_UNLIMITED)
    return Measurement.get(console, options, table).maximum


def _narrow(table: Table, console: Console) -> None:
    """Narrow the widest columns to the width of the console, none below its longest word.

    Rich narrows columns as well, but also below their longest word.
    """
    columns = [column for column in table.columns if not column.no_wrap]
    widths = [_width(column, broken=False) for column in columns]
    least = [_width(column, broken=True) for column in columns]
    for _ in range(_full_width(table, console) - console.width):
        widest = max(range(len(columns)), key=lambda i: (widths[i] > least[i], widths[i]))
        widths[widest] -= 1
    for column, width in zip(columns, widths, strict=True):
        column.width = width


def _width(column: Column, *, broken: bool) -> int:
    """Return the width of a column's longest line, or of its longest word if it is broken."""
    from rich.cells import cell_len

    texts = [_plain(column.header), *map(_plain, column.cells)]
    pieces = [piece for text in texts for piece in (text.split() if broken else text.split("\n"))]
    return max(column.min_width or 0, *map(cell_len, pieces), 0)


def _grouped(table: Table, group: int, between_figures: bool) -> list[Table]:
    """Return a table for each run of equal values in a column; empty if that saves nothing."""
    from itertools import groupby

    from rich.table import Table

    names = [_plain(cell) for cell in table.columns[group].cells]
    groups = [(name, len(list(rows))) for name, rows in groupby(names)]
    if len(groups) == len(names):
        return []
    columns = [column for index, column in enumerate(table.columns) if index != group]
    tables: list[Table] = []
    first = 0
    for name, count in groups:
        part = Table(
            title=": ".join(filter(None, (name, str(table.title or "")))),
            title_justify="left",
            title_style="bold",
            box=table.box,
            padding=table.padding,
            show_edge=False,
            pad_edge=False,
            collapse_padding=True,
            show_header=not tables,
        )
        for column in columns:
            width = _aligned_width(column, between_figures)
            part.add_column(column.header, justify=column.justify, min_width=width)
        cells = [list(column.cells)[first : first + count] for column in columns]
        for row in zip(*cells, strict=True):
            part.add_row(*row)
        _wrap(part, between_figures)
        tables.append(part)
        first += count
    return tables


def _aligned_width(column: Column, between_figures: bool) -> int | None:
    """Return the width that a column has in every group, or None for one of long texts."""
    width = _width(column, broken=between_figures and column.justify == "right")
    return width if width <= MAX_ALIGNED_WIDTH else None


def _show_blocks(table: Table, console: Console) -> None:
    """Print each row as its names, and below them a line for each figure."""
    from rich.text import Text

    labels = [_plain(column.header).replace("\n", " ") for column in table.columns]
    names = [index for index, column in enumerate(table.columns[:2]) if column.justify != "right"]
    width = max(map(len, labels))
    if table.title:
        console.print(Text(str(table.title), style="italic"))
    for row in zip(*(list(column.cells) for column in table.columns), strict=True):
        console.print(Text(" ".join(_plain(row[index]) for index in names), style="bold"))
        for index, cell in enumerate(row):
            if index not in names and (value := _plain(cell)):
                console.print(Text(f"  {labels[index]:{width}}  {value}"))


def _plain(cell: object) -> str:
    text: Text | str = cell  # type: ignore[assignment]
    return text if isinstance(text, str) else text.plain
