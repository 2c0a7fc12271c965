"""Which problems are scored: those that a corpus holds out, on disk or by seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from evaluation.problems.replays import EvalProblem, replay
from tasks import Task
from tasks.corpus.dataset import Corpus
from tasks.corpus.items import items
from tasks.corpus.records.forms import Form
from tasks.corpus.requests import restore_tasks
from tasks.corpus.selection import find_candidates, select_items

SPLIT = "eval"


def problems(
    tasks: Sequence[Task[Any]],
    ranges: Sequence[str],
    count: int,
    *,
    seed: int = 0,
    form: Form = Form(),
    free: bool = False,
) -> Iterator[EvalProblem]:
    """The first ``count`` different evaluation items of each task and range, replayed.

    A corpus of this seed, with at least as many evaluation items of the same ranges, trains on none
    of them. Where a range has fewer problems, these are all there are.

    Parameters
    ----------
    form, free
        See ``evaluation.problems.replays.replay``.

    Raises
    ------
    ValueError
        For a range or a style that a task does not have.
    """
    for task in tasks:
        form.check(task)
        held = np.zeros(0, np.uint64)
        for where in ranges:
            found = partial(map, partial(find_candidates, task, where, SPLIT, seed))
            chosen = select_items(found, count, held)
            held = np.concatenate([held, chosen.problems])
            yield from _replay(task, where, SPLIT, seed, chosen.indices.tolist(), form, free)


def held_out(
    corpus: Corpus,
    split: str,
    ranges: Sequence[str],
    count: int,
    *,
    tasks: Sequence[Task[Any]] = (),
    form: Form | None = None,
    free: bool = False,
) -> Iterator[EvalProblem]:
    """The first ``count`` items of a split of a corpus, of each task and range, replayed.

    Every record is made again from its id, and compared. Items that the corpus has no record of,
    because they were too long for it, are among them and do not fit.

    Parameters
    ----------
    tasks
        Those to take; if none are given, all that the corpus was made by. Then they must be ones
        that come with the project.
    form
        How the machine's text is written, where it is not as in the corpus.
    free
        See ``evaluation.problems.replays.replay``.

    Raises
    ------
    ValueError
        When the corpus has none of a range, was made by other tasks than there are now, or holds a
        record that the machine does not make.
    """
    own = form_of(corpus)
    how = form or own
    for task in restore_tasks(corpus.manifest["request"], tasks, only=bool(tasks)):
        how.check(task)
        for where in ranges:
            found = corpus.records(split, task=task.name, range_name=where, optional_columns=())
            records = {record["id"]: record for record in found}
            indices = _indices(corpus, task, where, split, records)[:count]
            seed = corpus.manifest["request"]["seed"]
            for item in _replay(task, where, split, seed, indices, how, free):
                record = records.get(item.id)
                if record and not _same(item, record, how == own and not free):
                    raise ValueError(
                        f"{corpus.folder}: record {item.id} is not what the machine makes now; "
                        "`tmtail corpus verify` says more"
                    )
                # What the corpus left out as too long does not fit, written in the same way.
                left_out = record is None and how == own and not free
                yield item._replace(fits=False, gold="") if left_out else item


def asked(corpus: Corpus, split: str, count: int) -> dict[tuple[str, str], int]:
    """How many items ``held_out`` would give if there were enough, by task and range."""
    return {
        (part["task"], part["range"]): min(count, part["asked"])
        for part in corpus.manifest["parts"]
        if part["split"] == split
    }


def longest(corpus: Corpus, split: str) -> dict[tuple[str, str], int]:
    """UTF-8 bytes of the longest completion of a split, by task and range."""
    return {
        (part["task"], part["range"]): part["longest"].get("completion", 0)
        for part in corpus.manifest["parts"]
        if part["split"] == split
    }


def form_of(corpus: Corpus) -> Form:
    """How the completions of a corpus are written."""
    about = corpus.manifest["request"]["form"]
    return Form(**about | {"without": tuple(about["without"])})


def _replay(
    task: Task[Any],
    where: str,
    split: str,
    seed: int,
    indices: Sequence[int],
    form: Form,
    free: bool,
) -> list[EvalProblem]:
    posed = list(items(task, where, split, seed, indices))
    return replay(
        task,
        where,
        [f"{task.name}-{where}-{split}-{seed}-{item.index}" for item in posed],
        [item.instance for item in posed],
        [item.prompt(task) for item in posed],
        form=form,
        free=free,
    )


def _indices(
    corpus: Corpus, task: Task[Any], where: str, split: str, ids: Iterable[str]
) -> list[int]:
    """The items of a part of a corpus, in its order, those it has no records of included."""
    parts = [part for part in corpus.manifest["parts"] if part["task"] == task.name]
    (wanted,) = (p for p in parts if (p["range"], p["split"]) == (where, split))
    recorded = [int(name.rpartition("-")[2]) for name in ids]
    if not wanted["refused"]:
        return recorded
    # Which were refused no file says: they are chosen again, as they were when it was built.
    held = np.zeros(0, np.uint64)
    indices: list[int] = []
    seed = corpus.manifest["request"]["seed"]
    for part in parts[: parts.index(wanted) + 1]:
        found = partial(map, partial(find_candidates, task, part["range"], part["split"], seed))
        chosen = select_items(found, part["asked"], held)
        held = np.concatenate([held, chosen.problems])
        indices = chosen.indices.tolist()
    if not set(recorded) <= set(indices):
        raise ValueError(f"{corpus.folder} was made by another version of {task.name}")
    return indices


def _same(item: EvalProblem, record: Mapping[str, Any], written_alike: bool) -> bool:
    """Whether an item is the one of a record."""
    if item.instance.to_json() != record["instance"]:
        return False
    written = (record["prompt"], record["completion"])
    return not written_alike or (item.prompt, item.completion) == written
