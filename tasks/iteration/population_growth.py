"""Compute the size of a population with delayed growth (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

NUMBER = re.compile("[1-9][0-9]{0,2}")
MAX_MULTIPLIER = 3
MAX_INITIAL_SIZE = 999


@dataclass(frozen=True, kw_only=True, slots=True)
class Population(Instance):
    """The question for p(n) if p(t) = p(t - 1) + z p(t - x) and p(t) = y for 0 ≤ t < x.

    ``first`` is the name of the unit of time 0, and that of the lowest place of every number. The
    later units and the higher places have the next names.
    """

    n: int
    x: int
    y: int
    z: int
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if {*map(type, (self.n, self.x, self.y, self.z))} != {int}:
            raise ValueError(f"population_growth takes integers, not {self}")
        if not 2 <= self.x < self.n:
            raise ValueError(f"population_growth takes 2 ≤ x < n, not x = {self.x}, n = {self.n}")
        if not (1 <= self.y <= MAX_INITIAL_SIZE and 1 <= self.z <= MAX_MULTIPLIER):
            raise ValueError(
                f"population_growth takes 1 ≤ y ≤ {MAX_INITIAL_SIZE} and 1 ≤ z ≤ {MAX_MULTIPLIER}"
            )
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all units and places, after the name of one place below the lowest."""
        return consecutive_names(self.first, _name_count(self.n, self.x), before=1)


@dataclass(frozen=True, kw_only=True)
class PopulationGrowth(Task[Population]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 10), M=(11, 25), L=(26, 50))

    paradigm = "iteration"
    instance = Population
    kind = INTEGER
    complexity = "n²"
    far = frozenset({"add"})
    partly = frozenset({"M", "L"})  # a short delay and a multiplier of 3 give many digits

    def sample(self, draws: Draws, *lengths: int) -> Population:
        """Return a problem of n units; all problems of n units are equally likely."""
        return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)

    def tiny(self, draws: Draws) -> Population:
        n = draws.between(3, 4)
        x, y = draws.between(2, n - 1), draws.choice((1, 5, 9, 15))
        z = draws.between(1, MAX_MULTIPLIER)
        return _with_random_name(draws, n, x, y, z, PLACE_NAMES[2][:9])

    def count(self, *lengths: int) -> int:
        return (lengths[0] - 2) * MAX_INITIAL_SIZE * MAX_MULTIPLIER

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Population:
        rest, z = divmod(index, MAX_MULTIPLIER)
        x, y = divmod(rest, MAX_INITIAL_SIZE)
        return _with_random_name(draws, lengths[0], x + 2, y + 1, z + 1, PLACE_NAMES[2])

    def length(self, instance: Population) -> int:
        return instance.n

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Population:
        if not all(NUMBER.fullmatch(word) for word in words.values()):
            raise ValueError(f"population_growth takes numbers of at most 3 digits, not {words}")
        n, x, y, z = (int(words[name]) for name in "nxyz")
        return _with_random_name(draws, n, x, y, z, PLACE_NAMES[2])

    def words(self, instance: Population) -> dict[str, str]:
        return {name: str(getattr(instance, name)) for name in "nxyz"}

    def shortcuts(self, instance: Population) -> dict[str, str]:
        n, x, y, z = instance.n, instance.x, instance.y, instance.z
        return {
            "the same growth at every unit": str(y * (1 + z * (n - x + 1))),
            "one growth": str(y * (1 + z)),
        }

    def names(self, instance: Population) -> tuple[str, ...]:
        return (instance.first,)

    def tapes(self, instance: Population) -> dict[str, str]:
        below, *names = instance.places
        from_first = " ".join(names)
        return self.words(instance) | {
            "low": instance.first,
            "unit": from_first,
            "source": from_first,
            "place": f"{below} {from_first}",
            "level": from_first,
        }


def _name_count(n: int, x: int) -> int:
    """Return a bound of the number of units and of the number of digits of p(n), plus two.

    In two units of time p grows at most by the factor 1 + 2 ``MAX_MULTIPLIER``.
    """
    bound = MAX_INITIAL_SIZE * (1 + 2 * MAX_MULTIPLIER) ** ((n - x) // 2 + 1)
    return max(n + 1, len(str(bound))) + 2


def _with_random_name(
    draws: Draws, n: int, x: int, y: int, z: int, names: Sequence[str]
) -> Population:
    """Return the instance with a random first name."""
    first = draw_first_name(draws, _name_count(n, x), before=1, names=names)
    return Population(n=n, x=x, y=y, z=z, first=first)
