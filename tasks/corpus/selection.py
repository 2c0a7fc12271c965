"""Which items a corpus holds: evaluation first, then training without anything that is evaluated.

Items are taken in the order of their indices. One whose problem (``Instance.digest``) was taken
before, or is evaluated, is passed over, whatever its wording and its names of places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tasks.corpus.records import AnyTask, items

CHUNK = 5_000
"""So many items are one piece of a worker's work."""
PATIENCE = 4 * CHUNK
"""After so many items in a row without a new problem, the space counts as exhausted."""


def digests(task: AnyTask, where: str, split: str, seed: int, first: int) -> bytes:
    """The digests of the items ``first`` … ``first + CHUNK - 1``, 16 bytes each."""
    chunk = items(task, where, split, seed, range(first, first + CHUNK))
    return b"".join([item.instance.digest for item in chunk])


def select(
    chunks: Callable[[Iterable[int]], Iterable[bytes]], count: int, taken: set[bytes]
) -> list[int]:
    """The first ``count`` indices whose problems are not in ``taken``, to which theirs are added.

    Parameters
    ----------
    chunks
        Takes indices to the ``digests`` of the chunks that begin there, in this order.

    Returns
    -------
    list of int
        Fewer than ``count`` when the space is exhausted; see ``PATIENCE``.
    """
    chosen: list[int] = []
    start = missed = 0
    while len(chosen) < count and missed < PATIENCE:
        firsts = range(start, start + count - len(chosen), CHUNK)
        start = firsts[-1] + CHUNK
        for first, found in zip(firsts, chunks(firsts), strict=True):
            for index in range(CHUNK):
                digest = found[16 * index : 16 * index + 16]
                if digest in taken:
                    missed += 1
                elif len(chosen) < count and missed < PATIENCE:
                    missed = 0
                    taken.add(digest)
                    chosen.append(first + index)
    return chosen
