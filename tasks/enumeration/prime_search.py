"""All primes between two numbers (arXiv 2507.13332, Table C1)."""

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
    listed,
    or_none,
    ranges,
)
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

DIVISORS = (3, 5, 7, 11, 13, 17)
LEAST, MOST = 5, 300
"""The numbers; an odd one of them that is no prime has a proper divisor among ``DIVISORS``."""
WIDEST = 40
"""The greatest q - p."""
LOWEST = (LEAST, 101, 201)
"""The least p of S, M and L."""
MIDDLE = range(41, 60, 2)
"""Of these odd numbers of each hundred, one is held out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval(Instance):
    """The numbers from p to q, both included.

    In the text a number is a name for its tens and a digit, as ad7 is 37 where aa is none.

    Attributes
    ----------
    zero
        The name for no tens; those for more follow in the alphabet.
    """

    p: int
    q: int
    zero: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        if {type(self.p), type(self.q)} != {int}:
            raise ValueError(f"prime_search takes integers, not {self}")
        if not LEAST <= self.p < self.q <= min(self.p + WIDEST, MOST):
            raise ValueError(
                f"prime_search goes from p >= {LEAST} up to q <= p + {WIDEST}, which is at most "
                f"{MOST}, not from {self.p} to {self.q}"
            )
        if self.zero not in PLACE_NAMES[2]:
            raise ValueError(f"prime_search names tens by two letters, not {self.zero!r}")
        _ = self.names  # which raises where there are too few

    @property
    def names(self) -> tuple[str, ...]:
        """The names for no tens, for one, and on to one more than those of q."""
        return consecutive_names(self.zero, _names(self.q))


@dataclass(frozen=True, kw_only=True)
class PrimeSearch(Task[Interval]):
    """The task; the length of an interval is its q, and p is any number of the same range below q
    that is near enough. So the ranges begin where there is such a p.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(6, 100), M=(102, 200), L=(202, 300))

    paradigm = "enumeration"
    instance = Interval
    kind = or_none(INTEGERS)
    complexity = "n"

    def sample(self, draws: Draws, *lengths: int) -> Interval:
        return _named(draws, draws.choice(_starts(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Interval:
        p = draws.between(5, 12)
        return Interval(p=p, q=p + draws.between(1, 3), zero=draws.choice(PLACE_NAMES[2][:3]))

    def length(self, instance: Interval) -> int:
        return instance.q

    def count(self, *lengths: int) -> int:
        return len(_starts(*lengths))

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Interval:
        return _named(draws, _starts(*lengths)[index], *lengths)

    def held_out(self, instance: Interval, seed: int) -> bool:
        """Whether it contains the number of its hundred that is kept from training.

        Intervals that overlap have whole stretches of text in common. So a number is held out, not
        an interval: how it is tried was never seen.
        """
        number = Stream(self.name, "held out", seed).at(0).choice(MIDDLE)
        return any(n % 100 == number for n in range(instance.p, instance.q + 1))

    def words(self, instance: Interval) -> dict[str, str]:
        facts = listed(self.facts(instance))
        return {"p": str(instance.p), "q": str(instance.q), "facts": facts}

    def facts(self, instance: Interval) -> dict[str, str]:
        names = instance.names
        numbers = {
            f"{name} {part}": value
            for name, n in (("p", instance.p), ("q", instance.q))
            for part, value in (("tens", names[n // 10]), ("ones", str(n % 10)))
        }
        worth = {names[n]: str(n) for n in _between(instance) if n}
        return {"zero": instance.zero} | numbers | worth

    def tapes(self, instance: Interval) -> dict[str, str]:
        names, (p, q) = instance.names, (instance.p, instance.q)
        return {
            "tens": " ".join(names),
            "ahead": " ".join(names[p // 10 :]),
            "worth": " ".join(map(str, _between(instance))),
            "p": names[p // 10],
            "q": names[q // 10],
            "p_ones": str(p % 10),
            "q_ones": str(q % 10),
        } | {f"of{d}": _waits(d) for d in DIVISORS}


def _starts(q: int) -> range:
    """Every p that an interval up to q may have."""
    low = max((low for low in LOWEST if low < q), default=q)
    return range(max(low, q - WIDEST), q)


def _named(draws: Draws, p: int, q: int) -> Interval:
    """The interval, its tens named at random."""
    return Interval(p=p, q=q, zero=draw_first_name(draws, _names(q)))


def _names(q: int) -> int:
    """How many tens are named: those of no number, and on to those of the odd number after q."""
    return q // 10 + 2


def _between(instance: Interval) -> range:
    """The tens from those of p to those of q."""
    return range(instance.p // 10, instance.q // 10 + 1)


def _waits(d: int) -> str:
    """How many odd numbers to wait for an odd multiple of d: from 1 on for 3d, then ever again."""
    first, again = range(3 * d // 2, d - 1, -1), range(d - 1, -1, -1)
    return f"{' '.join(map(str, first))}:{' '.join(map(str, again))}"
