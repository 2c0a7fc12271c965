"""Word flip: write a sentence backwards, character by character (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import SENTENCE, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

CHARACTERS = "".join(chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) not in '"\\|')


@dataclass(frozen=True, kw_only=True, slots=True)
class FlippedSentence(Instance):
    """A sentence to be written backwards, and the name of the place of its first character.

    The other places have the next names in order, single letters or pairs of letters.
    """

    text: str
    first: str = field(default="ab", compare=False)

    def __post_init__(self) -> None:
        if SENTENCE.read(self.text) is None:
            raise ValueError(f"word_flip takes {SENTENCE.form}, not {self.text!r}")
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of all places, after the name before the first."""
        return consecutive_names(self.first, len(self.text), before=1)


@dataclass(frozen=True, kw_only=True)
class WordFlip(Task[FlippedSentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 20), M=(21, 50), L=(51, 100))

    paradigm = "simulation"
    instance = FlippedSentence
    kind = SENTENCE
    complexity = "n"
    far = frozenset({"flip"})  # the first character is written last

    def sample(self, draws: Draws, *lengths: int) -> FlippedSentence:
        """Return a sentence of this length; half of the samples use lower-case letters only."""
        characters = draws.choice((CHARACTERS, ascii_lowercase))
        return _with_random_name(
            draws, _draw_sentence(draws, lengths[0], characters, words=6), PLACE_NAMES[2]
        )

    def tiny(self, draws: Draws) -> FlippedSentence:
        return _with_random_name(
            draws, _draw_sentence(draws, draws.between(1, 4), "ab", words=3), PLACE_NAMES[1][:8]
        )

    def count(self, *lengths: int) -> int:
        """Return the number of sentences: no space is at an end, and no two are neighbours."""
        n, spaces = lengths[0], range((lengths[0] + 1) // 2)
        return sum(comb(n - 1 - k, k) * len(CHARACTERS) ** (n - k) for k in spaces)

    def length(self, instance: FlippedSentence) -> int:
        return len(instance.text)

    def words(self, instance: FlippedSentence) -> dict[str, str]:
        facts = " | ".join(f"{key} = {value}" for key, value in self.facts(instance).items())
        return {"text": instance.text, "facts": f"| {facts} |"}

    def facts(self, instance: FlippedSentence) -> dict[str, str]:
        places = instance.places[1:]
        characters = ("space" if c == " " else c for c in instance.text)
        return dict(zip(places, characters, strict=True)) | {"last": places[-1]}

    def tapes(self, instance: FlippedSentence) -> dict[str, str]:
        return {"source": instance.text, "place": " ".join(instance.places)}


def _draw_sentence(draws: Draws, count: int, characters: str, words: int) -> str:
    """Return ``count`` characters; about one inside in ``words`` is a space, no two in a row."""
    text = draws.choice(characters)
    while len(text) < count:
        inside = len(text) < count - 1 and text[-1] != " "
        text += " " if inside and draws.chance(1, words) else draws.choice(characters)
    return text


def _with_random_name(draws: Draws, text: str, names: tuple[str, ...]) -> FlippedSentence:
    """Return the instance with a random first name; the place before it needs a name too."""
    return FlippedSentence(
        text=text, first=draw_first_name(draws, len(text), before=1, names=names)
    )
