"""Divide two decimals, to so many places (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import FIXED, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.decimals import with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"0|[1-9][0-9]*(\.[0-9]+)?|0\.0?([1-9][0-9]*)?")
MOST = 5
"""How many places of the quotient can be asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Division(Instance):
    """A dividend, a divisor, and how many places of the quotient are asked for.

    Attributes
    ----------
    column, place
        The names of the first column of the divisor, and of the quotient's first place.
    """

    x: str
    y: str
    places: int
    column: str = field(default="b", compare=False)
    place: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number) or number.endswith("."):
                raise ValueError(f"large_number_division takes such as 12.50, not {number!r}")
        if not self.y.strip("0."):
            raise ValueError("large_number_division does not divide by zero")
        if type(self.places) is not int or not 1 <= self.places <= MOST:
            raise ValueError(f"large_number_division gives 1 to {MOST} places, not {self.places!r}")
        for name in (self.column, self.place):
            if name not in PLACE_NAMES[1]:
                raise ValueError(f"large_number_division names places by a letter, not {name!r}")
        _ = self.columns, self.quotient  # which raise where there are too few letters

    @property
    def divisor(self) -> str:
        """The divisor as an integer, with a zero before it."""
        return "0" + self.y.replace(".", "").lstrip("0")

    @property
    def dividend(self) -> str:
        """What the divisor goes into once for each place, with a zero before it."""
        shift = _fraction(self.y) - _fraction(self.x) + self.places
        digits = self.x.replace(".", "") + "0" * shift
        digits = digits[: len(digits) + min(shift, 0)].lstrip("0")
        return "0" + digits.rjust(len(self.divisor) - 1 + self.places, "0")

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the divisor's columns, and of one more at either end."""
        return consecutive_names(self.column, len(self.divisor) + 1, before=1)

    @property
    def quotient(self) -> tuple[str, ...]:
        """The names of the quotient's places, and of one more."""
        return consecutive_names(self.place, len(self.dividend) - len(self.divisor) + 2)


def _fraction(number: str) -> int:
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
        """Decimals of so many digits, the dividend's point set by the divisor's.

        In half of them the dividend has as many digits before its point or one fewer, so that the
        quotient is less than 10, and in half up to four more, if it has so many.
        """
        n, m = lengths
        more = draws.choice((-1, 0, 0, 0)) if draws.chance(1, 2) else draws.between(1, 4)
        whole = draws.between(1, max(1, min(m, n - more)))
        least, end = _span(m, whole)
        y = _decimal(draws.between(max(least, 1), end - 1), m, whole)
        over = min(max(whole + more, 1), n)
        least, end = _span(n, over)
        x = _decimal(draws.between(least, end - 1), n, over)
        return _named(draws, x, y, draws.between(1, MOST), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Division:
        x, y = draws.choice(("0", "1", "12", "2.1")), draws.choice(("1", "2", "0.2", "12"))
        return _named(draws, x, y, draws.between(1, 2), PLACE_NAMES[1][:12])

    def count(self, *lengths: int) -> int:
        n, m = lengths
        return _count(n) * (_count(m) - _zeros(m)) * MOST

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Division:
        n, m = lengths
        index, places = divmod(index, MOST)
        over, under = divmod(index, _count(m) - _zeros(m))
        x, y = _unrank(over, n), _unrank(under + _zeros(m), m)
        return _named(draws, x, y, places + 1, PLACE_NAMES[1])

    def length(self, instance: Division) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Division) -> dict[str, str]:
        return {
            "x": instance.x,
            "y": instance.y,
            "places": str(instance.places),
            "facts": listed(self.facts(instance)),
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
            "after": places[1:],
            **self._ends(instance),
        }


def _span(digits: int, whole: int) -> tuple[int, int]:
    """The digits of decimals, as integers from the first to before the second.

    No zero leads two or more digits before the point, and one at most follows ``0.``.
    """
    zeros = 1 if whole > 1 else min(digits, 3)
    least = 10 ** (digits - zeros) if whole > 1 or digits > 2 else 0
    return least, 10**digits


def _decimal(number: int, digits: int, whole: int) -> str:
    return with_point(f"{number:0{digits}d}", whole)


def _count(digits: int) -> int:
    """How many decimals of so many digits there are, zero among them."""
    return sum(end - least for least, end in _spans(digits))


def _spans(digits: int) -> list[tuple[int, int]]:
    return [_span(digits, whole) for whole in range(1, digits + 1)]


def _zeros(digits: int) -> int:
    """How many of them are zero: 0 and 0.0."""
    return int(digits < 3)


def _unrank(index: int, digits: int) -> str:
    """Decimal ``index`` of so many digits; zero is the first."""
    for whole, (least, end) in enumerate(_spans(digits), 1):
        if index < end - least:
            return _decimal(least + index, digits, whole)
        index -= end - least
    raise IndexError(index)


def _named(draws: Draws, x: str, y: str, places: int, names: Sequence[str]) -> Division:
    """The division, its columns and places named at random."""
    plain = Division(x=x, y=y, places=places)
    return Division(
        x=x,
        y=y,
        places=places,
        column=draw_first_name(draws, len(plain.divisor) + 1, before=1, names=names),
        place=draw_first_name(draws, len(plain.quotient), names=names),
    )
