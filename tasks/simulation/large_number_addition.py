"""Add two decimals of many digits exactly (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import DECIMAL, Draws, Instance, LengthRange, Task, ranges
from tasks.decimals import count_decimals, draw_digits, with_point
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")

TINY_NUMBERS = ("0", "1", "5", "9", "15", "0.0", "0.5", "0.05", "0.95", "5.5", "9.5")


@dataclass(frozen=True, kw_only=True, slots=True)
class Summands(Instance):
    """Two decimals, and the name of the first place of each.

    The places to the right have the next names in order, single letters or pairs of letters, those
    to the left the names before; the point counts as a place. Both numbers use the same names.
    """

    x: str
    y: str
    first: str = field(default="hy", compare=False)

    def __post_init__(self) -> None:
        for number in (self.x, self.y):
            if not NUMBER.fullmatch(number):
                raise ValueError(
                    f"large_number_addition takes decimals such as 12.50, not {number!r}"
                )
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all places that either number has when the points are aligned.

        There is one more place for the end of the longer fraction, and two before the longer
        integer part.
        """
        before, count = _place_counts(self.x, self.y)
        return consecutive_names(self.first, count, before=before)


@dataclass(frozen=True, kw_only=True)
class LargeNumberAddition(Task[Summands]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 30), M=(31, 40), L=(41, 50))

    paradigm = "simulation"
    instance = Summands
    kind = DECIMAL
    complexity = "n"
    lengths = 2
    partly = frozenset({"L"})

    def sample(self, draws: Draws, *lengths: int) -> Summands:
        """Return two decimals with these numbers of digits; half of the decimals have a point.

        In one of five samples both have as many decimal places and some of the last digits add up
        to zeros: the carry runs through them, and the sum loses a part of its fraction or all. In
        another one of five, pairs of digits in a row add up to 9, so that a carry runs through them
        if there is one on their right.
        """
        n, m = lengths
        case = draws.below(5)
        if case == 0:
            fraction = draws.below(min(n, m))
            x, y = (draw_digits(draws, k, k - fraction) for k in lengths)
            zeros = draws.below(min(n + 1, m))
            if zeros:
                y = y[:-zeros] + f"{-int(x[-zeros:]) % 10**zeros:0{zeros}d}"
            x, y = with_point(x, n - fraction), with_point(y, m - fraction)
        else:
            x, y = (_draw_decimal(draws, k) for k in lengths)
            if case == 1:
                y = _with_nines(draws, x, y)
        return _with_random_name(draws, x, y, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Summands:
        return _with_random_name(
            draws, draws.choice(TINY_NUMBERS), draws.choice(TINY_NUMBERS), PLACE_NAMES[2][:39]
        )

    def count(self, *lengths: int) -> int:
        n, m = map(count_decimals, lengths)
        return n * m

    def length(self, instance: Summands) -> int:
        return max(len(number.replace(".", "")) for number in (instance.x, instance.y))

    def words(self, instance: Summands) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y}

    def names(self, instance: Summands) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: Summands) -> dict[str, str]:
        (a, _, c), (b, _, d) = instance.x.partition("."), instance.y.partition(".")
        whole, fraction = max(len(a), len(b)), max(len(c), len(d))
        x, y = (f"{p:0>{whole}}{q:0<{fraction}}" for p, q in ((a, c), (b, d)))
        uncarried = "".join(str((int(i) + int(j)) % 10) for i, j in zip(x, y, strict=True))
        digits = {"no carries": uncarried, "the greater summand": max(x, y)}
        return {name: _normal(text[:whole], text[whole:]) for name, text in digits.items()}

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Summands:
        return _with_random_name(draws, words["x"], words["y"], PLACE_NAMES[2])

    def tapes(self, instance: Summands) -> dict[str, str]:
        places = " ".join(instance.places)
        names = {"first": instance.first, "x_place": places, "y_place": places}
        return self.words(instance) | names


def _place_counts(x: str, y: str) -> tuple[int, int]:
    """Return how many names are needed before the first place, and how many from it on."""
    (a, _, c), (b, _, d) = x.partition("."), y.partition(".")
    longest = max(len(a), len(b)) + 1 + max(len(c), len(d))
    return abs(len(a) - len(b)) + 2, longest + 1


def _normal(whole: str, fraction: str) -> str:
    """Return a decimal without zeros that may be left out."""
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _with_random_name(draws: Draws, x: str, y: str, names: tuple[str, ...]) -> Summands:
    """Return the instance with a random first name."""
    before, count = _place_counts(x, y)
    first = draw_first_name(draws, count, before=before, names=names)
    return Summands(x=x, y=y, first=first)


def _draw_decimal(draws: Draws, count: int) -> str:
    point = draws.between(1, count - 1) if count > 1 and draws.chance(1, 2) else count
    return with_point(draw_digits(draws, count, point), point)


def _with_nines(draws: Draws, x: str, y: str) -> str:
    """Return y with digits that make 9 together with those of x, in a row of random length."""
    (a, _, c), (b, _, d) = x.partition("."), y.partition(".")
    whole = min(len(a), len(b))
    common = whole + min(len(c), len(d))
    count = draws.between(1, common)
    start = draws.below(common - count + 1)
    x_start, y_start = start + len(a) - whole, start + len(b) - whole
    nines = "".join(str(9 - int(digit)) for digit in (a + c)[x_start : x_start + count])
    digits = (b + d)[:y_start] + nines + (b + d)[y_start + count :]
    if len(b) > 1 and digits[0] == "0":
        digits = y[0] + digits[1:]
    return with_point(digits, len(b))
