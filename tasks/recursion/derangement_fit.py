"""Derangements of so few elements that the texts fit a context; these ranges are ours.

Its S has six problems, which show few of the digits, carries and products of longer numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import LengthRange, ranges
from tasks.recursion.derangement import Derangement


@dataclass(frozen=True, kw_only=True)
class DerangementFit(Derangement):
    ranges: Mapping[str, LengthRange] = ranges(S=(3, 8), M=(9, 14), L=(15, 20))

    machine = "derangement"
    beyond = frozenset()
    partly = frozenset({"L"})
