"""List and count all permutations of a list by backtracking (arXiv 2507.13332, Table C1).

A label is a path in the search tree, so every choice names the choices before it: lists of up to
three elements show none of the paths of four elements, and at most 6 orders to count. A read step
restates the elements read before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import perm
from string import ascii_letters

from tasks import PERMUTATIONS, Draws, Instance, LengthRange, Task, ranges

MAX_ELEMENTS = 10
"""Greatest number of elements; the number of their permutations has seven digits."""
SEPARATOR = ", "
"""Separator of the elements in a prompt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Elements(Instance):
    """Distinct letters; an upper-case and a lower-case letter are distinct."""

    letters: str

    def __post_init__(self) -> None:
        letters = self.letters
        fits = type(letters) is str and 1 <= len(letters) <= MAX_ELEMENTS
        if not fits or {*letters} - {*ascii_letters} or len({*letters}) < len(letters):
            raise ValueError(
                f"permutation_combination takes 1 to {MAX_ELEMENTS} distinct letters, "
                f"not {letters!r}"
            )


@dataclass(frozen=True, kw_only=True)
class PermutationCombination(Task[Elements]):
    ranges: Mapping[str, LengthRange] = ranges(S=(1, 3), M=(4, 6), L=(7, 10))

    paradigm = "backtracking"
    instance = Elements
    kind = PERMUTATIONS
    complexity = "n · n!"
    coarse = frozenset({"read", "full"})
    far = frozenset({"choose", "undo", "total", "count"})
    unseen = frozenset({"read", "choose", "full", "count", "undo", "total"})
    budget = 16_384
    beyond = frozenset({"M", "L"})

    def sample(self, draws: Draws, *lengths: int) -> Elements:
        return _elements_at(draws.distinct(lengths[0], 0, len(ascii_letters) - 1))

    def tiny(self, draws: Draws) -> Elements:
        return _elements_at(draws.distinct(draws.between(1, 3), 0, 3))

    def count(self, *lengths: int) -> int:
        return perm(len(ascii_letters), lengths[0])

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Elements:
        """Return the list whose letters the digits of ``index`` select from those left."""
        unused = list(ascii_letters)
        letters = ""
        for _ in range(lengths[0]):
            index, place = divmod(index, len(unused))
            letters += unused.pop(place)
        return Elements(letters=letters)

    def length(self, instance: Elements) -> int:
        return len(instance.letters)

    def words(self, instance: Elements) -> dict[str, str]:
        return {"elements": SEPARATOR.join(instance.letters)}

    def shortcuts(self, instance: Elements) -> dict[str, str]:
        letters = instance.letters
        both = dict.fromkeys((letters, letters[::-1]))
        turned = [letters[n:] + letters[:n] for n in range(len(letters))]
        return {
            name: f"{', '.join(map(' '.join, orders))}; {len(orders)}"
            for name, orders in (("the order and its reverse", both), ("the rotations", turned))
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Elements:
        letters = words["elements"].split(SEPARATOR)
        if any(len(letter) != 1 for letter in letters):
            raise ValueError(f"{words['elements']!r} is not a list such as Q, e, R")
        return Elements(letters="".join(letters))

    def tapes(self, instance: Elements) -> dict[str, str]:
        return {"list": self.words(instance)["elements"]}


def _elements_at(places: tuple[int, ...]) -> Elements:
    return Elements(letters="".join(ascii_letters[place] for place in places))
