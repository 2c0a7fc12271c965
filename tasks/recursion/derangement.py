"""In how many orders does no element stay where it was? (arXiv 2507.13332, Table C1)

There is one problem a number. So a range shows but the digits, carries and products of its own few
numbers, and longer ones have others: no step that calculates is all seen in S.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import factorial

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MOST = 100
"""Up to here n - 1 has two digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementCount(Instance):
    """So many elements, each of which must leave its place.

    Attributes
    ----------
    first
        The name of the call for D(n); those for less follow.
    low
        The name of the lowest place of every number; those above it follow.
    """

    n: int
    first: str = field(default="aa", compare=False)
    low: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if type(self.n) is not int or not 3 <= self.n <= MOST:
            raise ValueError(f"derangement takes 3 to {MOST} elements, not {self.n!r}")
        _ = self.calls, self.places  # which raise where there are too few names

    @property
    def calls(self) -> tuple[str, ...]:
        """The names of the calls, D(n) to D(0), the last two of which are known."""
        return consecutive_names(self.first, self.n + 1)

    @property
    def places(self) -> tuple[str, ...]:
        """The names of enough places, the lowest first, and of one below it."""
        return consecutive_names(self.low, _most(self.n), before=1)


WORDINGS = paragraphs("""
How many permutations of {n} elements leave none of them in its place? Call yourself for less and
less, from {facts}. End with a line `answer: ` that holds this number, all digits and no separators.

Compute the subfactorial !{n} by D(m) = (m - 1)(D(m - 1) + D(m - 2)), where D(2) = 1 and D(1) = 0.
The names to use are {facts}. Write `answer: ` and the exact integer.

A derangement is a bijection of a finite set onto itself without a fixed point. Count those of a set
with {n} members; {facts}. The last line is `answer: ` followed by the count in decimal notation.

Let D(1) = 0, D(2) = 1, and let every further D(k) be k - 1 times the sum of the two before. What is
D({n})? Recursion opens with {facts}. Conclude with `answer: 265`, only with the digits that are
right here.

In a list of the numbers 1 to {n}, no number may stand at the position of its own value. How many
such lists exist if each number occurs once? Given {facts}, reply `answer: ` plus how many.

Exercise on stacks: a function for derangements receives {n}, pushes its argument, asks for the two
smaller values, and multiplies their sum by its argument less one. Memory: {facts}. Which value is
returned to the outermost call? Put it after `answer: `.

Input: {facts}. Output: `answer: ` and the number of ways to rearrange {n} distinct things so that
every single one moves, as a plain integer.

Evaluate n! (1 - 1/1! + 1/2! - 1/3! + …), the sum running up to 1/n!, for n = {n}. The recurrence
D(n) = (n - 1)(D(n - 1) + D(n - 2)) gives the same without fractions; work it out with {facts}.
State the whole number behind `answer: `.

Of all {n}! orders of a row of {n} objects, which share displaces every object? Not the share but
the absolute number of these orders is wanted. Start from {facts} and close on `answer: ` with it,
fully written out.

Permutation matrices with a zero diagonal: how many are there with {n} rows? Recursive counting may
use {facts}. Your final line begins with `answer: ` and goes on with their number, exactly.

How often does a rook placement, {n} rooks that do not attack each other on a board of {n} times
{n}, avoid the main diagonal? Names for the calculation: {facts}. Report the total as `answer: ` and
an integer without leading zeros.

A secretary puts {n} letters into {n} addressed envelopes, and gets every letter wrong. In how many
ways can that happen? Her notes say {facts}. Copy the number of ways to a last line after `answer:
`.

After the opera {n} guests take a hat each from the cloakroom in the dark. None has the hat that he
came with. How many distributions of the hats fit this report? The attendant labels things {facts}.
He announces `answer: ` and how many, to the last one.

Before the holidays {n} friends draw names from a bowl to choose whom to give a present. Nobody is
allowed to draw himself; each is drawn once. Count the outcomes, beginning with {facts}. Let the
line `answer: ` show their number.

A bookbinder returned {n} volumes to their shelf, one to a slot, but no volume to the slot it had
been taken from. "There must be an astonishing number of possibilities," the librarian says, and
notes {facts}. Tell her the number in the form `answer: 44`.

Each of {n} sailors sleeps in a hammock of his own. After a party all of them lie in wrong hammocks,
one in each. The captain wonders how many arrangements there are; the log reads {facts}. The entry
that settles it is `answer: ` with a natural number.

For a new school year {n} teachers exchange their {n} classrooms, and all must change. The principal
wants the possible plans counted by recursion, writing {facts}. How many plans are there? Finish
with `answer: ` and a figure that is not rounded.

At the robot factory {n} robots swap their {n} batteries at random. An alarm sounds if any robot has
its old battery back. How many swaps leave the alarm silent? The control unit stores {facts}. It
displays `answer: ` and that many.

On a dance evening {n} couples arrive. For the waltz every lady dances with a gentleman, but none
with her own. The band leader calculates the number of pairings from {facts}. What does he get?
Print `answer: ` and his result, digit for digit.

A mischievous gardener moves the labels of {n} rose beds around until not one is at its rose. In how
many ways could he have done so? An old almanac provides {facts}. Write down the number of ways in
full, behind the word `answer: `.

The keys of {n} lockers were mixed up, and it turned out that no owner holds a fitting key any more;
each locker has one key, each owner one locker. With {facts}, find how many mix-ups have this
property. The reply ends in `answer: ` and the integer.

A magician shuffles cards numbered from 1 to {n}, deals them face up and counts aloud. He wins when
no card agrees with his count. How many orders of the cards let him win? His assistant whispers
{facts}. She then says `answer: ` and the number, never an approximation.
""")


