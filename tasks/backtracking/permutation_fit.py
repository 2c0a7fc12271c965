"""Permutations of so few elements that every text fits a context; these ranges are ours.

Labels are paths down the search, so that every choice names what it follows: lists of up to three
elements have none of the paths that four have, and no more than 6 orders to count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tasks import LengthRange, ranges
from tasks.backtracking.permutation_combination import PermutationCombination


@dataclass(frozen=True, kw_only=True)
class PermutationFit(PermutationCombination):
    ranges: Mapping[str, LengthRange] = ranges(S=(1, 3), M=(4, 4), L=(5, 5))

    machine = "permutation_combination"
    beyond = frozenset()
