"""Find all natural solutions of x·a + y·b = n (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import PAIRS, Draws, Instance, LengthRange, Task, or_none, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MIN_COEFFICIENT, MAX_COEFFICIENT = 2, 20
"""Range of the coefficients x and y."""

MIN_SUM = 10
"""Least n: both the number of tens and the number of ones are needed."""

NUMBER = re.compile("[1-9][0-9]{0,3}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation(Instance):
    """The equation x·a + y·b = n with unknown integers a, b ≥ 0.

    Attributes
    ----------
    first
        The name of the highest place of n, and that of the first turn. The lower places and the
        later turns have the next names.
    """

    x: int
    y: int
    n: int
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if {type(self.x), type(self.y), type(self.n)} != {int}:
            raise ValueError(f"diophantine_equation takes integers, not {self}")
        if not MIN_COEFFICIENT <= min(self.x, self.y) <= max(self.x, self.y) <= MAX_COEFFICIENT:
            raise ValueError(f"diophantine_equation takes coefficients of 2 to 20, not {self}")
        if self.n < MIN_SUM:
            raise ValueError(f"diophantine_equation takes n of at least {MIN_SUM}, not {self.n}")
        _ = self.names  # raises an error if there are too few names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all places and turns, after the name of one place above the highest."""
        return consecutive_names(self.first, _name_count(self.x, self.n), before=1)


@dataclass(frozen=True, kw_only=True)
class DiophantineEquation(Task[Equation]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 50), M=(51, 100), L=(101, 200))

    paradigm = "enumeration"
    instance = Equation
    kind = or_none(PAIRS)
    complexity = "n"
    budget = 16_384
    partly = frozenset({"L"})  # small coefficients give many solutions

    def sample(self, draws: Draws, *lengths: int) -> Equation:
        """Return a problem of this length; all problems of a length are equally likely."""
        return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Equation:
        x, y = draws.between(4, 5), draws.choice((2, 3, 5))
        return _with_random_name(draws, x, y, draws.between(10, 21), PLACE_NAMES[2][:12])

    def length(self, instance: Equation) -> int:
        return instance.n

    def count(self, *lengths: int) -> int:
        return (MAX_COEFFICIENT - MIN_COEFFICIENT + 1) ** 2

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Equation:
        x, y = divmod(index, MAX_COEFFICIENT - MIN_COEFFICIENT + 1)
        x, y = MIN_COEFFICIENT + x, MIN_COEFFICIENT + y
        if _name_count(MIN_COEFFICIENT, lengths[0]) >= len(PLACE_NAMES[2]):
            raise ValueError(
                f"diophantine_equation has too few names for all equations with n = {lengths[0]}"
            )
        return _with_random_name(draws, x, y, lengths[0], PLACE_NAMES[2])

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Equation:
        if not all(NUMBER.fullmatch(word) for word in words.values()):
            raise ValueError(f"diophantine_equation takes numbers of 1 to 9999, not {words}")
        x, y, n = (int(words[name]) for name in "xyn")
        return _with_random_name(draws, x, y, n, PLACE_NAMES[2])

    def words(self, instance: Equation) -> dict[str, str]:
        return {name: str(getattr(instance, name)) for name in "xyn"}

    def names(self, instance: Equation) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: Equation) -> dict[str, str]:
        above, *names = instance.names
        turns = " ".join(names)
        return self.words(instance) | {
            "first": instance.first,
            "place": f"{above} {turns}",
            "turn": turns,
        }


def _name_count(x: int, n: int) -> int:
    """Return the number of turns, one for each ten of n and one for each a, plus two."""
    return n // 10 + n // x + 3


def _with_random_name(draws: Draws, x: int, y: int, n: int, names: Sequence[str]) -> Equation:
    """Return the instance with a random first name."""
    first = draw_first_name(draws, _name_count(x, n), before=1, names=names)
    return Equation(x=x, y=y, n=n, first=first)
