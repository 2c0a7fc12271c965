"""List all substrings of a string, by recursion on its tail (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase, digits

from tasks import STRINGS, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

SIGNS = ascii_lowercase + digits


@dataclass(frozen=True, kw_only=True, slots=True)
class String(Instance):
    """A string, and the letter that names its first place.

    The other places, and one more, have the letters that follow in the alphabet.
    """

    text: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not self.text or set(self.text) - {*SIGNS}:
            raise ValueError(f"any_substring takes signs a to z and 0 to 9, not {self.text!r}")
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"any_substring names places by a letter, not {self.first!r}")
        _ = self.places  # which raises where there are too few letters

    @property
    def places(self) -> str:
        """The letters that name the places, and one more."""
        return consecutive_letters(self.first, len(self.text) + 1)


WORDINGS = paragraphs("""
List every substring of "{text}", that is of {facts} with first = {first}. Take them by where they
start, those with one start from short to long, and keep repeated ones. End with a line like
`answer: a, a b, b`: spaces between signs, a comma and a space between substrings.

Which contiguous pieces does "{text}" have? It is spelled {facts} and begins at first = {first}.
Earlier starts go before later ones, then fewer signs before more; equal pieces stay. The last line
is `answer: ` and the pieces, parted by ", " and their signs by a blank.

Recursion: the substrings of a string are its prefixes, the shortest leading, and then those of its
tail. Apply this to {facts} where first = {first}, in short "{text}". Duplicates count. Print
`answer: x, x y, y` or the like as the final line.

For a string s of length n write down all n(n+1)/2 slices s[i:j], ordered by i and within that by j.
Here s is "{text}", stored as first = {first}, {facts}. Separate the characters of a slice by a
space, two slices by a comma and a space, and put `answer: ` in front.

Input: first = {first}, {facts}, together "{text}". Output: one line, `answer: ` followed by each
non-empty run of neighbouring signs, even if it has been listed already. Sort runs by position of
their first sign, then by size. Format: `k, k 3, 3`.

Cut "{text}" in all possible ways: choose a first and a last sign and keep what lies between. The
table {facts} starts with first = {first}. Go through the first signs left to right and, for each,
through the last ones. Give the cuttings as `answer: p, p q, q`, repeats among them.

Enumerate the factors (in the sense of words, gaps not allowed) of "{text}". Its letters and digits
are {facts} from first = {first}. The leftmost factors come first, of those the shortest; never drop
a double. Conclude with `answer: ` and all of them, signs spaced out, commas in between.

A window slides over {facts}; it opens at first = {first} with width one, widens until the end, then
opens one place further on, and so forth. What does it show each time, if the row is "{text}"? Same
views are told again. Finish `answer: ` and the views, such as `7, 7 b, b`.

Given first = {first} and {facts}, in one word "{text}", produce the list of its substrings. Order:
start index ascending, then length ascending. Multiplicity: as many entries as there are pairs of
start and end. Syntax of the closing line: `answer: e, e 5, 5`.

Write a program's output by hand: for i in range(n), for j in range(i, n), show s from i to j
inclusive. The variable s holds "{text}", whose cells are {facts} with first = {first}. Nothing is
removed from the output. It goes on one line as `answer: d, d 0, 0`.

Spell out, after `answer: `, whatever can be read in "{text}" without skipping: single signs, pairs,
triples, up to the whole. But group them by their beginning, front ones leading, and grow each group
from its single sign. The cells are {facts} and first = {first}. Entries are written as in
`m, m n, n` and may recur.

Let S(w) be empty for the empty w, and otherwise all beginnings of w by length, followed by S of w
without its leading sign. Evaluate S for "{text}", given by first = {first}, {facts}. State `answer:
` and the value, like `w, w 1, 1`, with no entry left out for being the same as another.

A child learns to read with a strip of cards, {facts}, laid out from first = {first} so as to say
"{text}". She reads the leftmost card, then two cards, then three, until the strip is used up. Then
she puts that card away and begins anew. Note all that she reads, also what she has read before, in
the form `answer: o, o n, n`.

On a pearl string hang signs, "{text}" in all, and the goldsmith's list of them is {facts}, the
clasp being at first = {first}. A customer may buy any unbroken stretch. For the catalogue he sorts
the stretches by their distance from the clasp, then by their length; two that look alike are both
in it. Copy the catalogue behind `answer: ` with entries such as `r, r 2, 2`.

