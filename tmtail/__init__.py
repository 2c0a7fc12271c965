"""Algorithms as real Turing machines, their traces as training text, and scores by replay.

The public names, each imported when it is first used::

    from tmtail import render, run, task

    sorting = task("bubble_sort")
    instance = sorting.instance(values=(3, 1, 2))
    result = run(sorting.table, sorting.tapes(instance), trace=True)
    print(render(sorting.table, result.trace))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compiler import Text, Texts, render, render_batch
    from tasks import Task
    from tasks import get as task
    from tm import Limits, Outcome, Run, SourceError, Stepper, Table, check, load, run, run_batch

__version__ = "0.1.0"

__all__ = [
    "Limits", "Outcome", "Run", "SourceError", "Stepper", "Table", "Task", "Text", "Texts",
    "check", "load", "render", "render_batch", "run", "run_batch", "task",
]  # fmt: skip

_HOME = {
    "compiler": ("Text", "Texts", "render", "render_batch"),
    "tasks": ("Task",),
    "tm": (
        "Limits", "Outcome", "Run", "SourceError", "Stepper", "Table", "check", "load", "run",
        "run_batch",
    ),
}  # fmt: skip
_PLACE = {name: (module, name) for module, names in _HOME.items() for name in names} | {
    "task": ("tasks", "get")
}


def __getattr__(name: str) -> Any:
    if name in _PLACE:
        module, attribute = _PLACE[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'tmtail' has no attribute {name!r}")
