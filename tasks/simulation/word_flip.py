"""Word flip: write a sentence backwards, character by character (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import SENTENCE, Draws, Instance, LengthRange, Task, paragraphs, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

SIGNS = "".join(sign for sign in map(chr, range(ord("!"), ord("~") + 1)) if sign not in '"\\|')


@dataclass(frozen=True, kw_only=True, slots=True)
class FlippedSentence(Instance):
    """A sentence, and the name of the place of its first character.

    The places behind it have the names that follow, in the alphabet or among the pairs of letters.
    """

    text: str
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if SENTENCE.read(self.text) is None:
            raise ValueError(f"word_flip takes {SENTENCE.form}, not {self.text!r}")
        _ = self.places  # which raises where there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all places, and the one before."""
        return consecutive_names(self.first, len(self.text), before=1)


WORDINGS = paragraphs("""
Reverse "{text}", that is {facts} with the space so called. End with `answer: ` and its characters
from the last to the first.

How does "{text}" read backwards? Its places hold {facts} where space means a blank. Conclude with a
line `answer: ` that repeats all of them in opposite order, capitals, digits and marks as they are.

Mirror writing: turn "{text}" round as a whole. Spelled out it is {facts} and every space counts as
a character. Put the mirrored sentence after `answer: `, on the last line.

Given the memory {facts} list its cells from the highest place down, joined into one string; a cell
called space is a blank. (Read upwards they say "{text}".) Reply `answer: ` and this string.

String reversal. Input: "{text}". Indexed: {facts} with space for the blank. Output: a final line
that begins with `answer: ` and then has the input's characters, last one leftmost.

Which text has "{text}" as its reversal? Look up {facts} one by one from the end, blanks being named
space. Write that text after `answer: ` without quotes.

Let s be "{text}", or {facts} by place. Compute s[::-1], in which blanks (each a space above) keep
their turn as well. The result goes on the closing line, `answer: ` in front of it.

Push the characters {facts} onto a stack in this order, then pop until nothing is left. They came
from "{text}"; a blank is shown as space. What pops out, unbroken, belongs behind `answer: `.

Spell "{text}" from its end to its beginning. You may use the table {facts} where the word space is
a blank. Not the words change places but all single characters; give them in one piece as `answer: `
followed by the flipped sentence.

A type-setter must set "{text}" for printing, so that it is seen the wrong way round. His tray holds
{facts} and an empty type is marked space. Which row of types, left to right, starts with the old
end? Show it with `answer: ` before it.

Someone walks along the letters {facts} of a pavement, which say "{text}" to people coming from the
other side. What does this walker read, who begins at the highest place and steps over blanks
(space) as over any sign? The reply closes with `answer: ` and what is read.

"Say it backwards!" the children shout, and the parrot, who has learnt "{text}", obeys. In his head
are {facts} and the pauses are those called space. Note after `answer: ` the signs that he utters, a
blank for each pause.

The tape of an old recorder carries {facts} in a row: "{text}". Nina threads it from the wrong end,
and so the last sign is played before all others. Every space is a gap that is played, too. Write
down the playback in the form `answer: dne eht`.

A train of waggons bears one sign each, {facts} with empty waggons named space. Leaving the station
it shows "{text}". On the way home the engine pulls at the other end and the order of the waggons is
inverted. State what they show now on the last line, `answer: ` first.

In a spy's notebook stands "{text}". To decode the page one goes by its squares, {facts} where a
free square says space, from the bottom one to the top one and copies what is in it. The decoded
message is wanted, preceded by `answer: `.

Of the pearls on a string, {facts} from the clasp on, each has a sign or, as space, has none; they
spell "{text}". The jeweller's daughter holds the far end and lets pearl after pearl run through her
fingers, the one most distant from the clasp first. What does she read, with a blank for each pearl
that has no sign? Say it behind `answer: ` at the end of your reply.

Invert the sequence {facts} completely, so that its final item leads and its initial item trails. It
is the sentence "{text}", and space denotes a blank. Print one line `answer: ` plus the inverted
sentence.

The window of a shop has the inscription "{text}" on it. From inside, the painter sees its strokes
in the contrary direction; his plan is {facts} with space for bare glass. Ignoring that single
shapes are mirrored: what is the inscription for him? `answer: ` and this inscription end your
reply.

Copy characters from right to left. Source: "{text}", stored as {facts} (blank = space). Target: the
same number of characters, the source's rightmost at the left edge. Present the target as `answer: `
and nothing behind it.

For a palindrome check we need the sentence "{text}" in reverse. Its signs are {facts} and by space
a blank is meant. Do not check anything, just produce the reverse after `answer: `.

A queue formed at the counter: {facts} with somebody absent-minded named space. Read from the
counter the badges make "{text}". Then a second counter opens behind the queue and everybody turns
round. Report the badges from the new counter on, a blank for space, like this: `answer: !olleH`.
""")


@dataclass(frozen=True, kw_only=True)
class WordFlip(Task[FlippedSentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 20), M=(21, 50), L=(51, 100))

    paradigm = "simulation"
    instance = FlippedSentence
    kind = SENTENCE
    wordings = WORDINGS
    complexity = "n"
    far = frozenset({"flip"})  # what stands first is said last

    def sample(self, draws: Draws, *lengths: int) -> FlippedSentence:
        """A sentence of so many characters: of all signs, or as often of small letters alone."""
        signs = draws.choice((SIGNS, ascii_lowercase))
        return _named(draws, _sentence(draws, lengths[0], signs, words=6), PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> FlippedSentence:
        return _named(
            draws, _sentence(draws, draws.between(1, 4), "ab", words=3), PLACE_NAMES[1][:8]
        )

    def count(self, *lengths: int) -> int:
        """By the number of spaces, of which no two are neighbours and none is at an end."""
        n, spaces = lengths[0], range((lengths[0] + 1) // 2)
        return sum(comb(n - 1 - k, k) * len(SIGNS) ** (n - k) for k in spaces)

    def length(self, instance: FlippedSentence) -> int:
        return len(instance.text)

    def words(self, instance: FlippedSentence) -> dict[str, str]:
        facts = " | ".join(f"{key} = {value}" for key, value in self.facts(instance).items())
        return {"text": instance.text, "facts": f"| {facts} |"}

    def facts(self, instance: FlippedSentence) -> dict[str, str]:
        places = instance.places[1:]
        signs = ("space" if sign == " " else sign for sign in instance.text)
        return dict(zip(places, signs, strict=True)) | {"last": places[-1]}

    def tapes(self, instance: FlippedSentence) -> dict[str, str]:
        return {"source": instance.text, "place": " ".join(instance.places)}


def _sentence(draws: Draws, count: int, signs: str, words: int) -> str:
    """``count`` random signs; every ``words``-th inside is a space, no two in a row."""
    text = draws.choice(signs)
    while len(text) < count:
        inside = len(text) < count - 1 and text[-1] != " "
        text += " " if inside and draws.chance(1, words) else draws.choice(signs)
    return text


def _named(draws: Draws, text: str, names: tuple[str, ...]) -> FlippedSentence:
    """The sentence, its first place named at random; the place before needs a name too."""
    return FlippedSentence(
        text=text, first=draw_first_name(draws, len(text), before=1, names=names)
    )
