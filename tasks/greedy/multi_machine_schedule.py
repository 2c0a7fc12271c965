"""Interval scheduling on several machines, by the earlier end (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
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


WORDINGS = paragraphs("""
How many of these jobs can be done: {jobs}? A job occupies one machine from its start until just
before its end, a machine does one job at a time, and {machines}. Name tens from {decade}. End with
a line `answer: ` that holds the greatest possible number.

Interval scheduling. Half-open intervals [start, end) are {jobs}; identical resources, {machines}.
Choose as many intervals as possible such that no resource holds two that overlap; touching ends do
not overlap. Tens begin with {decade}. The last line is `answer: ` and the size of the choice.

Given the times {jobs} and the number {machines}, run the greedy algorithm: order by earlier end,
then smaller start, then the order given; put each job on the free machine that freed last, any of
those that freed together, or leave it out. A machine is free again in the very hour a job ends.
With {decade} for the count, write `answer: 7`, say, for the jobs placed.

An hour h lies in a job if start ≤ h < end. At no hour may more of the chosen jobs run than there
are machines. Find the largest number of jobs to choose from {jobs}, where {machines}. The count's
tens go by {decade}. Reply `answer: ` with that number.

Maximise the number of tasks that are completed without a break. Tasks: {jobs}. Parallel processors,
all alike, one task each at any moment: {machines}. If one task ends when another starts, the same
processor can serve both. Counting letter: {decade}. Finish with `answer: ` and the maximum.

Which is the largest subset of {jobs} whose members can be coloured with so few colours,
{machines}, that intervals of one colour never share an inner point? Its tens are labelled from
{decade}. Only its cardinality is wanted, as `answer: 12`.

Input: {jobs}; {machines}; {decade}. Every request needs one whole machine during [start, end).
Output: a final line `answer: ` and how many requests an optimal timetable grants.

Decide for each job, the earliest end first, whether some machine is free at its start; the one that
became free last takes it. Data are {jobs} with {machines} at hand, and in the hour of an end a
machine is free. Use {decade} while you count. How many get a machine? State it behind `answer: `.

You are a scheduler. Your queue holds {jobs}. Rejecting is allowed, splitting and shifting are not,
and two jobs on one machine must not be under way together, though one may follow the other at once.
With {machines}, what is the most that you can accept? Lettering {decade}. Print `answer: ` plus the
integer.

Operations research exercise: the greatest k-colourable part of an interval graph. Vertices are
{jobs}, open at the right; k is given by {machines}; the tally's tens start with {decade}. Give the
number of vertices in this part in the form `answer: 9`.

From the table {jobs} strike out as few rows as you can, so that every machine left with its rows
never has two at once. End and start may coincide. We have {machines} and {decade}. Tell the number
of rows that remain, after `answer: ` in the last line.

Compute the optimum throughput. Work items have fixed hours: {jobs}, the end hour itself excluded.
Workers, each handling a single item at a time from beginning to end: {machines}. Notation:
{decade}. Conclude with `answer: ` and the highest count of items handled.

Each machine keeps a timeline on which placed blocks must not overlap but may touch. Blocks, which
cannot be moved in time: {jobs}. Timelines: {machines}. Tens of the result are {decade} first. How
many blocks at most find a place? Write that number as `answer: 3` or whatever it is.

A sports hall has several courts, {machines}. Clubs ask for fixed hours: {jobs}. A club needs one
court from its start on and has left it when the hour of its end strikes, so the next can walk on.
The warden keeps score from {decade}. To how many clubs, at best, can he say yes? His notice ends
`answer: ` and the number.

The film festival fan wants to record broadcasts that run {jobs}. Each of her recorders stores one
programme at a time, completely, and is ready again when it ends: {machines}. Her list is numbered
by {decade}. What is the largest number of films in her collection tonight? Note it as `answer: 10`.

In the harbour ships announce when they come and when they leave: {jobs}. The berths, {machines},
take one ship each; a berth left at some hour is open to a ship of that hour. Ships without berth
sail on. Pilots chalk up {decade}. The harbour master moors as many as he can. Close with `answer: `
and how many.

"I cannot seat everybody," sighs the owner of a tiny restaurant, whose tables are {machines}. Groups
phoned: {jobs}. Whoever gets a table has it for all that time, alone; at the end hour it can be laid
anew. Her pencil starts at {decade}. Find the maximal number of groups she can please, and put it
after `answer: `.

An observatory owns telescopes, {machines}. Astronomers apply to watch their stars: {jobs}. No
telescope can watch two stars, an observation broken off is worthless, and changing over takes no
time at all. The committee records {decade}. It likes to grant the most applications possible; their
number goes on a line like `answer: 6`.

At the hospital operations are planned for {jobs}. Theatres that stand ready: {machines}. One
patient to a theatre, from the first hour until the last has passed; cleaning is instantaneous.
Others are sent to the next town. The nurse tallies with {decade}. What number of patients can stay,
if it is made as large as can be? Report `answer: ` and it.

Knights challenge one another to duels, and each duel has its hours already: {jobs}. The castle has
only so many fields, {machines}, and on none may two duels rage at once, yet a new one may begin as
the old one ends. The herald counts from {decade}. He cries `answer: ` and the most duels that the
king can see fought.

Charging stations for electric buses: {machines}. Drivers reserve them for {jobs}, meaning from the
one hour up to, but without, the other. A reservation is honoured in full at a single station or
refused. The software labels {decade}. Calculate the peak number of honoured reservations and end on
`answer: ` followed by it.

During the school fair pupils present experiments, {jobs}, and each presentation needs a room of its
own while it lasts. Rooms: {machines}. When the bell ends one, the next may move in with the same
bell. The poster uses {decade}. Select as many presentations as the rooms can hold; the selection's
size is the last thing you write, as in `answer: 8`.
""")


@dataclass(frozen=True, kw_only=True)
class MultiMachineSchedule(Task[Jobs]):
    ranges: Mapping[str, LengthRange] = ranges(S=(5, 10), M=(11, 20), L=(21, 50))

    paradigm = "greedy"
    instance = Jobs
    kind = INTEGER
    wordings = WORDINGS
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
