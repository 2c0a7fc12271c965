"""Tasks by name, shipped or installed, and users' own tasks by the path of their Python file."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tasks.base import AnyTask, Task
from tasks.checks import FaultyTaskError, check_class, check_methods, check_wordings
from tasks.installed import module_of
from tasks.modules import installed_tasks, load_module, shipped_files
from tm.support.files import without_links
from tm.support.suggestions import did_you_mean, similar_file

_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_REQUIRED = ("paradigm", "instance", "kind")
"""Attributes that a task's class must define besides its abstract methods."""


def names() -> tuple[str, ...]:
    """Return the names of all tasks: the shipped ones by paradigm, then the installed ones."""
    return (*shipped_files(), *installed_tasks())


def get(name: str, **options: Any) -> AnyTask:
    """Return the task of this name, shipped or added by another distribution.

    Parameters
    ----------
    **options
        Dataclass fields of the task's class, such as ``ranges``.

    Raises
    ------
    ValueError
        If no task has this name, the task does not have an option, or the distribution that adds
        the task is faulty; see ``tasks.installed``.
    """
    if not _NAME.fullmatch(name):
        help = "use lower-case letters, digits and _ (at most 64)"
        if name.endswith(".py"):
            help = "a file is read by `task_from_file`, or in a command as TASK.py"
        raise ValueError(f"{name[:64]!r} is not a task name; {help}")
    if name in shipped_files():
        return _create(load_module(shipped_files()[name]), options)
    if name not in installed_tasks():
        help = did_you_mean(name, names()) or f"there are {', '.join(names())}"
        raise ValueError(f"no task is called `{name}`; {help}")
    module = module_of(installed_tasks()[name])
    task = _create(module, options, checked=True)
    if task.name != name:
        raise ValueError(
            f"{module.__file__}: an entry point calls this task `{name}`; name the file {name}.py"
        )
    return task


def all() -> tuple[AnyTask, ...]:
    """Return every task of ``names``, with its default options."""
    return tuple(map(get, names()))


def from_file(path: Path | str, **options: Any) -> AnyTask:
    """Return the task that a Python file defines.

    Its machine is ``NAME.tm`` in the same folder, or ``NAME.json`` there, as a corpus carries it.
    The wordings of its prompt are in ``NAME.prompts.txt``, or in the class. This runs the file, so
    use it for code that you trust.

    Raises
    ------
    ValueError
        If the file, the machine or the wordings are missing, the file name is not a task name, or
        the file does not define exactly one task.
    """
    path = without_links(Path(path))
    if not _NAME.fullmatch(path.stem) or path.suffix != ".py":
        raise ValueError(
            f"{path.name} is not the file of a task; name it after the task: my_task.py, my_task.tm"
        )
    if not path.is_file():
        help = similar_file(path)
        raise ValueError(f"there is no file {path}{help and '; ' + help}")
    return _create(load_module(path), options, checked=True)


def _create(module: ModuleType, options: dict[str, Any], *, checked: bool = False) -> AnyTask:
    """Return the task that a module defines.

    Parameters
    ----------
    checked
        Whether the values of its attributes and methods are checked as well.

    Raises
    ------
    ValueError
        That names the file, and what is missing, unknown or of a wrong type.
    """
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
    try:
        check_class(task_class)
        task: AnyTask = task_class(**options)
        if not task.source.is_file() and task.path.with_suffix(".json").is_file():
            task = replace(task, stored=task.path.parent)
        if checked:
            check_methods(task)
    except FaultyTaskError as error:
        raise ValueError(f"{module.__file__}: {error}") from None
    if task.stored is None and not task.source.is_file():
        raise ValueError(f"there is no file {task.source}")
    _ = task.wordings  # raises an error that names the missing prompts file
    if checked:
        try:
            check_wordings(task)
        except FaultyTaskError as error:
            raise ValueError(f"{module.__file__}: {error}") from None
    return task
