"""The ``tmtail`` command: thin, and quick to start; each command imports what it needs."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from tmtail import __version__
from tmtail.cli import faults
from tmtail.cli.commands import (
    attention,
    authoring,
    corpora,
    demos,
    doctor,
    lints,
    machines,
    models,
    runs,
    shows,
    studies,
    traces,
)
from tmtail.cli.commands.evaluation import harnesses, results, scores

EPILOG = """\
\b
Example:
  tmtail trace bubble_sort --length 4 --show-prompt

\b
Exit codes:
  0    success
  1    the input has errors, or a check found some
  2    unknown command or option
  3    run, trace: the machine rejected
  4    run, trace: the machine was stuck
  5    run, trace: the machine reached a limit
  130  interrupted by Ctrl-C
"""

app = typer.Typer(
    cls=faults.Group,
    help="Run algorithms as Turing machines, turn their traces into training text, score models.",
    epilog=EPILOG,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help and plain errors: they read the same in a pipe, and rich takes 0.1 s to import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"tmtail {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
    no_cache: Annotated[
        bool,
        typer.Option("--no-cache", help="Elaborate machines anew, and keep none of their tables."),
    ] = False,
) -> None:
    """Declare the options of the command itself; its help text is the app's."""
    if no_cache:
        os.environ["TMTAIL_CACHE"] = os.devnull  # holds no folder; worker processes have it too


for command in (
    authoring.new,
    machines.check,
    machines.fmt,
    machines.table,
    runs.run,
    runs.debug,
    traces.trace,
    lints.lint,
    corpora.tasks,
    shows.show,
):
    app.command()(command)
app.command("import")(machines.import_machine)
app.command()(machines.diagram)
app.add_typer(corpora.corpus, name="corpus")
app.command()(models.train)
app.command()(models.card)
app.command()(models.merge)
scores.scores.command()(results.pool)
scores.scores.command()(results.export)
app.add_typer(scores.scores, name="eval")
app.add_typer(harnesses.harnesses, name="export")
app.add_typer(studies.study, name="study")
app.command()(attention.attention)
app.command()(demos.ask)
app.command()(demos.demo)
app.command()(authoring.lsp)
app.command()(doctor.doctor)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without Unicode must not end a run
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="tmtail")
