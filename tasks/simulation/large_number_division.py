"""Divide two decimals to a given number of decimal places (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import FIXED, Draws, Instance, LengthRange, Task, format_facts, ranges
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
    column, place
        The names of the first column of the divisor and of the first place of the quotient.
    """

    x: str
    y: str
    places: int
    column: str = field(default="b", compare=False)
    place: str = field(default="a", compare=False)

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
        for name in (self.column, self.place):
            if name not in PLACE_NAMES[1]:
                raise ValueError(f"large_number_division names places by one letter, not {name!r}")
        _ = self.columns, self.quotient  # raises an error if there are too few letters

    @property
    def divisor(self) -> str:
        """The digits of the divisor without its point, as an integer after a zero."""
        return "0" + self.y.replace(".", "").lstrip("0")

    @property
    def dividend(self) -> str:
        """The digits that long division processes, one for each place of the quotient.

        They are the dividend scaled like the divisor, cut or filled up to ``places`` decimals, with
        a zero in front.
        """
        shift = _fraction_digits(self.y) - _fraction_digits(self.x) + self.places
        digits = self.x.replace(".", "") + "0" * shift
        digits = digits[: len(digits) + min(shift, 0)].lstrip("0")
        return "0" + digits.rjust(len(self.divisor) - 1 + self.places, "0")

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the divisor's columns, and of one more column at either end."""
        return consecutive_names(self.column, len(self.divisor) + 1, before=1)

    @property
    def quotient(self) -> tuple[str, ...]:
        """The names of the quotient's places, and of one more place."""
        return consecutive_names(self.place, len(self.dividend) - len(self.divisor) + 2)


def _fraction_digits(number: str) -> int:
    return len(number.partition(".")[2])


@dataclass(frozen=True, kw_only=True)
class LargeNumberDivision(Task[Division]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 5), M=(6, 10), L=(11, 20))

    paradigm = "simulation"
    instance = Division
    kind = FIXED
    complexity = "n²"
    lengths = 2
    budget = 16_384

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
        return _with_random_names(draws, x, y, draws.between(1, MAX_PLACES), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Division:
        x, y = draws.choice(("0", "1", "12", "2.1")), draws.choice(("1", "2", "0.2", "12"))
        return _with_random_names(draws, x, y, draws.between(1, 2), PLACE_NAMES[1][:12])

    def count(self, *lengths: int) -> int:
        n, m = lengths
        return _count(n) * (_count(m) - _zero_count(m)) * MAX_PLACES

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Division:
        n, m = lengths
        index, places = divmod(index, MAX_PLACES)
        x_index, y_index = divmod(index, _count(m) - _zero_count(m))
        x, y = _unrank(x_index, n), _unrank(y_index + _zero_count(m), m)
        return _with_random_names(draws, x, y, places + 1, PLACE_NAMES[1])

    def length(self, instance: Division) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Division) -> dict[str, str]:
        return {
            "x": instance.x,
            "y": instance.y,
            "places": str(instance.places),
            "facts": format_facts(self.facts(instance)),
        }

    def facts(self, instance: Division) -> dict[str, str]:
        columns, places = instance.columns[1:-1], instance.quotient[:-1]
        start, new = instance.dividend[: len(columns) - 1], instance.dividend[len(columns) - 1 :]
        return (
            {f"{column}0": "0" for column in columns}
            | {f"{c}1": digit for c, digit in zip(columns, instance.divisor, strict=True)}
            | {f"{places[0]}{c}": digit for c, digit in zip(columns, start, strict=False)}
            | {f"new {place}": digit for place, digit in zip(places, new, strict=True)}
            | self._ends(instance)
        )

    def _ends(self, instance: Division) -> dict[str, str]:
        columns, places = instance.columns, instance.quotient
        return {
            "top": columns[1],
            "low": columns[-2],
            "first": places[0],
            "point": places[-2 - instance.places],
        }

    def tapes(self, instance: Division) -> dict[str, str]:
        columns, places = "".join(instance.columns), "".join(instance.quotient)
        zero = "0" * len(instance.divisor)
        return {
            "x": instance.dividend,
            "one": instance.divisor,
            "times": f"{zero},{instance.divisor},",
            "column": columns,
            "above": columns,
            "place": places,
            **self._ends(instance),
        }


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


def _with_random_names(draws: Draws, x: str, y: str, places: int, names: Sequence[str]) -> Division:
    """Return the instance with random names of its columns and places."""
    plain = Division(x=x, y=y, places=places)
    return Division(
        x=x,
        y=y,
        places=places,
        column=draw_first_name(draws, len(plain.divisor) + 1, before=1, names=names),
        place=draw_first_name(draws, len(plain.quotient), names=names),
    )
