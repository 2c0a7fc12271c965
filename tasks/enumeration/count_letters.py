"""Count how often a letter occurs in a sentence (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, listed, ranges
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


@dataclass(frozen=True, kw_only=True)
class CountLetters(Task[Sentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 10), L=(11, 20))

    paradigm = "enumeration"
    instance = Sentence
    kind = INTEGER
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
