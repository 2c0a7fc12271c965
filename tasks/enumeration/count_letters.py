"""Count how often a letter occurs in a sentence (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

LONGEST = 9
"""The letters of a word, at most."""

MOST = 99
"""The number of times that a letter can be counted."""

WORDS = re.compile(f"[a-z]{{1,{LONGEST}}}(?: [a-z]{{1,{LONGEST}}})*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence(Instance):
    """A sentence, a letter to be counted in it, and the letter that names the first word.

    The other words, and one more, have the letters that follow in the alphabet.
    """

    text: str
    letter: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not WORDS.fullmatch(self.text):
            raise ValueError(
                f"count_letters takes words of 1 to {LONGEST} letters a to z, not {self.text!r}"
            )
        if len(self.letter) != 1 or self.letter not in ascii_lowercase:
            raise ValueError(f"count_letters counts one of the letters a to z, not {self.letter!r}")
        if self.text.count(self.letter) > MOST:
            raise ValueError(f"count_letters counts a letter {MOST} times at most: {self.text!r}")
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"count_letters names words by a letter, not {self.first!r}")
        _ = self.rows  # which raises where there are too few letters

    @property
    def rows(self) -> str:
        """The letters that name the words, and one more."""
        return consecutive_letters(self.first, len(self.text.split()) + 1)


WORDINGS = paragraphs("""
How often does the letter {letter} occur in "{text}"? Spelled by word and place it is {facts}. Use
letter = {letter} and first = {first}. End with a line `answer: ` that holds the number, 0 if the
letter is not there.

Count one letter of the sentence "{text}", given as {facts}. Which one is it? It is letter =
{letter}, and the words start at first = {first}. The last line is `answer: ` and how many there
are, in decimal digits.

Letter frequency. Memory: letter = {letter}, first = {first}, {facts}. In one line the memory says
"{text}". Report the frequency of that letter as `answer: 4`, say, or `answer: 0` if it is absent.

Go through {facts} from first = {first} to the end with a tally for letter = {letter}. (Together
these are the words "{text}".) Close with `answer: ` followed by the tally.

Let s be "{text}", or {facts} sign by sign, with first = {first}. For letter = {letter} compute
s.count(letter) and put this integer after `answer: ` on the final line.

Input: a text, "{text}"; the same text in a table, {facts}; where the table begins, first = {first};
and letter = {letter}. Output: `answer: ` with the number of places of the table that have this
letter.

Which multiplicity has letter = {letter} among the characters of "{text}"? From first = {first} on
they are listed in reading order: {facts}. Finish on the line `answer: ` plus that multiplicity,
zero included.

Tell me the total of all {letter} in these words: "{text}". To make it easier, here they are taken
apart: {facts}. Their row names go up from first = {first}; once again, the one to look for is
letter = {letter}. I want the total behind `answer: ` and nothing after it.

Suppose every {letter} in "{text}" is struck out. How many strokes does that take? Look up {facts}
one after the other, given first = {first}, letter = {letter}. Reply `answer: ` and the number of
strokes, `answer: 0` for none.

From the spelled sentence {facts} determine the occurrences of a single sign, repeated ones each
counting anew. Parameters: letter = {letter}, first = {first}. The sentence reads "{text}". State
them in figures on the closing line, for example `answer: 12`.

Exercise in careful reading. The sheet shows "{text}" and, cell by cell from first = {first}, the
same as {facts}. Compare every cell with letter = {letter}; for each match add one to a counter that
begins at zero. Hand in `answer: ` and the final counter.

Check the characters {facts} for equality with letter = {letter}. They form "{text}", the head of
which is first = {first}. The number of checks that succeed is asked for, written like `answer: 3`.

A signwriter is to paint "{text}" on a wall and buys stencils. His plan names the cut-outs {facts}
in their order, with first = {first} for the leading word, and he wonders how often the stencil
letter = {letter} will be used. Give its uses as `answer: ` with a plain number.

In the printing house a case of type must be filled before "{text}" can be set. The setter's note
says {facts} from left to right, and in its margin first = {first}, letter = {letter}. Say how many
sorts of that letter the apprentice has to fetch; `answer: 0` means that he may stay where he is.

"I only collect one letter," whispered the mouse in the library, "and it is letter = {letter}."
Tonight it gnaws its way through "{text}", that is {facts} in its own notation, in which first =
{first}. Morning comes; what number of letters does it carry home? Put `answer: ` before that
number.

The telegraph clerk is paid a penny for every {letter} she keys and nothing for the other signs. Her
strip of today holds {facts} which the receiver reads as "{text}". At its top she has pencilled
first = {first} and letter = {letter}. Write her pay in pennies after `answer: `, in the last line.

