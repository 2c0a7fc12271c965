"""How the loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def jit(function: F) -> F:
    """Compile a function that never allocates, cached, to run without the GIL.

    It keeps no reference counts (``_nrt``): numba else counts up and down, atomically, for every
    array that a function is given, which costs a call with a dozen arrays 100 ns.
    """
    compiled: F = njit(**_OPTIONS)(function)
    return compiled
