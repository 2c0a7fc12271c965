"""Compute the size of a population with delayed growth (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_MULTIPLIER = 3
MAX_INITIAL_SIZE = 999


@dataclass(frozen=True, kw_only=True, slots=True)
class Population(Instance):
    """The question for p(n) if p(t) = p(t - 1) + z p(t - x) and p(t) = y for 0 ≤ t < x.

    Attributes
    ----------
    start
        The name of the unit of time 0; the later units have the next names.
    low
        The name of the lowest place of every number; the higher places have the next names.
    """

    n: int
    x: int
    y: int
    z: int
    start: str = field(default="aa", compare=False)
    low: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if {*map(type, (self.n, self.x, self.y, self.z))} != {int}:
            raise ValueError(f"population_growth takes integers, not {self}")
        if not 2 <= self.x < self.n:
            raise ValueError(f"population_growth takes 2 ≤ x < n, not x = {self.x}, n = {self.n}")
        if not (1 <= self.y <= MAX_INITIAL_SIZE and 1 <= self.z <= MAX_MULTIPLIER):
            raise ValueError(
                f"population_growth takes 1 ≤ y ≤ {MAX_INITIAL_SIZE} and 1 ≤ z ≤ {MAX_MULTIPLIER}"
            )
        _ = self.units, self.places  # raises an error if there are too few names

    @property
    def units(self) -> tuple[str, ...]:
        """The names of the units of time 0 to n, and of two more units."""
        return consecutive_names(self.start, self.n + 3)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of enough places, lowest first, after the name of one place below them."""
        return consecutive_names(self.low, _place_count(self.n, self.x), before=1)


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
        """Return a problem of n units; in half of the samples each number of digits of y is equally
        likely, in the other half each y.
        """
        n = lengths[0]
        high = 10 ** draws.between(1, 3) - 1 if draws.chance(1, 2) else MAX_INITIAL_SIZE
        y, z = draws.between((high + 1) // 10, high), draws.between(1, MAX_MULTIPLIER)
        return _with_random_names(draws, n, draws.between(2, n - 1), y, z, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Population:
        n = draws.between(3, 5)
        x, y = draws.between(2, n - 1), draws.choice((1, 5, 9, 15))
        z = draws.between(1, MAX_MULTIPLIER)
        return _with_random_names(draws, n, x, y, z, PLACE_NAMES[2][:11])

    def count(self, *lengths: int) -> int:
        return (lengths[0] - 2) * MAX_INITIAL_SIZE * MAX_MULTIPLIER

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Population:
        rest, z = divmod(index, MAX_MULTIPLIER)
        x, y = divmod(rest, MAX_INITIAL_SIZE)
        return _with_random_names(draws, lengths[0], x + 2, y + 1, z + 1, PLACE_NAMES[2])

    def length(self, instance: Population) -> int:
        return instance.n

    def words(self, instance: Population) -> dict[str, str]:
        numbers = {name: str(getattr(instance, name)) for name in "nxyz"}
        return numbers | {"facts": format_facts(self.facts(instance))}

    def facts(self, instance: Population) -> dict[str, str]:
        units, low = instance.units, instance.places[1]
        digits = str(instance.y)[::-1]
        places = instance.places[1 : len(digits) + 1]
        numbers = {
            f"{unit} {place}": digit
            for unit in units[: instance.x]
            for place, digit in zip(places, digits, strict=True)
        }
        first, last = units[instance.x], units[instance.n]
        names = {"start": units[0], "first": first, "last": last, "low": low}
        return numbers | names | {"z": str(instance.z)}

    def tapes(self, instance: Population) -> dict[str, str]:
        x, digits = instance.x, str(instance.y)[::-1]
        units = instance.units
        return {
            "queue": f"{digits};" * x,
            "row": digits,
            "z": str(instance.z),
            "last": units[instance.n],
            "place": " ".join(instance.places),
            "low": instance.low,
            "unit": " ".join(units[x - 1 :]),
            "source": " ".join(units),
        }


def _place_count(n: int, x: int) -> int:
    """Return a bound of the number of digits of p(n), plus two.

    In two units of time p grows at most by the factor 1 + 2 ``MAX_MULTIPLIER``.
    """
    return len(str(MAX_INITIAL_SIZE * (1 + 2 * MAX_MULTIPLIER) ** ((n - x) // 2 + 1))) + 2


def _with_random_names(
    draws: Draws, n: int, x: int, y: int, z: int, names: Sequence[str]
) -> Population:
    """Return the instance with random names of its units and places."""
    start = draw_first_name(draws, n + 3, names=names)
    low = draw_first_name(draws, _place_count(n, x), before=1, names=names)
    return Population(n=n, x=x, y=y, z=z, start=start, low=low)
