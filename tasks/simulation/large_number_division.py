"""Divide two decimals to a given number of decimal places (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import FIXED, Draws, Instance, LengthRange, Task, ranges
from tasks.decimals import with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"0|[1-9][0-9]*(\.[0-9]+)?|0\.0?([1-9][0-9]*)?")
MAX_PLACES = 5
"""Maximum number of decimal places of a quotient."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Division(Instance):
    """A dividend, a divisor, and the number of decimal places of the quotient.

    Attributes
    ----------
    first
        The name of the first digit of the dividend and of the divisor. The digits to the right have
        the next names in order, those to the left the names before; the point has none.
    """

    x: str
    y: str
    places: int
    first: str = field(default="hy", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number) or number.endswith("."):
                raise ValueError(
                    f"large_number_division takes decimals such as 12.50, not {number!r}"
                )
        if not self.y.strip("0."):
            raise ValueError("large_number_division does not divide by zero")
        if type(self.places) is not int or not 1 <= self.places <= MAX_PLACES:
            raise ValueError(
                f"large_number_division gives 1 to {MAX_PLACES} places, not {self.places!r}"
            )
        _ = self.names  # raises an error if there are too few

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all places and columns, from the left."""
        before, count = _name_counts(self.x, self.y, self.places)
        return consecutive_names(self.first, count, before=before)


def _name_counts(x: str, y: str, places: int) -> tuple[int, int]:
    """Return how many names are needed before the first place, and how many from it on.

    The divisor may begin left of the dividend, and it has two more columns. The quotient has
    ``places`` places right of its unit, which is where x's point is after y's point has moved to
    its end.
    """
    (x_whole, _, x_fraction), (y_whole, _, y_fraction) = x.partition("."), y.partition(".")
    y_digits = len(y_whole) + len(y_fraction)
    last = max(len(x_whole) + max(len(x_fraction), len(y_fraction) + places), y_digits)
    return y_digits + 2, last + 2


@dataclass(frozen=True, kw_only=True)
class LargeNumberDivision(Task[Division]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 5), M=(6, 10), L=(11, 20))

    paradigm = "simulation"
    instance = Division
    kind = FIXED
    complexity = "n²"
    lengths = 2
    budget = 16_384
    partly = frozenset({"L"})

    def sample(self, draws: Draws, *lengths: int) -> Division:
        """Return two decimals with these numbers of digits.

        In half of the samples the dividend has as many digits before its point as the divisor or
        one fewer, so the quotient is less than 10; in the other half it has up to four more.
        """
        n, m = lengths
        extra_digits = draws.choice((-1, 0, 0, 0)) if draws.chance(1, 2) else draws.between(1, 4)
        point = draws.between(1, max(1, min(m, n - extra_digits)))
        start, end = _digit_bounds(m, point)
        y = _decimal(draws.between(max(start, 1), end - 1), m, point)
        x_point = min(max(point + extra_digits, 1), n)
        start, end = _digit_bounds(n, x_point)
        x = _decimal(draws.between(start, end - 1), n, x_point)
        return _with_random_name(draws, x, y, draws.between(1, MAX_PLACES), PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Division:
        x, y = draws.choice(("0", "1", "12", "2.1")), draws.choice(("1", "2", "0.2", "12"))
        return _with_random_name(draws, x, y, draws.between(1, 2), PLACE_NAMES[1][:14])

    def count(self, *lengths: int) -> int:
        n, m = lengths
        return _count(n) * (_count(m) - _zero_count(m)) * MAX_PLACES

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Division:
        n, m = lengths
        index, places = divmod(index, MAX_PLACES)
        x_index, y_index = divmod(index, _count(m) - _zero_count(m))
        x, y = _unrank(x_index, n), _unrank(y_index + _zero_count(m), m)
        return _with_random_name(draws, x, y, places + 1, PLACE_NAMES[2])

    def length(self, instance: Division) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Division) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y, "places": str(instance.places)}

    def names(self, instance: Division) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: Division) -> dict[str, str]:
        x, y = (number.partition(".")[0] for number in (instance.x, instance.y))
        wholes = int(x) // int(y) if int(y) else 0
        power = 10 ** max(0, len(x) - len(y))
        zeros = "0" * instance.places
        return {
            "the integer parts": f"{wholes}.{zeros}",
            "the numbers of digits": f"{power}.{zeros}",
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Division:
        x, y, places = words["x"], words["y"], int(words["places"])
        return _with_random_name(draws, x, y, places, PLACE_NAMES[2])

    def tapes(self, instance: Division) -> dict[str, str]:
        names = " ".join(instance.names)
        return self.words(instance) | {"first": instance.first, "place": names, "column": names}


def _digit_bounds(digits: int, point: int) -> tuple[int, int]:
    """Return the least integer, and one more than the greatest, that a decimal's digits form.

    An integer part of two or more digits has no leading zero; at most one zero follows ``0.``.
    """
    zeros = 1 if point > 1 else min(digits, 3)
    start = 10 ** (digits - zeros) if point > 1 or digits > 2 else 0
    return start, 10**digits


def _decimal(number: int, digits: int, point: int) -> str:
    return with_point(f"{number:0{digits}d}", point)


def _count(digits: int) -> int:
    """Return the number of decimals with this many digits, zero included."""
    return sum(end - start for start, end in _all_digit_bounds(digits))


def _all_digit_bounds(digits: int) -> list[tuple[int, int]]:
    return [_digit_bounds(digits, point) for point in range(1, digits + 1)]


def _zero_count(digits: int) -> int:
    """Return how many decimals with this many digits are zero: 0 and 0.0."""
    return int(digits < 3)


def _unrank(index: int, digits: int) -> str:
    """Return decimal ``index`` of those with this many digits; zero is the first."""
    for point, (start, end) in enumerate(_all_digit_bounds(digits), 1):
        if index < end - start:
            return _decimal(start + index, digits, point)
        index -= end - start
    raise IndexError(index)


def _with_random_name(draws: Draws, x: str, y: str, places: int, names: Sequence[str]) -> Division:
    """Return the instance with a random first name."""
    before, count = _name_counts(x, y, places)
    first = draw_first_name(draws, count, before=before, names=names)
    return Division(x=x, y=y, places=places, first=first)
