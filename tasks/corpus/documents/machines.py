"""Machines and wordings that a corpus carries, so that later versions can verify and score it.

``machines/TASK.json`` is the transition table, as ``tm.formats.json_text`` writes it, and
``machines/TASK.prompts.txt`` the prompts file, if the task has one. ``machines/TASK.py`` is the
Python file of a task of the user's own; it is stored as data and only executed if it is named.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from string import Formatter

from tasks.base import AnyTask
from tasks.registry import names
from tasks.wordings import Wordings
from tm.formats.json_text import to_json
from tm.support.files import atomic_file, read_text, write_text
from tm.table import Table

MACHINES = "machines"
"""Folder of these files, within that of a corpus."""


def write_machines(folder: Path, task: AnyTask) -> list[Path]:
    """Write the files of a task into the folder of a corpus; return their paths."""
    (folder / MACHINES).mkdir(exist_ok=True)
    written = [folder / MACHINES / f"{task.name}.json"]
    write_text(written[0], _portable_json(task.table) + "\n")
    if task.prompts_file.is_file():
        written.append(folder / MACHINES / f"{task.name}.prompts.txt")
        write_text(written[-1], read_text(task.prompts_file))
    if task.name not in names():
        written.append(carried_code(folder, task.name))
        with atomic_file(written[-1]) as draft:
            draft.write_bytes(task.path.read_bytes())
    return written


def carried_code(folder: Path, name: str) -> Path:
    """Return where a corpus carries the Python file of a task of the user's own."""
    return folder / MACHINES / f"{name}.py"


def _portable_json(table: Table) -> str:
    """Return a table as JSON that is the same on every machine: sources without their folders."""
    content = json.loads(to_json(table))
    content["files"] = [
        file if file.startswith("std/") else PurePath(file).name for file in content["files"]
    ]
    return json.dumps(content, separators=(",", ":"))


def differs(task: AnyTask, machines: Path, digest: str) -> bool:
    """Return whether a task has another machine, or other wordings, than a corpus carries.

    Parameters
    ----------
    machines
        Folder of the machines of the corpus.
    digest
        ``Table.digest`` of the machine that built the corpus.

    Raises
    ------
    ValueError
        If the wordings cannot be read, or have more than names of operands in braces.
    """
    prompts = machines / f"{task.name}.prompts.txt"
    same_prompts = True
    if prompts.is_file():
        text = read_text(prompts)
        same_prompts = task.prompts_file.is_file() and text == read_text(task.prompts_file)
        if not same_prompts:
            _check_wordings(prompts, text)
    return task.table.digest != digest or not same_prompts


def _check_wordings(file: Path, text: str) -> None:
    """Check wordings that may come from anybody: a format could read attributes or fill memory."""
    for wording in Wordings.parse(text, file).all:
        try:
            pieces = list(Formatter().parse(wording))
        except ValueError as error:
            raise ValueError(f"{file}: a wording cannot be read: {error}") from None
        for _, name, format_, conversion in pieces:
            if name is not None and not (name.isidentifier() and not format_ and not conversion):
                raise ValueError(f"{file}: {{{name}}} is not the name of an operand")