@dataclass(frozen=True, kw_only=True)
class Derangement(Task[ElementCount]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 30), M=(31, 60), L=(61, 100))

    paradigm = "recursion"
    instance = ElementCount
    kind = INTEGER
    wordings = WORDINGS
    complexity = "n² log n"
    budget = 16_384
    far = frozenset({"back", "sum", "times", "add", "write"})
    unseen = frozenset({"call", "back", "sum", "times", "add"})
    beyond = frozenset({"S", "M", "L"})

    def sample(self, draws: Draws, *lengths: int) -> ElementCount:
        return self.unrank(draws, 0, *lengths)

    def tiny(self, draws: Draws) -> ElementCount:
        return _named(draws, draws.between(3, 12), PLACE_NAMES[2][:20])

    def count(self, *lengths: int) -> int:
        return 1

    def unrank(self, draws: Draws, index: int, *lengths: int) -> ElementCount:
        return _named(draws, lengths[0], PLACE_NAMES[2])

    def length(self, instance: ElementCount) -> int:
        return instance.n

    def words(self, instance: ElementCount) -> dict[str, str]:
        return {"n": str(instance.n), "facts": listed(self.facts(instance))}

    def facts(self, instance: ElementCount) -> dict[str, str]:
        return {"first": instance.first, "n": str(instance.n), "low": instance.low}

    def tapes(self, instance: ElementCount) -> dict[str, str]:
        calls = instance.calls
        places = " ".join(instance.places)
        behind = ("unit", "callee", "deeper")
        return {
            "n": str(instance.n),
            "low": instance.low,
            "place": places,
            "below": places,
        } | {tape: " ".join(calls[start:]) for start, tape in enumerate(behind)}


def _most(n: int) -> int:
    """As many places as n! has, which is more than D(n), and one more."""
    return len(str(factorial(n))) + 1


def _named(draws: Draws, n: int, names: Sequence[str]) -> ElementCount:
    """The instance, its calls and places named at random."""
    first = draw_first_name(draws, n + 1, names=names)
    return ElementCount(
        n=n, first=first, low=draw_first_name(draws, _most(n), before=1, names=names)
    )
