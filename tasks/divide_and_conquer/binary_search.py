"""Binary search for a number in an increasing list (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges

LARGEST = 9999
PLACES = tuple(a + b for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ")
"""The names of places: they count on as numbers do, with letters for digits."""

LETTERS = tuple(ascii_lowercase)
"""What the text calls bounds and middles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Search(Instance):
    """Increasing integers, a target, and the names that the text uses.

    Attributes
    ----------
    first
        The place of the first number; the others follow, and one more on either side.
    low
        The letter of the lower bound; the upper bound and the middles have those that follow.
    """

    values: tuple[int, ...]
    target: int
    first: str = field(default="AB", compare=False)
    low: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or list(values) != sorted({*values}):
            raise ValueError(f"binary_search takes one or more increasing integers, not {values}")
        if type(self.target) is not int:
            raise ValueError(f"binary_search looks for an integer, not {self.target!r}")
        if max(map(abs, (*values, self.target))) > LARGEST:
            raise ValueError(f"binary_search takes integers in ±{LARGEST}, not {values}")
        if self.first not in _firsts(len(values)):
            raise ValueError(f"binary_search: no {len(values) + 1} places begin at {self.first!r}")
        if self.low not in _lows(len(values)):
            raise ValueError(f"binary_search: too few letters begin with {self.low!r}")

    @property
    def places(self) -> tuple[str, ...]:
        """The places of the bounds, one before the first number and one after the last."""
        start = PLACES.index(self.first)
        return PLACES[start - 1 : start + len(self.values) + 1]


WORDINGS = paragraphs("""
Find the number {target} in the sorted list {numbers}. Search with {bounds}. End with a line
`answer: ` that holds its index, counted from 0, or -1 if it is not there.

Given an increasing sequence, {numbers}, at which zero-based position does {target} stand? Bounds:
{bounds}. Write `answer: ` and the position; a number that is missing has the position -1.

Binary search exercise. The array reads {numbers} and the key to look for is {target}. Both bounds
lie just outside, {bounds}. The last line is `answer: 0` if the key is the leading element, `answer:
1` if it is the next, and so on; `answer: -1` if no element equals it.

Halve and halve again: {numbers}. Is {target} among these, and how many stand before it? The halving
starts from {bounds}. Say how many as `answer: 7`, or `answer: -1` for a value that does not occur.

Input: ascending integers {numbers}; {target}; search bounds {bounds}. Output: one line, `answer: `
followed by i such that element i, the first being element 0, equals the target, else by -1.

Return the offset of a value from the head of an ordered table. The table: {numbers}. The value:
{target}. The memory of the search: {bounds}. The head itself has the offset 0, an absent value -1;
finish with `answer: ` and the offset.

From smallest to largest we have {numbers}. Please locate {target}, beginning with {bounds}. Number
the entries 0, 1, 2, … and reply `answer: ` plus the number of the entry found. Reply `answer: -1`
should none match.

Look up {target} by repeatedly comparing it with the middle of what is left of {numbers}. What is
left lies between two bounds, {bounds}. Conclude with `answer: ` and the rank that was found, where
the least number has rank 0, or with `answer: -1` when nothing is left.

A program calls `search` on {numbers} for {target}; internally it keeps {bounds}. It gives back an
index in the usual way of programmers, from zero up, and minus one on failure. What does it give
back? Put it after `answer: `.

Sorted data allow a quick test of membership. Data: {numbers}. Query: {target}. Working memory:
{bounds}. If the query is a member, state the count of smaller members as `answer: 12`; if it is
not, state `answer: -1`.

Here every number is greater than the one on its left: {numbers}. Tell me where {target} is, using
{bounds}. The leftmost spot is spot 0. Nowhere is written -1. Your reply closes with a line like
`answer: 4`.

In which slot of {numbers} is {target} kept? Slots count 0, 1, 2 and upwards in the order given.
Divide and conquer from {bounds}. Close with the line `answer: ` and the slot, taking -1 for the
slot of something that was never stored.

Let the values {numbers} be called v(0) < v(1) < v(2) < … in this order. Determine k with v(k)
equal to {target}, taking k = -1 if there is no such k. Auxiliary names: {bounds}. The final line
reads `answer: ` and then k.

The shelves of an archive carry rising file numbers, {numbers}. A clerk wants the file {target} and
opens the middle shelf first; his notes say {bounds}. How many shelves does he leave on the left of
the right one? Write `answer: ` and that many, or `answer: -1` if the file is not in the archive.

A geologist drilled down and listed heights of layers from the lowest, {numbers}. Her colleague asks
for the layer at {target}. She halves the list, starting with {bounds}. The lowest layer bears the
index 0. Report the layer's index behind `answer: `, with -1 for a height that has no layer.

Guests queue by the number on their ticket: {numbers}. The usher looks for ticket {target} and walks
to the middle of the queue, then to the middle of a half of it. He remembers {bounds}. With the
front guest as number 0, which guest holds the ticket? Announce `answer: ` and the guest, or
`answer: -1` when nobody does.

In a lighthouse the keeper's log is ordered by tide level, {numbers}. An inspector needs the entry
for {target}, and leafs by halves, having marked {bounds}. How many entries come before it? The
report ends in `answer: 9` for nine of them, say, and in `answer: -1` for an entry that is missing.

Two sisters play a guessing game with cards laid face down in increasing order; in truth they are
{numbers}. One must uncover {target} with few turns and always turns the middle card between
{bounds}. Which card is it, the outermost left being card 0? She calls out `answer: ` and the card,
and `answer: -1` if it lies nowhere.

A street has houses whose altitudes rise all the way, {numbers}. The postman has a letter for the
house at {target}. He splits the street in two, then the half in question, from {bounds}. Houses are
indexed from 0 at the lower end. Deliver `answer: ` with the index, or `answer: -1` if such a house
was never built.

"I bet my balance of {target} shows up in this ranking," says the trader, pointing at {numbers},
worst first. The computer bisects, with {bounds}. It prints `answer: ` and the zero-based line of
the ranking on which the balance stands; a balance that shows up nowhere prints `answer: -1`.

On a long bookshelf the spines show years in order, negative before our era: {numbers}. Does a spine
show {target}? The librarian bisects between {bounds}. Count the books to the left of that spine and
end on `answer: 3` or whatever the count is; end on `answer: -1` if there is no such spine.

The lock of a vault compares a code with a rising list of codes that it knows, {numbers}. Somebody
enters {target}. The lock's registers start as {bounds}. It opens the drawer whose number is the
code's index in the list, from 0 on; an unknown code gives -1. Show the drawer as `answer: 2`.
""")


