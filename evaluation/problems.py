"""The problems of an evaluation: the very ones that a corpus of the same seed holds out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from evaluation.items import Item, replay
from tasks import Task, get
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import items
from tasks.corpus.selection import find, select

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
        held = np.zeros(0, np.uint64)
        for where in ranges:
            found = partial(map, partial(find, task, where, SPLIT, seed))
            chosen = select(found, count, held)
            held = np.concatenate([held, chosen.problems])
            posed = [
                (
                    f"{task.name}-{where}-{SPLIT}-{seed}-{item.index}",
                    item.instance,
                    item.prompt(task),
                )
                for item in items(task, where, SPLIT, seed, chosen.indices.tolist())
            ]
            yield from replay(task, where, posed, style=style)


def held_out(corpus: Corpus, split: str, ranges: Sequence[str], count: int) -> Iterator[Item]:
    """The first ``count`` records of a split of a corpus, of each task and range, replayed.

    Raises
    ------
    ValueError
        When the corpus has none of a range, or was made by other tasks than there are now.
    """
    request = corpus.manifest["request"]
    for about in request["tasks"]:
        spans = {name: tuple(span) for name, span in about["options"]["ranges"].items()}
        task = get(about["name"], **about["options"] | {"ranges": spans})
        if task.table.digest != about["machine"]:
            raise ValueError(f"{corpus.folder} was made by another machine of {task.name}")
        for where in ranges:
            records = islice(corpus.records(split, task=task.name, where=where), count)
            posed = [
                (r["id"], task.instance.from_json(r["instance"]), r["prompt"]) for r in records
            ]
            yield from replay(task, where, posed, style=request["style"])
