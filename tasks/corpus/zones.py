"""Zones: the partition of small problem spaces between the splits.

If a length has at most ``MAX_ENUMERATED_PROBLEMS`` problems and the task numbers them
(``Task.unrank``), a random order of them is cut into three zones, for evaluation, probes and
training, so that no two splits share a problem, whatever their sizes. Problems of other lengths are
drawn at random and have no zones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

from tasks.base import AnyTask, Task
from tasks.draws import Permutation, Stream

SPLITS = ("eval", "probe", "train")

MAX_ENUMERATED_PROBLEMS = 100_000
"""If a length has at most this many problems, they are enumerated and partitioned by split."""
TRAIN_SHARE = (4, 5)
"""Share of enumerated problems used for training; evaluation and probes halve the rest."""
MIN_EVAL_PROBLEMS = 6
"""Enumerated problems that go to evaluation, if they exist, before any goes to probes."""
MAX_EVAL_ONLY_PROBLEMS = 500
"""If a range after the first has at most this many problems in all, evaluation gets them all."""


class Zone(NamedTuple):
    """The problems of one length that belong to a split.

    Attributes
    ----------
    lengths
        One length for each number that determines the size of an instance (``Task.lengths``).
    first
        First position of the zone in the random order of the problems.
    size
        Number of problems; None if problems are drawn at random.
    order
        Maps a position in the random order to the number of a problem (``Task.unrank``); None if
        problems are drawn at random.
    """

    lengths: tuple[int, ...]
    first: int = 0
    size: int | None = None
    order: Callable[[int], int] | None = None


def zones_of(task: AnyTask, range_or_length: str | int, split: str, seed: int) -> list[Zone]:
    """Return the zone of a split for each length of a range, in the order of the lengths.

    Raises
    ------
    ValueError
        If the task does not have the range.
    """
    low, high = task.length_range(range_or_length)
    lengths = list(product(range(low, high + 1), repeat=task.lengths))
    counts = [_enumerated(task, each) for each in lengths]
    if type(task).held_out is not Task.held_out and not isinstance(range_or_length, int):
        return [
            _held_out_zone(task, split, seed, *pair) for pair in zip(lengths, counts, strict=True)
        ]
    bounds = _bounds(task, range_or_length, split, seed, counts)
    return [
        Zone(each) if count is None else Zone(each, *bound, _order(task, seed, each, count))
        for each, count, bound in zip(lengths, counts, bounds, strict=True)
    ]


def _enumerated(task: AnyTask, lengths: tuple[int, ...]) -> int | None:
    """Return the number of problems of these lengths; None if they are too many or not numbered."""
    count = task.count(*lengths) if type(task).unrank is not Task.unrank else None
    return None if count is None or count > MAX_ENUMERATED_PROBLEMS else count


def _held_out_zone(
    task: AnyTask, split: str, seed: int, lengths: tuple[int, ...], count: int | None
) -> Zone:
    """Return the zone of a split for a task that holds out problems itself."""
    if count is None:
        return Zone(lengths)
    names = Stream(task.name, seed, "names").at(0)
    numbers = [
        number
        for number in map(_order(task, seed, lengths, count), range(count))
        if task.held_out(task.unrank(names, number, *lengths), seed) is not (split == "train")
    ]
    return Zone(lengths, 0, len(numbers), numbers.__getitem__)


def _order(task: AnyTask, seed: int, lengths: tuple[int, ...], count: int) -> Callable[[int], int]:
    """Return the random order of the problems of a length."""
    return Permutation(max(count, 1), task.name, seed, *lengths).at


def _bounds(
    task: AnyTask,
    range_or_length: str | int,
    split: str,
    seed: int,
    counts: Sequence[int | None],
) -> list[tuple[int, int]]:
    """Return the first position and the size of a split's zone, for each length."""
    known = [count or 0 for count in counts]
    total = sum(known)
    if isinstance(range_or_length, int):
        return [(0, count) for count in known]
    is_later_range = range_or_length in list(task.ranges)[1:]
    if is_later_range and None not in counts and total <= MAX_EVAL_ONLY_PROBLEMS:
        eval_stops = probe_stops = known
    else:
        numerator, denominator = TRAIN_SHARE
        held_out = -(-total * (denominator - numerator) // denominator)
        for_eval = max(-(-held_out // 2), min(MIN_EVAL_PROBLEMS, held_out))
        order = Stream(task.name, range_or_length, seed, "zones").at(0).shuffled(range(len(known)))
        probe_stops = apportion(known, held_out, order)
        eval_stops = apportion(probe_stops, for_eval, order)
    starts = {"eval": [0] * len(known), "probe": eval_stops, "train": probe_stops}[split]
    stops = {"eval": eval_stops, "probe": probe_stops, "train": known}[split]
    return [(start, stop - start) for start, stop in zip(starts, stops, strict=True)]


def apportion(weights: Sequence[int], total: int, order: Sequence[int] | None = None) -> list[int]:
    """Divide a total into whole shares by weight, each within one of its exact proportion.

    Parameters
    ----------
    weights
        At least 0 each, and not all 0 unless ``total`` is 0.
    order
        Indices of the weights in the order of rounding; ``None`` for ascending.

    Returns
    -------
    list of int
        One share for each weight; they add up to ``total``.
    """
    weight_sum = max(1, sum(weights))
    shares = [0] * len(weights)
    before = 0
    for index in range(len(weights)) if order is None else order:
        after = before + weights[index]
        shares[index] = after * total // weight_sum - before * total // weight_sum
        before = after
    return shares
