"""Binary search for a number in an increasing list (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

MAX_MAGNITUDE = 9999
MAX_DIGITS = 3
"""Number of digits of the longest place numbers that the machine can add."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search(Instance):
    """Increasing integers, a target, and the names that the text uses.

    Attributes
    ----------
    first
        The place of the first number: a number of two or three digits. The other numbers have the
        next places, with as many digits; there is one more place at either end.
    low
        The letter of the lower bound; the upper bound and the middles have the next letters.
    """

    values: tuple[int, ...]
    target: int
    first: str = field(default="11", compare=False)
    low: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or list(values) != sorted({*values}):
            raise ValueError(f"binary_search takes one or more increasing integers, not {values}")
        if type(self.target) is not int:
            raise ValueError(f"binary_search looks for an integer, not {self.target!r}")
        if max(map(abs, (*values, self.target))) > MAX_MAGNITUDE:
            raise ValueError(f"binary_search takes integers within ±{MAX_MAGNITUDE}, not {values}")
        digits = len(self.first)
        if self.first not in map(str, _first_places(len(values), digits)):
            raise ValueError(
                f"binary_search: {len(values)} places cannot begin with {self.first!r}; they must "
                f"be numbers of two to {MAX_DIGITS} digits, and one more is needed at either end"
            )
        consecutive_letters(self.low, _letter_count(len(values)))


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
        return _draw_search(draws, n, MAX_MAGNITUDE, _usual_first_places(n), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Search:
        return _draw_search(draws, draws.between(1, 3), 2, range(18, 20), PLACE_NAMES[1][:6])

    def count(self, *lengths: int) -> int:
        integers = 2 * MAX_MAGNITUDE + 1
        return comb(integers, lengths[0]) * integers

    def length(self, instance: Search) -> int:
        return len(instance.values)

    def words(self, instance: Search) -> dict[str, str]:
        return {"list": ", ".join(map(str, instance.values)), "target": str(instance.target)}

    def names(self, instance: Search) -> tuple[str, ...]:
        return instance.first, instance.low

    def shortcuts(self, instance: Search) -> dict[str, str]:
        low, high, count = instance.values[0], instance.values[-1], len(instance.values)
        share = (instance.target - low) / max(1, high - low)
        return {
            "the middle": str((count - 1) // 2),
            "in proportion to the ends": str(min(count - 1, max(0, round(share * (count - 1))))),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Search:
        values = tuple(map(int, words["list"].split(", ")))
        return Search(
            values=values,
            target=int(words["target"]),
            first=str(draws.choice(_usual_first_places(len(values)))),
            low=draw_first_name(draws, _letter_count(len(values)), names=PLACE_NAMES[1]),
        )

    def tapes(self, instance: Search) -> dict[str, str]:
        first, n = int(instance.first), len(instance.values)
        return self.words(instance) | {
            "place": " ".join(map(str, range(first, first + n + 1))),
            "letter": consecutive_letters(instance.low, _letter_count(n)),
        }


def _first_places(count: int, digits: int) -> range:
    """Return the possible places of the first of ``count`` numbers; one is left at either end."""
    if not 2 <= digits <= MAX_DIGITS:
        return range(0)
    return range(10 ** (digits - 1) + 1, 10**digits - count)


def _usual_first_places(count: int) -> range:
    """Return the first places that are drawn: of two digits, unless these leave little choice."""
    digits = 2 if _first_places(count + count // 10, 2) else MAX_DIGITS
    return _first_places(count, digits)


def _letter_count(count: int) -> int:
    """Return the number of letters of the bounds and the middles of ``count`` numbers."""
    return count.bit_length() + 3


def _draw_search(
    draws: Draws, count: int, largest: int, firsts: Sequence[int], lows: Sequence[str]
) -> Search:
    """Return ``count`` numbers and a target; an absent target is drawn together with them."""
    absent = draws.chance(30, 100)
    values = sorted(draws.distinct(count + absent, -largest, largest))
    target = draws.choice(values)
    return Search(
        values=tuple(value for value in values if not (absent and value == target)),
        target=target,
        first=str(draws.choice(firsts)),
        low=draw_first_name(draws, _letter_count(count), names=lows),
    )
