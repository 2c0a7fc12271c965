"""Tasks that compare two strings in a table: a row per character of x, a column per one of y.

The numbers in the table are named by letters, from a random letter on. Short strings thus show all
letters, while plain digits would be new beyond the length of the longest short string. Strings of
20 characters or more need names that shorter ones do not have.
"""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from tasks.base import Instance, Task
from tasks.draws import Draws
from tasks.places import consecutive_letters, draw_first_name

CHARACTERS = "ABCD"
NUMBER_NAMES = "EFGHIJKLMNOPQRSTUVWXYZ"
"""Names of numbers, in cyclic order: E comes after Z."""
LONG_NAMES = ascii_lowercase + NUMBER_NAMES
"""Names of rows, columns and numbers if a string is longer than ``MAX_SHORT_LENGTH``. E comes after
z, so that every name has the same next name as in ``ascii_lowercase`` and ``NUMBER_NAMES``."""
MAX_SHORT_LENGTH = 19
"""Greatest length for which there are enough ``NUMBER_NAMES``: texts say 5 at a time."""
SAID_TOGETHER = 5
"""Number of names of numbers that a text says at a time."""
MAX_STRING_LENGTH = 42
"""Greatest length of a string; ``LONG_NAMES`` suffice, and texts exceed 32,768 tokens."""

_STRING = re.compile(f"[{CHARACTERS}]{{1,{MAX_STRING_LENGTH}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Strings(Instance):
    """Two strings, and names that the text uses.

    Attributes
    ----------
    top, left
        The letters of the row above the first character of x, and of the column before the first
        one of y; the other rows and columns have the next letters.
    zero
        The name of the number 0; the other numbers have the next ones of ``NUMBER_NAMES``.

    A string of more than ``MAX_SHORT_LENGTH`` characters needs ``LONG_NAMES`` for all of these.
    """

    x: str
    y: str
    top: str = field(default="a", compare=False)
    left: str = field(default="a", compare=False)
    zero: str = field(default="E", compare=False)

    def __post_init__(self) -> None:
        for string in (self.x, self.y):
            if not _STRING.fullmatch(string):
                raise ValueError(
                    f"a string must have 1 to {MAX_STRING_LENGTH} characters of {CHARACTERS}, "
                    f"not {string!r}"
                )
        names = LONG_NAMES if _are_long(self.x, self.y) else NUMBER_NAMES
        if self.zero not in {*names}:
            raise ValueError(f"the name of zero must be one of {names}, not {self.zero!r}")
        for letter in (self.top, self.left):
            if letter not in {*self._letters}:
                raise ValueError(f"rows and columns are named by one letter, not {letter!r}")
        _ = self.rows, self.columns, self.numbers  # raises an error if there are too few letters

    @property
    def rows(self) -> str:
        """The letters of the row above x, of the rows of its characters, and of one more row."""
        return consecutive_letters(self.top, len(self.x) + 2, self._letters)

    @property
    def columns(self) -> str:
        """The letters of the column before y, of those of its characters, and of one more."""
        return consecutive_letters(self.left, len(self.y) + 2, self._letters)

    @property
    def numbers(self) -> str:
        """The names of the numbers, from 0 on."""
        if _are_long(self.x, self.y):
            return consecutive_letters(self.zero, _number_count(self.x, self.y), LONG_NAMES)
        zero = NUMBER_NAMES.index(self.zero)
        return NUMBER_NAMES[zero:] + NUMBER_NAMES[:zero]

    @property
    def _letters(self) -> str:
        """The letters that may name rows and columns, in order."""
        return LONG_NAMES if _are_long(self.x, self.y) else ascii_lowercase


@dataclass(frozen=True, kw_only=True)
class StringTask(Task[Strings], ABC):
    """A task about two strings.

    Its problems are not numbered: short strings that were numbered would be drawn uniformly, and
    long ones otherwise.
    """

    paradigm = "dynamic_programming"
    instance = Strings
    lengths = 2
    complexity = "n·m"

    def sample(self, draws: Draws, *lengths: int) -> Strings:
        """Return two strings of these lengths.

        Half of the pairs are random, and one in twenty has no common character. The other pairs
        have a common subsequence of a random length, from none to all of the shorter string.
        """
        return with_random_names(draws, *self.draw_pair(draws, *lengths))

    def draw_pair(self, draws: Draws, n: int, m: int) -> tuple[str, str]:
        """Return the two strings of a sample."""
        if draws.chance(1, 2):
            return draw_string(draws, n, CHARACTERS), draw_string(draws, m, CHARACTERS)
        if draws.chance(1, 10):
            mixed = "".join(CHARACTERS[i] for i in draws.distinct(4, 0, 3))
            return draw_string(draws, n, mixed[:2]), draw_string(draws, m, mixed[2:])
        common = draw_string(draws, draws.between(0, min(n, m)), CHARACTERS)
        return draw_around(draws, common, n), draw_around(draws, common, m)

    def tiny(self, draws: Draws) -> Strings:
        x, y = (draw_string(draws, draws.between(1, 2), "AB") for _ in range(2))
        return with_random_names(draws, x, y, ascii_lowercase[:5], "YZ")

    def length(self, instance: Strings) -> int:
        return max(len(instance.x), len(instance.y))

    def words(self, instance: Strings) -> dict[str, str]:
        return {"x": instance.x, "y": instance.y}

    def names(self, instance: Strings) -> tuple[str, ...]:
        return (instance.top, instance.left, instance.zero)

    def pose(self, draws: Draws, words: Mapping[str, str]) -> Strings:
        return with_random_names(draws, words["x"], words["y"])

    def tapes(self, instance: Strings) -> dict[str, str]:
        names = {"row": instance.rows, "col": instance.columns, "number": instance.numbers}
        return self.words(instance) | names


def draw_string(draws: Draws, count: int, characters: str) -> str:
    """Return a random string."""
    return "".join(draws.choice(characters) for _ in range(count))


def draw_around(draws: Draws, common: str, length: int) -> str:
    """Return a string of this length with ``common`` as a subsequence at random places."""
    string = list(draw_string(draws, length, CHARACTERS))
    places = sorted(draws.distinct(len(common), 0, length - 1))
    for place, character in zip(places, common, strict=True):
        string[place] = character
    return "".join(string)


def with_random_names(
    draws: Draws,
    x: str,
    y: str,
    letters: str = ascii_lowercase,
    numbers: str = NUMBER_NAMES,
) -> Strings:
    """Return the instance with random names of rows, columns and numbers."""
    if _are_long(x, y):
        letters, numbers = LONG_NAMES, LONG_NAMES[: 1 - _number_count(x, y)]
    top, left = (draw_first_name(draws, len(string) + 2, names=letters) for string in (x, y))
    return Strings(x=x, y=y, top=top, left=left, zero=draws.choice(numbers))


def _are_long(x: str, y: str) -> bool:
    """Return whether a string is too long for the names of short ones."""
    return max(len(x), len(y)) > MAX_SHORT_LENGTH


def _number_count(x: str, y: str) -> int:
    """Return the number of names of numbers that a text needs: all that it says, and one more."""
    return max(len(x), len(y)) // SAID_TOGETHER * SAID_TOGETHER + SAID_TOGETHER + 1
