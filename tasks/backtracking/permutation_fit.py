"""Permutations of few elements, so that every text fits a context; the ranges are not the paper's.

A label is a path in the search tree, so every choice names the choices before it: lists of up to
three elements show none of the paths of four elements, and at most 6 orders to count.
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
