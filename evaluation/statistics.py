"""The few statistics that a score needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

_Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


class Share(NamedTuple):
    """``hits`` of ``items``."""

    hits: int
    items: int

    @property
    def rate(self) -> float:
        """The share itself; 0 where there is nothing to count."""
        return self.hits / self.items if self.items else 0.0

    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of Wilson (1927): it holds at 0, at 1 and for few items too."""
        if not self.items:
            return 0.0, 1.0
        n, p, z = self.items, self.rate, _Z95
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # At the ends the interval reaches them exactly; rounding must not keep it off.
        low = 0.0 if self.hits == 0 else centre - half
        high = 1.0 if self.hits == n else centre + half
        return low, high


def chance(answers: Sequence[str]) -> float:
    """The share that who always gives the commonest answer would get right."""
    return max(Counter(answers).values(), default=0) / max(len(answers), 1)
