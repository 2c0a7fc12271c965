"""Arguments that name a machine or a task: ``FILE|TASK``, lists of tasks, ``NAME=TEXT``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tm.support.files import read_text
from tmtail.cli.output import split_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks import Task
    from tm.formats import Machine

MachineArgument = Annotated[
    str,
    typer.Argument(
        metavar="FILE|TASK",
        help="A machine (a .tm source, a file of another format, a busy-beaver text, or - for "
        "standard input) or a task (its name or its .py file).",
    ),
]
FromOption = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="FORMAT",
        help="Format of the FILE; by default that of its suffix. `tmtail table --help` lists them.",
    ),
]
TasksOption = Annotated[
    str,
    typer.Option(metavar="a,b|all", help="Names of tasks or their .py files, or `all`."),
]
STANDARD_INPUT = "-"


def read_text_or_file(text: str) -> str:
    """Return the content of the file that a text names, without the line break at its end.

    A text that names no file is returned as it is.
    """
    try:
        is_file = Path(text).is_file()
    except OSError:  # the text is too long for a name
        is_file = False
    return read_text(Path(text)).removesuffix("\n") if is_file else text


def machine_suffixes() -> tuple[str, ...]:
    """Return the suffixes of the files that contain a machine."""
    from tm.formats import FORMAT_OF_SUFFIX

    return (".tm", *FORMAT_OF_SUFFIX)


def is_machine(target: str, format: str = "") -> bool:
    """Return whether an argument names a machine, not a task."""
    return bool(format) or _is_text(target) or Path(target).suffix in machine_suffixes()


def load_machine(target: str, format: str = "", *, prints: bool = False) -> Machine:
    """Return the only machine that an argument names; see ``load_machines``."""
    machines = load_machines(target, format, prints=prints)
    if len(machines) > 1:
        raise ValueError(
            f"{target}: {len(machines)} machines, of which this command takes one; give its text "
            "in place of the file, or a file of its own"
        )
    return machines[0]


def load_machines(target: str, format: str = "", *, prints: bool = False) -> tuple[Machine, ...]:
    """Return the machines that a file, a text or standard input contains, or that of a task.

    Parameters
    ----------
    format
        The name of a format in ``tm.formats.FORMATS``; empty for that of the file's suffix.
    prints
        See ``tm.load``.

    Raises
    ------
    OSError, SourceError, ValueError
        If the file cannot be read or has errors, or there is no format, machine or task of this
        name.
    """
    from tm.formats import (
        FORMAT_OF_SUFFIX,
        FORMATS,
        MAX_FILE_BYTES,
        Machine,
        parse_machines,
        read_machines,
    )

    path = Path(target)
    if not format and path.suffix == ".tm":
        from tm import load

        return (Machine(load(path, prints=prints)),)
    if not is_machine(target, format):
        from tm import load

        return (Machine(load(load_task(target).source, prints=prints)),)
    if format and format not in FORMATS:
        raise typer.BadParameter(
            f"`{format}` is not a format; the formats are {', '.join(FORMATS)}",
            param_hint="--from",
        )
    if target == STANDARD_INPUT:
        if not format:
            raise typer.BadParameter("must name the format of -", param_hint="--from")
        return parse_machines(sys.stdin.buffer.read(MAX_FILE_BYTES + 1), format, target)
    if _is_text(target) and format in ("", "bb"):
        return parse_machines(target.encode(), "bb", "the argument")
    return read_machines(path, format or FORMAT_OF_SUFFIX[path.suffix])


def _is_text(target: str) -> bool:
    """Return whether an argument is a busy-beaver text in place of a file, or standard input."""
    from tm.formats.busy_beaver import BUSY_BEAVER_TEXT

    return target == STANDARD_INPUT or BUSY_BEAVER_TEXT.fullmatch(target) is not None


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
    if path.suffix in machine_suffixes():
        raise ValueError(f"{target} is a machine; give a task: a name, or its Python file")
    if path.suffix and path.is_file():
        from tm.formats import FORMATS

        raise ValueError(
            f"{target}: its suffix tells no format; name its format with --from "
            f"({', '.join(FORMATS)}), where the command has it"
        )
    if path.suffix or len(path.parts) != 1:
        raise ValueError(
            f"{target}: not the name of a task, nor a file in .py, {', '.join(machine_suffixes())}"
        )
    if target not in tasks.names():
        for file in (path.with_suffix(".py"), path.with_suffix(".tm")):
            if file.is_file():
                raise ValueError(f"no task is called `{target}`; the file here is {file}")
    return tasks.get(target)


def load_tasks(targets: str, lengths: Mapping[str, tuple[int, int]] = {}) -> tuple[Task[Any], ...]:
    """Return the tasks of a comma-separated list, or all tasks for ``all``; see ``load_task``.

    ``lengths`` has the lengths of ranges that the tasks get; see ``read_ranges``.
    """
    import tasks

    loaded = tasks.all() if targets == "all" else tuple(map(load_task, split_names(targets)))
    return tuple(task.with_ranges(lengths) for task in loaded) if lengths else loaded


def read_ranges(
    text: str, option: str = "--ranges"
) -> tuple[tuple[str, ...], dict[str, tuple[int, int]]]:
    """Return the names of a list of ranges such as ``S,XL=20-40``, and the lengths it gives."""
    names: list[str] = []
    lengths: dict[str, tuple[int, int]] = {}
    for item in split_names(text):
        name, equals, bounds = item.partition("=")
        names.append(name)
        if not equals:
            continue
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", bounds)
        if match is None:
            message = f"`{item}` must be a name, or a name and its lengths, such as XL=20-40"
            raise typer.BadParameter(message, param_hint=option)
        lengths[name] = (int(match[1]), int(match[2] or match[1]))
    return tuple(names), lengths


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
