"""The few statistics that a score needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb, sqrt
from typing import NamedTuple

import numpy as np

_Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

DRAWS = 10_000
"""Resamples of a bootstrap."""


class Share(NamedTuple):
    """``hits`` of ``items``.

    Attributes
    ----------
    hits
        A mean over samples where an item was solved several times.
    distinct
        How many of the items pose different problems; None where all do. More outputs for one
        problem are no more evidence, so intervals count these.
    """

    hits: float
    items: int
    distinct: int | None = None

    @property
    def rate(self) -> float:
        """The share itself; 0 where there is nothing to count."""
        return self.hits / self.items if self.items else 0.0

    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of Wilson (1927): it holds at 0, at 1 and for few items too."""
        if not self.items:
            return 0.0, 1.0
        n = self.items if self.distinct is None else self.distinct
        p, z = self.rate, _Z95
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # At the ends the interval reaches them exactly; rounding must not keep it off.
        low = 0.0 if self.hits == 0 else centre - half
        high = 1.0 if self.hits == self.items else centre + half
        return low, high

    @property
    def percent(self) -> str:
        """For people: the share and its interval, in percent."""
        low, high = self.interval()
        return f"{100 * self.rate:.1f} [{100 * low:.0f}–{100 * high:.0f}]"


def chance(answers: Sequence[str]) -> float:
    """The share that who always gives the commonest answer would get right."""
    return max(Counter(answers).values(), default=0) / max(len(answers), 1)


def pass_at(k: int, samples: int, right: int) -> float:
    """The chance that one of ``k`` samples is right, from ``right`` of ``samples``, unbiased.

    The estimator of Chen et al. (arXiv 2107.03374), 1 − C(n−c, k) / C(n, k).

    Raises
    ------
    ValueError
        When there are fewer than ``k`` samples.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"pass@{k} needs at least {k} samples, and k of 1 or more")
    return 1 - comb(samples - right, k) / comb(samples, k)


class Pooled(NamedTuple):
    """A mean over runs and instances, with its 95 % bootstrap interval."""

    rate: float
    low: float
    high: float


def pooled(runs: Sequence[Mapping[str, float]], *, draws: int = DRAWS, seed: int = 0) -> Pooled:
    """The mean score of several runs, with an interval for other runs *and* other instances.

    Runs and instances are resampled independently, with replacement, and a score counts as often
    as its run and its instance were drawn (the pigeonhole bootstrap, Owen 2007): right for runs
    that share their instances, and for runs with instances of their own. Of very few runs it
    cannot know how much runs differ: with one, the interval is for that run alone.

    Parameters
    ----------
    runs
        Of each run, the score of every instance by what stands for it: 0, 1 or between.

    Raises
    ------
    ValueError
        When there is no run, or one without instances.
    """
    if not runs or not all(runs):
        raise ValueError("nothing can be pooled: there is no run, or one without items")
    all_names = dict.fromkeys(name for run in runs for name in run)
    names = {name: place for place, name in enumerate(all_names)}
    scores = np.zeros((len(runs), len(names)))
    known = np.zeros_like(scores)
    for row, run in enumerate(runs):
        places = [names[name] for name in run]
        scores[row, places] = list(run.values())
        known[row, places] = 1
    random = np.random.default_rng(seed)
    instances = random.multinomial(len(names), [1 / len(names)] * len(names), draws)
    drawn = random.multinomial(len(runs), [1 / len(runs)] * len(runs), draws)
    hits, whole = (((drawn @ cells) * instances).sum(axis=1) for cells in (scores, known))
    means = hits[whole > 0] / whole[whole > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return Pooled(float(scores.sum() / known.sum()), float(low), float(high))
