"""Bubble sort: sort distinct integers in ascending order (arXiv 2507.13332, Table C1).

Each pass names its numbers anew, so that the 676 names of two small letters suffice for at most 35
integers. Names for more, up to 50, begin with a capital letter after zz, which fewer never show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import comb, perm

from tasks import INTEGERS, Draws, Instance, LengthRange, Task, ranges
from tasks.places import MANY_NAMES, PLACE_NAMES, consecutive_names, draw_first_name

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
        _ = self.names  # raises an error if there are too few names

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all lists and their ends, and one more."""
        count = _name_count(self.values)
        return consecutive_names(self.first, count, names=_possible_names(count))


@dataclass(frozen=True, kw_only=True)
class BubbleSort(Task[NumberList]):
    ranges: Mapping[str, LengthRange] = ranges(S=(2, 4), M=(5, 6), L=(7, 8))

    paradigm = "simulation"
    instance = NumberList
    kind = INTEGERS
    complexity = "n²"

    def sample(self, draws: Draws, *lengths: int) -> NumberList:
        return _with_random_name(draws, draws.distinct(lengths[0], -MAX_MAGNITUDE, MAX_MAGNITUDE))

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
        return _with_random_name(draws, tuple(map(int, words["list"].split(", "))))

    def tapes(self, instance: NumberList) -> dict[str, str]:
        names = " ".join(instance.names)
        return self.words(instance) | {"place": names, "fresh": names}


def _name_count(values: tuple[int, ...]) -> int:
    """Return the number of names of all lists and their ends, and one more."""
    return comb(len(values) + 2, 2) + 1


def _possible_names(count: int) -> Mapping[int, tuple[str, ...]]:
    """Return the possible names of a text that needs so many, by their number of letters."""
    return PLACE_NAMES if count <= len(PLACE_NAMES[2]) else MANY_NAMES


def _with_random_name(
    draws: Draws, values: tuple[int, ...], names: Sequence[str] = ()
) -> NumberList:
    """Return the instance; its first number has a random one of ``names``."""
    count = _name_count(values)
    first = draw_first_name(draws, count, names=names or _possible_names(count)[2])
    return NumberList(values=values, first=first)
