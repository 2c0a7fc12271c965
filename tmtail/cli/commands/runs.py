"""``run``: run a machine and print its tapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tmtail.cli.faults import exit_code
from tmtail.cli.options import AsJson, TapesOption
from tmtail.cli.output import count_nonblank, progress, run_summary, show_json
from tmtail.cli.targets import MachineArgument, load_machine, read_tapes

if TYPE_CHECKING:
    from tm import Run

MAX_SHOWN_CELLS = 100
"""Cells of a tape that are printed; ``--json`` gives all of them."""


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
        Literal["compiled", "reference"],
        typer.Option(help="`reference` is slow and checks the contracts of procs."),
    ] = "compiled",
    as_json: AsJson = False,
) -> None:
    """Run a machine and print its outcome and its tapes.

    Exits with 0 if the machine accepts, 3 if it rejects, 4 if it is stuck, and 5 at a limit.

    \b
    Example:
      tmtail run machine.tm --tape input=1011
    """
    from tm import Limits
    from tm import run as run_table

    table, inputs = load_machine(machine), read_tapes(tape)
    limits = Limits(steps=steps, cells=cells)
    with progress("running"):
        result = run_table(table, inputs, engine=engine, limits=limits)
    if as_json:
        show_json(run_summary(result))
    else:
        _show(result)
    raise typer.Exit(exit_code(result.outcome))


def _show(result: Run) -> None:
    print(f"{result.outcome} after {result.transitions:,} transitions")
    if result.place:
        print(f"{result.place}: {result.reason}")
    width = max(len(contents.tape.name) for contents in result.tapes)
    for contents in result.tapes:
        text = contents.text
        if len(text) > MAX_SHOWN_CELLS:
            text = f"{text[:MAX_SHOWN_CELLS]}… ({len(text):,} cells)"
        print(f"  {contents.tape.name:{width}}  {text}".rstrip())
    print(f"{count_nonblank(result):,} non-blank cells")