Two children on a long car journey play a game: whoever hears a chosen letter claps once. Their
mother spells out a sentence she has just thought of, "{text}", slowly and with a pause after each
word; the younger one, who has picked letter = {letter}, keeps a list of what was said, {facts}, and
calls the word at the top first = {first}. If nobody misses anything, how many claps are heard in
the back of the car? Conclude with `answer: ` and the claps.

Beads with letters lie in rows, one row a word: {facts}. The front row is first = {first}. Laid end
to end they give "{text}". Grandma takes out all that bear letter = {letter} and drops them into a
jar, which was empty. How full is the jar now, in beads? The reply's end should be `answer: ` and a
whole number.

A cipher clerk suspects that {letter} stands for the commonest vowel. The intercepted message is
"{text}"; his worksheet has first = {first}, letter = {letter} as well as {facts}. He needs the
absolute count of that sign, not a share, in the form `answer: 7`.

Scan, compare, increment. Array: {facts}. Start: first = {first}. Target: letter = {letter}. Source
of the array: "{text}". Return the value of the incremented variable, initially 0, as `answer: `
then the value.

For a histogram of "{text}" we are missing one bar, that of letter = {letter}. The data are {facts}
from first = {first} on. What is the height of this bar? Terminate the solution with the line
`answer: ` and its height.

Every word has letters and every letter a name: {facts}. Such names begin at first = {first}. The
question about "{text}" is simply how many of the names belong to letter = {letter}. Express this
quantity as an integer following `answer: `.
""")


@dataclass(frozen=True, kw_only=True)
class CountLetters(Task[Sentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 10), L=(11, 20))

    paradigm = "enumeration"
    instance = Sentence
    kind = INTEGER
    wordings = WORDINGS
    complexity = "n"

    def sample(self, draws: Draws, *lengths: int) -> Sentence:
        """So many words; the sought letter is absent in 10 %, else that of a random place.

        The words use 3, 6, 12 or all letters, so that a letter may occur once or dozens of times.
        """
        letters = draws.shuffled(ascii_lowercase)[: draws.choice((3, 6, 12, 26))]
        absent = letters.pop() if draws.chance(10, 100) else None
        text = _words(draws, lengths[0], LONGEST, letters)
        letter = absent or draws.choice(text.replace(" ", ""))
        return _named(draws, text, letter, PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Sentence:
        text = _words(draws, draws.between(1, 2), 6, draws.choice(("a", "ab")))
        return _named(draws, text, draws.choice("aac"), PLACE_NAMES[1][:5])

    def count(self, *lengths: int) -> int:
        """By the number of letters in the sentence, and of those the number that are sought."""
        sizes = [1]  # in how many ways so few words have 0, 1, 2, … letters
        for _ in range(lengths[0]):
            longer = range(len(sizes) + LONGEST)
            sizes = [sum(sizes[max(0, n - LONGEST) : n]) for n in longer]
        texts: int = sum(
            ways * comb(n, k) * 25 ** (n - k)
            for n, ways in enumerate(sizes)
            for k in range(min(n, MOST) + 1)
        )
        return len(ascii_lowercase) * texts

    def length(self, instance: Sentence) -> int:
        return len(instance.text.split())

    def words(self, instance: Sentence) -> dict[str, str]:
        facts = self.facts(instance)
        names = {name: facts.pop(name) for name in ("letter", "first")}
        return {"text": instance.text, "facts": listed(facts)} | names

    def facts(self, instance: Sentence) -> dict[str, str]:
        letters = {
            f"{name}{place}": letter
            for name, word in zip(instance.rows, instance.text.split(), strict=False)
            for place, letter in zip(ascii_lowercase, word, strict=False)
        }
        return letters | {"letter": instance.letter, "first": instance.first}

    def tapes(self, instance: Sentence) -> dict[str, str]:
        return {
            "source": instance.text,
            "sought": instance.letter,
            "row": instance.rows,
            "place": ascii_lowercase[: LONGEST + 1],
        }


def _words(draws: Draws, count: int, longest: int, letters: Sequence[str]) -> str:
    lengths = [draws.between(1, longest) for _ in range(count)]
    return " ".join("".join(draws.choice(letters) for _ in range(n)) for n in lengths)


def _named(draws: Draws, text: str, letter: str, names: tuple[str, ...]) -> Sentence:
    """The instance, its first word named at random; one more than its words has a name."""
    first = draw_first_name(draws, len(text.split()) + 1, names=names)
    return Sentence(text=text, letter=letter, first=first)
