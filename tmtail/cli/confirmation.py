"""Say what a long command will do and how long it takes, and ask on a terminal before it starts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

MIN_SECONDS = 60.0
"""Commands that are expected to take less start at once, without a word."""

YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Start without asking, however long it takes.")
]


def confirm(size: str, seconds: float | None, *, yes: bool) -> None:
    """Print the size and the time of a command that takes long, and ask whether to start it.

    Nothing is asked if stdin or stderr is not a terminal.

    Parameters
    ----------
    size
        What the command makes or reads: ``1,800,000 records``.
    seconds
        Expected duration. None means that it is not known: the size is printed, nothing is asked.
    yes
        Whether the user has agreed already.

    Raises
    ------
    typer.Abort
        If the answer is no.
    """
    if seconds is None:
        print(f"tmtail: {size}", file=sys.stderr, flush=True)
        return
    if seconds < MIN_SECONDS:
        return
    print(f"tmtail: {size}, about {duration(seconds)}", file=sys.stderr, flush=True)
    if not yes and sys.stdin.isatty() and sys.stderr.isatty():
        typer.confirm("Start?", default=True, err=True, abort=True)


def duration(seconds: float) -> str:
    """Return a duration in the largest unit of which there are two: ``90 minutes``, ``2 hours``."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds:.0f} seconds"
