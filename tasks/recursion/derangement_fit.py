"""Derangements of few elements, so that the texts fit a context; the ranges are not the paper's.

S has six problems, which show few of the digits, carries and products of longer numbers.
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
