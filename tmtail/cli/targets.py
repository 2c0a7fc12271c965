"""``FILE|TASK`` arguments: what a name on the command line stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmtail.cli.output import names

if TYPE_CHECKING:
    from tasks import Task
    from tm import Table

MachineArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE|TASK",
        help="A machine (.tm, busy-beaver text in .bb, table in .json) or a task (name or .py).",
    ),
]
Tasks = Annotated[
    str, typer.Option(metavar="a,b|all", help="Names of tasks, or their .py files; or all.")
]
MACHINES = (".tm", ".bb", ".json")
"""Suffixes of the files that hold a machine."""


def load_machine(target: str) -> Table:
    """The table of a machine file or of a task.

    Raises
    ------
    SourceError, ValueError
        When the file has faults, or nothing has this name.
    """
    path = Path(target)
    if path.suffix == ".tm":
        from tm import load

        return load(path)
    if path.suffix in MACHINES:
        from tm.formats import from_json, parse_busy_beaver

        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{target} is not UTF-8 text") from None
        return from_json(text) if path.suffix == ".json" else parse_busy_beaver(text, target)
    return load_task(target).table


def load_task(target: str) -> Task[Any]:
    """The task of this name, or of this Python file, which is run.

    Raises
    ------
    ValueError
        When there is none.
    """
    import tasks

    path = Path(target)
    if path.suffix == ".py":
        return tasks.from_file(path)
    if path.suffix in MACHINES:
        raise ValueError(f"{target} is a machine: a task is the Python file beside it, or a name")
    if path.suffix or len(path.parts) != 1:
        raise ValueError(
            f"{target}: no task's name, no .py file of one, and no {', '.join(MACHINES)} file"
        )
    return tasks.get(target)


def load_tasks(targets: str) -> tuple[Task[Any], ...]:
    """The tasks of a list with commas, or ``all``; see ``load_task``."""
    import tasks

    return tasks.all() if targets == "all" else tuple(map(load_task, names(targets)))


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
