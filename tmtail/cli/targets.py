"""``FILE|TASK`` arguments: what a name on the command line stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tasks import Task
    from tm import Table

Machine = Annotated[
    str,
    typer.Argument(
        metavar="FILE|TASK",
        help="A machine (.tm, or a busy-beaver text in a .bb file), a task's name or its .py file.",
    ),
]
TaskName = Annotated[
    str, typer.Argument(metavar="TASK", help="A task's name, or the path of its .py file.")
]


def load_machine(target: str) -> Table:
    """The table of a machine file or of a task.

    Raises
    ------
    SourceError, ValueError
        When the file has faults, or nothing has this name.
    """
    suffix = Path(target).suffix
    if suffix == ".tm":
        from tm import load

        return load(target)
    if suffix == ".bb":
        from tm.formats import read_busy_beaver

        return read_busy_beaver(Path(target))
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
    if path.suffix or len(path.parts) != 1:
        raise ValueError(
            f"{target}: give a .tm or .bb file of a machine, a .py file of a task, or a task's name"
        )
    return tasks.get(target)
