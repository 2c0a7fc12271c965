"""Names of places: short keys in an order that a machine reads off a tape.

A text that numbers its places meets numbers past those it was trained on. So places are named by
letters, or by pairs of letters, from a random one on: short problems soon show all names.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from string import ascii_lowercase

from tasks.draws import Draws

PLACE_NAMES = {
    1: tuple(ascii_lowercase),
    2: tuple(a + b for a in ascii_lowercase for b in ascii_lowercase),
}
"""All names in order, by their number of letters."""

_INDEX = {name: index for names in PLACE_NAMES.values() for index, name in enumerate(names)}


def consecutive_names(first: str, count: int, *, before: int = 0) -> tuple[str, ...]:
    """The ``before`` names that stand before ``first``, then ``count`` names from ``first`` on.

    Raises
    ------
    ValueError
        When ``first`` is no name, or there are not so many before or behind it.
    """
    start = _INDEX.get(first, -1) - before
    names = PLACE_NAMES.get(len(first), ())
    end = start + before + count
    if start < 0 or end > len(names):
        raise _misfit(first, count, before)
    return names[start:end]


@cache
def consecutive_letters(first: str, count: int) -> str:
    """A ``row`` of names of one letter each, as one word; ``ValueError`` as there."""
    start = ascii_lowercase.find(first)
    if start < 0 or len(first) != 1 or start + count > len(ascii_lowercase):
        raise _misfit(first, count)
    return ascii_lowercase[start : start + count]


def _misfit(first: str, count: int, before: int = 0) -> ValueError:
    ahead = f"{before} names before it and " if before else ""
    return ValueError(f"places cannot begin with {first!r}: it needs {ahead}{count - 1} behind")


def draw_first_name(
    draws: Draws, count: int, *, before: int = 0, names: Sequence[str] = PLACE_NAMES[2]
) -> str:
    """A random one of ``names`` with ``before`` of them before it and ``count - 1`` behind.

    Raises
    ------
    ValueError
        When there are too few ``names``.
    """
    free = len(names) - before - count + 1
    if free < 1:
        raise ValueError(f"{len(names)} names are too few for {before + count} places")
    return names[before + draws.below(free)]
