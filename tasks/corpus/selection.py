"""Which items a corpus holds: evaluation first, then probes, then training without any of these.

Items are taken in the order of their indices. One whose problem (``Instance.digest``) belongs to an
earlier part, or was taken before, is passed over, whatever its wording and its names of places.
Problems are known by 8 bytes of their digests: were two alike in these, one would merely be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.base import AnyTask
from tasks.corpus.items import item_pool

INDICES_PER_CHUNK = 1_000
"""So many items are one piece of a worker's work."""
MAX_INDICES_PER_ROUND = 500 * INDICES_PER_CHUNK
"""So many items at most are looked at before those that are new are kept, which bounds memory."""
MAX_INDICES_WITHOUT_NEW = 20 * INDICES_PER_CHUNK
"""After so many indices in a row without a new problem, the space counts as exhausted."""

ProblemKeys = NDArray[np.uint64]
ItemIndices = NDArray[np.int64]


class Candidates(NamedTuple):
    """The items that there are among some indices.

    Attributes
    ----------
    indices
        int64[n], ascending.
    keys
        uint64[n]: what their problems are known by.
    again
        bool[n]; see ``Item``.
    last
        Whether there is none with a greater index.
    """

    indices: ItemIndices
    keys: ProblemKeys
    again: NDArray[np.bool_]
    last: bool


def find_candidates(
    task: AnyTask, range_name: str, split: str, seed: int, first: int
) -> Candidates:
    """The items among the indices ``first`` … ``first + INDICES_PER_CHUNK - 1``."""
    source = item_pool(task, range_name, split, seed)
    end = (
        first + INDICES_PER_CHUNK
        if source.end is None
        else min(first + INDICES_PER_CHUNK, source.end)
    )
    made = [item for item in map(source.item, range(first, end)) if item is not None]
    digests = b"".join([item.instance.digest[:8] for item in made])
    return Candidates(
        np.array([item.index for item in made], np.int64),
        np.frombuffer(digests, "<u8").astype(np.uint64),
        np.array([item.again for item in made], np.bool_),
        source.end == end,
    )


class ChosenItems(NamedTuple):
    """The items of a part of a corpus: int64[n] indices and uint64[p] problems, both ascending."""

    indices: ItemIndices
    problems: ProblemKeys


def select_items(
    chunks: Callable[[Iterable[int]], Iterable[Candidates]], count: int, held: ProblemKeys
) -> ChosenItems:
    """The first ``count`` items whose problems are new and not among ``held``.

    Where the problems of a small space are used up, those chosen come again in other wordings.

    Parameters
    ----------
    chunks
        Takes indices to what ``find`` finds from there on, in this order.

    Returns
    -------
    ChosenItems
        Fewer than ``count`` when the space is exhausted; see ``MAX_INDICES_WITHOUT_NEW``.
    """
    held = np.sort(held)
    posed = np.zeros(0, np.uint64)  # sorted, as `held` is
    indices: list[ItemIndices] = []
    missing = count
    start, last = 0, -1
    while missing and start - 1 - last < MAX_INDICES_WITHOUT_NEW:
        firsts = range(start, start + min(missing, MAX_INDICES_PER_ROUND), INDICES_PER_CHUNK)
        start = firsts[-1] + INDICES_PER_CHUNK
        found = list(chunks(firsts))
        index, keys, again = (
            np.concatenate([getattr(part, name) for part in found])
            for name in ("indices", "keys", "again")
        )
        new = np.flatnonzero(~again & ~_among(keys, held) & ~_among(keys, posed))
        new = new[np.sort(np.unique(keys[new], return_index=True)[1])]
        here = np.sort(keys[new])
        repeated = np.flatnonzero(again & (_among(keys, posed) | _among(keys, here)))
        taken = np.sort(np.concatenate([new, repeated]))[:missing]
        # A stable sort merges what is sorted already.
        added = np.sort(keys[taken[~again[taken]]])
        posed = np.sort(np.concatenate([posed, added]), kind="stable")
        indices.append(index[taken])
        missing -= len(taken)
        last = int(index[taken[-1]]) if len(taken) else last
        if found[-1].last:
            break
    return ChosenItems(np.concatenate([np.zeros(0, np.int64), *indices]), posed)


def _among(keys: ProblemKeys, known: ProblemKeys) -> NDArray[np.bool_]:
    """bool[n]: which keys are among ``known``, which are sorted."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    place = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    among: NDArray[np.bool_] = known[place] == keys
    return among
