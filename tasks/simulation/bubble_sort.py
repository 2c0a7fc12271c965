"""Bubble sort: sort distinct integers in ascending order (arXiv 2507.13332, Table C1).

Each pass names its numbers anew, so that 676 names suffice for at most 35 integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, perm

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, ranges
from tasks.places import PLACE_NAMES, consecutive_names, draw_first_name

MAX_MAGNITUDE = 9999


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberList(Instance):
    """Distinct integers, and the name of the first one in the text; the others have the next names.

    The list of each pass has new names, the next ones in order.
    """

    values: tuple[int, ...]
    first: str = field(default="aa", compare=False)

    def __post_init__(self) -> None:
        values = self.values
        if {*map(type, values)} != {int} or len({*values}) < len(values):
            raise ValueError(f"bubble_sort takes one or more distinct integers, not {values}")
        if min(values) < -MAX_MAGNITUDE or max(values) > MAX_MAGNITUDE:
            raise ValueError(f"bubble_sort takes integers within ±{MAX_MAGNITUDE}, not {values}")
        consecutive_names(self.first, _name_count(values))


@dataclass(frozen=True, kw_only=True)
class BubbleSort(Task[NumberList]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 6), L=(7, 8))

    paradigm = "simulation"
    instance = NumberList
    kind = INTEGERS
    complexity = "n²"

    def sample(self, draws: Draws, *lengths: int) -> NumberList:
        values = draws.distinct(lengths[0], -MAX_MAGNITUDE, MAX_MAGNITUDE)
        return _with_random_name(draws, values, PLACE_NAMES[2])

    def tiny(self, draws: Draws) -> NumberList:
        values = draws.distinct(draws.between(1, 3), -1, 1)
        return _with_random_name(draws, values, PLACE_NAMES[1][:12])

    def count(self, *lengths: int) -> int:
        return perm(2 * MAX_MAGNITUDE + 1, lengths[0])

    def length(self, instance: NumberList) -> int:
        return len(instance.values)

    def words(self, instance: NumberList) -> dict[str, str]:
        return {"list": ", ".join(map(str, instance.values))}

    def names(self, instance: NumberList) -> tuple[str, ...]:
        return (instance.first,)

    def shortcuts(self, instance: NumberList) -> dict[str, str]:
        listed = instance.values
        return {
            "as given": ", ".join(map(str, listed)),
            "the other way round": ", ".join(map(str, listed[::-1])),
        }

    def pose(self, draws: Draws, words: Mapping[str, str]) -> NumberList:
        values = tuple(map(int, words["list"].split(", ")))
        return _with_random_name(draws, values, PLACE_NAMES[2])

    def tapes(self, instance: NumberList) -> dict[str, str]:
        names = " ".join(consecutive_names(instance.first, _name_count(instance.values)))
        return self.words(instance) | {"place": names, "fresh": names}


def _name_count(values: tuple[int, ...]) -> int:
    """Return the number of names of all lists and their ends, and one more."""
    return comb(len(values) + 2, 2) + 1


def _with_random_name(draws: Draws, values: tuple[int, ...], names: Sequence[str]) -> NumberList:
    """Return the instance; its first number has a random one of ``names``."""
    first = draw_first_name(draws, _name_count(values), names=names)
    return NumberList(values=values, first=first)
