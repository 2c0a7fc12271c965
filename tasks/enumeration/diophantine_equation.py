"""Find all natural solutions of x·a + y·b = n (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from tasks import PAIRS, Draws, Instance, LengthRange, Task, format_facts, or_none, ranges

MIN_COEFFICIENT, MAX_COEFFICIENT = 2, 20
"""Range of the coefficients x and y."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation(Instance):
    """The equation x·a + y·b = n with unknown integers a, b ≥ 0.

    The text writes a number as a letter for its tens and a digit: L7 is 17 if K means no tens.

    Attributes
    ----------
    zero
        The letter for no tens; the letters for more tens follow in the alphabet.
    """

    x: int
    y: int
    n: int
    zero: str = field(default="A", compare=False)

    def __post_init__(self) -> None:
        if {type(self.x), type(self.y), type(self.n)} != {int}:
            raise ValueError(f"diophantine_equation takes integers, not {self}")
        if not MIN_COEFFICIENT <= min(self.x, self.y) <= max(self.x, self.y) <= MAX_COEFFICIENT:
            raise ValueError(f"diophantine_equation takes coefficients of 2 to 20, not {self}")
        if self.zero not in _zero_letters(self.n):
            raise ValueError(
                f"diophantine_equation has too few letters from {self.zero!r} on for n = {self.n}"
            )

    @property
    def letters(self) -> str:
        """The letters for 0, 1, 2, … tens, up to the tens of n."""
        start = ascii_uppercase.index(self.zero)
        return ascii_uppercase[start : start + self.n // 10 + 1]


@dataclass(frozen=True, kw_only=True)
class DiophantineEquation(Task[Equation]):
    """Find all solutions of an equation; the length of an equation is its n.

    If there are very many solutions, their digits alone exceed the budget: in L for x = y = 2 from
    about n = 110, for x = y = 3 from 160, for 2 and 4 from 175.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(10, 50), M=(51, 100), L=(101, 200))

    paradigm = "enumeration"
    instance = Equation
    kind = or_none(PAIRS)
    complexity = "n"
    partly = frozenset({"L"})

    def sample(self, draws: Draws, *lengths: int) -> Equation:
        return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Equation:
        x, y = (draws.between(3, 5) for _ in range(2))
        return Equation(x=x, y=y, n=draws.between(10, 21), zero=draws.choice("AB"))

    def length(self, instance: Equation) -> int:
        return instance.n

    def count(self, *lengths: int) -> int:
        return (MAX_COEFFICIENT - MIN_COEFFICIENT + 1) ** 2

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Equation:
        x, y = divmod(index, MAX_COEFFICIENT - MIN_COEFFICIENT + 1)
        zero = draws.choice(_zero_letters(lengths[0]))
        return Equation(x=MIN_COEFFICIENT + x, y=MIN_COEFFICIENT + y, n=lengths[0], zero=zero)

    def words(self, instance: Equation) -> dict[str, str]:
        facts = format_facts(self.facts(instance))
        return {"x": str(instance.x), "y": str(instance.y), "n": str(instance.n), "facts": facts}

    def facts(self, instance: Equation) -> dict[str, str]:
        tens = {letter: str(worth) for worth, letter in enumerate(instance.letters) if worth}
        number = {"n tens": instance.letters[-1], "n ones": str(instance.n % 10)}
        return {"x": str(instance.x), "y": str(instance.y), "zero": instance.zero} | tens | number

    def tapes(self, instance: Equation) -> dict[str, str]:
        letters = instance.letters
        worth = " ".join(map(str, range(len(letters))))
        counters = dict.fromkeys(("tens", "a", "b"), letters)
        return counters | {
            "x": str(instance.x),
            "y": str(instance.y),
            "ten": "10",
            "zero": letters[0],
            "last": letters[-1],
            "a_worth": worth,
            "b_worth": worth,
            "rest": str(instance.n % 10),
        }


def _zero_letters(n: int) -> Sequence[str]:
    """Return the possible letters for no tens, if letters up to the tens of n are needed."""
    if not 10 <= n < 10 * len(ascii_uppercase):
        raise ValueError(f"diophantine_equation takes numbers of 10 to 259, not {n}")
    return tuple(ascii_uppercase)[: len(ascii_uppercase) - n // 10]
