"""List all substrings of a string, by recursion on its tail (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase, digits

from tasks import STRINGS, Draws, Instance, LengthRange, Task, listed, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

SIGNS = ascii_lowercase + digits


@dataclass(frozen=True, kw_only=True, slots=True)
class String(Instance):
    """A string, and the letter that names its first place.

    The other places, and one more, have the letters that follow in the alphabet.
    """

    text: str
    first: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        if not self.text or set(self.text) - {*SIGNS}:
            raise ValueError(f"any_substring takes signs a to z and 0 to 9, not {self.text!r}")
        if self.first not in PLACE_NAMES[1]:
            raise ValueError(f"any_substring names places by a letter, not {self.first!r}")
        _ = self.places  # which raises where there are too few letters

    @property
    def places(self) -> str:
        """The letters that name the places, and one more."""
        return consecutive_letters(self.first, len(self.text) + 1)


@dataclass(frozen=True, kw_only=True)
class AnySubstring(Task[String]):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 5), M=(6, 9), L=(10, 14))

    paradigm = "recursion"
    instance = String
    kind = STRINGS
    complexity = "n³"
    far = frozenset({"call", "put"})  # a string's signs are said with the string before
    partly = frozenset({"L"})  # 14 signs, many of them digits, which are two tokens each

    def sample(self, draws: Draws, *lengths: int) -> String:
        """A string of so many signs: of all 36, or as often of three to six, which recur."""
        if draws.chance(1, 2):
            return self.unrank(draws, draws.below(self.count(*lengths)), *lengths)
        signs = draws.shuffled(SIGNS)[: draws.between(3, 6)]
        return _named(draws, _string(draws, lengths[0], signs), PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> String:
        return _named(draws, _string(draws, draws.between(1, 4), "a7"), PLACE_NAMES[1][:8])

    def count(self, *lengths: int) -> int:
        return int(len(SIGNS) ** lengths[0])

    def unrank(self, draws: Draws, index: int, *lengths: int) -> String:
        text = ""
        for _ in range(lengths[0]):
            index, sign = divmod(index, len(SIGNS))
            text += SIGNS[sign]
        return _named(draws, text, PLACE_NAMES[1])

    def length(self, instance: String) -> int:
        return len(instance.text)

    def words(self, instance: String) -> dict[str, str]:
        facts = self.facts(instance)
        first = facts.pop("first")
        return {"text": instance.text, "facts": listed(facts), "first": first}

    def facts(self, instance: String) -> dict[str, str]:
        places = zip(instance.places, instance.text, strict=False)
        signs = {instance.first + place: sign for place, sign in places}
        return signs | {"first": instance.first}

    def tapes(self, instance: String) -> dict[str, str]:
        places = ("level", "deeper", "final", "behind", "place", "from")
        return {"string": instance.text} | dict.fromkeys(places, instance.places)


def _string(draws: Draws, count: int, signs: Sequence[str]) -> str:
    return "".join(draws.choice(signs) for _ in range(count))


def _named(draws: Draws, text: str, names: tuple[str, ...]) -> String:
    """The string, its first place named at random; one more than its signs has a name."""
    return String(text=text, first=draw_first_name(draws, len(text) + 1, names=names))
