"""All permutations of a list, and their number, by backtracking (arXiv 2507.13332, Table C1).

Labels are paths down the search, so that every choice names what it follows: lists of up to three
elements have none of the paths that four have, and no more than 6 orders to count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import perm
from string import ascii_letters

from tasks import PERMUTATIONS, Draws, Instance, LengthRange, Task, paragraphs, ranges

MOST = 10
"""Elements; the number of their permutations has seven digits."""
DIGITS = "abcdefg"
"""What the text calls these digits, the ones first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Elements(Instance):
    """Distinct letters; a capital and its small letter are two."""

    letters: str

    def __post_init__(self) -> None:
        letters = self.letters
        fits = type(letters) is str and 1 <= len(letters) <= MOST
        if not fits or {*letters} - {*ascii_letters} or len({*letters}) < len(letters):
            raise ValueError(
                f"permutation_combination takes 1 to {MOST} distinct letters, not {letters!r}"
            )


WORDINGS = paragraphs("""
List every permutation of {facts} and count them. What keeps the given order comes before what
departs from it: compare two permutations at their first difference, by position in the list. End
with a line like `answer: Q e, e Q; 2`.

In how many orders can these be arranged, and which are they? The elements: {facts} in this order.
Backtrack, always trying the leftmost unused one first, and note an arrangement once nothing is
left. The last line is `answer: ` with the arrangements as they were found, a comma and a space
between two, then a semicolon, a space and how many.

Backtracking exercise. Given {facts}; choose, descend, undo. Elements are tried in the order in
which they are given. Report all complete paths in the order of their discovery and the number of
paths, as in `answer: r T, T r; 2`.

Enumerate the bijections of a list with itself: {facts}. Sort them lexicographically, letters
ranking by their place above and not by the alphabet. Print `answer: `, each rearrangement with
spaces inside and ", " behind it, save that "; " follows the last; their total ends the line.

Input: distinct letters, {facts} where capitals differ from small ones. Output: `answer: ` plus the
full list of orderings, those first that begin with the first letter, and so on recursively; after a
semicolon the size of that list.

Solve by depth-first search. The root knows {facts} and each branch takes away one letter, from left
to right. Collect the leaves, left to right as well. Conclude with the leaves and their count,
formatted `answer: h, ...; n`, where a leaf is written with blanks between its letters and leaves
are parted by commas.

Using each letter exactly once, which sequences can be made of {facts}? Begin with the given
sequence itself; the last place varies fastest. Write them all behind `answer: ` with commas, finish
the line by `; ` and the number of sequences.

Write a program's output by hand: `permutations(items)` yields tuples in the order of the positions
of items, which are {facts}. Join the letters of a tuple by spaces, the tuples by ", ", and append
"; " and how many tuples came. Put `answer: ` in front of everything.

Let S be a row of different symbols, {facts} from left to right. Find all rows that hold the same
symbols. Row u precedes row v if, where they first differ, u's symbol is further left in S. State
`answer: ` u, v, … in this manner and, after a semicolon, how many rows exist.

For the search tree over {facts} give the contents of its leaves. Children are visited in the order
of the list. One line is wanted at the end: `answer: m K, K m; 2` for a tree with these two leaves.

Count and exhibit the rearrangements of {facts} without missing or repeating any. Treat the list as
an alphabet whose first letter is the one named first; go through the rearrangements as a dictionary
over it would. Close by `answer: `, the dictionary's entries with commas between, a semicolon and
their number.

A tuple may use each of these once: {facts}. Nothing else is allowed, and no place stays empty.
Generate the tuples recursively; at each place the candidates come in the listed order. Then say
`answer: ` and the tuples, comma-separated, and `; ` and how often the recursion reached its end.

Several letters stand on a desk, {facts} in reading direction. Go through all ways to line them up.
The leftmost place changes slowest and takes the letters by turns as they stand now, likewise the
others with what is left. Your final line: `answer: `, the ways one after the other with ", ", then
"; " and the number of ways.

Friends with the initials {facts} (as they bought their tickets) queue for the cinema and want to
know every possible queue. Whoever bought earlier is put forward first. The list on the wall reads
`answer: B j, j B; 2` for two friends; write the one for these.

A lock opens when all of its buttons are pressed once, in the right order, which nobody remembers.
The buttons are {facts} from left to right. The locksmith tries leftmost buttons first and goes back
one press when stuck. Supposing that no try works, log them all after `answer: `, commas between,
and add a semicolon and their number.

For a photograph the members {facts} of a choir line up in every order there is. The photographer
keeps as many on the left in place as she can, and has the ones who stand free step in by the order
of the list. Caption the album `answer: `, its pictures in sequence divided by ", ", and after "; "
how many there are.

Postwoman Ida must visit the houses {facts} of her list and wonders about her routes. She writes
down all of them, preferring for each stop the house that is listed earliest and has not been
visited. What does she write? Use `answer: ` with routes like "v C x" and a comma after each but the
last; a semicolon and the count of routes finish it.

Flags on a mast: {facts} are at hand, one of each. The signal book contains every order of hoisting
all of them, arranged by the order of the flags at hand, the topmost flag deciding first. Copy the
book, signals separated by commas, to a line that starts with `answer: ` and ends in a semicolon
with the number of signals.

"How many trains can I make of my waggons {facts} if I use them all?" asks the boy, and his
grandmother starts to build, always coupling the waggon that lies nearest to the left among the
unused ones, and uncoupling from the rear. Tell the trains as she builds them and then their
number: `answer: N d, d N; 2` would be it for two waggons.

A baker fills his window with one cake of each kind, {facts} in the recipe book. Every day he wants
another order, until he runs out of orders. From day to day he changes as far right as possible, and
replaces a cake by the next in the book that is not to its left. Day one follows the book. Give
`answer: `, the days' windows with commas, a semicolon, the number of days.

The poems of a tiny language use each of its words once. Its words are {facts} by the dictionary of
that language. Recite all its poems, sorted by that dictionary, and count them. Recital: `answer: `
and the poems with ", " between two. Count: behind "; " on the same line.

Archaeologists found tablets with signs, {facts} by their inventory, and test each sequence in which
the signs could be read. They vary the end of a reading before its beginning and honour the
inventory wherever they have a choice. Record the readings and how many they are, in the form
`answer: z G, G z; 2`.
""")


