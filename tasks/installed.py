"""Tasks that other installed distributions add, by entry points of the group ``tmtail.tasks``.

A distribution declares one entry point for each task: its name is the name of the task, and its
value the module that defines the task, beside whose file the machine is stored::

    [project.entry-points."tmtail.tasks"]
    parity = "my_tasks.parity"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from tm.support.plugins import Entries, distribution, import_entry, only_entry, plugin_entries

GROUP = "tmtail.tasks"


def installed(shipped: tuple[str, ...]) -> Mapping[str, Entries]:
    """Return the entry points by task name, sorted; ``shipped`` names are reserved."""
    return plugin_entries(GROUP, "task", shipped)


def module_of(entries: Entries) -> ModuleType:
    """Import and return the module of an installed task.

    Raises
    ------
    ValueError
        If two distributions claim the name, the entry point names more than a module, or the module
        cannot be imported.
    """
    entry = only_entry("task", entries)
    if entry.attr:
        raise ValueError(
            f"{distribution(entry)}: the entry point `{entry.name}` is {entry.value!r}; give the "
            f"module alone, {entry.module!r}"
        )
    return import_entry("task", entry, partial(import_module, entry.module))


def is_file_of(path: Path, entries: Entries) -> bool:
    """Return whether ``path`` is the file of an installed task's module."""
    try:
        spec = find_spec(entries[0].module)
    except Exception:  # the package of a faulty distribution, which `module_of` reports
        return False
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve() == path
