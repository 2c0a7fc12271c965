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
    paragraphs,
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


WORDINGS = paragraphs("""
Which primes p ≤ n ≤ q are there for p = {p} and q = {q}? With names for tens this is {facts}. End
with a line `answer: ` that lists them in ascending order, a comma and a space between two, or that
says none.

List all prime numbers from {p} to {q}, the two ends included. Tens are called by two letters, those
after zero in the alphabet being one, two and so on: {facts}. The last line is `answer: ` followed
by the primes, smallest first, like `answer: 7, 11`; it is `answer: none` if there is none.

Primality. Memory: {facts}. The range to be searched runs from {p} up to {q} inclusively. Report
every prime in it by size after `answer: `, divided by ", ". An empty result is reported as
`answer: none`.

Trial division: go through the odd numbers from {p} on, {q} being the last that may count, and keep
those without a proper divisor. Use {facts}. Close with `answer: ` and what was kept, lowest first
and with commas, or with `answer: none`.

Given {facts}, determine the set of primes in the closed interval [{p}, {q}]. Its elements follow
`answer: ` in increasing order, parted by a comma and a space; for the empty set say `answer: none`.

Input: two bounds, {p} and {q}, also in tens and ones as {facts}. Output: a final line with
`answer: ` and each prime between them, bounds allowed, in rising order as in `answer: 31, 37`, else
`answer: none`.

Let a filter pass only numbers divisible by 1 and themselves alone. {p}, the next number, and so on
through {q} are put in, one at a time; notes: {facts}. What comes out, in that order? Write
`answer: ` and the numbers separated by ", ", or `answer: none` when nothing comes.

Cross out whatever has a divisor besides one and itself from the row {p}, …, {q}. How to name tens:
{facts}. State the survivors from left to right behind `answer: `, with commas. Put none there if
the row is wiped out.

A program prints primes(p, q), where both p and q belong to the range, for p = {p} and q = {q}. Its
constants are {facts}. It prints `answer: 13` for a single one, several sorted upwards as
`answer: 13, 17`, and for no hit `answer: none`. What is printed?

Check every integer that is at least {p} and at most {q} for being prime. Aids: {facts}. Reply with
`answer: ` and the ones that pass, ordered by value, joined by a comma and a blank. Reply
`answer: none` should all of them fail.

For a table of primes the entries not below {p} and not above {q} are missing. Shorthand for tens is
{facts}. Supply the missing entries by growing size in the form `answer: 2, 3, 5`; write
`answer: none` if the table has a gap there.

Number theory exercise. The segment starts at {p} and stops with {q}; neither is excluded. Data:
{facts}. Enumerate its prime members upwards in one closing line, `answer: ` first, ", " between
neighbours. Without any member the line says none.

Say n is good if no m with 1 < m < n divides it. Which n from {p} through {q} are good? Letters for
tens: {facts}. The conclusion is `answer: ` plus all good n, the least at the front, a comma plus a
space after each but the last; or it is `answer: none`.

Houses {p} to {q} stand in a street, and the postman, a lover of primes, rings only where the number
is one. His book has {facts}. At which doors does he ring, walking up the street? Both corner houses
belong to it. Give `answer: ` and the numbers with commas, or `answer: none` for a silent walk.

Cicadas of many kinds live in a wood; the kind with number n comes out every n years, and only prime
numbers have lasted. A student may study those of {p} to {q} years, including either bound. Her
field notes say {facts}. She writes `answer: ` and their periods, shortest first, such as
`answer: 13, 17`, or `answer: none` if no kind is left.

"Eggs in rows!" calls the farmer. Each tray holds some number of eggs, the first {p}, every further
one an egg more, the last {q}. He likes those trays that cannot be set out in equal rows of two eggs
or more, several rows at that. His tally is {facts}. Name the counts he likes from the fewest on,
`answer: ` in front and ", " in between; `answer: none` if he likes none of them.

In the tower the bells are numbered. From bell {p} up to bell {q}, and these too, the ghost sounds
each whose number is prime, and the sexton keeps count with {facts}. Which bells does the town hear,
one after the other? The night's record ends `answer: ` and their numbers, commas between, or
`answer: none`.

A lock opens when all primes within its marks are dialled, lowest first. The marks are {p} and {q},
and a mark itself may be dialled. Scratched on the back one reads {facts}. Dial by writing
`answer: ` with them, a comma and a space after each but the final one; to dial nothing is
`answer: none`.

Grandfather sorts his stamps: one pile for each worth, {p} cents the least and {q} the greatest. A
pile whose worth is no product of smaller whole numbers goes into the red album. He reckons with
{facts}. What worths does the red album show, page by page upwards? Answer `answer: 41, 43` or the
like, and `answer: none` for an empty album.

The sea captain trusts only days with a prime number. His voyage lasts from day {p} to day {q},
departure and arrival counted. The log begins with {facts}. Enter the trusted days by the calendar
as `answer: ` then the days, each parted from the next by ", ", or `answer: none` for an unlucky
voyage.

At the races, runners wear {p}, then one more each, up to {q}. Only those with a prime on their back
get a medal. The list of the referee is {facts}. Read out the winners' numbers, least to greatest,
in a last line that begins `answer: ` and has commas between numbers. No medals at all are read out
as `answer: none`.

The wizard's stair has its steps numbered; from {p} to {q}, both of these too, a step creaks exactly
if its number is prime. The apprentice, sneaking upwards, remembers {facts}. Tell him in the order
of his climb what to skip: `answer: ` and the creaking steps with ", " between them, or the word
none.
""")


@dataclass(frozen=True, kw_only=True)
class PrimeSearch(Task[Interval]):
    """The task; the length of an interval is its q, and p is any number of the same range below q
    that is near enough. So the ranges begin where there is such a p.
    """

    ranges: Mapping[str, LengthRange] = ranges(S=(6, 100), M=(102, 200), L=(202, 300))

    paradigm = "enumeration"
    instance = Interval
    kind = or_none(INTEGERS)
    wordings = WORDINGS
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
