"""In how many orders does no element stay where it was? (arXiv 2507.13332, Table C1)

There is one problem a number. So a range shows but the digits, carries and products of its own few
numbers, and longer ones have others: no step that calculates is all seen in S.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MOST = 100
"""Up to here n - 1 has two digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementCount(Instance):
    """So many elements, each of which must leave its place.

    Attributes
    ----------
    first
        The name of the call for D(n); those for less follow.
    low
        The name of the lowest place of every number; those above it follow.
    """

    n: int
    first: str = field(default="aa", compare=False)
    low: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if type(self.n) is not int or not 3 <= self.n <= MOST:
            raise ValueError(f"derangement takes 3 to {MOST} elements, not {self.n!r}")
        _ = self.calls, self.places  # which raise where there are too few names

    @property
    def calls(self) -> tuple[str, ...]:
        """The names of the calls, D(n) to D(0), the last two of which are known."""
        return consecutive_names(self.first, self.n + 1)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of enough places, the lowest first, and of one below it."""
        return consecutive_names(self.low, _most(self.n), before=1)


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
        return _named(draws, draws.between(3, 12), PLACE_NAMES[2][:20])

    def count(self, *lengths: int) -> int:
        return 1

    def unrank(self, draws: Draws, index: int, *lengths: int) -> ElementCount:
        return _named(draws, lengths[0], PLACE_NAMES[2])

    def length(self, instance: ElementCount) -> int:
        return instance.n

    def words(self, instance: ElementCount) -> dict[str, str]:
        return {"n": str(instance.n), "facts": listed(self.facts(instance))}

    def facts(self, instance: ElementCount) -> dict[str, str]:
        return {"first": instance.first, "n": str(instance.n), "low": instance.low}

    def tapes(self, instance: ElementCount) -> dict[str, str]:
        calls = instance.calls
        places = " ".join(instance.places)
        behind = ("unit", "callee", "deeper")
        return {
            "n": str(instance.n),
            "low": instance.low,
            "place": places,
            "below": places,
        } | {tape: " ".join(calls[start:]) for start, tape in enumerate(behind)}


def _most(n: int) -> int:
    """As many places as n! has, which is more than D(n), and one more."""
    return len(str(factorial(n))) + 1


def _named(draws: Draws, n: int, names: Sequence[str]) -> ElementCount:
    """The instance, its calls and places named at random."""
    first = draw_first_name(draws, n + 1, names=names)
    return ElementCount(
        n=n, first=first, low=draw_first_name(draws, _most(n), before=1, names=names)
    )
