"""How the loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "forceinline": True, "_nrt": False}


def jit(function: F) -> F:
    """Compile a function that never allocates, cached, to run without the GIL.

    It keeps no reference counts (``_nrt``): numba else counts up and down, atomically, for every
    array that a function is given, which costs a call with a dozen arrays 100 ns. Within another
    one it is no call at all: arrays are handed on by seven numbers each.
    """
    compiled: F = njit(**_OPTIONS)(function)
    return compiled


def forget_stale(folder: Path) -> None:
    """Forget what was compiled before any of a folder's files was last changed.

    numba looks at the one file that a function stands in, not at those whose constants and
    functions it was compiled with.
    """
    with suppress(OSError):
        newest = max((p.stat().st_mtime for p in folder.glob("*.py")), default=0.0)
        for index in (folder / "__pycache__").glob("*.nbi"):
            if index.stat().st_mtime < newest:
                index.unlink(missing_ok=True)


forget_stale(Path(__file__).parent)
