"""Load the Python files of tasks: shipped and installed ones as modules, others by their path.

This module does not know the class ``Task``, so ``tasks.base`` can import it to rebuild a task that
was pickled.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from tasks.installed import installed, is_file_of, module_of
from tm.support.files import without_links
from tm.support.plugins import Entries

_DATACLASS_ERRORS = {
    "mutable default": "write a default of ranges as ranges(S=(2, 4), M=(5, 8))",
    "non-frozen dataclass": "decorate the class with @dataclass(frozen=True, kw_only=True)",
}
"""Parts of the errors of Python's dataclasses, each with what to write."""

_TASKS = Path(__file__).resolve().parent
_FILE_PREFIX = "_task_"
"""Prefix of the names of modules that are loaded by their path."""


@cache
def shipped_files() -> dict[str, Path]:
    """Return the Python files of the shipped tasks by task name, sorted by paradigm and name.

    They are the files ``PARADIGM/NAME.py`` of every folder that holds a machine.
    """
    folders = sorted({machine.parent for machine in _TASKS.glob("*/*.tm")})
    files = [file for folder in folders for file in sorted(folder.glob("[a-z]*.py"))]
    return {file.stem: file for file in files}


def installed_tasks() -> Mapping[str, Entries]:
    """Return the entry points of tasks that other distributions add, by task name."""
    return installed(tuple(shipped_files()))


def load_module(path: Path) -> ModuleType:
    """Return the module of a task's Python file, which is run once, and again if it has changed.

    Raises
    ------
    ValueError
        If ``path`` is not a Python file. Errors of the file itself are passed on.
    """
    path = without_links(path)
    if shipped_files().get(path.stem) == path:
        return import_module(f"tasks.{path.parent.name}.{path.stem}")
    if path.stem in installed_tasks() and is_file_of(path, installed_tasks()[path.stem]):
        return module_of(installed_tasks()[path.stem])
    content = path.read_bytes() if path.is_file() else b""
    digest = blake2b(str(path).encode() + b"\0" + content, digest_size=6).hexdigest()
    name = f"{_FILE_PREFIX}{path.stem}_{digest}"
    if name not in sys.modules:
        _execute(name, path)
    return sys.modules[name]


def _execute(name: str, path: Path) -> None:
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: not a Python file; the name of a task's file ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look up their module while they are created
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        for reason, help in _DATACLASS_ERRORS.items():
            if reason in str(error):
                raise ValueError(f"{path}: {error}; {help}") from None
        raise


def is_task_file(name: str) -> bool:
    """Return whether a module was loaded from a user's task by its path."""
    return name.startswith(_FILE_PREFIX)
