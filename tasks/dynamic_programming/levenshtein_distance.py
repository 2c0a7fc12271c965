"""The Levenshtein distance of two strings (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import INTEGER, LengthRange, listed, paragraphs, ranges
from tasks.strings import Strings, StringTask

WORDINGS = paragraphs("""
What is the Levenshtein distance of x, {x}, and y, {y}? The table has {names}, and its numbers are
named by {counts}. End with a line `answer: ` and the distance.

How many edits turn the string {x} into the string {y} at the least? An edit replaces, inserts or
deletes one character. Start from {names}, with {counts}. Write `answer: ` and how many.

Dynamic programming exercise. Source: {x}. Target: {y}. Border: {names}. Scale: {counts}. Fill the
matrix of edit costs, where changing, adding and removing a letter cost 1 each and keeping it is
free. The last line is `answer: ` plus the cost in its corner.

Let x be {x} and y be {y}. Compute the minimum number of single-character insertions, deletions and
substitutions by which x becomes y. Use {names} and the names {counts}. Finish with `answer: 3`, for
instance.

A spell checker has {x} and compares it with the entry {y}. It counts a wrong, a missing or a
superfluous letter as one mistake, and looks for the fewest mistakes that explain the difference.
Its memory says {names}; {counts}. Print that number after `answer: `.

Given {x}; {y}; {names}; {counts}. Return the edit distance between both words, all three operations
at unit cost, in a final line such as `answer: 0` for equal words.

Measure how far apart {x} and {y} are. One step strikes out a letter, puts one in anywhere, or
overwrites one with another. Work with {names} and {counts}. Put the smallest possible number of
steps behind `answer: `.

Row after row, compare {x} with {y}, beginning at {names}, where a value is written as one of
{counts}. The value wanted is the least count of one-letter changes (exchange, removal, addition)
between the two. Your reply closes with `answer: ` and this count in digits.

Evaluate lev(x, y) with {x} and {y}. Auxiliary names are {names} as well as {counts}. Here lev is
the usual metric on words: unit price for each symbol inserted, erased or altered. Result line:
`answer: ` with a whole number.

By Wagner and Fischer's method, find the cheapest way from {x} to {y}. The grid's edge is called
{names}; prices are read off {counts}. Dropping, adding and swapping a letter for another cost one
apiece. State the total price as `answer: 5` or whatever it is.

Two readings of one line are {x} and {y}. Which is the least number of slips of the pen, each being
a letter left out, a letter too many or a wrong letter, by which the second may have come from the
first? Note {names}, {counts}. Say `answer: ` and the number of slips.

Input: {x} against {y}. Cells start with {names}, and {counts} tells what the letters in them are
worth. Output: `answer: ` followed by the length of a shortest edit script, whose commands each
insert, delete or replace exactly one character.

A monk copied the signs {x}, yet his copy shows {y}. The abbot fines him a penny for every sign that
he forgot, invented or mistook, and reckons in the monk's favour. The abbot's board bears {names}
and his tally {counts}. What is the fine in pence? Give it after `answer: `.

On Lena's necklace hang the beads {x}. She would like them to be {y}. For one coin the jeweller
takes a bead off, threads one on at any place, or exchanges one. He calculates with {names}, the
coins being {counts}. How many coins does she need if he works as cheaply as can be? Write them as
`answer: 2`.

A parrot learnt the call {x} and now cries {y}. The keeper explains the difference by as few errors
as possible, an error being one sound lost, gained or changed. In her notebook she wrote {names} and
below it {counts}. Report the errors in a line that starts with `answer: `.

The tracks {x} make up a playlist. Tonight it shall play {y} in its place. With one tap on the
screen you remove a track, add a track or put another in its stead. The app keeps {names} and knows
{counts}. What is the smallest number of taps? It goes behind `answer: ` at the end.

A lock opens at {y} but its dials show {x}. The dials can be pulled out, pushed in or turned to any
letter, one action for each. The burglar, who is in a hurry, plans on squared paper marked {names},
writing numbers as {counts}. Reveal to him the least number of actions with `answer: 6`, or what
fits.

In two villages the bells ring a saying differently: here {x}, there {y}. A linguist supposes that
strokes were dropped, added or altered over the years, one stroke a year, and no year without need.
Her table begins {names}; she abbreviates numbers by {counts}. After how many years at the earliest
could one have become the other? Close with `answer: ` and the years.

The conveyor delivers crates {x} while the order says {y}. A worker may discard a crate, insert one
from the store, or repaint one with another letter, and each takes her a minute. She is shown
{names} and {counts} on a display. Tell the minutes of the quickest correction: `answer: 4`, if it
were four.

Probes sent home the code {x}. What was meant is {y}. Mission control blames disturbances, each of
which adds, swallows or falsifies one symbol, and assumes no more of them than it must. With the
registers {names} and the dictionary {counts} the computer transmits `answer: ` and how many it has
to assume.

Children play a word game: change {x} to {y}, where a move is to lay down a card in a gap, to take a
card away, or to trade a card for a different one. The winner used the fewest moves there can be.
The score sheet uses {names} and {counts}. The winner's moves, as a number, follow `answer: `.

Similarity of strings: the less must be edited, the more alike they are. Determine the exact minimum
for {x} versus {y}, each edit touching one symbol only (new, gone, or different). Labels of the
computation: {names}. Its numerals: {counts}. Append `answer: ` and the minimum as an integer.
""")


@dataclass(frozen=True, kw_only=True)
class LevenshteinDistance(StringTask):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 7), L=(8, 9))

    kind = INTEGER
    wordings = WORDINGS

    def words(self, instance: Strings) -> dict[str, str]:
        return {**super().words(instance), "counts": listed(_counts(instance))}

    def facts(self, instance: Strings) -> dict[str, str]:
        return super().facts(instance) | _counts(instance)

    def tapes(self, instance: Strings) -> dict[str, str]:
        return super().tapes(instance) | {"count": " ".join(_counts(instance).values())}


def _counts(instance: Strings) -> dict[str, str]:
    """The numbers by their names."""
    return {f"count {name}": str(number) for number, name in enumerate(instance.numbers)}
