"""Word flip: write a sentence backwards, character by character (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import SENTENCE, Draws, Instance, LengthRange, Task, ranges
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


@dataclass(frozen=True, kw_only=True)
class WordFlip(Task[FlippedSentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 20), M=(21, 50), L=(51, 100))

    paradigm = "simulation"
    instance = FlippedSentence
    kind = SENTENCE
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
