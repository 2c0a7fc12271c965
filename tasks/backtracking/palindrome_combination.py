"""List and count all ways to cut a string into palindromes, by backtracking.

The later versions of arXiv 2507.13332 list a task Palindrome Combination with these lengths (Table
F1) and define it no further. Chosen here: a piece is one or more characters, the characters keep
their order, and all of them are used. Ways whose first piece is shorter come first, then those
whose second piece is shorter, and so on, which is the order of backtracking. The strings are such
that most have several ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from tasks import PARTITIONS, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, consecutive_names, draw_first_name

MAX_WAYS = 500
"""Greatest number of ways: each has a name in the text, of those with two letters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word(Instance):
    """A string, and names that the text uses.

    Attributes
    ----------
    first
        The letter of the first character; the other ones, and the end, have the next letters of the
        alphabet.
    line
        The name of the first way; the other ones have the next pairs of letters.
    """

    text: str
    first: str = field(default="b", compare=False)
    line: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        if not self.text or set(self.text) - {*ascii_lowercase}:
            raise ValueError(f"palindrome_combination takes characters a to z, not {self.text!r}")
        ways = count_ways(self.text)
        if ways > MAX_WAYS:
            raise ValueError(
                f"palindrome_combination takes strings with at most {MAX_WAYS} ways, "
                f"not {ways}: {self.text!r}"
            )
        _ = self.places, self.lines  # raises an error if there are too few names

    @property
    def places(self) -> str:
        """The letter before the first place, those of the places, and that of the end."""
        if self.first not in PLACE_NAMES[1][1:]:
            raise ValueError(
                "palindrome_combination names places by one letter with another before it, "
                f"not {self.first!r}"
            )
        return chr(ord(self.first) - 1) + consecutive_letters(self.first, len(self.text) + 1)

    @property
    def lines(self) -> tuple[str, ...]:
        """The names of the ways."""
        return consecutive_names(self.line, count_ways(self.text))


@dataclass(frozen=True, kw_only=True)
class PalindromeCombination(Task[Word]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 6), L=(7, 8))

    paradigm = "backtracking"
    instance = Word
    kind = PARTITIONS
    complexity = "n · 2ⁿ"
    far = frozenset(
        {"row", "test", "back", "grow", "copy", "open", "join", "rest", "count", "total"}
    )
    unseen = frozenset({"count", "total"})  # short strings have fewer than ten ways
    budget = 16_384
    partly = frozenset({"L"})

    def sample(self, draws: Draws, *lengths: int) -> Word:
        """Return a string of this length that has at most ``MAX_WAYS`` ways.

        It consists of two to five letters, or else of a chain of palindromes of random lengths; the
        strings that are drawn after one with too many ways may have more letters.
        """
        n = lengths[0]
        first = draw_first_name(draws, n + 1, before=1, names=ascii_lowercase)
        text, tries = "", 0
        while not text or count_ways(text) > MAX_WAYS:
            letters = draws.shuffled(ascii_lowercase)[: draws.between(2, 5 + tries)]
            text = ""
            if draws.chance(1, 2):
                text = "".join(draws.choice(letters) for _ in range(n))
            while len(text) < n:
                text += _draw_palindrome(draws, n - len(text))
            tries += 1
        line = draw_first_name(draws, count_ways(text))
        return Word(text=text, first=first, line=line)

    def tiny(self, draws: Draws) -> Word:
        text = draws.choice(("a", "b", "aa", "ab", "aaa", "aab", "aba"))
        return _with_random_names(draws, text, ascii_lowercase[:6], PLACE_NAMES[2][:5])

    def length(self, instance: Word) -> int:
        return len(instance.text)

    def words(self, instance: Word) -> dict[str, str]:
        return {"text": instance.text}

    def names(self, instance: Word) -> tuple[str, ...]:
        return (instance.first, instance.line)

    def shortcuts(self, instance: Word) -> dict[str, str]:
        text = instance.text
        single, pieces, start = " ".join(text), [], 0
        while start < len(text):
            ends = range(start + 1, len(text) + 1)
            end = max(end for end in ends if text[start:end] == text[start:end][::-1])
            pieces.append(text[start:end])
            start = end
        both = list(dict.fromkeys((single, " ".join(pieces))))
        return {
            "single characters only": f"{single}; 1",
            "the shortest and the longest pieces": f"{', '.join(both)}; {len(both)}",
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Word:
        return _with_random_names(draws, words["text"], ascii_lowercase, PLACE_NAMES[2])

    def tapes(self, instance: Word) -> dict[str, str]:
        places = dict.fromkeys(("from", "to", "here"), instance.places)
        return places | {
            "x": instance.text,
            "place": " ".join(instance.places),
            "line": " ".join(instance.lines),
        }


def count_ways(text: str) -> int:
    """Return the number of ways to cut a string into palindromes."""
    ways = [1]  # of the first 0, 1, 2, … characters
    for end in range(1, len(text) + 1):
        starts = (i for i in range(end) if text[i:end] == text[i:end][::-1])
        ways.append(sum(ways[i] for i in starts))
    return ways[-1]


def _draw_palindrome(draws: Draws, longest: int) -> str:
    half = "".join(
        draws.choice(ascii_lowercase) for _ in range(draws.between(1, (longest + 1) // 2))
    )
    is_even = 2 * len(half) <= longest and draws.chance(1, 2)
    return half + (half[::-1] if is_even else half[-2::-1])


def _with_random_names(draws: Draws, text: str, letters: str, lines: tuple[str, ...]) -> Word:
    """Return the instance with random names; the places beside the string need names, too."""
    first = draw_first_name(draws, len(text) + 1, before=1, names=letters)
    line = draw_first_name(draws, count_ways(text), names=lines)
    return Word(text=text, first=first, line=line)
