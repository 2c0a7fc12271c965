"""Arguments that name a machine or a task: ``FILE|TASK``, lists of tasks, ``NAME=TEXT``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tmtail.cli.output import split_names

if TYPE_CHECKING:
    from tasks import Task
    from tm import Table

MachineArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE|TASK",
        help="A machine (source in .tm, busy-beaver text in .bb, table in .json) or a task (its "
        "name or its .py file).",
    ),
]
TasksOption = Annotated[
    str,
    typer.Option(metavar="a,b|all", help="Names of tasks or their .py files, or `all`."),
]
MACHINE_SUFFIXES = (".tm", ".bb", ".json")
"""Suffixes of the files that contain a machine."""


def load_machine(target: str) -> Table:
    """Return the table of a machine file or of a task.

    Raises
    ------
    SourceError, ValueError
        If the file has errors, or there is no machine or task of this name.
    """
    path = Path(target)
    if path.suffix == ".tm":
        from tm import load

        return load(path)
    if path.suffix in MACHINE_SUFFIXES:
        from tm.formats import from_json, parse_busy_beaver

        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{target}: not UTF-8 text; save the file as UTF-8") from None
        return from_json(text) if path.suffix == ".json" else parse_busy_beaver(text, target)
    return load_task(target).table


def load_task(target: str) -> Task[Any]:
    """Return the task of this name, or of this Python file, which is run.

    Raises
    ------
    ValueError
        If there is no such task or file.
    """
    import tasks

    path = Path(target)
    if path.suffix == ".py":
        return tasks.from_file(path)
    if path.suffix in MACHINE_SUFFIXES:
        raise ValueError(f"{target} is a machine; give a task: a name, or its Python file")
    if path.suffix or len(path.parts) != 1:
        raise ValueError(
            f"{target}: not the name of a task, nor a file in .py, {', '.join(MACHINE_SUFFIXES)}"
        )
    return tasks.get(target)


def load_tasks(targets: str) -> tuple[Task[Any], ...]:
    """Return the tasks of a comma-separated list, or all tasks for ``all``; see ``load_task``."""
    import tasks

    return tasks.all() if targets == "all" else tuple(map(load_task, split_names(targets)))


def read_tapes(tapes: list[str]) -> dict[str, str]:
    """Return texts by tape name, from a list of ``NAME=TEXT``."""
    inputs: dict[str, str] = {}
    for item in tapes:
        name, equals, text = item.partition("=")
        if not equals:
            raise typer.BadParameter(f"`{item}` is not NAME=TEXT", param_hint="--tape")
        if name in inputs:
            raise typer.BadParameter(f"tape `{name}` is given twice", param_hint="--tape")
        inputs[name] = text
    return inputs
