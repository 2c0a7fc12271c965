"""Bubble sort: sort distinct integers in ascending order (arXiv 2507.13332, Table C1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import perm

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, format_facts, ranges
from tasks.places import PLACE_NAMES, consecutive_letters, draw_first_name

MAX_MAGNITUDE = 9999


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberList(Instance):
    """Distinct integers, and the letters that name their places and the passes in the text.

    Attributes
    ----------
    place, round
        The letters of the first place and of the first pass; the others have the next letters.
    """

    values: tuple[int, ...]
    place: str = field(default="a", compare=False)
    round: str = field(default="a", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or len({*values}) < len(values):
            raise ValueError(f"bubble_sort takes one or more distinct integers, not {values}")
        if min(values) < -MAX_MAGNITUDE or max(values) > MAX_MAGNITUDE:
            raise ValueError(f"bubble_sort takes integers within ±{MAX_MAGNITUDE}, not {values}")
        for letter in (self.place, self.round):
            if letter not in PLACE_NAMES[1]:
                raise ValueError(f"bubble_sort names places by one letter, not {letter!r}")
            consecutive_letters(letter, len(values) + 1)


@dataclass(frozen=True, kw_only=True)
class BubbleSort(Task[NumberList]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 6), L=(7, 8))

    paradigm = "simulation"
    instance = NumberList
    kind = INTEGERS
    complexity = "n²"

    def sample(self, draws: Draws, *lengths: int) -> NumberList:
        values = draws.distinct(lengths[0], -MAX_MAGNITUDE, MAX_MAGNITUDE)
        return _with_random_names(draws, values, PLACE_NAMES[1])

    def tiny(self, draws: Draws) -> NumberList:
        values = draws.distinct(draws.between(1, 3), -1, 2)
        return _with_random_names(draws, values, PLACE_NAMES[1][:4])

    def count(self, *lengths: int) -> int:
        return perm(2 * MAX_MAGNITUDE + 1, lengths[0])

    def length(self, instance: NumberList) -> int:
        return len(instance.values)

    def words(self, instance: NumberList) -> dict[str, str]:
        facts = self.facts(instance)
        first = facts.pop("first")
        return {"numbers": format_facts(facts), "first": first}

    def facts(self, instance: NumberList) -> dict[str, str]:
        places = consecutive_letters(instance.place, len(instance.values))
        keys = [instance.round + place for place in places]
        return dict(zip(keys, map(str, instance.values), strict=True)) | {"first": instance.place}

    def tapes(self, instance: NumberList) -> dict[str, str]:
        count = len(instance.values) + 1
        places = consecutive_letters(instance.place, count)
        passes = consecutive_letters(instance.round, count)
        return {
            "list": ",".join([str(value) for value in instance.values]) + ",",
            "place": places,
            "pass": passes,
        }


def _with_random_names(draws: Draws, values: tuple[int, ...], names: Sequence[str]) -> NumberList:
    """Return the instance; its first place and its first pass have random ones of ``names``."""
    place, round = (draw_first_name(draws, len(values) + 1, names=names) for _ in range(2))
    return NumberList(values=values, place=place, round=round)
