"""The machine language, the transition table, the engines and the trace.

Public names are imported at their first use, so that ``import tm`` stays fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tm.support.lazy import lazy_names

if TYPE_CHECKING:
    from tm.engine import (
        InputError,
        Limits,
        NamedStepper,
        NamedTransition,
        Outcome,
        Run,
        Stepper,
        run,
        run_batch,
        step,
    )
    from tm.language.diagnostics import Diagnostic, SourceError
    from tm.loading import load, loads
    from tm.pipeline import CheckedMachine, check, check_library, check_text
    from tm.table import Table, Tape
    from tm.trace import Trace

__all__ = [
    "CheckedMachine", "Diagnostic", "InputError", "Limits", "NamedStepper", "NamedTransition",
    "Outcome", "Run", "SourceError", "Stepper", "Table", "Tape", "Trace", "check", "check_library",
    "check_text", "load", "loads", "run", "run_batch", "step",
]  # fmt: skip

_HOME = {
    "tm.language.diagnostics": ("Diagnostic", "SourceError"),
    "tm.engine": (
        "InputError", "Limits", "NamedStepper", "NamedTransition", "Outcome", "Run", "Stepper",
        "run", "run_batch", "step",
    ),
    "tm.loading": ("load", "loads"),
    "tm.pipeline": ("CheckedMachine", "check", "check_library", "check_text"),
    "tm.table": ("Table", "Tape"),
    "tm.trace": ("Trace",),
}  # fmt: skip
__getattr__ = lazy_names(__name__, _HOME)
