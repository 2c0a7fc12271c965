"""The problems of an evaluation: the very ones that a corpus of the same seed holds out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from evaluation.items import Item, replay
from tasks import Task
from tasks.corpus.records import items
from tasks.corpus.selection import digests, select

SPLIT = "eval"


def problems(
    tasks: Sequence[Task[Any]],
    ranges: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    style: str = "minimal",
) -> Iterator[Item]:
    """The first ``count`` different evaluation items of each task and range, replayed.

    A corpus of this seed, with at least as many evaluation items of the same ranges, trains on none
    of them. Where a range has fewer problems, these are all there are.

    Raises
    ------
    ValueError
        For a range that a task does not have.
    """
    for task in tasks:
        taken: set[bytes] = set()
        for where in ranges:
            find = partial(digests, task, where, SPLIT, seed)
            indices = select(partial(map, find), count, taken)
            posed = [
                (
                    f"{task.name}-{where}-{SPLIT}-{seed}-{item.index}",
                    item.instance,
                    task.prompt(item.instance, item.wording),
                )
                for item in items(task, where, SPLIT, seed, indices)
            ]
            yield from replay(task, where, posed, style=style)
