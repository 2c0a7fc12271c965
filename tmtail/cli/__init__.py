"""The ``tmtail`` command: thin, and quick to start; each command imports what it needs."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import typer

from tmtail.cli import faults
from tmtail.cli.commands import (
    attention,
    corpora,
    demos,
    lints,
    machines,
    models,
    runs,
    scores,
    traces,
)

EPILOG = (
    "Exit codes: 0 fine, 1 what was given has faults, 2 no such command or option, "
    "3 the machine rejected, 4 it was stuck, 5 it ran into a limit, 130 Ctrl-C."
)

app = typer.Typer(
    cls=faults.Group,
    help="Algorithms as real Turing machines, their traces as training text, scores by replay.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    # Plain help and plain errors: they read the same in a pipe, and rich takes 0.1 s to import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    machines.check,
    machines.fmt,
    machines.table,
    runs.run,
    traces.trace,
    lints.lint,
    corpora.tasks,
):
    app.command()(command)
app.add_typer(corpora.corpus, name="corpus")
app.command()(models.train)
app.command()(models.merge)
app.add_typer(scores.scores, name="eval")
app.command()(attention.attention)
app.command()(demos.demo)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without Unicode must not end a run
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="tmtail")