The conductor announces sections of a railway line whose stops bear the signs {facts} in the
direction of travel, the terminus being first = {first}. A section is what lies from one stop to
another or the same one. "{text}" is the whole line. Sections that board sooner are announced
sooner; of these, shorter trips go ahead. Publish them in the manner of `answer: h, h j, j`, and
do not leave out a section for sounding like some other.

"Every bit of your password is weak," says the auditor, and to prove it she tries all consecutive
bits of "{text}". Her worksheet says {facts} and first = {first}. She works from the left: bits
that start there in growing length, then bits that start one further right. A bit tried twice is
logged twice. Her log, to be put after `answer: `, has the shape `g, g 8, 8`.

In a row of lockers, {facts} reading from first = {first}, things are kept that make up "{text}" to
those who walk by. A thief in a hurry empties lockers side by side. The detective wants each haul on
paper that was possible: those with the same leftmost locker together, small ones ahead, and one
locker after the other. Hauls that look alike are all on it. Her paper has the line `answer: u, u 4,
4` if the lockers are u and 4.

Two gardeners plant a bed from the gate onwards: {facts} with first = {first} nearest to it, a row
that reads "{text}". They photograph each series of adjacent plants. Pictures are numbered by the
plant on their gate side, and then by how much they show. Caption them all in one line, for instance
`answer: c, c 6, 6`, although some captions may be the same.

Take prefixes, drop the head, repeat. Data: "{text}"; cells {facts}; start first = {first}. Result:
a flat list of every prefix met, shortest to longest in each round, nothing merged. Deliver it as
`answer: t, t 9, 9` at the bottom of the page.

How does the complete list of connected sub-words of "{text}" read, if one sorts by left end and
then by right end? Use first = {first} and {facts}. There are as many as there are pairs of ends,
equal sub-words included. Terminate with `answer: ` and this list, styled `i, i f, f`.

From {facts} with first = {first}, overall "{text}", form all blocks of signs that follow on each
other. Blocks are compared by start, ties by size. Report them on a line beginning `answer: `;
inside a block put single spaces, after a block a comma plus space; identical blocks are reported
each time.
""")


@dataclass(frozen=True, kw_only=True)
class AnySubstring(Task[String]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 5), M=(6, 9), L=(10, 14))

    paradigm = "recursion"
    instance = String
    kind = STRINGS
    wordings = WORDINGS
    complexity = "n³"
    far = frozenset({"call", "put"})  # a string's signs are said with the string before
    partly = frozenset({"L"})  # 14 signs, many of them digits, which are two tokens each

    def sample(self, draws: Draws, *lengths: int) -> String:
        """A string of so many signs: of all 36, or as often of three to six, which recur."""
        if draws.chance(1, 2):
            return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)
        signs = draws.shuffled(SIGNS)[: draws.between(3, 6)]
        return _named(draws, _string(draws, lengths[0], signs), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> String:
        return _named(draws, _string(draws, draws.between(1, 4), "a7"), PLACE_NAMES[1][:8])

    def count(self, *lengths: int) -> int:
        return int(len(SIGNS) ** lengths[0])

    def unrank(self, draws: Draws, index: int, *lengths: int) -> String:
        text = ""
        for _ in range(lengths[0]):
            index, sign = divmod(index, len(SIGNS))
            text += SIGNS[sign]
        return _named(draws, text, PLACE_NAMES[1])

    def length(self, instance: String) -> int:
        return len(instance.text)

    def words(self, instance: String) -> dict[str, str]:
        facts = self.facts(instance)
        first = facts.pop("first")
        return {"text": instance.text, "facts": listed(facts), "first": first}

    def facts(self, instance: String) -> dict[str, str]:
        places = zip(instance.places, instance.text, strict=False)
        signs = {instance.first + place: sign for place, sign in places}
        return signs | {"first": instance.first}

    def tapes(self, instance: String) -> dict[str, str]:
        places = ("level", "deeper", "final", "behind", "place", "from")
        return {"string": instance.text} | dict.fromkeys(places, instance.places)


def _string(draws: Draws, count: int, signs: Sequence[str]) -> str:
    return "".join(draws.choice(signs) for _ in range(count))


def _named(draws: Draws, text: str, names: tuple[str, ...]) -> String:
    """The string, its first place named at random; one more than its signs has a name."""
    return String(text=text, first=draw_first_name(draws, len(text) + 1, names=names))
