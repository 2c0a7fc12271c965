"""How large is a population whose young take some time to grow up? (arXiv 2507.13332, Table C1)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
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


WORDINGS = paragraphs("""
For t from 0 to {x} - 1 let p(t) = {y}, and after that p(t) = p(t - 1) + {z} p(t - {x}). By unit and
place: {facts}. What is p({n})? End with a line `answer: ` that holds this integer.

A recurrence is started by {x} equal values, p(0) = … = {y}; every later value is the one before it
plus {z} times the one {x} earlier. The memory is {facts}. Write `answer: ` and the exact value with
index {n}, digits only.

Compute the sequence {y}, {y}, … ({x} terms, numbered from 0), whose next terms each add {z} times
the term {x} places back to the last. Its start is spelled {facts}. Conclude with `answer: ` and
term number {n}, in full.

Population model. Delay: {x} units. Offspring per grown head and unit: {z}. Founders: {y}, as many
in all of the units 0 to {x} - 1. Register: {facts}. Nobody dies. How many heads are there in unit
{n}? The last line is `answer: ` and their number.

Iterate until t reaches {n}: the new total is the old total plus {z} times the total of {x} steps
ago. During the first {x} steps, t = 0 among them, the total stays {y}. Given {facts}, report the
final total as `answer: 1234`, without separators.

Define p by p(t) = {y} whenever 0 <= t < {x}, else p(t) = p(t - 1) + {z} * p(t - {x}). Digits,
lowest first, and names of units are {facts}. Evaluate p at {n} and give the result behind `answer:
`, no digit left out.

Input: n = {n}, x = {x}, y = {y}, multiplier {z}; in detail {facts}. Rule: add to the previous
number that multiple of the number x steps before; the numbers 0 to x - 1 all equal y. Output: one
line, `answer: ` and number n as a plain integer.

A loop keeps a list that holds {y} exactly {x} times. It appends the sum of the list's last element
and {z} times the element {x} from the end, over and over, up to index {n} (indices begin at 0).
Trace it from {facts}. Which element was appended last? Print it after `answer: `.

Work digit by digit from {facts}. You need the number at time {n} of a quantity that was {y} at the
{x} times 0, 1, … and since then grows per time step by {z} times what it was {x} steps before. Your
reply closes with `answer: ` followed by that whole number.

Let y = {y} be the size of a colony throughout its first {x} units of time, counted from unit 0.
From then on it gains, each unit, {z} for every member it had {x} units ago. Known: {facts}.
Determine its size in unit {n} and state it as `answer: 567`.

Delayed growth exercise: lag {x}, factor {z}, constant history {y} on the units 0 up to lag minus
one. The table of names and digits reads {facts}. Step forward unit by unit with value(t) = value(t
- 1) + factor * value(t - lag). Finish on `answer: ` with the value for t = {n}, unrounded.

What does the difference equation p(t) - p(t - 1) = {z} p(t - {x}) yield for t = {n}, if p is {y} on
every t from 0 up to but not including {x}? Column by column: {facts}. Put the integer after
`answer: ` on a line of its own.

A memory holds {facts}. Read it as the units of time from the start on, {x} of them with the count
{y} each. Extend the count to unit {n} by adding {z} times the count of {x} units earlier to the
latest one. The line `answer: ` shall carry the extended count, every digit of it.

Rabbits on an island take {x} months to grow up; a pair that is old enough has {z} new pairs a
month, and none ever dies. In the months 0 to {x} - 1 there are {y} pairs. The warden's notes are
{facts}. So a month's pairs are those of the month before and {z} times those of {x} months before.
How many in month {n}? Say `answer: ` and the number of pairs.

In a pond {y} water lilies float during each of the days 0 to {x} - 1. Later each day brings, on top
of yesterday's lilies, {z} new ones for every lily of {x} days ago. Written small, {facts}. The
gardener counts on day {n}. Close with `answer: ` and her count, all figures of it.

A guild had {y} masters in each of its first {x} years, the founding year being year 0. Since then
every year admits {z} new masters per master of {x} years back, while the old ones stay. The roll
begins {facts}. Copy the number of masters in year {n} into the last line, `answer: ` first.

An old bank never lets money go. For the {x} quarters from quarter 0 on, a chest holds {y} coins.
Afterwards each quarter adds interest: {z} coins for each coin that lay there {x} quarters earlier.
The clerk's ledger shows {facts}. What is in the chest in quarter {n}? His entry reads `answer: `
and the coins.

Mould spreads in a cellar. Hours 0, 1, … number {x} in all with {y} spots each; from hour {x} the
spots are those of the last hour plus {z} times those seen {x} hours before. A camera stores
{facts}. Predict hour {n} to the very last spot and write `answer: ` plus the prediction.

On the space station robots build robots. {y} of them stand in the hall in every shift before shift
{x}, shift 0 included; in each shift from there on all robots of {x} shifts ago finish {z} copies
apiece, and no robot breaks. The log opens with {facts}. Tell how many stand in the hall in shift
{n}: `answer: ` and an integer.

"My grandmother planted {y} trees," says the forester, "and for {x} seasons, 0 to {x} - 1, there
were no more. In any later season the wood had the trees of the season before and {z} seedlings for
each tree of {x} seasons earlier." She notes {facts}. Count the trees of season {n} and answer her
with `answer: ` and the count.

A rumour is known to {y} villagers on the first {x} evenings (evening 0 is one of these). Then,
every evening, it reaches {z} more people for each who knew it {x} evenings ago, and nobody forgets.
The teacher's slate has {facts}. To how many is it known on evening {n}? Let your final line be
`answer: ` with the exact figure.

Stars are born in a model galaxy. It shows {y} of them at each tick below {x}, counting from tick 0.
At tick t from {x} on, it shows what it showed at t - 1 and {z} times what it showed at t - {x}. The
simulation is seeded with {facts}. Give the number of stars at tick {n}, with no rounding, after
`answer: `.
""")


@dataclass(frozen=True, kw_only=True)
class PopulationGrowth(Task[Population]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 10), M=(11, 25), L=(26, 50))

    paradigm = "iteration"
    instance = Population
    kind = INTEGER
    wordings = WORDINGS
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
