"""Schedule jobs with fixed times on several machines (arXiv 2507.13332, Table C1).

The greedy algorithm takes the jobs by their ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

LAST_HOUR = 24
"""Last hour at which a job can end; the first hour at which one can start is 0."""
MAX_MACHINES = 4
JOB_NAMES = ascii_letters.swapcase()
"""Names of jobs, in order; A comes after z."""
MACHINE_LETTERS = "vwxyz"
"""Names of the machines, and of one more machine."""

JobTimes = tuple[int, int]
"""Start and end of a job, in hours; the job occupies the hours start to end - 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs(Instance):
    """Jobs, a number of machines, and names that the text uses.

    Attributes
    ----------
    intervals
        The times of each job.
    machines
        The number of machines, less than the number of jobs.
    first
        The letter of the first job; the other jobs have the next letters.
    decade
        The letter for a count of no tens; the letters for more tens follow in the alphabet.
    """

    intervals: tuple[JobTimes, ...]
    machines: int
    first: str = field(default="A", compare=False)
    decade: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        for interval in self.intervals:
            if [*map(type, interval)] != [int, int]:
                raise ValueError(
                    f"multi_machine_schedule takes pairs of integers (start, end), not {interval}"
                )
            if not 0 <= interval[0] < interval[1] <= LAST_HOUR:
                raise ValueError(
                    f"multi_machine_schedule takes 0 ≤ start < end ≤ {LAST_HOUR}, not {interval}"
                )
        if type(self.machines) is not int or not 1 <= self.machines <= MAX_MACHINES:
            raise ValueError(
                f"multi_machine_schedule takes 1 to {MAX_MACHINES} machines, not {self.machines!r}"
            )
        if self.machines >= len(self.intervals):
            raise ValueError(
                "multi_machine_schedule takes fewer machines than jobs, not "
                f"{self.machines} for {len(self.intervals)}"
            )
        if len(self.intervals) >= len(JOB_NAMES):
            raise ValueError(f"multi_machine_schedule takes at most {len(JOB_NAMES) - 1} jobs")
        if len(self.first) != 1 or self.first not in JOB_NAMES:
            raise ValueError(f"multi_machine_schedule names jobs by letters, not {self.first!r}")
        if len(self.decade) != 1:
            raise ValueError(
                f"multi_machine_schedule names tens by one letter, not {self.decade!r}"
            )
        _ = self.decades  # raises an error if there are too few letters

    @property
    def names(self) -> str:
        """The letters of the jobs, and of one more job."""
        start = JOB_NAMES.index(self.first)
        return (JOB_NAMES[start:] + JOB_NAMES[:start])[: len(self.intervals) + 1]

    @property
    def decades(self) -> str:
        """The letters for 0, 1, 2, … tens, up to the greatest possible count."""
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
        """Return uniformly drawn jobs; a third of the samples has short jobs, of which more fit.

        The limit of a short job grows with the number of jobs, which keeps texts within the budget.
        """
        n = lengths[0]
        longest = max(4, n // 4) if draws.chance(1, 3) else LAST_HOUR
        machines = draws.between(1, min(MAX_MACHINES, n - 1))
        return _draw_jobs(draws, n, machines, _all_intervals(longest), JOB_NAMES, PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Jobs:
        n = draws.between(2, 3)
        machines = draws.between(1, n - 1)
        return _draw_jobs(draws, n, machines, [(0, 1), (0, 2), (1, 2)], "AB", "a")

    def count(self, *lengths: int) -> int:
        n = lengths[0]
        count: int = len(_all_intervals(LAST_HOUR)) ** n * min(MAX_MACHINES, n - 1)
        return count

    def length(self, instance: Jobs) -> int:
        return len(instance.intervals)

    def words(self, instance: Jobs) -> dict[str, str]:
        facts = self.facts(instance)
        machines, decade = ({key: facts.pop(key)} for key in ("machines", "decade"))
        return {
            "jobs": format_facts(facts),
            "machines": format_facts(machines),
            "decade": format_facts(decade),
        }

    def facts(self, instance: Jobs) -> dict[str, str]:
        hours = {
            f"{end} {name}": str(hour)
            for name, interval in zip(instance.names, instance.intervals, strict=False)
            for end, hour in zip(("start", "end"), interval, strict=True)
        }
        return hours | {"machines": str(instance.machines), "decade": instance.decade}

    def tapes(self, instance: Jobs) -> dict[str, str]:
        starts, ends = zip(*instance.intervals, strict=True)
        hours = range(LAST_HOUR + 1)
        return {
            "job": instance.names,
            "begin": _comma_list(starts),
            "end": _comma_list(ends),
            "hour": _comma_list(hours),
            "clock": _comma_list(hours),
            "machines": str(instance.machines),
            "slot": MACHINE_LETTERS,
            "decade": instance.decades,
        }


def _draw_jobs(
    draws: Draws,
    count: int,
    machines: int,
    intervals: Sequence[JobTimes],
    firsts: Sequence[str],
    decades: Sequence[str],
) -> Jobs:
    """Return ``count`` jobs with some of these intervals and random ones of the first names."""
    return Jobs(
        intervals=tuple(draws.choice(intervals) for _ in range(count)),
        machines=machines,
        first=draws.choice(firsts),
        decade=draw_first_name(draws, count // 10 + 1, names=decades),
    )


def _comma_list(numbers: Iterable[int]) -> str:
    return "".join(f"{number}," for number in numbers)


def _all_intervals(longest: int) -> list[JobTimes]:
    """Return all intervals of at most ``longest`` hours."""
    hours = range(LAST_HOUR + 1)
    return [(start, end) for start in hours for end in hours if 0 < end - start <= longest]
