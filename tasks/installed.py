"""Tasks that other installed distributions add, by entry points of the group ``tmtail.tasks``.

A distribution declares one entry point for each task: its name is the task's, its value the module
that defines the task, beside whose file the machine is stored::

    [project.entry-points."tmtail.tasks"]
    parity = "my_tasks.parity"
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tmtail.tasks"


@cache
def installed(shipped: tuple[str, ...]) -> Mapping[str, tuple[EntryPoint, ...]]:
    """Return the entry points by task name, sorted; two distributions may claim one name.

    Parameters
    ----------
    shipped
        Names of the tasks that come with tmtail. They are reserved: an entry point of such a name
        is ignored with a warning, so that a shipped name always means the shipped task.
    """
    from importlib.metadata import entry_points  # 15 ms, which shipped tasks need not wait for

    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if entry.name in shipped:
            warnings.warn(
                f"{distribution(entry)}: the task `{entry.name}` is ignored, because tmtail has "
                "one of this name; rename it",
                RuntimeWarning,
                stacklevel=2,
            )
        elif entry not in found.get(entry.name, ()):
            found[entry.name] = (*found.get(entry.name, ()), entry)
    return found


def module_of(name: str, entries: tuple[EntryPoint, ...]) -> ModuleType:
    """Import and return the module of an installed task.

    Raises
    ------
    ValueError
        When two distributions claim the name, the entry point names more than a module, or the
        module cannot be imported.
    """
    if len(entries) > 1:
        owners = " and ".join(map(distribution, entries))
        raise ValueError(f"task `{name}` is defined by {owners}; uninstall all but one")
    (entry,) = entries
    if entry.attr:
        raise ValueError(
            f"{distribution(entry)}: the entry point `{name}` is {entry.value!r}; give the module "
            f"alone, {entry.module!r}"
        )
    try:
        return import_module(entry.module)
    except Exception as error:
        raise ValueError(
            f"{distribution(entry)}: the task `{name}` cannot be imported from {entry.module} "
            f"({type(error).__name__}: {error})"
        ) from error


def is_file_of(path: Path, entries: tuple[EntryPoint, ...]) -> bool:
    """Return whether ``path`` is the file of an installed task's module."""
    try:
        spec = find_spec(entries[0].module)
    except Exception:  # the package of a faulty distribution; `module_of` reports it
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == path


def distribution(entry: EntryPoint) -> str:
    """Return the distribution of an entry point, for messages."""
    return f"distribution {entry.dist.name}" if entry.dist else "an unnamed distribution"
