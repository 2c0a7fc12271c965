"""Tasks by name, and users' own tasks by the path of their Python file."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

from tasks.base import AnyTask, Task
from tasks.modules import load_module, shipped_files
from tm.support.suggestions import did_you_mean

_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_REQUIRED = ("paradigm", "instance", "kind")
"""Attributes that a task's class must define besides its abstract methods."""


def names() -> tuple[str, ...]:
    """Return the names of the shipped tasks, sorted by paradigm and name."""
    return tuple(shipped_files())


def get(name: str, **options: Any) -> AnyTask:
    """Return the shipped task of this name.

    Parameters
    ----------
    **options
        Dataclass fields of the task's class, such as ``ranges``.

    Raises
    ------
    ValueError
        If there is no such task, or the task has no such option.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name[:64]!r} is not a task name; use lower-case letters, digits and _ (at most 64)"
        )
    files = shipped_files()
    if name not in files:
        help = did_you_mean(name, files) or f"there are {', '.join(files)}"
        raise ValueError(f"no task is called `{name}`; {help}")
    return _create(load_module(files[name]), options)


def all() -> tuple[AnyTask, ...]:
    """Return every shipped task, sorted by paradigm and name."""
    return tuple(map(get, names()))


def from_file(path: Path | str, **options: Any) -> AnyTask:
    """Return the task that a Python file defines; ``NAME.tm`` must be in the same folder.

    The wordings of its prompt are in ``NAME.prompts.txt``, or in the class. This runs the file, so
    use it for code that you trust.

    Raises
    ------
    ValueError
        If the file, the machine or the wordings are missing, the file name is not a task name, or
        the file does not define exactly one task.
    """
    path = Path(path).resolve()
    if not _NAME.fullmatch(path.stem) or path.suffix != ".py":
        raise ValueError(
            f"{path.name} is not the file of a task; name it after the task: my_task.py, my_task.tm"
        )
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return _create(load_module(path), options)


def _create(module: ModuleType, options: dict[str, Any]) -> AnyTask:
    """Return the task that a module defines; ``ValueError`` names what is missing or unknown."""
    classes = [
        c
        for c in vars(module).values()
        if isinstance(c, type) and issubclass(c, Task) and c.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise ValueError(f"{module.__file__} defines {len(classes)} tasks; it must define one")
    task_class = classes[0]
    missing = [name for name in _REQUIRED if not hasattr(task_class, name)]
    if missing := missing + sorted(task_class.__abstractmethods__):
        raise ValueError(
            f"{module.__file__}: {task_class.__name__} does not define {', '.join(missing)}"
        )
    known = [f.name for f in fields(task_class)]
    for option in options:
        if option not in known:
            raise ValueError(f"no option is called `{option}`; there are {', '.join(known)}")
    task: AnyTask = task_class(**options)
    if not task.source.is_file():
        raise ValueError(f"there is no file {task.source}")
    _ = task.wordings  # raises an error that names the missing prompts file
    return task
