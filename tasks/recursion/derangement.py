"""Count the orders in which no element keeps its place (arXiv 2507.13332, Table C1).

There is one problem for each number of elements. A range therefore shows only the digits, carries
and products of its own few numbers, and S cannot show all results of any step that calculates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_ELEMENTS = 100
"""Greatest number of elements: n - 1 has at most two digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementCount(Instance):
    """The number of elements, each of which must leave its place.

    Attributes
    ----------
    first
        The name of the call for D(n); the calls for smaller numbers have the next names.
    low
        The name of the lowest place of every number; the higher places have the next names.
    """

    n: int
    first: str = field(default="aa", compare=False)
    low: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if type(self.n) is not int or not 3 <= self.n <= MAX_ELEMENTS:
            raise ValueError(f"derangement takes 3 to {MAX_ELEMENTS} elements, not {self.n!r}")
        _ = self.calls, self.places  # raises an error if there are too few names

    @property
    def calls(self) -> tuple[str, ...]:
        """The names of the calls D(n) to D(0); the values of the last two are known."""
        return consecutive_names(self.first, self.n + 1)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of enough places, lowest first, after the name of one place below them."""
        return consecutive_names(self.low, _place_count(self.n), before=1)


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
        return _with_random_names(draws, draws.between(3, 12), PLACE_NAMES[2][:20])

    def count(self, *lengths: int) -> int:
        return 1

    def unrank(self, draws: Draws, index: int, *lengths: int) -> ElementCount:
        return _with_random_names(draws, lengths[0], PLACE_NAMES[2])

    def length(self, instance: ElementCount) -> int:
        return instance.n

    def words(self, instance: ElementCount) -> dict[str, str]:
        return {"n": str(instance.n), "facts": format_facts(self.facts(instance))}

    def facts(self, instance: ElementCount) -> dict[str, str]:
        return {"first": instance.first, "n": str(instance.n), "low": instance.low}

    def tapes(self, instance: ElementCount) -> dict[str, str]:
        calls = instance.calls
        return {
            "n": str(instance.n),
            "low": instance.low,
            "place": " ".join(instance.places),
            "unit": " ".join(calls),
            "callee": " ".join(calls[1:]),
        }


def _place_count(n: int) -> int:
    """Return the number of digits of n!, which exceeds D(n), plus one."""
    return len(str(factorial(n))) + 1


def _with_random_names(draws: Draws, n: int, names: Sequence[str]) -> ElementCount:
    """Return the instance with random names of its calls and places."""
    first = draw_first_name(draws, n + 1, names=names)
    low = draw_first_name(draws, _place_count(n), before=1, names=names)
    return ElementCount(n=n, first=first, low=low)
