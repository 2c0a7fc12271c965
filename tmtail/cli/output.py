"""Print JSON, columns, coloured text and progress; without colours unless on a terminal."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, Any

from tm.support.escaping import escape_controls
from tm.support.files import read_text

if TYPE_CHECKING:
    from compiler import Text, formats
    from tm import Run, Table
    from tm.engine import Contents

COLOURS = {
    "control": "bold blue",
    "fetch": "cyan",
    "solve": "green",
    "next": "dim",
    "answer": "bold magenta",
}
"""Colours of the modules of a chain of thought on a terminal."""

PROGRESS_DELAY = 2.0
"""Time before a progress bar appears, in seconds."""

SECONDS_PER_LINE = 10.0
"""Time between two lines of progress where stderr is not a terminal."""


def split_names(text: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list."""
    return tuple(name for name in map(str.strip, text.split(",")) if name)


def show_json(value: Any) -> None:
    """Print plain data as JSON on one line."""
    print(json.dumps(value))


def paint(text: str, style: str) -> str:
    """Return a text in a colour of rich if stdout is a terminal that wants colours."""
    if not sys.stdout.isatty():
        return text
    from rich.console import Console
    from rich.text import Text as Coloured

    console = Console()
    with console.capture() as captured:
        console.print(Coloured(text, style), end="", soft_wrap=True)
    return captured.get()


def show_file(path: Path) -> None:
    """Print a text file; on a terminal, with its syntax in colours."""
    text = read_text(path)
    if not sys.stdout.isatty():
        print(escape_controls(text), end="")
        return
    from rich.console import Console
    from rich.syntax import Syntax

    lexer = {".tm": "tm", ".py": "python", ".yaml": "yaml"}.get(path.suffix, "text")
    code = Syntax(escape_controls(text), lexer, background_color="default")
    Console().print(code)


def show_text(text: Text) -> None:
    """Print a text with a final line break; on a terminal, with its roles in colours."""
    _show(text.string, ((span.role, span.start, span.end) for span in text.spans))


def show_lines(lines: Iterable[formats.Line]) -> None:
    """Print the lines of a text one by one; on a terminal, with their roles in colours."""
    if not sys.stdout.isatty():
        for line in lines:
            print(escape_controls("".join([piece.text for piece in line.pieces])), end="")
        return
    from rich.console import Console
    from rich.text import Text as Coloured

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        pieces = ((escape_controls(p.text), COLOURS.get(p.role, "")) for p in line.pieces)
        console.print(Coloured.assemble(*pieces), end="")


def show_spans(text: str, spans: Mapping[str, Sequence[Any]] | None) -> None:
    """Print the text of a record as ``show_text`` does; ``spans`` is its column, or None."""
    columns = [spans[name] for name in ("role", "start", "end")] if spans else [(), (), ()]
    _show(text, zip(*columns, strict=True))


def _show(text: str, spans: Iterable[tuple[str, int, int]]) -> None:
    end = "" if text.endswith("\n") else "\n"
    if not sys.stdout.isatty():
        print(escape_controls(text), end=end)
        return
    from rich.console import Console
    from rich.text import Text as Coloured

    coloured = Coloured()
    position = 0
    for role, start, stop in spans:
        coloured.append(escape_controls(text[position:start]))
        coloured.append(escape_controls(text[start:stop]), COLOURS.get(role))
        position = stop
    coloured.append(escape_controls(text[position:]))
    Console(highlight=False, soft_wrap=True).print(coloured, end=end)


@contextmanager
def progress(title: str, *, asks: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that takes the completed and the total amount and moves a bar on stderr.

    The bar appears after ``PROGRESS_DELAY`` seconds and disappears at the end. Where stderr is not
    a terminal, a line is printed every ``SECONDS_PER_LINE`` seconds instead.

    Parameters
    ----------
    asks
        Whether the command may ask a question before its first report; there is no bar before.
    """
    if not sys.stderr.isatty():
        yield _progress_lines(title)
        return
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn
    from rich.progress import Task as Line
    from rich.text import Text as Coloured

    class Rate(ProgressColumn):
        def render(self, task: Line) -> Coloured:
            return Coloured(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (*Progress.get_default_columns(), Rate())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    line = bar.add_task(title, total=None)
    timer = Timer(PROGRESS_DELAY, bar.start)
    started = False

    def start() -> None:
        nonlocal started
        if not started:
            started = True
            timer.start()

    def report(completed: int, total: int) -> None:
        start()
        bar.update(line, completed=completed, total=total)

    if not asks:
        start()
    try:
        yield report
    finally:
        if started:
            timer.cancel()
            timer.join()
        bar.stop()


def _progress_lines(title: str) -> Callable[[int, int], None]:
    """Return a function that reports the completed and the total amount in lines, now and then."""
    last = monotonic()

    def report(completed: int, total: int) -> None:
        nonlocal last
        if monotonic() - last >= SECONDS_PER_LINE:
            last = monotonic()
            print(f"{title}: {completed:,} of {total:,}", file=sys.stderr, flush=True)

    return report


def count_progress(report: Callable[[int, int], None], total: int) -> Callable[[int], None]:
    """Return a function that moves the bar of ``report`` by a number of completed items."""
    completed = 0

    def advance(items: int) -> None:
        nonlocal completed
        completed += items
        report(completed, total)

    return advance


def table_sizes(table: Table) -> dict[str, int]:
    """Return the sizes of a table for people and for ``--json``."""
    return {
        "tapes": len(table.tapes),
        "states": len(table.states),
        "rows": sum(1 for _ in table.rows()),
    }


def count_nonblank(result: Run) -> int:
    """Return the number of cells that are not blank, over all tapes."""
    return sum(int((t.symbols % len(t.tape.symbols) != 0).sum()) for t in result.tapes)


def show_tape(contents: Contents, limit: int) -> str:
    """Return the text of a tape, or its beginning and its length if it has more cells.

    Where a mark or the symbol ``_`` would be lost in the text, the cells stand apart.
    """
    filled = [cell for cell, shown in enumerate(contents.cells) if shown != "_"]
    cells = contents.cells[filled[0] : filled[-1] + 1] if filled else ()
    apart = any(shown.startswith("^") or shown == "'_'" for shown in cells if len(shown) > 1)
    text = (" " if apart else "").join(cells[:limit])
    return text if len(cells) <= limit else f"{text}… ({len(cells):,} cells)"


def run_summary(result: Run) -> dict[str, Any]:
    """Return the end of a run as plain data, for ``--json``."""
    return {
        "outcome": result.outcome,
        "reason": result.reason,
        "place": str(result.place) if result.place else None,
        "transitions": result.transitions,
        "nonblank": count_nonblank(result),
        "tapes": {
            t.tape.name: {
                "text": t.text,
                "cells": list(t.cells),
                "origin": t.origin,
                "head": t.head,
            }
            for t in result.tapes
        },
    }


def silence_libraries() -> None:
    """Turn off progress bars and warnings of model libraries, on which users cannot act.

    To be called after the libraries are imported, as some of them turn warnings on.
    """
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    disable_progress_bar()
    set_verbosity_error()
    # Transformers deprecates names that PyTorch, PEFT and TRL still use.
    warnings.simplefilter("ignore", FutureWarning)
