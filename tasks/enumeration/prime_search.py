"""Find all primes between two numbers (arXiv 2507.13332, Table C1).

The machine divides by primes of up to 17, which suffices for numbers of up to 300.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import (
    INTEGERS,
    Draws,
    Instance,
    LengthRange,
    Stream,
    Task,
    or_none,
    ranges,
)
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile("[1-9][0-9]{0,2}")
MIN_NUMBER, MAX_NUMBER = 5, 300
"""Range of the numbers; each odd composite among them is divisible by 3, 5, 7, 11, 13 or 17."""
MAX_WIDTH = 40
"""Greatest difference q - p."""
RANGE_STARTS = (MIN_NUMBER, 101, 201)
"""Least p of S, M and L."""
HELD_OUT_CANDIDATES = range(41, 60, 2)
"""Numbers modulo 100 of which one is held out from training, chosen by the seed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval(Instance):
    """The numbers from p to q, both included.

    The text writes a number as a name for its tens and a digit, such as ad7.

    Attributes
    ----------
    first
        The name of the first sixty below p, or of the numbers below sixty. The other sixties and
        the tens from p on have the next names in order.
    """

    p: int
    q: int
    first: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        if {type(self.p), type(self.q)} != {int}:
            raise ValueError(f"prime_search takes integers, not {self}")
        if not MIN_NUMBER <= self.p < self.q <= min(self.p + MAX_WIDTH, MAX_NUMBER):
            raise ValueError(
                f"prime_search takes {MIN_NUMBER} ≤ p < q ≤ p + {MAX_WIDTH} and a q of at most "
                f"{MAX_NUMBER}, not p = {self.p} and q = {self.q}"
            )
        if self.first not in PLACE_NAMES[2]:
            raise ValueError(f"prime_search names tens by two letters, not {self.first!r}")
        _ = self.names  # raises an error if there are too few names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sixties, of the tens from p to q, and of two more tens."""
        return consecutive_names(self.first, _name_count(self.p, self.q))


@dataclass(frozen=True, kw_only=True)
class PrimeSearch(Task[Interval]):
    """Find all primes of an interval; the length of an interval is its q.

    The number p is in the same range and at most ``MAX_WIDTH`` less than q, so a range begins with
    the first q that has such a p.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(6, 100), M=(102, 200), L=(202, 300))

    paradigm = "enumeration"
    instance = Interval
    kind = or_none(INTEGERS)
    complexity = "n"

    def sample(self, draws: Draws, *lengths: int) -> Interval:
        return _with_random_name(draws, draws.choice(_starts(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Interval:
        p = draws.between(5, 12)
        return Interval(p=p, q=p + draws.between(1, 3), first=draws.choice(PLACE_NAMES[2][:3]))

    def length(self, instance: Interval) -> int:
        return instance.q

    def count(self, *lengths: int) -> int:
        return len(_starts(*lengths))

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Interval:
        return _with_random_name(draws, _starts(*lengths)[index], *lengths)

    def held_out(self, instance: Interval, seed: int) -> bool:
        """Return whether the interval contains the held-out number of its hundred.

        Overlapping intervals share long parts of their texts. A number is held out instead of an
        interval, so that training never shows how this number is tested.
        """
        number = Stream(self.name, "held out", seed).at(0).choice(HELD_OUT_CANDIDATES)
        return any(n % 100 == number for n in range(instance.p, instance.q + 1))

    def words(self, instance: Interval) -> dict[str, str]:
        return {"p": str(instance.p), "q": str(instance.q)}

    def names(self, instance: Interval) -> tuple[str, ...]:
        return (instance.first,)

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Interval:
        if not all(NUMBER.fullmatch(word) for word in words.values()):
            raise ValueError(f"prime_search takes numbers of at most 3 digits, not {dict(words)}")
        return _with_random_name(draws, int(words["p"]), int(words["q"]))

    def tapes(self, instance: Interval) -> dict[str, str]:
        names = " ".join(instance.names)
        return self.words(instance) | {"tens": names, "ahead": names, "place": names}


def _starts(q: int) -> range:
    """Return every p that an interval up to q may have."""
    low = max((low for low in RANGE_STARTS if low < q), default=q)
    return range(max(low, q - MAX_WIDTH), q)


def _with_random_name(draws: Draws, p: int, q: int) -> Interval:
    """Return the instance with a random first name."""
    return Interval(p=p, q=q, first=draw_first_name(draws, _name_count(p, q)))


def _name_count(p: int, q: int) -> int:
    """Return the number of names: for the sixties, the tens from p to q, and two more tens."""
    return max(1, p // 60) + q // 10 - p // 10 + 3
