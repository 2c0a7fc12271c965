"""Add two decimals of many digits exactly (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import DECIMAL, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.decimals import count_decimals, draw_digits, with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")

TINY_NUMBERS = ("0", "1", "5", "9", "15", "0.0", "0.5", "0.05", "0.95", "5.5", "9.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Summands(Instance):
    """Two decimals, and the name of the lowest place of the two.

    The higher places have the next names in order, single letters or pairs of letters; the point
    counts as a place. Both numbers use the same names, so digits with the same key are added.
    """

    x: str
    y: str
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number):
                raise ValueError(
                    f"large_number_addition takes decimals such as 12.50, not {number!r}"
                )
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all places, lowest first, and of one more place at either end."""
        return consecutive_names(self.first, len(_columns(self.x, self.y)) + 1, before=1)


@dataclass(frozen=True, kw_only=True)
class LargeNumberAddition(Task[Summands]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 30), M=(31, 40), L=(41, 50))

    paradigm = "simulation"
    instance = Summands
    kind = DECIMAL
    complexity = "n"
    lengths = 2

    def sample(self, draws: Draws, *lengths: int) -> Summands:
        """Return two decimals with these numbers of digits; half of the decimals have a point.

        In one of five samples both have as many decimal places and some of the last digits add up
        to zeros: the carry runs through them, and the sum loses a part of its fraction or all.
        """
        n, m = lengths
        if draws.chance(1, 5):
            fraction = draws.below(min(n, m))
            x, y = (draw_digits(draws, k, k - fraction) for k in lengths)
            zeros = draws.below(min(n + 1, m))
            if zeros:
                y = y[:-zeros] + f"{-int(x[-zeros:]) % 10**zeros:0{zeros}d}"
            x, y = with_point(x, n - fraction), with_point(y, m - fraction)
        else:
            x, y = (_draw_decimal(draws, k) for k in lengths)
        return _with_random_name(draws, x, y, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Summands:
        return _with_random_name(
            draws, draws.choice(TINY_NUMBERS), draws.choice(TINY_NUMBERS), PLACE_NAMES[1][:9]
        )

    def count(self, *lengths: int) -> int:
        n, m = map(count_decimals, lengths)
        return n * m

    def length(self, instance: Summands) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Summands) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y, "facts": format_facts(self.facts(instance))}

    def facts(self, instance: Summands) -> dict[str, str]:
        columns = zip(instance.places[1:], _columns(instance.x, instance.y), strict=False)
        digits = {
            f"{number} {place}": "point" if digit == "." else digit
            for place, column in columns
            for number, digit in zip("xy", column, strict=True)
            if digit != " "
        }
        return {"first": instance.first} | digits

    def tapes(self, instance: Summands) -> dict[str, str]:
        x, y = map(_with_final_point, (instance.x, instance.y))
        return {"x": x, "y": y, "place": " ".join(instance.places)}


def _with_final_point(number: str) -> str:
    """Return the number with a point, at its end if it has none."""
    return number if "." in number else number + "."


def _columns(x: str, y: str) -> list[tuple[str, str]]:
    """Return pairs of digits, lowest place first; a space means no digit, the point is a place."""
    (a, _, c), (b, _, d) = (_with_final_point(number).partition(".") for number in (x, y))
    integer_width, fraction_width = max(len(a), len(b)), max(len(c), len(d))
    rows = (i.rjust(integer_width) + "." + f.ljust(fraction_width) for i, f in ((a, c), (b, d)))
    return list(zip(*rows, strict=True))[::-1]


def _with_random_name(draws: Draws, x: str, y: str, names: tuple[str, ...]) -> Summands:
    """Return the instance with a random first name; one more place at either end needs one."""
    first = draw_first_name(draws, len(_columns(x, y)) + 1, before=1, names=names)
    return Summands(x=x, y=y, first=first)


def _draw_decimal(draws: Draws, count: int) -> str:
    point = draws.between(1, count - 1) if count > 1 and draws.chance(1, 2) else count
    return with_point(draw_digits(draws, count, point), point)
