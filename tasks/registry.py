"""Tasks by name, and tasks from files of one's own."""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from functools import cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from tasks.base import AnyTask, Task
from tm.support.suggestions import did_you_mean

_HERE = Path(__file__).parent
_NAME = re.compile("[a-z][a-z0-9_]{0,63}")
_NEEDED = ("paradigm", "instance", "kind", "wordings")
"""What the class of a task must set, besides the methods that it must define."""


def names() -> tuple[str, ...]:
    """The names of the tasks that come with the project, by paradigm."""
    return tuple(_paths())


def get(name: str, **options: Any) -> AnyTask:
    """The task of this name.

    Parameters
    ----------
    **options
        Fields of the task's class, such as ``ranges``.

    Raises
    ------
    ValueError
        For a name that no task has, or an option that the task does not have.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:64]!r} is no task's name: lower-case letters, digits, _")
    if name not in _paths():
        help = did_you_mean(name, _paths()) or f"there are {', '.join(_paths())}"
        raise ValueError(f"no task is called `{name}`; {help}")
    return _make(import_module(f"tasks.{_paths()[name].parent.name}.{name}"), options)


def all() -> tuple[AnyTask, ...]:
    """Every task that comes with the project, by paradigm."""
    return tuple(get(name) for name in _paths())


def from_file(path: Path | str, **options: Any) -> AnyTask:
    """The task that a Python file defines; its machine stands beside it, with ``.tm``.

    This runs the file: it is for code of your own.

    Raises
    ------
    ValueError
        When there is no such file or machine, the file's name is no name of a task, or it does
        not define exactly one task.
    """
    path = Path(path).resolve()
    if not _NAME.fullmatch(path.stem) or path.suffix != ".py":
        raise ValueError(f"{path.name}: a task's file is named after it: my_task.py, my_task.tm")
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    if _paths().get(path.stem) == path:
        return get(path.stem, **options)
    module = f"_task_{path.stem}_{blake2b(str(path).encode(), digest_size=6).hexdigest()}"
    if module not in sys.modules:
        _execute(module, path)
    return _make(sys.modules[module], options)


@cache
def _paths() -> dict[str, Path]:
    """The Python files of our own tasks, by name: ``PARADIGM/NAME.py``, among its machines."""
    folders = sorted({machine.parent for machine in _HERE.resolve().glob("*/*.tm")})
    files = [file for folder in folders for file in sorted(folder.glob("[a-z]*.py"))]
    return {file.stem: file for file in files}


def _execute(name: str, path: Path) -> None:
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while they are made
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _make(module: ModuleType, options: dict[str, Any]) -> AnyTask:
    classes = [
        c
        for c in vars(module).values()
        if isinstance(c, type) and issubclass(c, Task) and c.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise ValueError(f"{module.__file__} defines {len(classes)} tasks; it must define one")
    task = classes[0]
    missing = [name for name in _NEEDED if not hasattr(task, name)]
    if missing := missing + sorted(task.__abstractmethods__):
        raise ValueError(f"{module.__file__}: {task.__name__} lacks {', '.join(missing)}")
    known = [f.name for f in fields(task)]
    for option in options:
        if option not in known:
            raise ValueError(f"no option is called `{option}`; there are {', '.join(known)}")
    made: AnyTask = task(**options)
    if not made.source.is_file():
        raise ValueError(f"there is no file {made.source}")
    return made
