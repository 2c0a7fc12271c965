"""Compute the Levenshtein distance of two strings (arXiv 2507.13332, Table C1).

Letters name rows, columns and numbers, and suffice for strings of at most 42 characters. Strings of
at most 19 characters show fewer letters than longer ones, so a training range up to 19 lacks some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import INTEGER, Draws, LengthRange, ranges
from tasks.strings import CHARACTERS, Strings, StringTask, draw_around, draw_string

MAX_DRAWS = 20
"""Number of pairs that are drawn until one is found whose distance no shortcut gives."""


@dataclass(frozen=True, kw_only=True)
class LevenshteinDistance(StringTask):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 7), L=(8, 9))

    kind = INTEGER
    far = frozenset({"row", "cell", "result"})  # they fetch what was read and said at the beginning

    def draw_pair(self, draws: Draws, n: int, m: int) -> tuple[str, str]:
        """Return the two strings of a sample.

        There are shortcuts that give the distance of many pairs, above all of short ones: to count
        the places with different characters, or the characters without a counterpart anywhere in
        the other string. In half of the samples neither is right, if the lengths allow it.
        """
        x, y = super().draw_pair(draws, n, m)
        if n == m < 3 or draws.chance(1, 2):
            return x, y
        for _ in range(MAX_DRAWS):
            if _distance(x, y) not in (_differing_places(x, y), _unmatched_characters(x, y)):
                break
            common = draw_string(draws, draws.between(1, min(n, m)), CHARACTERS)
            x, y = draw_around(draws, common, n), draw_around(draws, common, m)
        return x, y

    def shortcuts(self, instance: Strings) -> dict[str, str]:
        x, y = instance.x, instance.y
        return {
            "the number of different places": str(_differing_places(x, y)),
            "the characters without a counterpart": str(_unmatched_characters(x, y)),
        }


def _differing_places(x: str, y: str) -> int:
    """Return the number of places at which two strings differ."""
    return max(len(x), len(y)) - sum(a == b for a, b in zip(x, y, strict=False))


def _unmatched_characters(x: str, y: str) -> int:
    """Return the number of characters of the longer string that have no counterpart."""
    return max(len(x), len(y)) - sum(min(x.count(c), y.count(c)) for c in CHARACTERS)


def _distance(x: str, y: str) -> int:
    """Return the edit distance of two strings."""
    row = list(range(len(y) + 1))
    for a in x:
        corner, row[0] = row[0], row[0] + 1
        for j, b in enumerate(y, 1):
            cost = corner if a == b else 1 + min(corner, row[j - 1], row[j])
            corner, row[j] = row[j], cost
    return row[-1]
