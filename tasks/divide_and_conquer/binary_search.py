"""Binary search for a number in an increasing list (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges

MAX_MAGNITUDE = 9999
PLACES = tuple(a + b for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ")
"""Names of places: two-digit numbers with letters instead of digits."""

BOUND_LETTERS = tuple(ascii_lowercase)
"""Names of bounds and middles in the text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search(Instance):
    """Increasing integers, a target, and the names that the text uses.

    Attributes
    ----------
    first
        The place of the first number; the other numbers have the next places.
    low
        The letter of the lower bound; the upper bound and the middles have the next letters.
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
        if max(map(abs, (*values, self.target))) > MAX_MAGNITUDE:
            raise ValueError(f"binary_search takes integers within ±{MAX_MAGNITUDE}, not {values}")
        if self.first not in _first_places(len(values)):
            raise ValueError(
                f"binary_search: {len(values)} places cannot begin with {self.first!r}; one place "
                "must be left at either end"
            )
        if self.low not in _low_letters(len(values)):
            raise ValueError(f"binary_search: too few letters begin with {self.low!r}")

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the numbers, and the places of the bounds before and after them."""
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
        """Return this many integers and a target: absent in 30 %, otherwise any of them."""
        n = lengths[0]
        return _draw_search(draws, n, MAX_MAGNITUDE, _first_places(n), _low_letters(n))

    def tiny(self, draws: Draws) -> Search:
        return _draw_search(draws, draws.between(1, 3), 2, PLACES[8:10], BOUND_LETTERS[:3])

    def count(self, *lengths: int) -> int:
        integers = 2 * MAX_MAGNITUDE + 1
        return comb(integers, lengths[0]) * integers

    def length(self, instance: Search) -> int:
        return len(instance.values)

    def words(self, instance: Search) -> dict[str, str]:
        facts = self.facts(instance)
        numbers = {place: facts.pop(place) for place in instance.places[1:-1]}
        target = {"target": facts.pop("target")}
        return {
            "numbers": format_facts(numbers),
            "target": format_facts(target),
            "bounds": format_facts(facts),
        }

    def facts(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high = _bound_letters(instance)[:2]
        numbers = dict(zip(places, map(str, instance.values), strict=True))
        named_places = ((low, before), (high, after), ("first", instance.first))
        letters = {
            f"{name} {digit}": letter
            for name, place in named_places
            for digit, letter in zip(("tens", "ones"), place, strict=True)
        }
        return numbers | {"target": str(instance.target), "low": low, "high": high} | letters

    def tapes(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high, *middles = _bound_letters(instance)
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


def _first_places(count: int) -> tuple[str, ...]:
    """Return the possible places of the first of ``count`` numbers; one is left at either end."""
    if count > len(PLACES) - 2:
        raise ValueError(f"binary_search has places for {len(PLACES) - 2} numbers, not for {count}")
    return PLACES[1 : len(PLACES) - count]


def _low_letters(count: int) -> tuple[str, ...]:
    """Return the possible letters of the lower bound of ``count`` numbers.

    The upper bound, a middle for each halving, and one more letter for a borrowed ten follow it.
    """
    return BOUND_LETTERS[: len(BOUND_LETTERS) - count.bit_length() - 2]


def _bound_letters(instance: Search) -> tuple[str, ...]:
    start = BOUND_LETTERS.index(instance.low)
    return BOUND_LETTERS[start : start + len(instance.values).bit_length() + 3]


def _draw_search(
    draws: Draws, count: int, largest: int, firsts: tuple[str, ...], lows: tuple[str, ...]
) -> Search:
    """Return ``count`` numbers and a target; an absent target is drawn together with them."""
    absent = draws.chance(30, 100)
    values = sorted(draws.distinct(count + absent, -largest, largest))
    target = draws.choice(values)
    return Search(
        values=tuple(value for value in values if not (absent and value == target)),
        target=target,
        first=draws.choice(firsts),
        low=draws.choice(lows),
    )
