"""Count how often a letter occurs in a sentence (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, ranges
from tasks.english.sentences import draw_words
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_COUNT = 99
"""Greatest count of a letter: the machine has two digits for it."""

MAX_SAMPLED_COUNT = 19
"""Greatest count of a letter in a sample: short sentences have no more than one ten."""

WORDS = re.compile("[a-z]+(?: [a-z]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence(Instance):
    """A sentence, a letter to be counted in it, and the name of the sentence's first character.

    The other characters, spaces included, and the end have the next names in order, single letters
    or pairs of letters.
    """

    text: str
    letter: str
    first: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        if not WORDS.fullmatch(self.text):
            raise ValueError(
                "count_letters takes words of letters a to z with a space between two, "
                f"not {self.text!r}"
            )
        if len(self.letter) != 1 or self.letter not in ascii_lowercase:
            raise ValueError(f"count_letters counts one of the letters a to z, not {self.letter!r}")
        if self.text.count(self.letter) > MAX_COUNT:
            raise ValueError(
                f"count_letters counts a letter at most {MAX_COUNT} times: {self.text!r}"
            )
        _ = self.places  # raises an error if there are too few names

    @property
    def places(self) -> tuple[str, ...]:
        """The names of the characters, and of the end."""
        return consecutive_names(self.first, len(self.text) + 1)


@dataclass(frozen=True, kw_only=True)
class CountLetters(Task[Sentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 10), L=(11, 20))

    paradigm = "enumeration"
    instance = Sentence
    kind = INTEGER
    complexity = "n"
    far = frozenset({"begin", "look", "count", "write"})  # they fetch what was read, and the count

    def sample(self, draws: Draws, *lengths: int) -> Sentence:
        """Return a sentence of this many words and a letter to count.

        The letter is absent in 10 % of the samples. Otherwise it is mostly that of a random place,
        and at times one of those that occur, each equally likely. In 35 % of the samples, the words
        are chosen such that one letter occurs often, and this letter is counted if it can be.
        """
        favoured = draws.choice(FREQUENT) if draws.chance(35, 100) else ""
        text = _draw_text(draws, lengths[0], favoured)
        absent = sorted({*ascii_lowercase} - {*text})
        allowed = [c for c in text.replace(" ", "") if text.count(c) <= MAX_SAMPLED_COUNT]
        if absent and draws.chance(10, 100):
            letter = draws.choice(absent)
        elif favoured in allowed:
            letter = favoured
        else:
            letter = draws.choice(allowed if draws.chance(7, 8) else sorted({*allowed}))
        return _with_random_name(draws, text, letter, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> Sentence:
        text = draws.choice(("a", "b", "aa", "ab", "ba", "a b", "b a a"))
        return _with_random_name(draws, text, draws.choice("aac"), PLACE_NAMES[1][:6])

    def length(self, instance: Sentence) -> int:
        return len(instance.text.split())

    def words(self, instance: Sentence) -> dict[str, str]:
        return {"text": instance.text, "letter": instance.letter}

    def names(self, instance: Sentence) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: Sentence) -> dict[str, str]:
        words = instance.text.split()
        return {
            "the number of words": str(len(words)),
            "the number of words with the letter": str(
                sum(instance.letter in word for word in words)
            ),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Sentence:
        return _with_random_name(draws, words["text"], words["letter"], PLACE_NAMES[2])

    def tapes(self, instance: Sentence) -> dict[str, str]:
        return {
            "source": instance.text,
            "sought": instance.letter,
            "place": " ".join(instance.places),
        }


FREQUENT = "eeeesssaotinr"
"""Letters of which a sentence may have many."""

TRIES = (3, 80)
"""Numbers of words from which that with most of these letters is chosen."""


def _draw_text(draws: Draws, count: int, favoured: str) -> str:
    """Return a sentence, and one that has enough names if one of the first five has."""
    text = ""
    for tries in (draws.choice(TRIES) if favoured else 1, 1, 1, 1, 1):
        text = " ".join(draw_words(draws, count, letter=favoured, tries=tries)).lower()
        if len(text) < len(PLACE_NAMES[2]):
            break
    return text


def _with_random_name(draws: Draws, text: str, letter: str, names: tuple[str, ...]) -> Sentence:
    """Return the instance with a random first name; the end needs a name, too."""
    return Sentence(
        text=text, letter=letter, first=draw_first_name(draws, len(text) + 1, names=names)
    )
