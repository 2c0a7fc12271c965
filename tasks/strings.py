"""Two strings, compared in a table with a row for each character of x and a column for each of y.

The numbers in the table have letters for names, from a random one on: short strings soon show all
of them, where digits past those of the longest short string would be new.
"""

from __future__ import annotations

import re
from abc import ABC
from dataclasses import dataclass, field

from tasks.base import Instance, Task, listed
from tasks.draws import Draws
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

CHARACTERS = "ABCD"
NUMBERS = "KLMNOPQRSTUVWXYZ"
"""The names of numbers, which go round: K comes after Z."""
LONGEST = len(NUMBERS) - 2
"""As many characters a string can have: their number and the one after it have names."""

_STRING = re.compile(f"[{CHARACTERS}]{{1,{LONGEST}}}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Strings(Instance):
    """Two strings, and the names that the text uses.

    Attributes
    ----------
    top, left
        The letters of the row above the first character of x, and of the column before the first
        of y; the others follow in the alphabet.
    zero
        The name of the number 0; the others follow among ``NUMBERS``.
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
                    f"a string has one to {LONGEST} characters of {CHARACTERS}, unlike {string!r}"
                )
        if self.zero not in {*NUMBERS}:
            raise ValueError(f"a number's name is one of {NUMBERS}, not {self.zero!r}")
        for letter in (self.top, self.left):
            if letter not in PLACE_NAMES[1]:
                raise ValueError(f"rows and columns are named by a letter, not {letter!r}")
        _ = self.rows, self.columns  # which raise where there are too few names

    @property
    def rows(self) -> str:
        """The letters of all rows: above x, of its characters, and of one more."""
        return consecutive_letters(self.top, len(self.x) + 2)

    @property
    def columns(self) -> str:
        """The letters of all columns: before y, of its characters, and of one more."""
        return consecutive_letters(self.left, len(self.y) + 2)

    @property
    def numbers(self) -> str:
        """The names of the numbers, from that of 0 on."""
        zero = NUMBERS.index(self.zero)
        return NUMBERS[zero:] + NUMBERS[:zero]


@dataclass(frozen=True, kw_only=True)
class StringTask(Task[Strings], ABC):
    """A task about two strings."""

    paradigm = "dynamic_programming"
    instance = Strings
    lengths = 2
    complexity = "n·m"

    def sample(self, draws: Draws, *lengths: int) -> Strings:
        """Half of the strings are random; one pair in twenty has no character in common.

        In the others as many characters as is drawn, up to all of the shorter string, stand in both
        of them in one order, between random ones.
        """
        n, m = lengths
        if draws.chance(1, 2):
            return self.unrank(draws, draws.below(self.count(n, m)), n, m)
        if draws.chance(1, 10):
            mixed = "".join(CHARACTERS[i] for i in draws.distinct(4, 0, 3))
            x, y = _word(draws, n, mixed[:2]), _word(draws, m, mixed[2:])
        else:
            common = _word(draws, draws.between(0, min(n, m)), CHARACTERS)
            x, y = (_around(draws, common, length) for length in lengths)
        return _named(draws, x, y, PLACE_NAMES[1], NUMBERS)

    def tiny(self, draws: Draws) -> Strings:
        x, y = (_word(draws, draws.between(1, 2), "AB") for _ in range(2))
        return _named(draws, x, y, PLACE_NAMES[1][:5], "YZ")

    def count(self, *lengths: int) -> int:
        problems: int = len(CHARACTERS) ** sum(lengths)
        return problems

    def unrank(self, draws: Draws, index: int, *lengths: int) -> Strings:
        n, m = lengths
        both = ""
        for _ in range(n + m):
            index, character = divmod(index, len(CHARACTERS))
            both += CHARACTERS[character]
        return _named(draws, both[:n], both[n:], PLACE_NAMES[1], NUMBERS)

    def length(self, instance: Strings) -> int:
        return max(len(instance.x), len(instance.y))

    def words(self, instance: Strings) -> dict[str, str]:
        return {hole: listed(facts) for hole, facts in _facts(instance).items()}

    def facts(self, instance: Strings) -> dict[str, str]:
        return {key: value for facts in _facts(instance).values() for key, value in facts.items()}

    def tapes(self, instance: Strings) -> dict[str, str]:
        return {
            "x": instance.x,
            "y": instance.y,
            "row": instance.rows,
            "above": instance.rows,
            "col": instance.columns,
            "before": instance.columns,
            "number": instance.numbers,
        }


def _facts(instance: Strings) -> dict[str, dict[str, str]]:
    """The characters of x and of y, and the names, each by the key that the text has for it."""
    x = zip(instance.rows[1:-1], instance.x, strict=True)
    y = zip(instance.columns[1:-1], instance.y, strict=True)
    return {
        "x": {f"x {letter}": character for letter, character in x},
        "y": {f"y {letter}": character for letter, character in y},
        "names": {"top": instance.top, "left": instance.left, "zero": instance.zero},
    }


def _word(draws: Draws, count: int, characters: str) -> str:
    return "".join(draws.choice(characters) for _ in range(count))


def _around(draws: Draws, common: str, length: int) -> str:
    """``common``, with random characters put in at random places."""
    string = list(_word(draws, length, CHARACTERS))
    places = sorted(draws.distinct(len(common), 0, length - 1))
    for place, character in zip(places, common, strict=True):
        string[place] = character
    return "".join(string)


def _named(draws: Draws, x: str, y: str, letters: tuple[str, ...], numbers: str) -> Strings:
    top, left = (draw_first_name(draws, len(string) + 2, names=letters) for string in (x, y))
    return Strings(x=x, y=y, top=top, left=left, zero=draws.choice(numbers))
