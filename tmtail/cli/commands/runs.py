"""``run``: run a machine and print its tapes; ``debug``: step through the run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.faults import ExitCode, exit_code
from tmtail.cli.options import AsJson, TapesOption
from tmtail.cli.output import count_nonblank, paint, progress, run_summary, show_json, show_tape
from tmtail.cli.tables import show_columns
from tmtail.cli.targets import (
    FromOption,
    MachineArgument,
    is_machine,
    load_machine,
    load_machines,
    read_tapes,
)

if TYPE_CHECKING:
    from tm import Limits, Run, Table

MAX_SHOWN_CELLS = 100
"""Cells of a tape that are printed; ``--json`` gives all of them."""

PICTURE_SUFFIXES = (".png", ".svg")


def run(
    machine: MachineArgument,
    tape: TapesOption = [],  # noqa: B006 - Typer copies it
    steps: Annotated[
        int, typer.Option(min=0, metavar="N", help="Maximum number of transitions.")
    ] = 10**8,
    cells: Annotated[
        int, typer.Option(min=0, metavar="N", help="Maximum distance of a head from cell 0.")
    ] = 10**7,
    engine: Annotated[
        Literal["auto", "compiled", "reference"],
        typer.Option(
            help="`auto` is `compiled`, which is fast, but makes short runs without loading it; "
            "`reference` is slow and checks the contracts of procs."
        ),
    ] = "auto",
    stats: Annotated[
        bool,
        typer.Option(
            "--stats", help="Also print visits and transitions by state, cells and moves by tape."
        ),
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also draw the run into this .png or .svg file: cells to the right, time "
            "downwards.",
        ),
    ] = None,
    from_: FromOption = "",
    as_json: AsJson = False,
) -> None:
    """Run a machine and print its outcome and its tapes.

    Lines of `print` statements go to standard error; such a run is slow, like that of `--engine
    reference`.

    A file may give an input of its own, which --tape replaces. The machines of a list are run one
    after the other. Exits with 0 if the machine accepts, 3 if it rejects, 4 if it is stuck, and 5
    at a limit; after a list, with the code of the first machine that did not accept.

    \b
    Example:
      tmtail run machine.tm --tape input=1011
      tmtail run 1RB1LB_1LA1RZ --stats --picture bb2.svg
    """
    from tm import Limits
    from tm import run as run_table

    if picture is not None and picture.suffix not in PICTURE_SUFFIXES:
        raise typer.BadParameter(
            f"`{picture}` must end in {' or '.join(PICTURE_SUFFIXES)}", param_hint="--picture"
        )
    inputs = read_tapes(tape)
    machines = (
        load_machines(machine, from_, prints=True)
        if picture is None
        else (load_machine(machine, from_, prints=True),)
    )
    limits = Limits(steps=steps, cells=cells)
    code = ExitCode.FINE
    for number, loaded in enumerate(machines):
        texts = inputs or loaded.inputs
        actions = stats or picture is not None
        if any(action.prints for action in loaded.table.actions):
            result = _run_printing(loaded.table, texts, limits, actions=actions)
        else:
            with progress("running"):
                result = run_table(
                    loaded.table, texts, engine=engine, limits=limits, actions=actions
                )
        if as_json:
            statistics = {"statistics": _statistics_json(result)} if stats else {}
            show_json(run_summary(result) | statistics)
        else:
            if len(machines) > 1:
                print(f"machine {number + 1:,} of {len(machines):,}")
            _show(result)
            if stats:
                _show_statistics(result)
        if picture is not None:
            _draw(result, texts, picture)
        code = code or exit_code(result.outcome)
    raise typer.Exit(code)


def _run_printing(table: Table, inputs: Mapping[str, str], limits: Limits, *, actions: bool) -> Run:
    """Run a machine by the reference engine; its ``print`` statements write to standard error."""
    from tm.engine import Stepper

    stepper = Stepper(table, inputs, limits=limits, trace=False, actions=actions)
    running = True
    while running:
        running = stepper.step() is None
        for line in stepper.printed:
            typer.echo(escape_controls(line), err=True)
    return stepper.result()


def _show(result: Run) -> None:
    outcome = paint(result.outcome, "bold green" if result.outcome == "accept" else "bold red")
    print(f"{outcome} after {result.transitions:,} transitions")
    if result.place:
        print(escape_controls(f"{result.place}: {result.reason}"))
    width = max(len(contents.tape.name) for contents in result.tapes)
    for contents in result.tapes:
        text = show_tape(contents, MAX_SHOWN_CELLS)
        name = paint(f"{contents.tape.name:{width}}", "cyan")
        print(f"  {name}  {text}".rstrip())
    print(f"{count_nonblank(result):,} non-blank cells")


def _show_statistics(result: Run) -> None:
    from tm.engine.statistics import statistics

    measured = statistics(result)
    rows = sorted(measured.states, key=lambda state: -state.transitions)
    print()
    show_columns(
        ("state", "visits", "transitions", "share"),
        [
            (state.name, state.visits, state.transitions, _share(state.transitions, result))
            for state in rows
        ],
    )
    print()
    show_columns(
        ("tape", "cells", "first", "last", "moves", "reversals", "writes"),
        [
            (tape.name, tape.cells, tape.first, tape.last, tape.moves, tape.reversals, tape.writes)
            for tape in measured.tapes
        ],
    )


def _share(transitions: int, result: Run) -> str:
    return f"{transitions / max(1, result.transitions):.1%}"


def _statistics_json(result: Run) -> dict[str, Any]:
    from tm.engine.statistics import statistics

    measured = statistics(result)
    return {
        "states": {
            state.name: {"visits": state.visits, "transitions": state.transitions}
            for state in measured.states
        },
        "tapes": {
            tape.name: {
                "cells": tape.cells,
                "first": tape.first,
                "last": tape.last,
                "moves": tape.moves,
                "reversals": tape.reversals,
                "writes": tape.writes,
            }
            for tape in measured.tapes
        },
    }


def _draw(result: Run, inputs: Mapping[str, str], file: Path) -> None:
    from tmtail.pictures.spacetime import WRITERS, draw

    WRITERS[file.suffix](draw(result, inputs), file)


def debug(
    machine: MachineArgument,
    range: Annotated[
        str, typer.Option(metavar="S|M|L", help="TASK: range of lengths; by default the first one.")
    ] = "",
    length: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="TASK: length, instead of a range.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="TASK: seed of the corpus.")] = 0,
    index: Annotated[
        int, typer.Option(min=0, metavar="N", help="TASK: number of the instance, from 0.")
    ] = 0,
    tape: TapesOption = [],  # noqa: B006 - Typer copies it
    steps: Annotated[
        int, typer.Option(min=0, metavar="N", help="Maximum number of transitions.")
    ] = 10**6,
    from_: FromOption = "",
) -> None:
    """Step through a run on the terminal, on and back.

    Keys make transitions and run to breakpoints; `:` leads to a line for commands, and `help` there
    lists them. Contracts of procs are checked. Needs the `debug` extra.

    \b
    Example:
      tmtail debug machine.tm --tape input=1011
      tmtail debug bubble_sort --length 3
    """
    from compiler import render
    from compiler.player.texts import written_text
    from tm import Limits
    from tm import run as run_table
    from tmtail.cli.jobs import file_job, task_job
    from tmtail.debugger.app import Debugger
    from tmtail.debugger.session import Session

    if is_machine(machine, from_):
        if range or length or seed or index:
            raise typer.BadParameter("options marked TASK require a TASK; a FILE has --tape")
        job = file_job(machine, from_, tape, prints=True)
    elif tape:
        raise typer.BadParameter("requires a FILE; a TASK fills its own tapes", param_hint="--tape")
    else:
        job = task_job(machine, range, length, None, seed, index)
        job = job._replace(table=load_machine(machine, prints=True).table)
    limits = Limits(steps=steps)
    result = run_table(job.table, job.inputs, limits=limits, trace=True)
    written = written_text(result, render(job.table, result.trace))
    _check_terminal()
    Debugger(Session(job.table, job.inputs, limits), written).run()


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ValueError("debug needs a terminal; `tmtail trace --html FILE` writes a page instead")
