"""Names of places: short keys in an order that a machine reads from a tape.

If a text numbered its places, longer problems would need numbers that training never showed.
Places are therefore named by letters or pairs of letters, from a random one on, so that short
problems show all names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from string import ascii_lowercase, ascii_uppercase

from tasks.draws import Draws

_WORD_LIST = """
ad ah am an as at be by do eh go ha he hi ho if in is it lo ma me my no of oh ok on or ow ox pa pi
so to up us we ye
"""
WORDS = frozenset(_WORD_LIST.split())
"""Pairs of letters that are words, and thus no first names: `Labels start at is` reads like a
mistake. They are names all the same, since a gap in the order would have to be learned."""

PLACE_NAMES = {
    1: tuple(ascii_lowercase),
    2: tuple(a + b for a in ascii_lowercase for b in ascii_lowercase),
}
"""All names in order, by the number of letters of a name."""

MANY_NAMES = {2: PLACE_NAMES[2] + tuple(a + b for a in ascii_uppercase for b in ascii_lowercase)}
"""Names for texts to which those of two small letters are too few: Aa comes after zz."""

_INDEX = {name: i for names in (PLACE_NAMES[1], MANY_NAMES[2]) for i, name in enumerate(names)}


class TooFewNamesError(ValueError):
    """A text needs more names than there are."""


def consecutive_names(
    first: str,
    count: int,
    *,
    before: int = 0,
    names: Mapping[int, tuple[str, ...]] = PLACE_NAMES,
) -> tuple[str, ...]:
    """Return ``before`` names that precede ``first``, then ``count`` names from ``first`` on.

    Parameters
    ----------
    names
        The possible names: ``PLACE_NAMES`` or ``MANY_NAMES``.

    Raises
    ------
    TooFewNamesError
        If ``first`` is not a name, or there are too few names before or after it.
    """
    start = _INDEX.get(first, -1) - before
    possible = names.get(len(first), ())
    end = start + before + count
    if start < 0 or end > len(possible):
        raise _too_few_names(first, count, before)
    return possible[start:end]


@cache
def consecutive_letters(first: str, count: int, letters: str = ascii_lowercase) -> str:
    """Return ``consecutive_names`` of one of the ``letters`` each; raises the same error."""
    start = letters.find(first)
    if start < 0 or len(first) != 1 or start + count > len(letters):
        raise _too_few_names(first, count)
    return letters[start : start + count]


def _too_few_names(first: str, count: int, before: int = 0) -> TooFewNamesError:
    preceding = f"{before} names before it and " if before else ""
    return TooFewNamesError(
        f"places cannot begin with {first!r}: {preceding}{count - 1} names after it are needed"
    )


def draw_first_name(
    draws: Draws, count: int, *, before: int = 0, names: Sequence[str] = PLACE_NAMES[2]
) -> str:
    """Return a random one of ``names`` with ``before`` names before it and ``count - 1`` after it.

    It is not a word.

    Raises
    ------
    TooFewNamesError
        If there are too few ``names``.
    """
    choices = len(names) - before - count + 1
    if choices < 1 or WORDS.issuperset(names[before : before + choices]):
        raise TooFewNamesError(f"{len(names)} names are too few for {before + count} places")
    while (name := names[before + draws.below(choices)]) in WORDS:
        pass
    return name
