"""How large is a population whose young take some time to grow up? (arXiv 2507.13332, Table C1)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MULTIPLE = 3
SIZE = 999


@dataclass(frozen=True, kw_only=True, slots=True)
class Population(Instance):
    """p(t) = p(t - 1) + z p(t - x), where p(t) = y for 0 <= t < x; how much is p(n)?

    Attributes
    ----------
    start
        The name of unit 0; the others follow.
    low
        The name of the lowest place of every number; those above it follow.
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
        if not (1 <= self.y <= SIZE and 1 <= self.z <= MULTIPLE):
            raise ValueError(f"population_growth takes 1 ≤ y ≤ {SIZE} and 1 ≤ z ≤ {MULTIPLE}")
        _ = self.units, self.places  # which raise where there are too few names

    @property
    def units(self) -> tuple[str, ...]:
        """The names of all units of time, and of two more."""
        return consecutive_names(self.start, self.n + 3)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of enough places, the lowest first, and of one below it."""
        return consecutive_names(self.low, _most(self.n, self.x), before=1)


@dataclass(frozen=True, kw_only=True)
class PopulationGrowth(Task[Population]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 10), M=(11, 25), L=(26, 50))

    paradigm = "iteration"
    instance = Population
    kind = INTEGER
    complexity = "n²"
    far = frozenset({"add"})
    partly = frozenset({"M", "L"})  # where young of few units threefold make many digits

    def sample(self, draws: Draws, *lengths: int) -> Population:
        """So many units; in half of them y is of one, two or three digits alike, else any."""
        n = lengths[0]
        high = 10 ** draws.between(1, 3) - 1 if draws.chance(1, 2) else SIZE
        y, z = draws.between((high + 1) // 10, high), draws.between(1, MULTIPLE)
        return _named(draws, n, draws.between(2, n - 1), y, z, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Population:
        n = draws.between(3, 5)
        x, y, z = draws.between(2, n - 1), draws.choice((1, 5, 9, 15)), draws.between(1, MULTIPLE)
        return _named(draws, n, x, y, z, PLACE_NAMES[2][:11])

    def count(self, *lengths: int) -> int:
        return (lengths[0] - 2) * SIZE * MULTIPLE

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Population:
        rest, z = divmod(index, MULTIPLE)
        x, y = divmod(rest, SIZE)
        return _named(draws, lengths[0], x + 2, y + 1, z + 1, PLACE_NAMES[2])

    def length(self, instance: Population) -> int:
        return instance.n

    def words(self, instance: Population) -> dict[str, str]:
        numbers = {name: str(getattr(instance, name)) for name in "nxyz"}
        return numbers | {"facts": listed(self.facts(instance))}

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
        behind = {"previous": x - 1, "unit": x, "later": x + 1, "source": 0}
        return {
            "queue": f"{digits};" * x,
            "row": digits,
            "z": str(instance.z),
            "last": units[instance.n],
            "place": " ".join(instance.places),
            "low": instance.low,
        } | {tape: " ".join(units[start:]) for tape, start in behind.items()}


def _most(n: int, x: int) -> int:
    """At least as many places as p(n) has, and two: in two units p grows no more than sevenfold."""
    return len(str(SIZE * (1 + 2 * MULTIPLE) ** ((n - x) // 2 + 1))) + 2


def _named(draws: Draws, n: int, x: int, y: int, z: int, names: Sequence[str]) -> Population:
    """The instance, its units and places named at random."""
    start = draw_first_name(draws, n + 3, names=names)
    low = draw_first_name(draws, _most(n, x), before=1, names=names)
    return Population(n=n, x=x, y=y, z=z, start=start, low=low)
