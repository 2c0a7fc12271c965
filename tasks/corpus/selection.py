"""Choose the items of a corpus: evaluation first, then probes, then training without either.

Items are considered in the order of their indices. An item is skipped if its problem
(``Instance.digest``) was chosen before, for this part or an earlier one, whatever its wording and
its names; training may repeat a problem, but no prompt. Problems and prompts are compared by 8
bytes of a digest; a collision would only skip one of them needlessly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.base import AnyTask, Instance
from tasks.corpus.executors import Map
from tasks.corpus.items import item_pool

INDICES_PER_CHUNK = 1_000
"""Indices that a worker examines in one call."""
MAX_INDICES_PER_ROUND = 500 * INDICES_PER_CHUNK
"""Indices examined between two selections, which bounds memory."""
MAX_INDICES_WITHOUT_NEW = 20 * INDICES_PER_CHUNK
"""Consecutive indices without a new problem after which the space counts as exhausted."""

ProblemKeys = NDArray[np.uint64]
ItemIndices = NDArray[np.int64]


class CorpusPart(NamedTuple):
    """Records of one task, range and split that a corpus is requested to hold.

    Attributes
    ----------
    requested
        Requested number of records.
    """

    task: AnyTask
    range: str
    split: str
    requested: int

    @property
    def name(self) -> str:
        return f"{self.task.name} {self.range} {self.split}"

    @property
    def wordings(self) -> str:
        """The wordings that pose the problems: ``SEEN`` by training, or ``UNSEEN``."""
        return self.task.wording_kind(self.task.wording_indices(self.split)[0])


class Candidates(NamedTuple):
    """Items that exist within a range of indices.

    Attributes
    ----------
    indices
        int64[n], ascending.
    keys
        uint64[n]: keys of their problems.
    prompts
        uint64[n]: keys of their prompts.
    repeats
        bool[n]: ``Item.repeats`` of each.
    last
        Whether no item has a greater index.
    """

    indices: ItemIndices
    keys: ProblemKeys
    prompts: ProblemKeys
    repeats: NDArray[np.bool_]
    last: bool


class ChosenItems(NamedTuple):
    """Items chosen for a part of a corpus.

    Attributes
    ----------
    indices
        int64[n], ascending.
    problems
        uint64[p]: keys of their distinct problems, ascending; ``p <= n``.
    """

    indices: ItemIndices
    problems: ProblemKeys


def problem_keys(instances: Iterable[Instance]) -> ProblemKeys:
    """Return the key of each instance's problem, uint64[n]: the first 8 bytes of its digest."""
    digests = b"".join([instance.digest[:8] for instance in instances])
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def choose_items(parts: Iterable[CorpusPart], seed: int, run: Map = map) -> Iterator[ChosenItems]:
    """Choose the items of each part of a corpus.

    Parameters
    ----------
    parts
        In the order in which they are chosen: no problem of a task is in two of them.
    run
        ``map`` of an executor; see ``tasks.corpus.executors``.
    """
    excluded: dict[str, ProblemKeys] = {}
    for task, range_name, split, requested in parts:
        earlier = excluded.get(task.name, np.zeros(0, np.uint64))
        candidates = partial(run, partial(find_candidates, task, range_name, split, seed))
        chosen = select_items(candidates, requested, earlier)
        excluded[task.name] = np.concatenate([earlier, chosen.problems])
        yield chosen


def find_candidates(
    task: AnyTask, range_name: str, split: str, seed: int, first: int
) -> Candidates:
    """Return the items with indices from ``first`` to ``first + INDICES_PER_CHUNK - 1``."""
    pool = item_pool(task, range_name, split, seed)
    end = first + INDICES_PER_CHUNK
    if pool.end is not None:
        end = min(end, pool.end)
    items = [item for item in map(pool.item, range(first, end)) if item is not None]
    return Candidates(
        np.array([item.index for item in items], np.int64),
        problem_keys(item.instance for item in items),
        np.array([item.key for item in items], np.uint64),
        np.array([item.repeats for item in items], np.bool_),
        pool.end == end,
    )


def select_items(
    candidates: Callable[[Iterable[int]], Iterable[Candidates]], count: int, excluded: ProblemKeys
) -> ChosenItems:
    """Select the first ``count`` items whose problems are new and not excluded.

    When the problems of a length are used up, the selected ones are repeated in other wordings and
    with other names, if the split allows repeats.

    Parameters
    ----------
    candidates
        Maps first indices to the results of ``find_candidates``, in the same order.
    excluded
        Keys of problems that must not be selected, in any order.

    Returns
    -------
    ChosenItems
        Fewer than ``count`` items if the space is exhausted; see ``MAX_INDICES_WITHOUT_NEW``.
    """
    excluded = np.sort(excluded)
    posed = np.zeros(0, np.uint64)  # sorted, as `excluded` and `prompted` are
    prompted = np.zeros(0, np.uint64)
    selected: list[ItemIndices] = []
    missing = count
    start, last = 0, -1
    while missing and start - 1 - last < MAX_INDICES_WITHOUT_NEW:
        firsts = range(start, start + min(missing, MAX_INDICES_PER_ROUND), INDICES_PER_CHUNK)
        start = firsts[-1] + INDICES_PER_CHUNK
        chunks = list(candidates(firsts))
        indices, keys, prompts, repeats = (
            np.concatenate([getattr(chunk, name) for chunk in chunks])
            for name in ("indices", "keys", "prompts", "repeats")
        )
        new = np.flatnonzero(~repeats & ~_among(keys, excluded) & ~_among(keys, posed))
        new = new[np.sort(np.unique(keys[new], return_index=True)[1])]
        new_keys = np.sort(keys[new])
        repeated = np.flatnonzero(repeats & (_among(keys, posed) | _among(keys, new_keys)))
        taken = np.sort(np.concatenate([new, repeated]))
        taken = taken[~_among(prompts[taken], prompted)]
        taken = taken[np.sort(np.unique(prompts[taken], return_index=True)[1])][:missing]
        prompted = np.sort(np.concatenate([prompted, prompts[taken]]), kind="stable")
        taken_keys = np.sort(keys[taken[~repeats[taken]]])
        # A stable sort merges two sorted arrays in linear time.
        posed = np.sort(np.concatenate([posed, taken_keys]), kind="stable")
        selected.append(indices[taken])
        missing -= len(taken)
        last = int(indices[taken[-1]]) if len(taken) else last
        if chunks[-1].last:
            break
    return ChosenItems(np.concatenate([np.zeros(0, np.int64), *selected]), posed)


def _among(keys: ProblemKeys, known: ProblemKeys) -> NDArray[np.bool_]:
    """Return which keys are among the sorted keys ``known``, bool[n]."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    position = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    among: NDArray[np.bool_] = known[position] == keys
    return among
