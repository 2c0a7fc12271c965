"""Statistics of scores: shares with intervals, chance, pass@k, and pooled runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb, sqrt
from typing import NamedTuple

import numpy as np

_Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

DEFAULT_RESAMPLES = 10_000
"""Number of resamples of a bootstrap."""


def percent(rate: float, low: float, high: float, digits: int = 0) -> str:
    """Return a share and its interval in percent; ``digits`` are the decimals of the interval."""
    return f"{100 * rate:.1f} [{100 * low:.{digits}f}–{100 * high:.{digits}f}]"


class Share(NamedTuple):
    """Share of hits.

    Attributes
    ----------
    hits
        Number of hits; for several samples of a problem, their mean counts.
    problems
        Number of problems.
    distinct
        Number of distinct problems; None means that all are distinct. The interval is computed
        from this number, since several outputs for one problem are no further evidence.
    """

    hits: float
    problems: int
    distinct: int | None = None

    @property
    def rate(self) -> float:
        """The share itself; 0 if there are no problems."""
        return self.hits / self.problems if self.problems else 0.0

    def interval(self) -> tuple[float, float]:
        """Return Wilson's 95 % score interval (1927), which also holds at 0, at 1 and for few."""
        if not self.problems:
            return 0.0, 1.0
        n = self.problems if self.distinct is None else self.distinct
        p, z = self.rate, _Z_95
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        # The ends are set exactly, since a rounding error could exclude 0 or 1.
        low = 0.0 if self.hits == 0 else centre - half
        high = 1.0 if self.hits == self.problems else centre + half
        return low, high

    @property
    def percent(self) -> str:
        """The share and its interval, in percent."""
        return percent(self.rate, *self.interval())


def pass_at(k: int, samples: int, right: int) -> float:
    """Return the probability that one of ``k`` samples is right, if ``right`` of ``samples`` are.

    It is the unbiased estimator of Chen et al. (arXiv 2107.03374), 1 − C(n−c, k) / C(n, k).

    Raises
    ------
    ValueError
        If ``k`` is below 1 or above ``samples``.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"pass@{k} requires 1 <= k <= samples, but samples is {samples}")
    return 1 - comb(samples - right, k) / comb(samples, k)


class Pooled(NamedTuple):
    """Mean over runs and instances, with its 95 % bootstrap interval."""

    rate: float
    low: float
    high: float

    def interval(self) -> tuple[float, float]:
        """Return the interval."""
        return self.low, self.high

    @property
    def percent(self) -> str:
        """The mean and its interval, in percent."""
        return percent(self.rate, self.low, self.high, digits=1)


def pool_runs(
    runs: Sequence[Mapping[str, float]], *, resamples: int = DEFAULT_RESAMPLES, seed: int = 0
) -> Pooled:
    """Return the mean score of several runs, with an interval for other runs *and* instances.

    Runs and instances are resampled independently, with replacement, and a score counts as often
    as its run and its instance were drawn (the pigeonhole bootstrap, Owen 2007). It applies to runs
    on the same instances and to runs on different ones. A few runs tell little about how runs
    differ; with one, the interval is for that run only.

    Parameters
    ----------
    runs
        Score of every instance, from 0 to 1, by the instance's id, for each run.

    Raises
    ------
    ValueError
        If there is no run, or a run has no instances.
    """
    if not runs or not all(runs):
        raise ValueError("pooling requires at least one run, and every run needs scored problems")
    all_ids = dict.fromkeys(name for run in runs for name in run)
    columns = {name: column for column, name in enumerate(all_ids)}
    scores = np.zeros((len(runs), len(columns)))
    known = np.zeros_like(scores)
    for row, run in enumerate(runs):
        places = [columns[name] for name in run]
        scores[row, places] = list(run.values())
        known[row, places] = 1
    random = np.random.default_rng(seed)
    # Instances with the same scores are drawn together: few groups instead of many instances.
    groups, sizes = np.unique(np.concatenate([scores, known]), axis=1, return_counts=True)
    group_draws = random.multinomial(len(columns), sizes / len(columns), resamples)
    run_draws = random.multinomial(len(runs), [1 / len(runs)] * len(runs), resamples)
    hits, totals = (
        ((run_draws @ cells) * group_draws).sum(axis=1) for cells in np.split(groups, 2)
    )
    means = hits[totals > 0] / totals[totals > 0]
    low, high = np.quantile(means, [0.025, 0.975])
    return Pooled(float(scores.sum() / known.sum()), float(low), float(high))
