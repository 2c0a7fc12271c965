"""The first problems of a split: of a corpus on disk, or of the corpus that a seed determines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import count as counter
from typing import Any, NamedTuple

from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import Item, ItemPool, items
from tasks.corpus.records.ids import RecordId
from tasks.corpus.restoring import restore_tasks
from tasks.corpus.selection import (
    MAX_INDICES_WITHOUT_NEW,
    CorpusPart,
    choose_items,
    problem_keys,
)
from tm.support.files import sha256

EVAL = "eval"


class PartProblems(NamedTuple):
    """The first problems of one task, range and split.

    Attributes
    ----------
    seed
        Seed of the corpus.
    items
        The problems, in the order of the corpus.
    records
        Stored columns (``SCHEMA``) of those items that have a record, by record id; empty for
        problems that were chosen by seed.
    """

    task: AnyTask
    range: str
    split: str
    seed: int
    items: Sequence[Item]
    records: Mapping[str, Mapping[str, Any]]

    @property
    def ids(self) -> list[str]:
        """Record id of each item."""
        name = self.task.name
        return [
            str(RecordId(name, self.range, self.split, self.seed, item.index))
            for item in self.items
        ]


def problems_by_seed(
    tasks: Sequence[AnyTask], ranges: Sequence[str], count: int, *, seed: int = 0
) -> Iterator[PartProblems]:
    """Choose the first ``count`` evaluation problems of each task and range.

    They are the evaluation problems of every corpus with this seed, these tasks and these ranges in
    this order that holds at least ``count`` of each; no such corpus trains on any of them. A range
    with fewer problems yields all of them.

    Raises
    ------
    ValueError
        If a task does not have one of the ranges.
    """
    for task in tasks:
        parts = [CorpusPart(task, range_name, EVAL, count) for range_name in ranges]
        for part, chosen in zip(parts, choose_items(parts, seed), strict=True):
            chosen_items = list(items(task, part.range, EVAL, seed, chosen.indices.tolist()))
            yield PartProblems(task, part.range, EVAL, seed, chosen_items, {})


def training_items(
    task: AnyTask,
    range_name: str,
    *,
    seed: int = 0,
    held_out: int = 500,
    first: int = 0,
    step: int = 1,
) -> Iterator[Item]:
    """Yield training items without end, none of which poses a held-out problem.

    When the problems of a range are used up, the items begin again.

    Parameters
    ----------
    held_out
        Problems of each range that evaluation, and as many that probes take from a corpus with this
        seed; they are chosen first, and no item poses one of them. If the task has other ranges
        than its class, those of the class's ranges are held out as well.
    first, step
        Index of the first item that is looked at, and the distance to the next: shards of ``step``
        streams share no item.

    Raises
    ------
    ValueError
        If the task does not have the range, or the range has no training problem.
    """
    excluded = set(_held_out(task, seed, held_out))
    options = {f.name: getattr(task, f.name) for f in fields(task) if f.name != "ranges"}
    usual = type(task)(**options).ranges
    if usual != task.ranges:
        # The options may allow shorter problems only, as those with fewer names do.
        drawable = {n: r for n, r in usual.items() if r[1] <= task.greatest_length}
        excluded.update(_held_out(replace(task, ranges=drawable), seed, held_out))
    pool = ItemPool(task, range_name, "train", seed)
    while True:
        items_of_pass, without = 0, 0
        for index in counter(first, step) if pool.end is None else range(first, pool.end, step):
            item = pool.item(index)
            if item is not None and int(problem_keys([item.instance])[0]) not in excluded:
                items_of_pass, without = items_of_pass + 1, 0
                yield item
            elif (without := without + 1) == MAX_INDICES_WITHOUT_NEW:
                break
        if not items_of_pass:
            raise ValueError(
                f"{task.name} {range_name}: all problems are held out for evaluation and probes"
            )


def _held_out(task: AnyTask, seed: int, count: int) -> Iterator[int]:
    """Yield the keys of ``count`` problems of each range for evaluation, and for probes."""
    names = [name for name in task.ranges if name not in task.beyond] or list(task.ranges)[:1]
    parts = [CorpusPart(task, name, split, count) for split in (EVAL, "probe") for name in names]
    for chosen in choose_items(parts, seed):
        yield from chosen.problems.tolist()


def problems_of_corpus(
    corpus: Corpus,
    split: str,
    ranges: Sequence[str],
    count: int,
    *,
    tasks: Sequence[AnyTask] = (),
) -> Iterator[PartProblems]:
    """Read the first ``count`` problems of each task and range of a split of a corpus.

    Items without a record, because their texts were too long for the corpus, are among them.

    Parameters
    ----------
    tasks
        Tasks to take; by default all of the corpus, which must then be built-in tasks.

    Raises
    ------
    ValueError
        If the corpus does not hold one of the ranges, or was built with other tasks than these.
    """
    for task in restore_tasks(corpus, tasks, only=bool(tasks)):
        for range_name in ranges:
            stored = corpus.records(
                split, task=task.name, range_name=range_name, optional_columns=()
            )
            records = _by_id(corpus, (task.name, range_name, split), stored)
            indices = _indices(corpus, task, range_name, split, records)[:count]
            chosen_items = list(items(task, range_name, split, corpus.seed, indices))
            yield PartProblems(task, range_name, split, corpus.seed, chosen_items, records)


def _by_id(
    corpus: Corpus, key: tuple[str, str, str], stored: Iterable[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return the records of a part by id, and check them against the manifest.

    Raises
    ------
    ValueError
        If an id is not one of the part or occurs twice, a record is missing, or a file differs from
        its SHA-256.
    """
    task, range_name, split = key
    corpus.files(split, task=task, range_name=range_name)  # raises if there is no such part
    (part,) = corpus.parts(split, task=task, range_name=range_name)
    part_name = f"{task}-{range_name}-{split}-{corpus.seed}"
    again = "run `tmtail corpus verify` for details"
    for file in part["files"]:
        if sha256(corpus.folder / file) != corpus.manifest["files"][file]:
            raise ValueError(
                f"{corpus.folder / file}: the file is not the one that was built; {again}"
            )
    records: dict[str, Mapping[str, Any]] = {}
    for record in stored:
        name = record["id"]
        if name in records or RecordId.parse(name).part != part_name:
            raise ValueError(
                f"{corpus.folder}: record id {name!r} occurs twice or is not of this part; {again}"
            )
        records[name] = record
    longest = max((len(record["completion"].encode()) for record in records.values()), default=0)
    if (len(records), longest) != (part["records"], part["longest"].get("completion", 0)):
        raise ValueError(
            f"{corpus.folder}: {task} {range_name} {split} has other records than manifest.json "
            f"states; {again}"
        )
    return records


def _indices(
    corpus: Corpus, task: AnyTask, range_name: str, split: str, ids: Iterable[str]
) -> list[int]:
    """Return the indices of all items of a part, in order, those without a record included."""
    (part,) = corpus.parts(split, task=task.name, range_name=range_name)
    recorded = [RecordId.parse(text).index for text in ids]
    if not part["refused"]:
        return recorded
    # The corpus does not store which items were refused, so they are chosen again as in the build.
    earlier = corpus.parts(task=task.name)
    earlier = earlier[: earlier.index(part) + 1]
    *_, chosen = choose_items(
        [CorpusPart(task, each["range"], each["split"], each["asked"]) for each in earlier],
        corpus.seed,
    )
    indices: list[int] = chosen.indices.tolist()
    if not set(recorded) <= set(indices):
        raise ValueError(
            f"{corpus.folder}: was built by another version of {task.name}; build it again"
        )
    return indices
