"""Find all primes between two numbers (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import (
    INTEGERS,
    Draws,
    Instance,
    LengthRange,
    Stream,
    Task,
    format_facts,
    or_none,
    ranges,
)
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

DIVISORS = (3, 5, 7, 11, 13, 17)
MIN_NUMBER, MAX_NUMBER = 5, 300
"""Range of the numbers; each odd composite among them is divisible by one of ``DIVISORS``."""
MAX_WIDTH = 40
"""Greatest difference q - p."""
RANGE_STARTS = (MIN_NUMBER, 101, 201)
"""Least p of S, M and L."""
HELD_OUT_CANDIDATES = range(41, 60, 2)
"""Numbers modulo 100 of which one is held out from training, chosen by the seed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval(Instance):
    """The numbers from p to q, both included.

    The text writes a number as a name for its tens and a digit: ad7 is 37 if aa means no tens.

    Attributes
    ----------
    zero
        The name for no tens; the names for more tens follow in order.
    """

    p: int
    q: int
    zero: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        if {type(self.p), type(self.q)} != {int}:
            raise ValueError(f"prime_search takes integers, not {self}")
        if not MIN_NUMBER <= self.p < self.q <= min(self.p + MAX_WIDTH, MAX_NUMBER):
            raise ValueError(
                f"prime_search takes {MIN_NUMBER} ≤ p < q ≤ p + {MAX_WIDTH} and a q of at most "
                f"{MAX_NUMBER}, not p = {self.p} and q = {self.q}"
            )
        if self.zero not in PLACE_NAMES[2]:
            raise ValueError(f"prime_search names tens by two letters, not {self.zero!r}")
        _ = self.names  # raises an error if there are too few names

    @property
    def names(self) -> tuple[str, ...]:
        """The names for 0, 1, 2, … tens, up to one more than the tens of q."""
        return consecutive_names(self.zero, _name_count(self.q))


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
        return Interval(p=p, q=p + draws.between(1, 3), zero=draws.choice(PLACE_NAMES[2][:3]))

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
        facts = format_facts(self.facts(instance))
        return {"p": str(instance.p), "q": str(instance.q), "facts": facts}

    def facts(self, instance: Interval) -> dict[str, str]:
        names = instance.names
        numbers = {
            f"{name} {part}": value
            for name, n in (("p", instance.p), ("q", instance.q))
            for part, value in (("tens", names[n // 10]), ("ones", str(n % 10)))
        }
        worth = {names[n]: str(n) for n in _tens(instance) if n}
        return {"zero": instance.zero} | numbers | worth

    def tapes(self, instance: Interval) -> dict[str, str]:
        names, (p, q) = instance.names, (instance.p, instance.q)
        return {
            "tens": " ".join(names),
            "ahead": " ".join(names[p // 10 :]),
            "worth": " ".join(map(str, _tens(instance))),
            "p": names[p // 10],
            "q": names[q // 10],
            "p_ones": str(p % 10),
            "q_ones": str(q % 10),
        } | {f"of{d}": _wait_cycle(d) for d in DIVISORS}


def _starts(q: int) -> range:
    """Return every p that an interval up to q may have."""
    low = max((low for low in RANGE_STARTS if low < q), default=q)
    return range(max(low, q - MAX_WIDTH), q)


def _with_random_name(draws: Draws, p: int, q: int) -> Interval:
    """Return the instance with random names of its tens."""
    return Interval(p=p, q=q, zero=draw_first_name(draws, _name_count(q)))


def _name_count(q: int) -> int:
    """Return the number of names of tens: for 0 up to the tens of the next odd number after q."""
    return q // 10 + 2


def _tens(instance: Interval) -> range:
    """Return the tens from those of p to those of q."""
    return range(instance.p // 10, instance.q // 10 + 1)


def _wait_cycle(d: int) -> str:
    """Return the countdowns of odd numbers to 3d, from 1 on, and to each next odd multiple of d."""
    first, repeated = range(3 * d // 2, d - 1, -1), range(d - 1, -1, -1)
    return f"{' '.join(map(str, first))}:{' '.join(map(str, repeated))}"
