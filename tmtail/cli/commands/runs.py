"""``run``: run a machine and print its tapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tm.support.escaping import escape_controls
from tmtail.cli.faults import ExitCode, exit_code
from tmtail.cli.options import AsJson, TapesOption
from tmtail.cli.output import count_nonblank, paint, progress, run_summary, show_json, show_tape
from tmtail.cli.targets import FromOption, MachineArgument, load_machines, read_tapes

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
    from_: FromOption = "",
    as_json: AsJson = False,
) -> None:
    """Run a machine and print its outcome and its tapes.

    A file may give an input of its own, which --tape replaces. The machines of a list are run one
    after the other. Exits with 0 if the machine accepts, 3 if it rejects, 4 if it is stuck, and 5
    at a limit; after a list, with the code of the first machine that did not accept.

    \b
    Example:
      tmtail run machine.tm --tape input=1011
      tmtail run 1RB1LB_1LA1RZ
    """
    from tm import Limits
    from tm import run as run_table

    machines, inputs = load_machines(machine, from_), read_tapes(tape)
    limits = Limits(steps=steps, cells=cells)
    code = ExitCode.FINE
    for number, loaded in enumerate(machines):
        with progress("running"):
            result = run_table(loaded.table, inputs or loaded.inputs, engine=engine, limits=limits)
        if as_json:
            show_json(run_summary(result))
        else:
            if len(machines) > 1:
                print(f"machine {number + 1:,} of {len(machines):,}")
            _show(result)
        code = code or exit_code(result.outcome)
    raise typer.Exit(code)


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
