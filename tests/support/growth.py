"""Check by measurement that time grows in proportion to the size of an input."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SIZE_FACTOR = 16
"""Ratio of the sizes that are compared."""
MAX_RATIO = 4 * SIZE_FACTOR
"""Maximum ratio of times: small inputs may fit a cache, but quadratic time has a ratio of 256."""
REPEATS = 5
"""Measurements of each size; the shortest counts, since others may include a pause."""


def assert_linear_time(
    call: Callable[[Any], object], make: Callable[[int], Any], size: int
) -> None:
    """Assert that ``call`` takes time in proportion to the size of its argument.

    Parameters
    ----------
    call
        The function to measure; its first calls, which may compile, are not counted.
    make
        Returns an argument of some size.
    size
        The larger size; the smaller one is ``size // SIZE_FACTOR``.
    """
    call(make(size // SIZE_FACTOR))
    small, large = (_shortest(call, make(each)) for each in (size // SIZE_FACTOR, size))
    assert large <= MAX_RATIO * small, f"{size}: {large:.4f} s, 1/{SIZE_FACTOR}: {small:.4f} s"


def _shortest(call: Callable[[Any], object], argument: object) -> float:
    """Return the CPU time of the shortest of several calls, in seconds."""
    seconds = []
    for _ in range(REPEATS):
        start = time.process_time()
        call(argument)
        seconds.append(time.process_time() - start)
    return min(seconds)