@dataclass(frozen=True, kw_only=True)
class PermutationCombination(Task[Elements]):
    ranges: Mapping[str, LengthRange] = ranges(S=(1, 3), M=(4, 6), L=(7, 10))

    paradigm = "backtracking"
    instance = Elements
    kind = PERMUTATIONS
    wordings = WORDINGS
    complexity = "n · n!"
    coarse = frozenset({"full"})
    far = frozenset({"choose", "undo", "total", "count"})
    unseen = frozenset({"choose", "full", "count", "undo", "total"})
    budget = 16_384
    beyond = frozenset({"M", "L"})

    def sample(self, draws: Draws, *lengths: int) -> Elements:
        return _chosen(draws.distinct(lengths[0], 0, len(ascii_letters) - 1))

    def tiny(self, draws: Draws) -> Elements:
        return _chosen(draws.distinct(draws.between(1, 3), 0, 3))

    def count(self, *lengths: int) -> int:
        return perm(len(ascii_letters), lengths[0])

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Elements:
        """By the digits of ``index``, each the place of a letter among those left."""
        left = list(ascii_letters)
        letters = ""
        for _ in range(lengths[0]):
            index, place = divmod(index, len(left))
            letters += left.pop(place)
        return Elements(letters=letters)

    def length(self, instance: Elements) -> int:
        return len(instance.letters)

    def facts(self, instance: Elements) -> dict[str, str]:
        return {"all": " ".join(instance.letters)}

    def tapes(self, instance: Elements) -> dict[str, str]:
        return {"elements": instance.letters, "place": DIGITS}


def _chosen(places: tuple[int, ...]) -> Elements:
    return Elements(letters="".join(ascii_letters[place] for place in places))
