"""Bubble sort: put distinct integers into ascending order (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import perm

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

LARGEST = 9999


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberList(Instance):
    """Distinct integers, and the letters that the text names their places and the passes by.

    Attributes
    ----------
    place, round
        The letters of the first place and of the first pass; the others follow in the alphabet.
    """

    values: tuple[int, ...]
    place: str = field(default="a", compare=False)
    round: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or len({*values}) < len(values):
            raise ValueError(f"bubble_sort takes one or more distinct integers, not {values}")
        if min(values) < -LARGEST or max(values) > LARGEST:
            raise ValueError(f"bubble_sort takes integers in ±{LARGEST}, not {values}")
        for letter in (self.place, self.round):
            if letter not in PLACE_NAMES[1]:
                raise ValueError(f"bubble_sort names places by a letter, not {letter!r}")
            consecutive_letters(letter, len(values) + 1)


WORDINGS = paragraphs("""
Sort the numbers {numbers} by bubble sort, with first = {first}. End with a line `answer: ` that
holds them in ascending order, a comma and a space between two.

Given {numbers}, in which order do these integers stand on the number line? Places are lettered from
first = {first} on. Reply `answer: `, then all of them from left to right, parted by a comma and a
space.

Bubble sort exercise. The first pass finds {numbers}, where first = {first}. Carry the larger of two
neighbours on, pass after pass, until nothing is left. The last line is `answer: ` and the list in
increasing order, written like `answer: 1, 2, 3`.

Arrange these integers so that each is greater than the one before it: {numbers}. The letter of the
leading place is first = {first}. Finish with `answer: ` and the integers in that order, joined by
", ".

An array was initialised with {numbers} and first = {first}. What does it hold once it is sorted in
non-decreasing order? Print `answer: ` followed by its elements, comma and space between them.

From the smallest to the largest, please: {numbers}. Begin every pass at first = {first}. The result
goes on the last line, after `answer: `, with a comma and a space after every number but the last.

Here are some different whole numbers, some perhaps below zero: {numbers}. The row starts at first =
{first}. Rank them upwards and write the ranking as `answer: -7, 0, 15`, lowest in front.

Repeatedly exchange adjacent numbers that stand the wrong way round until the sequence {numbers}
rises throughout. Its head is first = {first}. Conclude with the rising sequence, in the form
`answer: -5, 0, 12`.

You receive the named values {numbers} and the letter first = {first}. Return the values sorted,
ascending, on one line which begins with `answer: ` and separates them by commas, each comma
followed by one space.

Task: sorting. Input: {numbers}; first = {first}. Output: a final line `answer: ` with the numbers
of the input in ascending order, for example `answer: -3, 8`.

Negatives before positives, and of two numbers the one further left on the number line first: put
{numbers} into this order. Counting of places begins with first = {first}. State the row once after
`answer: `; between neighbours stand a comma and a space.

Which permutation of {numbers} increases from start to end? Work it out by bubble sort with first =
{first}, and give the increasing list after `answer: `, items parted by ", ".

Let bubble sort run over {numbers}; in every pass from first = {first} on, the greatest number left
rises to its place. When all are settled, list them from the lowest place up: `answer: ` and the
numbers with ", " between them.

At a weather station the night temperatures of one week were noted in hundredths of a degree:
{numbers}. The notebook's first line is called first = {first}. The keeper wants them from the
coldest to the warmest. Close with `answer: ` and the temperatures so ordered, a comma and a space
between two of them.

Mira's card game ends with a hand of numbered cards, {numbers}, the leftmost being first = {first}.
She swaps neighbouring cards until the values climb from left to right. How does the hand read then?
Say it as `answer: 3, 14, 15`, with her numbers of course.

A diver logged heights relative to the sea's surface, below it with a minus: {numbers}. The log
opens at first = {first}. For the report they must go from the deepest point to the highest. The
report's last line is `answer: ` followed by the heights, separated by a comma and a space.

The accounts of a small club show these balances, debts being negative: {numbers}. The top row of
the ledger is first = {first}. The treasurer reads them out beginning with the worst debt and ending
with the fattest balance. Write what is read after `answer: `, comma and space between balances.

Lifts in an old mine stop at levels counted from the entrance, downwards negative. Today's calls are
{numbers}, and the call list starts at first = {first}. An inspector visits each of these levels
once, on the way up from the lowest. In which order? Give it as `answer: ` plus the levels, a comma
and a space after each but the last.

A museum dates its maps, and years before our era count as negative: {numbers}. They hang in a row
whose first nail is first = {first}. After rehanging, the visitor walks from the oldest map to the
youngest. Name the years on that walk in a line of the form `answer: -450, -12, 1790`.

Two robots tidy a shelf of parcels labelled {numbers}, from the compartment first = {first} on. They
pass along the shelf and swap neighbours whenever the left label is the larger. What labels, left to
right, does the tidy shelf show? The reply closes with `answer: ` and the labels, ", " between them.

The scores of a quiz with penalty points came in as {numbers}, the earliest being first = {first}.
The board lists them from the lowest score up to the winner's. Copy the board after `answer: ` in
the last line, each two scores divided by a comma and a space.

"Can you put {numbers} in order for me, smallest number at the front?" a pupil asks. The teacher
begins at first = {first}, works through the passes of bubble sort and ends with `answer: ` and the
ordered numbers, commas with a space between.
""")


@dataclass(frozen=True, kw_only=True)
class BubbleSort(Task[NumberList]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 6), L=(7, 8))

    paradigm = "simulation"
    instance = NumberList
    kind = INTEGERS

    wordings = WORDINGS
    complexity = "n²"

    def sample(self, draws: Draws, *lengths: int) -> NumberList:
        return _numbered(draws, draws.distinct(lengths[0], -LARGEST, LARGEST), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> NumberList:
        return _numbered(draws, draws.distinct(draws.between(1, 3), -1, 2), PLACE_NAMES[1][:4])

    def count(self, *lengths: int) -> int:
        return perm(2 * LARGEST + 1, lengths[0])

    def length(self, instance: NumberList) -> int:
        return len(instance.values)

    def words(self, instance: NumberList) -> dict[str, str]:
        facts = self.facts(instance)
        first = facts.pop("first")
        return {"numbers": listed(facts), "first": first}

    def facts(self, instance: NumberList) -> dict[str, str]:
        places = consecutive_letters(instance.place, len(instance.values))
        keys = [instance.round + place for place in places]
        return dict(zip(keys, map(str, instance.values), strict=True)) | {"first": instance.place}

    def tapes(self, instance: NumberList) -> dict[str, str]:
        count = len(instance.values) + 1
        places, passes = (
            consecutive_letters(instance.place, count),
            consecutive_letters(instance.round, count),
        )
        return {
            "list": ",".join([str(value) for value in instance.values]) + ",",
            "place": places,
            "ahead": places[1:],
            "pass": passes,
            "later": passes[1:],
        }


def _numbered(draws: Draws, values: tuple[int, ...], names: Sequence[str]) -> NumberList:
    """Numbers whose places and passes begin at random among the first of ``names``."""
    place, round = (draw_first_name(draws, len(values) + 1, names=names) for _ in range(2))
    return NumberList(values=values, place=place, round=round)
