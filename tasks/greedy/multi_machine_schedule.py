"""Interval scheduling on several machines, by the earlier end (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

HOURS = 24
"""The last hour at which a job can end; the first at which one can start is 0."""
MACHINES = 4

NAMES = ascii_letters.swapcase()
"""The names of jobs, in order."""
SLOTS = "vwxyz"
"""What the machines go by, and one more."""

JobTimes = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs(Instance):
    """Jobs, some machines to do them on, and the names that the text uses.

    Attributes
    ----------
    intervals
        (start, end) of each job in hours: it takes from the start on until just before the end.
    machines
        Fewer than there are jobs.
    first
        The letter of the first job; the others and one more follow, A after z.
    decade
        The letter that the tens of the count go by at first; one for each ten jobs follows.
    """

    intervals: tuple[JobTimes, ...]
    machines: int
    first: str = field(default="A", compare=False)
    decade: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        for interval in self.intervals:
            if [*map(type, interval)] != [int, int]:
                raise ValueError(f"multi_machine_schedule: {interval} is no start and end")
            if not 0 <= interval[0] < interval[1] <= HOURS:
                raise ValueError(f"multi_machine_schedule: 0 ≤ start < end ≤ {HOURS}: {interval}")
        if type(self.machines) is not int or not 1 <= self.machines <= MACHINES:
            raise ValueError(f"multi_machine_schedule takes 1 to {MACHINES} machines")
        if self.machines >= len(self.intervals):
            raise ValueError("multi_machine_schedule takes fewer machines than jobs")
        if len(self.intervals) >= len(NAMES):
            raise ValueError(f"multi_machine_schedule has names for {len(NAMES) - 1} jobs")
        if len(self.first) != 1 or self.first not in NAMES:
            raise ValueError(f"multi_machine_schedule names jobs by letters, not {self.first!r}")
        if len(self.decade) != 1:
            raise ValueError(f"multi_machine_schedule names tens by a letter, not {self.decade!r}")
        _ = self.decades  # which raises where there are too few

    @property
    def names(self) -> str:
        """The letters of the jobs, and of one more."""
        start = NAMES.index(self.first)
        return (NAMES[start:] + NAMES[:start])[: len(self.intervals) + 1]

    @property
    def decades(self) -> str:
        """The letters of the tens that a count can have."""
        return consecutive_letters(self.decade, len(self.intervals) // 10 + 1)


@dataclass(frozen=True, kw_only=True)
class MultiMachineSchedule(Task[Jobs]):
    ranges: Mapping[str, LengthRange] = ranges(S=(5, 10), M=(11, 20), L=(21, 50))

    paradigm = "greedy"
    instance = Jobs
    kind = INTEGER
    complexity = "n · machines, after a sort by buckets"
    budget = 16_384

    def sample(self, draws: Draws, *lengths: int) -> Jobs:
        """Any intervals, each with equal chance; in one of three draws, any short ones.

        Of those more fit. The more there are, the longer they may be, or texts would grow too long.
        """
        n = lengths[0]
        longest = max(4, n // 4) if draws.chance(1, 3) else HOURS
        machines = draws.between(1, min(MACHINES, n - 1))
        return _posed(draws, n, machines, _intervals(longest), NAMES, PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Jobs:
        n = draws.between(2, 3)
        machines = draws.between(1, n - 1)
        return _posed(draws, n, machines, [(0, 1), (0, 2), (1, 2)], "AB", "a")

    def count(self, *lengths: int) -> int:
        n = lengths[0]
        count: int = len(_intervals(HOURS)) ** n * min(MACHINES, n - 1)
        return count

    def length(self, instance: Jobs) -> int:
        return len(instance.intervals)

    def words(self, instance: Jobs) -> dict[str, str]:
        facts = self.facts(instance)
        machines, decade = ({key: facts.pop(key)} for key in ("machines", "decade"))
        return {"jobs": listed(facts), "machines": listed(machines), "decade": listed(decade)}

    def facts(self, instance: Jobs) -> dict[str, str]:
        hours = {
            f"{what} {name}": str(hour)
            for name, interval in zip(instance.names, instance.intervals, strict=False)
            for what, hour in zip(("start", "end"), interval, strict=True)
        }
        return hours | {"machines": str(instance.machines), "decade": instance.decade}

    def tapes(self, instance: Jobs) -> dict[str, str]:
        starts, ends = zip(*instance.intervals, strict=True)
        hours = range(HOURS + 1)
        return {
            "job": instance.names,
            "begin": _row(starts),
            "end": _row(ends),
            "hour": _row(hours),
            "clock": _row(hours),
            "machines": str(instance.machines),
            "slot": SLOTS[:MACHINES],
            "ahead": SLOTS[1:],
            "decade": instance.decades,
            "higher": instance.decades[1:],
        }


def _posed(
    draws: Draws,
    count: int,
    machines: int,
    intervals: Sequence[JobTimes],
    firsts: Sequence[str],
    decades: Sequence[str],
) -> Jobs:
    """So many of these intervals, under names that begin with some of those given."""
    return Jobs(
        intervals=tuple(draws.choice(intervals) for _ in range(count)),
        machines=machines,
        first=draws.choice(firsts),
        decade=draw_first_name(draws, count // 10 + 1, names=decades),
    )


def _row(numbers: Iterable[int]) -> str:
    return "".join(f"{number}," for number in numbers)


def _intervals(longest: int) -> list[JobTimes]:
    """All intervals of at most so many hours."""
    hours = range(HOURS + 1)
    return [(start, end) for start in hours for end in hours if 0 < end - start <= longest]
