"""Schedule jobs with fixed times on several machines (arXiv 2507.13332, Table C1).

The greedy algorithm takes the jobs by their ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

LAST_HOUR = 24
"""Last hour at which a job can end; the first hour at which one can start is 0."""
MAX_MACHINES = 4

JobTimes = tuple[int, int]
"""Start and end of a job, in hours; the job occupies the hours start to end - 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Jobs(Instance):
    """Jobs, a number of machines, and the name of the first job in the text.

    Attributes
    ----------
    intervals
        The times of each job.
    machines
        The number of machines, less than the number of jobs.
    first
        The name of the first job; the other jobs have the next names.
    """

    intervals: tuple[JobTimes, ...]
    machines: int
    first: str = field(default="aa", compare=False)

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
        _ = self.names  # raises an error if there are too few names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the jobs, and of one more job."""
        return consecutive_names(self.first, len(self.intervals) + 1)


@dataclass(frozen=True, kw_only=True)
class MultiMachineSchedule(Task[Jobs]):
    ranges: Mapping[str, LengthRange] = ranges(S=(5, 10), M=(11, 20), L=(21, 50))

    paradigm = "greedy"
    instance = Jobs
    kind = INTEGER
    complexity = "n · machines, after a sort by buckets"
    budget = 16_384
    partly = frozenset({"L"})  # a few of the schedules of 50 jobs

    def sample(self, draws: Draws, *lengths: int) -> Jobs:
        """Return uniformly drawn jobs; a third of the samples has short jobs, of which more fit.

        The limit of a short job grows with the number of jobs, which keeps nearly all texts within
        the budget.
        """
        n = lengths[0]
        longest = max(4, n // 4) if draws.chance(1, 3) else LAST_HOUR
        machines = draws.between(1, min(MAX_MACHINES, n - 1))
        return _draw_jobs(draws, n, machines, _all_intervals(longest), PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Jobs:
        n = draws.between(2, 3)
        machines = draws.between(1, n - 1)
        return _draw_jobs(draws, n, machines, [(0, 1), (0, 2), (1, 2)], PLACE_NAMES[1][:4])

    def count(self, *lengths: int) -> int:
        n = lengths[0]
        count: int = len(_all_intervals(LAST_HOUR)) ** n * min(MAX_MACHINES, n - 1)
        return count

    def length(self, instance: Jobs) -> int:
        return len(instance.intervals)

    def words(self, instance: Jobs) -> dict[str, str]:
        jobs = ", ".join(f"{start}-{end}" for start, end in instance.intervals)
        return {"jobs": jobs, "machines": str(instance.machines)}

    def names(self, instance: Jobs) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: Jobs) -> dict[str, str]:
        count, last_end, on_one = len(instance.intervals), 0, 0
        for start, end in sorted(instance.intervals, key=lambda job: job[1]):
            if start >= last_end:
                last_end, on_one = end, on_one + 1
        return {
            "all jobs": str(count),
            "what one machine does, times the machines": str(
                min(count, on_one * instance.machines)
            ),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Jobs:
        ends = [job.split("-") for job in words["jobs"].split(", ")]
        jobs = tuple((int(start), int(end)) for start, end in ends)
        first = draw_first_name(draws, len(jobs) + 1, names=PLACE_NAMES[2])
        return Jobs(intervals=jobs, machines=int(words["machines"]), first=first)

    def tapes(self, instance: Jobs) -> dict[str, str]:
        return self.words(instance) | {"job": " ".join(instance.names)}


def _draw_jobs(
    draws: Draws,
    count: int,
    machines: int,
    intervals: Sequence[JobTimes],
    names: Sequence[str],
) -> Jobs:
    """Return ``count`` jobs with some of these intervals; the first job has a random name."""
    return Jobs(
        intervals=tuple(draws.choice(intervals) for _ in range(count)),
        machines=machines,
        first=draw_first_name(draws, count + 1, names=names),
    )


def _all_intervals(longest: int) -> list[JobTimes]:
    """Return all intervals of at most ``longest`` hours."""
    hours = range(LAST_HOUR + 1)
    return [(start, end) for start in hours for end in hours if 0 < end - start <= longest]
