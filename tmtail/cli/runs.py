"""``run``: a machine at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tmtail.cli.faults import Code
from tmtail.cli.output import progress, show_json
from tmtail.cli.targets import Machine, load_machine

if TYPE_CHECKING:
    from tm import Outcome, Run

SHOWN = 100
"""Characters of a tape that are printed at the most; ``--json`` gives all of them."""

Tapes = Annotated[
    list[str], typer.Option(metavar="NAME=TEXT", help="What stands on a tape; repeatable.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def run(
    machine: Machine,
    tape: Tapes = [],  # noqa: B006 - typer copies it
    steps: Annotated[int, typer.Option(min=0, help="Transitions to make at the most.")] = 10**8,
    cells: Annotated[int, typer.Option(min=0, help="Cells a head may go from cell 0.")] = 10**7,
    engine: Annotated[
        Literal["compiled", "reference"],
        typer.Option(help="`reference` is slow, and tests the contracts of procs."),
    ] = "compiled",
    as_json: AsJson = False,
) -> None:
    """Run a machine and print how it ended, and its tapes.

    Exits with 0 when the machine accepts, 3 when it rejects, 4 when it is stuck, and 5 at a limit.
    """
    from tm import Limits
    from tm import run as run_table

    table, inputs = load_machine(machine), read_tapes(tape)
    limits = Limits(steps=steps, cells=cells)
    with progress("running"):
        result = run_table(table, inputs, engine=engine, limits=limits)
    if as_json:
        show_json(summary(result))
    else:
        _show(result)
    raise typer.Exit(exit_code(result.outcome))


def read_tapes(tapes: list[str]) -> dict[str, str]:
    """Texts by tape, from ``NAME=TEXT`` each."""
    inputs: dict[str, str] = {}
    for given in tapes:
        name, equals, text = given.partition("=")
        if not equals:
            raise typer.BadParameter(f"`{given}` is not NAME=TEXT", param_hint="--tape")
        if name in inputs:
            raise typer.BadParameter(f"tape `{name}` is given twice", param_hint="--tape")
        inputs[name] = text
    return inputs


def exit_code(outcome: Outcome) -> Code:
    """The exit code of ``run`` and ``trace``."""
    known = {"accept": Code.FINE, "reject": Code.REJECT, "stuck": Code.STUCK}
    return known.get(outcome, Code.LIMIT)


def _filled(result: Run) -> int:
    """How many cells are not blank, on all tapes."""
    return sum(int((t.symbols % len(t.tape.symbols) != 0).sum()) for t in result.tapes)


def summary(result: Run) -> dict[str, Any]:
    """How a run ended, for ``--json``."""
    return {
        "outcome": result.outcome,
        "reason": result.reason,
        "place": str(result.place) if result.place else None,
        "transitions": result.transitions,
        "nonblank": _filled(result),
        "tapes": {
            t.tape.name: {"text": t.text, "origin": t.origin, "head": t.head} for t in result.tapes
        },
    }


def _show(result: Run) -> None:
    print(f"{result.outcome} after {result.transitions:,} transitions")
    if result.place:
        print(f"{result.place}: {result.reason}")
    width = max(len(t.tape.name) for t in result.tapes)
    for contents in result.tapes:
        text = contents.text
        shown = text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} cells)"
        print(f"  {contents.tape.name:{width}}  {shown}".rstrip())
    print(f"{_filled(result):,} non-blank cells")
