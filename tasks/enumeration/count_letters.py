"""Count how often a letter occurs in a sentence (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb
from string import ascii_lowercase

from tasks import INTEGER, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

MAX_WORD_LENGTH = 9
"""Greatest number of letters of a word."""

MAX_COUNT = 99
"""Greatest count of a letter: the machine has two digits for it."""

WORDS = re.compile(f"[a-z]{{1,{MAX_WORD_LENGTH}}}(?: [a-z]{{1,{MAX_WORD_LENGTH}}})*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence(Instance):
    """A sentence, a letter to be counted in it, and the letter that names the first word.

    The other words, and one more, have the next letters of the alphabet.
    """

    text: str
    letter: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not WORDS.fullmatch(self.text):
            raise ValueError(
                f"count_letters takes words of 1 to {MAX_WORD_LENGTH} letters a to z, "
                f"not {self.text!r}"
            )
        if len(self.letter) != 1 or self.letter not in ascii_lowercase:
            raise ValueError(f"count_letters counts one of the letters a to z, not {self.letter!r}")
        if self.text.count(self.letter) > MAX_COUNT:
            raise ValueError(
                f"count_letters counts a letter at most {MAX_COUNT} times: {self.text!r}"
            )
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"count_letters names words by one letter, not {self.first!r}")
        _ = self.rows  # raises an error if there are too few letters

    @property
    def rows(self) -> str:
        """The letters of the words, and of one more word."""
        return consecutive_letters(self.first, len(self.text.split()) + 1)


@dataclass(frozen=True, kw_only=True)
class CountLetters(Task[Sentence]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 6), M=(7, 10), L=(11, 20))

    paradigm = "enumeration"
    instance = Sentence
    kind = INTEGER
    complexity = "n"

    def sample(self, draws: Draws, *lengths: int) -> Sentence:
        """Return a sentence of this many words and a letter to count.

        The letter is absent in 10 % of the samples, otherwise it is that of a random place. The
        words use 3, 6, 12 or all letters, so a letter may occur once or dozens of times.
        """
        letters = draws.shuffled(ascii_lowercase)[: draws.choice((3, 6, 12, 26))]
        absent = letters.pop() if draws.chance(10, 100) else None
        text = _draw_words(draws, lengths[0], MAX_WORD_LENGTH, letters)
        letter = absent or draws.choice(text.replace(" ", ""))
        return _with_random_name(draws, text, letter, PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> Sentence:
        text = _draw_words(draws, draws.between(1, 2), 6, draws.choice(("a", "ab")))
        return _with_random_name(draws, text, draws.choice("aac"), PLACE_NAMES[1][:5])

    def count(self, *lengths: int) -> int:
        """Return the sum over the sentence's number of letters and the count of the letter."""
        sizes = [1]  # number of ways in which the words have 0, 1, 2, … letters
        for _ in range(lengths[0]):
            longer = range(len(sizes) + MAX_WORD_LENGTH)
            sizes = [sum(sizes[max(0, n - MAX_WORD_LENGTH) : n]) for n in longer]
        texts: int = sum(
            ways * comb(n, k) * 25 ** (n - k)
            for n, ways in enumerate(sizes)
            for k in range(min(n, MAX_COUNT) + 1)
        )
        return len(ascii_lowercase) * texts

    def length(self, instance: Sentence) -> int:
        return len(instance.text.split())

    def words(self, instance: Sentence) -> dict[str, str]:
        facts = self.facts(instance)
        names = {name: facts.pop(name) for name in ("letter", "first")}
        return {"text": instance.text, "facts": format_facts(facts)} | names

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
            "place": ascii_lowercase[: MAX_WORD_LENGTH + 1],
        }


def _draw_words(draws: Draws, count: int, longest: int, letters: Sequence[str]) -> str:
    lengths = [draws.between(1, longest) for _ in range(count)]
    return " ".join("".join(draws.choice(letters) for _ in range(n)) for n in lengths)


def _with_random_name(draws: Draws, text: str, letter: str, names: tuple[str, ...]) -> Sentence:
    """Return the instance with a random first name; the word after the last needs one too."""
    first = draw_first_name(draws, len(text.split()) + 1, names=names)
    return Sentence(text=text, letter=letter, first=first)
