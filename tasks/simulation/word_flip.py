"""Word flip: write a sentence backwards, character by character (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tasks import SENTENCE, Draws, Instance, LengthRange, Task, ranges
from tasks.english.sentences import draw_sentence
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name


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
        """The names of all places and of the end, after the name before the first."""
        return consecutive_names(self.first, len(self.text) + 1, before=1)


@dataclass(frozen=True, kw_only=True)
class WordFlip(Task[FlippedSentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(10, 20), M=(21, 50), L=(51, 100))

    paradigm = "simulation"
    instance = FlippedSentence
    kind = SENTENCE
    complexity = "n"
    far = frozenset({"write"})  # the first character is written last

    def sample(self, draws: Draws, *lengths: int) -> FlippedSentence:
        """Return English text of this length; see ``tasks.english``."""
        return _with_random_name(draws, draw_sentence(draws, lengths[0]), PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> FlippedSentence:
        text = "".join(draws.choice("ab") for _ in range(draws.between(1, 3)))
        if draws.chance(1, 2):
            text += " " + draws.choice("ab")
        return _with_random_name(draws, text, PLACE_NAMES[1][:8])

    def length(self, instance: FlippedSentence) -> int:
        return len(instance.text)

    def words(self, instance: FlippedSentence) -> dict[str, str]:
        return {"text": instance.text}

    def names(self, instance: FlippedSentence) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: FlippedSentence) -> dict[str, str]:
        text_words = instance.text.split(" ")
        return {
            "the sentence as it is": instance.text,
            "the words in reverse order": " ".join(reversed(text_words)),
            "each word by itself": " ".join(word[::-1] for word in text_words),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> FlippedSentence:
        return _with_random_name(draws, words["text"], PLACE_NAMES[2])

    def tapes(self, instance: FlippedSentence) -> dict[str, str]:
        return {"source": instance.text, "place": " ".join(instance.places)}


def _with_random_name(draws: Draws, text: str, names: tuple[str, ...]) -> FlippedSentence:
    """Return the instance with a random first name; the places beside it need names, too."""
    return FlippedSentence(
        text=text, first=draw_first_name(draws, len(text) + 1, before=1, names=names)
    )
