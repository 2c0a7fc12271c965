"""A longest common subsequence of two strings (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import LETTERS, LengthRange, or_none, paragraphs, ranges
from tasks.strings import Strings, StringTask

WORDINGS = paragraphs("""
Find a longest common subsequence of the strings x and y, {x} and {y}. The table has {names}. End
with a line `answer: ` that holds its letters with a space between two, or `answer: none` if it is
empty. Any one of greatest length will do.

Which letters can be struck out of x, {x}, and of y, {y}, so that the same string is left of both,
as long as possible? Begin from {names}. Give what is left as `answer: A B A`, one of several such
if there are, or as `answer: none` if nothing is.

Dynamic programming exercise. First string: {x}. Second string: {y}. Names for the table's border:
{names}. The last line is `answer: ` plus one longest sequence of letters that occurs in both, in
order but not necessarily side by side; put spaces between letters, and write none for no letter.

Let x consist of {x} and y of {y}. A subsequence keeps the order of the letters and may skip some.
With {names}, state after `answer: ` a subsequence of x and of y that no other exceeds in length,
spelled like `C A D`; if they share no letter, the word none stands there.

diff needs the longest part that two files agree on, here {x} against {y}. It fills a matrix with
{names} at its edge. Print `answer: ` followed by the letters of that part, blanks in between, ties
broken as you like, and just `answer: none` when the files agree on nothing.

Compute LCS(x, y) for {x}; {y}; {names}. Should there be more than one solution, all count as right.
Output format: `answer: ` then the letters one blank apart, the empty solution being written none.

Row by row and column by column, compare {x} with {y}, starting at {names}. What is the greatest
choice of letters that stand in the same order in either string? Your reply ends in `answer: ` and
these letters, parted by single spaces. (Several choices may be greatest: name one. For an empty one
say none.)

Here are two words over the alphabet A to D: x is {x}, and y is {y}. Trace back through the table
that has {names}. The result, a common subsequence of maximum length, belongs on the closing line:
`answer: B D`, say, or `answer: none` for words without a letter in common.

Delete as few letters as you can from {x} as well as from {y} until both read alike. You may call
the border of the grid {names}. Say how they read then, letter by letter, as in `answer: D D C`; one
reading is enough, and none is the reading of two empty strings.

Align {x} under {y} so that a maximal number of equal letters meet without lines crossing. Working
names are {names}. Finish by `answer: ` and the letters that met, from left to right with spaces; no
meeting at all is reported as none. Equally good alignments are all accepted.

Input: {x}, {y}, {names}. Wanted: any sequence of greatest length that one obtains from x and also
from y by dropping letters. Return it on the final line in the form `answer: A C`, or return
`answer: none` where even one letter is too long.

Among all strings hidden in {x} and in {y} alike (order kept, gaps allowed), choose a longest one.
Memory of the computation: {names}. Write it behind `answer: `, its letters separated by a space; an
empty one is spelled none.

Two singers learnt a tune of the notes A to D by ear. One sings {x}, the other {y}. Their teacher
keeps as much as both have, in order, and lets everything else go. Her chart is marked {names}.
Which notes does she keep? Note them after `answer: ` with a space between two, one best choice if
there are many, or put none.

A bus driver's diary lists the stops {x}; a passenger's reads {y}. Both forgot some stops, but never
swapped two. A detective with a grid marked {names} looks for the longest route that both diaries
confirm. Report one such route, `answer: B A B` for instance, or `answer: none` if they confirm
nothing.

From a dig came two strings of beads in four shapes. The left hand holds {x}, the right hand {y}. By
slipping beads off, a curator makes the strands equal without restringing, and wants them to stay
long. On her sheet stands {names}. Tell the shapes that stay on, first to last and spaced apart,
following `answer: `. Should all beads come off, that is none; where strands tie, pick freely.

Radio messages fade. Station one received {x} and station two {y}, each of them with symbols of its
own that are mere noise. The sender's text is guessed to be as much as the two have in this order in
common. The decoder labels its memory {names}. Transmit `answer: ` and such a guess, a pause (one
space) after each symbol but the last, or `answer: none` if all was noise.

"My week was {x}," writes Ada about the four moods she knows; Ben's was {y}. In the evening they ask
for the longest story that each could tell by leaving out hours. Their table starts with {names}.
Any such story counts. They write it down like this: `answer: C B`, except that a story without
moods is called none.

Ships of the classes A to D passed two lighthouses in fog. The north keeper saw {x}, and the south
keeper {y}; no ship overtook another, though some were missed. Which is the longest line of ships
that both may have seen? Their log opens with {names}. Conclude `answer: ` plus the classes, a blank
apart, or plus none if there is no such ship. Pick one line if others are as long.

A robot has carried out the commands {x}. Its twin has carried out {y}. Engineers search the logs,
with indices {names}, for a plan of maximal size that is contained in each of them in the right
order. They accept every plan of that size. Submit it in the shape `answer: A A D`; for an empty
plan submit `answer: none`.

Genes on two chromosomes are lettered {x} on one and {y} on the other. Both come from one ancestor:
genes were inserted since, but none was lost or moved. How may the ancestor have looked, if it had
as many as possible? Work in a matrix called {names}. The ancestor's letters follow `answer: `
singly, a space in the middle of two; one ancestor suffices, and none means no gene.

Mara's shelf shows books of the kinds {x}; Noah's shows {y}. Each gives away books until both
shelves look the same from the left to the right, and they want to own a lot still. They plan it on
paper with {names}. What does a shelf look like in the end? `answer: D A`, in this manner; if it is
bare, `answer: none`. There can be more than one good plan, each of which is fine.

Write one of the largest sequences contained, scattered or not, in {x} and likewise contained in
{y}. The recurrence sets out from {names}. Result line: `answer: ` with letters and single blanks in
turn; without any letter, none takes their place.
""")


@dataclass(frozen=True, kw_only=True)
class LongestCommonSubsequence(StringTask):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 9), L=(10, 12))

    kind = or_none(LETTERS)
    wordings = WORDINGS

    def right(self, instance: Strings, answer: str, gold: str) -> bool:
        """Whether it is as long as the machine's, and a subsequence of both strings."""
        if answer == gold or "none" in (answer, gold):
            return answer == gold
        letters = answer.split()
        return len(answer) == len(gold) and all(
            _is_subsequence(letters, string) for string in (instance.x, instance.y)
        )


def _is_subsequence(letters: list[str], string: str) -> bool:
    rest = iter(string)
    return all(letter in rest for letter in letters)
