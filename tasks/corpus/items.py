"""Items: the problems of a range that belong to a split, each posed in words, by index.

Item ``index`` of (task, range, split, seed) is a function of these names alone, so that it can be
made by itself, anywhere. The lengths take turns in a random order: index i has the length that
stands at place i mod n of the n there are, and all lengths are as frequent.

Where there are few problems of some length, and the task numbers them (``Task.count``), a random
order of them is cut into three zones, for evaluation, probes and training; so no two splits share
one, whatever is asked for. A length whose zone is used up has no further items, and the others go
on without it; when all are, training begins anew, each problem in another wording. Elsewhere the
problem is drawn, and ``tasks.corpus.selection`` keeps splits apart. A task may also keep problems
out of training itself (``Task.held_out``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from tasks.base import AnyTask, Instance, Task
from tasks.draws import Permutation, Stream

SPLITS = ("eval", "probe", "train")

MAX_ENUMERATED_PROBLEMS = 100_000
"""Of so many problems of one length, or fewer, splits get zones."""
TRAIN_SHARE = (4, 5)
"""The part of such problems that is trained on; evaluation has half of what is left, as probes."""
MIN_EVAL_PROBLEMS = 6
"""… but evaluation has so many problems, if there are, before any is for probes."""
MAX_EVAL_ONLY_PROBLEMS = 500
"""A range after the first, with so many problems or fewer in all, is for evaluation alone."""


@dataclass(frozen=True, slots=True)
class Item:
    """A problem, posed.

    Attributes
    ----------
    wording
        The number of the wording that poses it.
    again
        Whether an item with a lower index poses the same problem in another wording: items for
        training do so when a small space is used up.
    """

    index: int
    instance: Instance
    wording: int
    again: bool = False

    def prompt(self, task: AnyTask) -> str:
        """The problem in words, ending in a line break."""
        return task.prompt(self.instance, self.wording)


class Zone(NamedTuple):
    """Which problems of one length belong to a split.

    Attributes
    ----------
    first, size
        Places in the random order of the problems; ``size`` is None where problems are drawn.
    order
        From a place in the random order to a problem's number; None where problems are drawn.
    """

    lengths: tuple[int, ...]
    first: int = 0
    size: int | None = None
    order: Callable[[int], int] | None = None


class ItemPool:
    """The items of one task, range, split and seed.

    Parameters
    ----------
    where
        A range, or one length. Of one length, every split has all problems: no corpus holds them.

    Raises
    ------
    ValueError
        For a range that the task does not have, or a split that there is not.
    """

    def __init__(self, task: AnyTask, where: str | int, split: str, seed: int) -> None:
        if split not in SPLITS:
            raise ValueError(f"no split is called {split!r}; there are {', '.join(SPLITS)}")
        self.task = task
        self._seed = seed
        self._trains = None if isinstance(where, int) else split == "train"
        self._stream = Stream(task.name, where, split, seed)
        zones = [zone for zone in _zones(task, where, split, seed) if zone.size != 0]
        self._zones = Stream(task.name, where, split, seed, "lengths").at(0).shuffled(zones)
        sizes = [zone.size for zone in self._zones]
        known = [size for size in sizes if size is not None]
        self._once = max(known, default=0) * len(sizes) if len(known) == len(sizes) else None
        visits = len(task.wordings) if split == "train" else 1
        self.end = None if self._once is None else self._once * visits
        """No item has this index or a greater one; None where problems are drawn."""

    @property
    def problems(self) -> int | None:
        """How many different problems there are; None where they are drawn."""
        sizes = [zone.size for zone in self._zones]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def item(self, index: int) -> Item | None:
        """The item with this index; None where there is none, but perhaps with a greater one.

        So it is where the problems of its length are used up, or the task keeps this one for
        another split (``Task.held_out``).
        """
        if self.end is not None and index >= self.end:
            return None
        visit, once = divmod(index, self._once) if self._once else (0, index)
        turn, place = divmod(once, len(self._zones))
        zone = self._zones[place]
        draws = self._stream.at(index)
        wording = draws.below(len(self.task.wordings))
        if zone.order is None or zone.size is None:
            return self._kept(Item(index, self.task.sample(draws, *zone.lengths), wording))
        if turn >= zone.size:
            return None
        number = zone.order(zone.first + turn)
        instance = self.task.unrank(draws, number, *zone.lengths)
        if visit:  # the wording is the one that follows that of the visit before
            first = self._stream.at(once).below(len(self.task.wordings))
            wording = (first + visit) % len(self.task.wordings)
        return self._kept(Item(index, instance, wording, again=visit > 0))

    def _kept(self, item: Item) -> Item | None:
        held = self.task.held_out(item.instance, self._seed)
        return None if held is not None and held is self._trains else item


item_pool = lru_cache(maxsize=4)(ItemPool)
"""The same ``ItemPool`` for the same names, kept for the next call."""


def items(
    task: AnyTask, where: str | int, split: str, seed: int, indices: Iterable[int]
) -> Iterator[Item]:
    """The items of a range or length with these indices, each made alone.

    Raises
    ------
    ValueError
        Where there is no such item; see ``ItemPool`` for others.
    """
    source = item_pool(task, where, split, seed)
    for index in indices:
        item = source.item(index)
        if item is None:
            raise ValueError(
                f"{task.name} {where} has no item {index} for {split}: {_left(source, index)}"
            )
        yield item


def _left(source: ItemPool, index: int) -> str:
    count = source.problems
    if count is None or index < (source.end or 0):
        return "it belongs to another split, or the problems of its length are used up"
    return f"there are {count} problems"


def _zones(task: AnyTask, where: str | int, split: str, seed: int) -> list[Zone]:
    """The zone of a split for each length of a range, in the order of the lengths."""
    low, high = task.length_range(where)
    lengths = list(product(range(low, high + 1), repeat=task.lengths))
    counts = [task.count(*each) for each in lengths]
    few = [None if count is None or count > MAX_ENUMERATED_PROBLEMS else count for count in counts]
    if type(task).held_out is not Task.held_out and not isinstance(where, int):
        return [_decided(task, split, seed, *pair) for pair in zip(lengths, few, strict=True)]
    shares = _shares(task, where, split, seed, few)
    return [
        Zone(each) if count is None else Zone(each, *share, _order(task, seed, each, count))
        for each, count, share in zip(lengths, few, shares, strict=True)
    ]


def _decided(
    task: AnyTask, split: str, seed: int, lengths: tuple[int, ...], count: int | None
) -> Zone:
    """The zone of a split where the task says which problems are held out."""
    if count is None:
        return Zone(lengths)
    names = Stream(task.name, seed, "names").at(0)
    ours = [
        number
        for number in map(_order(task, seed, lengths, count), range(count))
        if task.held_out(task.unrank(names, number, *lengths), seed) is not (split == "train")
    ]
    return Zone(lengths, 0, len(ours), ours.__getitem__)


def _order(task: AnyTask, seed: int, lengths: tuple[int, ...], count: int) -> Callable[[int], int]:
    return Permutation(max(count, 1), task.name, seed, *lengths).at


def _shares(
    task: AnyTask, where: str | int, split: str, seed: int, counts: Sequence[int | None]
) -> list[tuple[int, int]]:
    """First place and size of a split's zone, for each length by the number of its problems."""
    known = [count or 0 for count in counts]
    total = sum(known)
    later = where in list(task.ranges)[1:]
    if isinstance(where, int):
        return [(0, count) for count in known]
    if later and None not in counts and total <= MAX_EVAL_ONLY_PROBLEMS:
        evaluated = held = known
    else:
        train, whole = TRAIN_SHARE
        kept = -(-total * (whole - train) // whole)
        order = Stream(task.name, where, seed, "zones").at(0).shuffled(range(len(known)))
        held = apportion(known, kept, order)
        evaluated = apportion(held, max(-(-kept // 2), min(MIN_EVAL_PROBLEMS, kept)), order)
    starts = {"eval": [0] * len(known), "probe": evaluated, "train": held}[split]
    stops = {"eval": evaluated, "probe": held, "train": known}[split]
    return [(start, stop - start) for start, stop in zip(starts, stops, strict=True)]


def apportion(weights: Sequence[int], total: int, order: Sequence[int] | None = None) -> list[int]:
    """Whole shares by weight that add up to ``total``, each less than one out of proportion.

    Parameters
    ----------
    weights
        Not all of them 0, unless ``total`` is.
    order
        That in which rounding goes through the weights; their own if None.
    """
    whole = max(1, sum(weights))
    shares = [0] * len(weights)
    before = 0
    for place in range(len(weights)) if order is None else order:
        after = before + weights[place]
        shares[place] = after * total // whole - before * total // whole
        before = after
    return shares
