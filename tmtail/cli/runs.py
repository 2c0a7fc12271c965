"""``run`` and ``trace``: machines at work, and what they say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tmtail.cli.faults import Code, complain
from tmtail.cli.output import show_json, show_text, split
from tmtail.cli.targets import Machine, TaskName, load_machine, load_task

if TYPE_CHECKING:
    from tm import Outcome, Run

SHOWN = 100
"""Characters of a tape that are printed at the most; ``--json`` gives all of them."""

AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def run(
    machine: Machine,
    tape: Annotated[
        list[str], typer.Option(metavar="NAME=TEXT", help="What stands on a tape; repeatable.")
    ] = [],  # noqa: B006 - typer copies it
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

    result = run_table(
        load_machine(machine),
        _inputs(tape),
        engine=engine,
        limits=Limits(steps=steps, cells=cells),
    )
    if as_json:
        show_json(_summary(result))
    else:
        _show(result)
    raise typer.Exit(exit_code(result.outcome))


def _inputs(tapes: list[str]) -> dict[str, str]:
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


def _summary(result: Run) -> dict[str, Any]:
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


def trace(
    task: TaskName,
    range: Annotated[str | None, typer.Option(help="Draw the length from this range.  [S]")] = None,
    length: Annotated[int | None, typer.Option(min=1, help="The length itself instead.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the instance.")] = 0,
    index: Annotated[int, typer.Option(min=0, help="Which instance of the seed.")] = 0,
    style: Annotated[str, typer.Option(help="`minimal`, or a style of the machine.")] = "minimal",
    without: Annotated[
        str, typer.Option(metavar="fetch,atomic,linear", help="Modules of the text to leave out.")
    ] = "",
    depth: Annotated[int, typer.Option(min=1, help="Levels of nested steps to say.")] = 1,
    format: Annotated[
        Literal["tail", "transitions", "configurations"],
        typer.Option(help="The chain of thought, or every transition or configuration."),
    ] = "tail",
    prompt: Annotated[bool, typer.Option("--prompt", help="Print the prompt first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draw an instance of a task and print what its machine says.

    Exits as `run` does.
    """
    from compiler import render
    from tasks import Stream

    if range and length:
        raise typer.BadParameter("give a range or a length, not both", param_hint="--length")
    chosen = load_task(task)
    where = length or range or next(iter(chosen.ranges))
    instance = chosen.draw(Stream("trace", chosen.name, str(where), seed).at(index), where)
    result = chosen.run(instance)
    assert result.trace is not None  # it was asked for
    text = render(chosen.table, result.trace, style=style, depth=depth, without=split(without))
    if as_json:
        show_json(
            {
                "task": chosen.name,
                "length": chosen.length(instance),
                "seed": seed,
                "index": index,
                "instance": json.loads(instance.to_json()),
                "prompt": chosen.prompt(instance),
                "text": text.string,
                "spans": [span._asdict() for span in text.spans],
                **_summary(result),
            }
        )
    else:
        if prompt:
            print(chosen.prompt(instance))
        show_text(text)
        if result.outcome != "accept":
            complain(f"{result.outcome} after {result.transitions:,} transitions: {result.reason}")
    raise typer.Exit(exit_code(result.outcome))
