"""Compare two signed decimals (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tasks import Draws, Instance, LengthRange, Task, choice, ranges
from tasks.decimals import count_decimals, draw_digits, with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
TINY_MAGNITUDES = ("0", "1", "10", "0.1", "0.12", "1.0", "1.02", "1.2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decimals(Instance):
    """Two decimals, and the name of the first character of each after its sign.

    The other characters have the next names in order, single letters or pairs of letters. Both
    numbers use the same names.
    """

    x: str
    y: str
    first: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number) or (number[0] == "-" and not number.strip("-0.")):
                raise ValueError(f"compare_numbers takes decimals such as -12.50, not {number!r}")
        consecutive_names(self.first, _place_count(self.x, self.y))


@dataclass(frozen=True, kw_only=True)
class CompareNumbers(Task[Decimals]):
    """Compare two decimals: ``<``, ``>`` or ``=``.

    Attributes
    ----------
    plain
        Restricts the task to integers without signs or points, with places named by one letter.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(5, 10), M=(11, 20), L=(21, 50))
    plain: bool = False

    paradigm = "simulation"
    instance = Decimals
    kind = choice("<", ">", "=")
    complexity = "n"
    lengths = 2
    far = frozenset({"sign", "whole", "fraction"})  # they fetch what was read

    def sample(self, draws: Draws, *lengths: int) -> Decimals:
        """Return two decimals with these numbers of digits.

        15 % are equal in value and 10 % differ in sign. In the rest, the deciding place is uniform
        over the places, and the decimal with more digits is the greater one in half of the cases.
        """
        n, m = lengths
        case = draws.below(100)
        if self.plain:
            x, y = _draw_equal(draws, n, n, n) if case < 15 else _draw_unequal_integers(draws, n, m)
            return _with_random_name(draws, x, y, PLACE_NAMES[1])
        if case < 15:
            x, y = _draw_equal(draws, n, m, draws.between(1, min(n, m)))
        elif case < 25:
            x, y = (with_point(draw_digits(draws, k, k), draws.between(1, k)) for k in (n, m))
        else:
            x, y = _draw_unequal(draws, n, m)
        minus = draws.chance(1, 2)
        opposed = 15 <= case < 25
        return _with_random_name(
            draws, _signed(x, minus), _signed(y, minus != opposed), PLACE_NAMES[2]
        )

    def tiny(self, draws: Draws) -> Decimals:
        minus = not self.plain and draws.chance(1, 2)
        x, y = (_signed(draws.choice(TINY_MAGNITUDES), minus) for _ in range(2))
        return _with_random_name(draws, x, y, PLACE_NAMES[1][:7])

    def count(self, *lengths: int) -> int | None:
        if self.plain:
            return None  # the second number need not have the second length
        n, m = (2 * count_decimals(k) - 1 for k in lengths)  # zero has no minus sign
        return n * m

    def length(self, instance: Decimals) -> int:
        return max(len(number.replace(".", "").lstrip("-")) for number in (instance.x, instance.y))

    def words(self, instance: Decimals) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y}

    def names(self, instance: Decimals) -> tuple[str, ...]:
        return (instance.first,)

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Decimals:
        names = PLACE_NAMES[1 if self.plain else 2]
        return _with_random_name(draws, words["x"], words["y"], names)

    def shortcuts(self, instance: Decimals) -> dict[str, str]:
        """Return the guesses by the number of characters, and by the first character."""
        x, y = instance.x, instance.y
        return {
            "the longer is greater": _order(len(x), len(y)),
            "the first character decides": _order(x[0], y[0]),
        }

    def tapes(self, instance: Decimals) -> dict[str, str]:
        places = consecutive_names(instance.first, _place_count(instance.x, instance.y))
        return self.words(instance) | {"place": " ".join(places)}


def _order(x: Any, y: Any) -> str:
    return "<" if x < y else ">" if x > y else "="


def _place_count(x: str, y: str) -> int:
    """Return the number of characters of the longer number, plus one for its end and one more."""
    return max(len(number.lstrip("-")) for number in (x, y)) + 2


def _with_random_name(draws: Draws, x: str, y: str, names: tuple[str, ...]) -> Decimals:
    """Return the instance with a random first name."""
    return Decimals(x=x, y=y, first=draw_first_name(draws, _place_count(x, y), names=names))


def _signed(magnitude: str, minus: bool) -> str:
    return "-" + magnitude if minus and magnitude.strip("0.") else magnitude


def _draw_equal(draws: Draws, n: int, m: int, point: int) -> tuple[str, str]:
    """Return two equal decimals of n and m digits; they differ in trailing zeros only."""
    digits = draw_digits(draws, min(n, m), point)
    return with_point(digits.ljust(n, "0"), point), with_point(digits.ljust(m, "0"), point)


def _draw_unequal(draws: Draws, n: int, m: int) -> tuple[str, str]:
    """Return two magnitudes of n and m digits; every place is equally likely to decide.

    If the deciding place is beyond the shorter one's last digit, the longer one is greater. To
    balance this, the shorter one is greater equally often at other places, where possible.
    """
    long, short = max(n, m), min(n, m)
    place = draws.below(long)
    if place >= short or draws.chance(max(0, 2 * short - long), 2 * short):
        greater_digits, lesser_digits = long, short
    else:
        greater_digits, lesser_digits = short, long
    if place == 0 and greater_digits > 1 and draws.chance(1, 2):
        greater, lesser = _draw_by_size(draws, greater_digits, lesser_digits)
    else:
        greater, lesser = _draw_by_digit(
            draws, greater_digits, lesser_digits, draws.between(1, short), place
        )
    swap = draws.chance(1, 2) if n == m else greater_digits != n
    return (lesser, greater) if swap else (greater, lesser)


def _draw_unequal_integers(draws: Draws, n: int, m: int) -> tuple[str, str]:
    """Return two integers of n digits, or of n and m; every place is equally likely to decide."""
    place = draws.below(n)
    if place == 0 and n != m and draws.chance(1, 2):
        return draw_digits(draws, n, n), draw_digits(draws, m, m)
    greater, lesser = _draw_by_digit(draws, n, n, n, place)
    return (lesser, greater) if draws.chance(1, 2) else (greater, lesser)


def _draw_by_size(draws: Draws, greater_digits: int, lesser_digits: int) -> tuple[str, str]:
    """Return two decimals of which the greater has more digits before its point.

    ``greater_digits``, which must be at least 2, and ``lesser_digits`` are their numbers of digits.
    """
    point = draws.between(2, greater_digits)
    lesser_point = draws.between(1, min(lesser_digits, point - 1))
    return (
        with_point(draw_digits(draws, greater_digits, point), point),
        with_point(draw_digits(draws, lesser_digits, lesser_point), lesser_point),
    )


def _draw_by_digit(
    draws: Draws, greater_digits: int, lesser_digits: int, point: int, place: int
) -> tuple[str, str]:
    """Return two decimals that first differ at ``place``, counted from 0, the greater one first.

    ``greater_digits`` and ``lesser_digits`` are their numbers of digits, ``point`` the number of
    digits before the point.
    """
    common = draw_digits(draws, min(place, lesser_digits), point).ljust(place, "0")
    least_digit = 1 if place == 0 and point > 1 else 0
    if place >= lesser_digits:
        lesser, digit = common[:lesser_digits], draws.between(1, 9)
    else:
        below, digit = sorted(draws.distinct(2, least_digit, 9))
        lesser = common + str(below) + draws.digits(lesser_digits - place - 1)
    greater = common + str(digit) + draws.digits(greater_digits - place - 1)
    return with_point(greater, point), with_point(lesser, point)
