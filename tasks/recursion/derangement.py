"""Count the orders in which no element keeps its place (arXiv 2507.13332, Table C1).

There is one problem for each number of elements. A range therefore shows only the digits, carries
and products of its own few numbers, and S cannot show all results of any step that calculates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile("[1-9][0-9]{0,2}")
MAX_ELEMENTS = 100
"""Greatest number of elements: n - 1 has at most two digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementCount(Instance):
    """The number of elements, each of which must leave its place.

    ``first`` is the name of the call for D(n), and that of the lowest place of every number. The
    calls for smaller numbers and the higher places have the next names.
    """

    n: int
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if type(self.n) is not int or not 3 <= self.n <= MAX_ELEMENTS:
            raise ValueError(f"derangement takes 3 to {MAX_ELEMENTS} elements, not {self.n!r}")
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all calls and places, after the name of one place below the lowest."""
        return consecutive_names(self.first, _name_count(self.n), before=1)


@dataclass(frozen=True, kw_only=True)
class Derangement(Task[ElementCount]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 30), M=(31, 60), L=(61, 100))

    paradigm = "recursion"
    instance = ElementCount
    kind = INTEGER
    complexity = "n² log n"
    budget = 16_384
    far = frozenset({"back", "sum", "times", "add", "write"})
    unseen = frozenset({"call", "back", "sum", "times", "add"})
    beyond = frozenset({"S", "M", "L"})

    def sample(self, draws: Draws, *lengths: int) -> ElementCount:
        return self.unrank(draws, 0, *lengths)

    def tiny(self, draws: Draws) -> ElementCount:
        return _with_random_name(draws, draws.between(3, 12), PLACE_NAMES[2][:20])

    def count(self, *lengths: int) -> int:
        return 1

    def unrank(self, draws: Draws, index: int, *lengths: int) -> ElementCount:
        return _with_random_name(draws, lengths[0], PLACE_NAMES[2])

    def length(self, instance: ElementCount) -> int:
        return instance.n

    def shortcuts(self, instance: ElementCount) -> dict[str, str]:
        return {
            "a third of the factorial": str(factorial(instance.n) // 3),
            "the factorial of one less": str(factorial(instance.n - 1)),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> ElementCount:
        number = words["n"]
        if not NUMBER.fullmatch(number):
            raise ValueError(f"derangement takes a number of at most 3 digits, not {number!r}")
        return _with_random_name(draws, int(number), PLACE_NAMES[2])

    def words(self, instance: ElementCount) -> dict[str, str]:
        return {"n": str(instance.n)}

    def names(self, instance: ElementCount) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: ElementCount) -> dict[str, str]:
        below, first, *others = instance.places
        from_second = " ".join(others)
        return self.words(instance) | {
            "low": first,
            "place": f"{below} {first} {from_second}",
            "unit": f"{first} {from_second}",
            "callee": from_second,
        }


def _name_count(n: int) -> int:
    """Return the number of calls for n to 1, or of the digits of n!, which exceeds D(n), plus one.

    The greater one is returned.
    """
    return max(n, len(str(factorial(n)))) + 1


def _with_random_name(draws: Draws, n: int, names: Sequence[str]) -> ElementCount:
    """Return the instance with a random first name."""
    return ElementCount(n=n, first=draw_first_name(draws, _name_count(n), before=1, names=names))
