"""List all substrings of a string, by recursion on its tail (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase, digits

from tasks import STRINGS, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

CHARACTERS = ascii_lowercase + digits


@dataclass(frozen=True, kw_only=True, slots=True)
class String(Instance):
    """A string, and the letter that names its first place.

    The other places, and one more, have the next letters of the alphabet.
    """

    text: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not self.text or set(self.text) - {*CHARACTERS}:
            raise ValueError(f"any_substring takes characters a to z and 0 to 9, not {self.text!r}")
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"any_substring names places by one letter, not {self.first!r}")
        _ = self.places  # raises an error if there are too few letters

    @property
    def places(self) -> str:
        """The letters of the places, and of one more place."""
        return consecutive_letters(self.first, len(self.text) + 1)


@dataclass(frozen=True, kw_only=True)
class AnySubstring(Task[String]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 5), M=(6, 9), L=(10, 14))

    paradigm = "recursion"
    instance = String
    kind = STRINGS
    complexity = "n³"
    far = frozenset({"call", "put"})  # a call fetches characters that the previous call wrote
    partly = frozenset({"L"})  # 14 characters with many digits, which are two tokens each

    def sample(self, draws: Draws, *lengths: int) -> String:
        """Return a string of this length; half of the samples use two to five characters only."""
        if draws.chance(1, 2):
            return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)
        characters = draws.shuffled(CHARACTERS)[: draws.choice((2, 2, 3, 4, 5))]
        return _with_random_name(draws, _draw_string(draws, lengths[0], characters), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> String:
        return _with_random_name(
            draws, _draw_string(draws, draws.between(1, 4), "a7"), PLACE_NAMES[1][:8]
        )

    def count(self, *lengths: int) -> int:
        return int(len(CHARACTERS) ** lengths[0])

    def unrank(self, draws: Draws, index: int, *lengths: int) -> String:
        text = ""
        for _ in range(lengths[0]):
            index, character = divmod(index, len(CHARACTERS))
            text += CHARACTERS[character]
        return _with_random_name(draws, text, PLACE_NAMES[1])

    def length(self, instance: String) -> int:
        return len(instance.text)

    def words(self, instance: String) -> dict[str, str]:
        return {"text": instance.text}

    def names(self, instance: String) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: String) -> dict[str, str]:
        text = instance.text
        return {
            "the prefixes": ", ".join(" ".join(text[:end]) for end in range(1, len(text) + 1)),
            "the characters": ", ".join(text),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> String:
        return _with_random_name(draws, words["text"], PLACE_NAMES[1])

    def tapes(self, instance: String) -> dict[str, str]:
        places = dict.fromkeys(("level", "final", "from"), instance.places)
        return {"string": instance.text} | places | {"place": " ".join(instance.places)}


def _draw_string(draws: Draws, count: int, characters: Sequence[str]) -> str:
    return "".join(draws.choice(characters) for _ in range(count))


def _with_random_name(draws: Draws, text: str, names: tuple[str, ...]) -> String:
    """Return the instance with a random first name; the place after the last needs one too."""
    return String(text=text, first=draw_first_name(draws, len(text) + 1, names=names))
