"""All natural solutions of x·a + y·b = n (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from tasks import PAIRS, Draws, Instance, LengthRange, Task, listed, or_none, ranges

LEAST, GREATEST = 2, 20
"""The coefficients."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Equation(Instance):
    """x·a + y·b = n, to be solved by numbers a, b ≥ 0.

    In the text a number is a letter for its tens and a digit, as L7 is 17 where K is none.

    Attributes
    ----------
    zero
        The letter for no tens; those for more follow in the alphabet.
    """

    x: int
    y: int
    n: int
    zero: str = field(default="A", compare=False)

    def __post_init__(self) -> None:
        if {type(self.x), type(self.y), type(self.n)} != {int}:
            raise ValueError(f"diophantine_equation takes integers, not {self}")
        if not LEAST <= min(self.x, self.y) <= max(self.x, self.y) <= GREATEST:
            raise ValueError(f"diophantine_equation has coefficients of 2 to 20, not {self}")
        if self.zero not in _zeros(self.n):
            raise ValueError(f"diophantine_equation: no letters for {self.n} from {self.zero!r} on")

    @property
    def letters(self) -> str:
        """The letters for no tens, for one, and on to those of n."""
        start = ascii_uppercase.index(self.zero)
        return ascii_uppercase[start : start + self.n // 10 + 1]


@dataclass(frozen=True, kw_only=True)
class DiophantineEquation(Task[Equation]):
    """The task; the length of an equation is its n.

    Where there are very many solutions, their digits alone are too long for the budget: in L, that
    is so for x = y = 2 from about n = 110 on, for x = y = 3 from 160, for 2 and 4 from 175.
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
        return (GREATEST - LEAST + 1) ** 2

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Equation:
        x, y = divmod(index, GREATEST - LEAST + 1)
        zero = draws.choice(_zeros(lengths[0]))
        return Equation(x=LEAST + x, y=LEAST + y, n=lengths[0], zero=zero)

    def words(self, instance: Equation) -> dict[str, str]:
        facts = listed(self.facts(instance))
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


def _zeros(n: int) -> Sequence[str]:
    """The letters that can stand for no tens where there are as many as in n."""
    if not 10 <= n < 10 * len(ascii_uppercase):
        raise ValueError(f"diophantine_equation takes numbers of 10 to 259, not {n}")
    return tuple(ascii_uppercase)[: len(ascii_uppercase) - n // 10]
