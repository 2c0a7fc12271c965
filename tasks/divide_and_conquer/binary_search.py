"""Binary search for a number in an increasing list (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, ranges

LARGEST = 9999
PLACES = tuple(a + b for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ")
"""The names of places: they count on as numbers do, with letters for digits."""

LETTERS = tuple(ascii_lowercase)
"""What the text calls bounds and middles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search(Instance):
    """Increasing integers, a target, and the names that the text uses.

    Attributes
    ----------
    first
        The place of the first number; the others follow, and one more on either side.
    low
        The letter of the lower bound; the upper bound and the middles have those that follow.
    """

    values: tuple[int, ...]
    target: int
    first: str = field(default="AB", compare=False)
    low: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or list(values) != sorted({*values}):
            raise ValueError(f"binary_search takes one or more increasing integers, not {values}")
        if type(self.target) is not int:
            raise ValueError(f"binary_search looks for an integer, not {self.target!r}")
        if max(map(abs, (*values, self.target))) > LARGEST:
            raise ValueError(f"binary_search takes integers in ±{LARGEST}, not {values}")
        if self.first not in _firsts(len(values)):
            raise ValueError(f"binary_search: no {len(values) + 1} places begin at {self.first!r}")
        if self.low not in _lows(len(values)):
            raise ValueError(f"binary_search: too few letters begin with {self.low!r}")

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the bounds, one before the first number and one after the last."""
        start = PLACES.index(self.first)
        return PLACES[start - 1 : start + len(self.values) + 1]


@dataclass(frozen=True, kw_only=True)
class BinarySearch(Task[Search]):
    ranges: Mapping[str, LengthRange] = ranges(S=(5, 20), M=(21, 40), L=(41, 70))

    paradigm = "divide_and_conquer"
    instance = Search
    kind = INTEGER
    complexity = "log n, and n to list the numbers"

    def sample(self, draws: Draws, *lengths: int) -> Search:
        """So many integers; the target is none of them in 30 %, else any with equal chance."""
        return _posed(draws, lengths[0], LARGEST, _firsts(lengths[0]), _lows(lengths[0]))

    def tiny(self, draws: Draws) -> Search:
        return _posed(draws, draws.between(1, 3), 2, PLACES[8:10], LETTERS[:3])

    def count(self, *lengths: int) -> int:
        integers = 2 * LARGEST + 1
        return comb(integers, lengths[0]) * integers

    def length(self, instance: Search) -> int:
        return len(instance.values)

    def words(self, instance: Search) -> dict[str, str]:
        facts = self.facts(instance)
        numbers = {place: facts.pop(place) for place in instance.places[1:-1]}
        target = {"target": facts.pop("target")}
        return {"numbers": listed(numbers), "target": listed(target), "bounds": listed(facts)}

    def facts(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high = _letters(instance)[:2]
        numbers = dict(zip(places, map(str, instance.values), strict=True))
        named = ((low, before), (high, after), ("first", instance.first))
        letters = {
            f"{name} {digit}": letter
            for name, place in named
            for digit, letter in zip(("tens", "ones"), place, strict=True)
        }
        return numbers | {"target": str(instance.target), "low": low, "high": high} | letters

    def tapes(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high, *middles = _letters(instance)
        numbers = zip(places, instance.values, strict=True)
        return {
            "list": "".join(f"{place}={number}," for place, number in numbers),
            "target": str(instance.target),
            "low": low,
            "high": high,
            "letter": "".join(middles),
            "lows": before,
            "highs": after,
            "first": instance.first,
        }


def _firsts(count: int) -> tuple[str, ...]:
    """The places that the first of ``count`` numbers can have: one is left on either side."""
    if count > len(PLACES) - 2:
        raise ValueError(f"binary_search has places for {len(PLACES) - 2} numbers, not for {count}")
    return PLACES[1 : len(PLACES) - count]


def _lows(count: int) -> tuple[str, ...]:
    """The letters that the lower bound of ``count`` numbers can have.

    The upper bound, a middle for each halving, and one more for a ten that is lent come after it.
    """
    return LETTERS[: len(LETTERS) - count.bit_length() - 2]


def _letters(instance: Search) -> tuple[str, ...]:
    start = LETTERS.index(instance.low)
    return LETTERS[start : start + len(instance.values).bit_length() + 3]


def _posed(
    draws: Draws, count: int, largest: int, firsts: tuple[str, ...], lows: tuple[str, ...]
) -> Search:
    """A target among ``count`` numbers, or, where it is absent, drawn along with them."""
    absent = draws.chance(30, 100)
    values = sorted(draws.distinct(count + absent, -largest, largest))
    target = draws.choice(values)
    return Search(
        values=tuple(value for value in values if not (absent and value == target)),
        target=target,
        first=draws.choice(firsts),
        low=draws.choice(lows),
    )
