"""Tasks that compare two strings in a table: a row per character of x, a column per one of y.

The numbers in the table are named by letters, from a random letter on. Short strings thus show all
letters, while plain digits would be new beyond the length of the longest short string.
"""

from __future__ import annotations

import re
from abc import ABC
from dataclasses import dataclass, field

from tasks.base import Instance, Task, format_facts
from tasks.draws import Draws
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

CHARACTERS = "ABCD"
NUMBER_NAMES = "KLMNOPQRSTUVWXYZ"
"""Names of numbers, in cyclic order: K comes after Z."""
MAX_STRING_LENGTH = len(NUMBER_NAMES) - 2
"""Greatest length of a string: its number and the next number have names."""

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
    """

    x: str
    y: str
    top: str = field(default="a", compare=False)
    left: str = field(default="a", compare=False)
    zero: str = field(default="K", compare=False)

    def __post_init__(self) -> None:
        for string in (self.x, self.y):
            if not _STRING.fullmatch(string):
                raise ValueError(
                    f"a string must have 1 to {MAX_STRING_LENGTH} characters of {CHARACTERS}, "
                    f"not {string!r}"
                )
        if self.zero not in {*NUMBER_NAMES}:
            raise ValueError(f"the name of zero must be one of {NUMBER_NAMES}, not {self.zero!r}")
        for letter in (self.top, self.left):
            if letter not in PLACE_NAMES[1]:
                raise ValueError(f"rows and columns are named by one letter, not {letter!r}")
        _ = self.rows, self.columns  # raises an error if there are too few letters

    @property
    def rows(self) -> str:
        """The letters of the row above x, of the rows of its characters, and of one more row."""
        return consecutive_letters(self.top, len(self.x) + 2)

    @property
    def columns(self) -> str:
        """The letters of the column before y, of those of its characters, and of one more."""
        return consecutive_letters(self.left, len(self.y) + 2)

    @property
    def numbers(self) -> str:
        """The names of the numbers, from 0 on."""
        zero = NUMBER_NAMES.index(self.zero)
        return NUMBER_NAMES[zero:] + NUMBER_NAMES[:zero]


@dataclass(frozen=True, kw_only=True)
class StringTask(Task[Strings], ABC):
    """A task about two strings."""

    paradigm = "dynamic_programming"
    instance = Strings
    lengths = 2
    complexity = "n·m"

    def sample(self, draws: Draws, *lengths: int) -> Strings:
        """Return two strings of these lengths.

        Half of the pairs are random, and one in twenty has no common character. The other pairs
        have a common subsequence of a random length, from none to all of the shorter string.
        """
        n, m = lengths
        if draws.chance(1, 2):
            return self.unrank(draws, draws.below(self.count(n, m)), n, m)
        if draws.chance(1, 10):
            mixed = "".join(CHARACTERS[i] for i in draws.distinct(4, 0, 3))
            x, y = _draw_string(draws, n, mixed[:2]), _draw_string(draws, m, mixed[2:])
        else:
            common = _draw_string(draws, draws.between(0, min(n, m)), CHARACTERS)
            x, y = (_draw_around(draws, common, length) for length in lengths)
        return _with_random_names(draws, x, y, PLACE_NAMES[1], NUMBER_NAMES)

    def tiny(self, draws: Draws) -> Strings:
        x, y = (_draw_string(draws, draws.between(1, 2), "AB") for _ in range(2))
        return _with_random_names(draws, x, y, PLACE_NAMES[1][:5], "YZ")

    def count(self, *lengths: int) -> int:
        problems: int = len(CHARACTERS) ** sum(lengths)
        return problems

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Strings:
        n, m = lengths
        both = ""
        for _ in range(n + m):
            index, character = divmod(index, len(CHARACTERS))
            both += CHARACTERS[character]
        return _with_random_names(draws, both[:n], both[n:], PLACE_NAMES[1], NUMBER_NAMES)

    def length(self, instance: Strings) -> int:
        return max(len(instance.x), len(instance.y))

    def words(self, instance: Strings) -> dict[str, str]:
        return {name: format_facts(facts) for name, facts in _facts(instance).items()}

    def facts(self, instance: Strings) -> dict[str, str]:
        return {key: value for facts in _facts(instance).values() for key, value in facts.items()}

    def tapes(self, instance: Strings) -> dict[str, str]:
        return {
            "x": instance.x,
            "y": instance.y,
            "row": instance.rows,
            "col": instance.columns,
            "number": instance.numbers,
        }


def _facts(instance: Strings) -> dict[str, dict[str, str]]:
    """Return the characters of x, those of y, and the names, each by its key in the text."""
    x = zip(instance.rows[1:-1], instance.x, strict=True)
    y = zip(instance.columns[1:-1], instance.y, strict=True)
    return {
        "x": {f"x {letter}": character for letter, character in x},
        "y": {f"y {letter}": character for letter, character in y},
        "names": {"top": instance.top, "left": instance.left, "zero": instance.zero},
    }


def _draw_string(draws: Draws, count: int, characters: str) -> str:
    return "".join(draws.choice(characters) for _ in range(count))


def _draw_around(draws: Draws, common: str, length: int) -> str:
    """Return a string of this length with ``common`` as a subsequence at random places."""
    string = list(_draw_string(draws, length, CHARACTERS))
    places = sorted(draws.distinct(len(common), 0, length - 1))
    for place, character in zip(places, common, strict=True):
        string[place] = character
    return "".join(string)


def _with_random_names(
    draws: Draws, x: str, y: str, letters: tuple[str, ...], numbers: str
) -> Strings:
    top, left = (draw_first_name(draws, len(string) + 2, names=letters) for string in (x, y))
    return Strings(x=x, y=y, top=top, left=left, zero=draws.choice(numbers))