@dataclass(frozen=True, kw_only=True)
class BinarySearch(Task[Search]):
    ranges: Mapping[str, LengthRange] = ranges(S=(5, 20), M=(21, 40), L=(41, 70))

    paradigm = "divide_and_conquer"
    instance = Search
    kind = INTEGER
    wordings = WORDINGS
    complexity = "log n, and n to list the numbers"

    def sample(self, draws: Draws, *lengths: int) -> Search:
        """So many integers; the target is none of them in 30 %, else any with equal chance."""
        return _posed(draws, lengths[0], LARGEST, _firsts(lengths[0]), _lows(lengths[0]))

    def tiny(self, draws: Draws) -> Search:
        return _posed(draws, draws.between(1, 3), 2, PLACES[8:10], LETTERS[:3])

    def count(self, *lengths: int) -> int:
        integers = 2 * LARGEST + 1
        return comb(integers, lengths[0]) * integers

    def length(self, instance: Search) -> int:
        return len(instance.values)

    def words(self, instance: Search) -> dict[str, str]:
        facts = self.facts(instance)
        numbers = {place: facts.pop(place) for place in instance.places[1:-1]}
        target = {"target": facts.pop("target")}
        return {"numbers": listed(numbers), "target": listed(target), "bounds": listed(facts)}

    def facts(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high = _letters(instance)[:2]
        numbers = dict(zip(places, map(str, instance.values), strict=True))
        named = ((low, before), (high, after), ("first", instance.first))
        letters = {
            f"{name} {digit}": letter
            for name, place in named
            for digit, letter in zip(("tens", "ones"), place, strict=True)
        }
        return numbers | {"target": str(instance.target), "low": low, "high": high} | letters

    def tapes(self, instance: Search) -> dict[str, str]:
        before, *places, after = instance.places
        low, high, *middles = _letters(instance)
        numbers = zip(places, instance.values, strict=True)
        return {
            "list": "".join(f"{place}={number}," for place, number in numbers),
            "target": str(instance.target),
            "low": low,
            "high": high,
            "letter": "".join(middles),
            "lows": before,
            "highs": after,
            "first": instance.first,
        }


def _firsts(count: int) -> tuple[str, ...]:
    """The places that the first of ``count`` numbers can have: one is left on either side."""
    if count > len(PLACES) - 2:
        raise ValueError(f"binary_search has places for {len(PLACES) - 2} numbers, not for {count}")
    return PLACES[1 : len(PLACES) - count]


def _lows(count: int) -> tuple[str, ...]:
    """The letters that the lower bound of ``count`` numbers can have.

    The upper bound, a middle for each halving, and one more for a ten that is lent come after it.
    """
    return LETTERS[: len(LETTERS) - count.bit_length() - 2]


def _letters(instance: Search) -> tuple[str, ...]:
    start = LETTERS.index(instance.low)
    return LETTERS[start : start + len(instance.values).bit_length() + 3]


def _posed(
    draws: Draws, count: int, largest: int, firsts: tuple[str, ...], lows: tuple[str, ...]
) -> Search:
    """A target among ``count`` numbers, or, where it is absent, drawn along with them."""
    absent = draws.chance(30, 100)
    values = sorted(draws.distinct(count + absent, -largest, largest))
    target = draws.choice(values)
    return Search(
        values=tuple(value for value in values if not (absent and value == target)),
        target=target,
        first=draws.choice(firsts),
        low=draws.choice(lows),
    )
