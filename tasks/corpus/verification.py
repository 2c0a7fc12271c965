"""Prove a corpus from its files: nothing twice, nothing leaked, every text what its machine says.

Each record is made again from its id alone, the machine run anew, and compared column by column.
Problems and prompts are then compared across all files; of each, 8 bytes of a digest are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import combinations, repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from compiler.vocabulary import Vocabulary
from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.executors import Executor, start
from tasks.corpus.items import SPLITS
from tasks.corpus.records.forms import Form
from tasks.corpus.records.table import RecordOptions, record_table
from tasks.corpus.requests import describe_task, restore_tasks
from tasks.corpus.selection import ProblemKeys
from tm.support.files import sha256

MAX_FAULTS_PER_FILE = 3
"""Faults of one file that are told; the others are counted."""


class Leak(NamedTuple):
    """What two splits of a task have in common; of ``train`` with itself, what it holds twice.

    Attributes
    ----------
    problems, prompts
        How many distinct ones are in both, or stand more than once in the one.
    allowed
        Whether problems may: those of a small space are trained on in several wordings.
    """

    task: str
    splits: tuple[str, str]
    problems: int
    prompts: int
    allowed: bool

    @property
    def fine(self) -> bool:
        return not self.prompts and (self.allowed or not self.problems)


class VerificationReport(NamedTuple):
    """What was found.

    Attributes
    ----------
    records
        How many were made again and compared.
    leaks
        A row for each pair of splits of each task.
    faults
        A sentence for each thing that is wrong, leaks among them.
    """

    records: int
    leaks: Sequence[Leak]
    faults: Sequence[str]


class ExaminedFile(NamedTuple):
    """One file: uint64[n] problems and uint64[n] prompts of its records, and what is wrong."""

    problems: ProblemKeys
    prompts: ProblemKeys
    faults: Sequence[str]


def verify(
    corpus: Corpus,
    *,
    tasks: Sequence[AnyTask] = (),
    tokenizer: Path | None = None,
    executor: Executor = "processes",
    workers: int | None = None,
    address: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> VerificationReport:
    """Check a corpus against its own request.

    Parameters
    ----------
    tasks
        Those that do not come with the project.
    tokenizer
        That which the corpus was counted with: tokens are compared, too, and with the budget. They
        are not without it.
    executor, workers, address
        See ``tasks.corpus.executors``.
    progress
        Called with the number of files that are done and of all.

    Raises
    ------
    ValueError
        When a task cannot be found, or is not the one that the corpus was made by; or when the
        corpus was not counted with this tokenizer.
    """
    request = corpus.manifest["request"]
    known = {task.name: task for task in restore_tasks(request, tasks)}
    for about in request["tasks"]:
        if describe_task(known[about["name"]]) != about:
            raise ValueError(f"the corpus was made by another {about['name']}: its file differs")
    if tokenizer and request["tokenizer"] != sha256(Vocabulary.find_file(tokenizer)):
        raise ValueError(f"the corpus was not counted with {tokenizer}")
    options = RecordOptions(
        form=Form(**{**request["form"], "without": tuple(request["form"]["without"])}),
        spans=request["spans"],
        tokenizer=tokenizer,
        max_tokens=request["max_tokens"] if tokenizer else None,
    )
    faults = list(_file_faults(corpus))
    parts = corpus.manifest["parts"]
    files = [(part, corpus.folder / name) for part in parts for name in part["files"]]
    there = [(part, path) for part, path in files if path.is_file()]
    found: dict[tuple[str, str], list[ExaminedFile]] = {}
    counted: dict[str, int] = {}
    with start(executor, workers, address) as run:
        work = (
            [path for _, path in there],
            [known[part["task"]] for part, _ in there],
            [part["range"] for part, _ in there],
            [part["split"] for part, _ in there],
            repeat(request["seed"]),
            repeat(options),
        )
        results = zip(there, run(examine, *work), strict=True)
        for done, ((part, path), examined) in enumerate(results, 1):
            found.setdefault((part["task"], part["split"]), []).append(examined)
            counted[path.relative_to(corpus.folder).as_posix()] = len(examined.problems)
            faults += [f"{path.name}: {fault}" for fault in examined.faults]
            if progress:
                progress(done, len(there))
    faults += _count_faults(parts, counted)
    leaks = list(_leaks(known, parts, found))
    faults += [_told(leak) for leak in leaks if not leak.fine]
    return VerificationReport(sum(counted.values()), leaks, faults)


def examine(
    path: Path, task: AnyTask, range_name: str, split: str, seed: int, options: RecordOptions
) -> ExaminedFile:
    """Make every record of a file again and compare it."""
    problems: list[bytes] = []
    prompts: list[bytes] = []
    faults: list[str] = []
    try:
        for table in _tables(path, options):
            faults += _differences(table, task, range_name, split, seed, options)
            posed = map(task.instance.from_json, table["instance"].to_pylist())
            problems += [instance.digest[:8] for instance in posed]
            texts = map(str.encode, table["prompt"].to_pylist())
            prompts += [blake2b(text, digest_size=8).digest() for text in texts]
    except (OSError, ValueError) as error:  # Arrow's errors are ValueErrors, or OSErrors
        faults.append(f"cannot be read: {error}")
        del problems[len(prompts) :]
    told = faults[:MAX_FAULTS_PER_FILE]
    if len(faults) > MAX_FAULTS_PER_FILE:
        told.append(f"{len(faults) - MAX_FAULTS_PER_FILE:,} more such faults")
    return ExaminedFile(_keys(problems), _keys(prompts), told)


def _tables(path: Path, options: RecordOptions) -> Iterator[pa.Table]:
    """The records of a file, some at a time; without their ``tokens`` range_name nobody counts."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        wanted = [name for name in names if options.tokenizer or name != "tokens"]
        if wanted != options.schema.names:
            raise ValueError(f"it has the columns {', '.join(wanted)}")
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=wanted)


def _keys(digests: Sequence[bytes]) -> ProblemKeys:
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _differences(
    table: pa.Table, task: AnyTask, range_name: str, split: str, seed: int, options: RecordOptions
) -> Iterator[str]:
    """Where records differ from those that their ids stand for."""
    ids = table["id"].to_pylist()
    stem = f"{task.name}-{range_name}-{split}-{seed}-"
    if odd := next((name for name in ids if not _is_id(name, stem)), None):
        yield f"record {odd!r} is none of this file"
        return
    try:
        made = record_table(
            task, range_name, split, seed, [int(name.removeprefix(stem)) for name in ids], options
        )
    except ValueError as error:
        yield str(error)
        return
    if made.num_rows != table.num_rows:
        yield f"{table.num_rows - made.num_rows} records should not be there: they are too long"
        return
    for name in table.column_names:
        ours, theirs = (list(_flat(each[name])) for each in (made, table))
        if ours != theirs:
            rows = zip(made[name].to_pylist(), table[name].to_pylist(), ids, strict=True)
            for mine, other, identity in rows:
                if mine != other:
                    yield f"record {identity}: `{name}` is not what the machine makes"


def _is_id(name: str, stem: str) -> bool:
    index = name.removeprefix(stem)
    return name.startswith(stem) and index.isascii() and index.isdecimal()


def _flat(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    """A column as arrays that are equal when its values are: dictionaries differ at will."""
    array = column.combine_chunks()
    if not pa.types.is_struct(array.type):
        yield array
        return
    for place in range(array.type.num_fields):
        lists = array.field(place)
        values = lists.flatten()
        yield pc.list_value_length(lists)
        is_named = pa.types.is_dictionary(values.type)
        yield values.dictionary_decode() if is_named else values


def _file_faults(corpus: Corpus) -> Iterator[str]:
    for file in corpus.damaged():
        yield f"{file}: is missing, or not what was written"
    listed = corpus.manifest["files"]
    for path in sorted((corpus.folder / "data").rglob("*.parquet")):
        name = path.relative_to(corpus.folder).as_posix()
        if name not in listed:
            yield f"{name}: the manifest does not list it"


def _count_faults(parts: Sequence[Mapping[str, Any]], counted: Mapping[str, int]) -> Iterator[str]:
    for part in parts:
        records = sum(counted.get(name, 0) for name in part["files"])
        if records != part["records"]:
            name = f"{part['task']} {part['range']} {part['split']}"
            yield f"{name}: {records:,} records, but the manifest says {part['records']:,}"


def _leaks(
    tasks: Mapping[str, AnyTask],
    parts: Sequence[Mapping[str, Any]],
    found: Mapping[tuple[str, str], Sequence[ExaminedFile]],
) -> Iterator[Leak]:
    for task in tasks:
        splits = [split for split in SPLITS if (task, split) in found]
        problems, prompts = (
            {
                split: np.concatenate([getattr(file, name) for file in found[task, split]])
                for split in splits
            }
            for name in ("problems", "prompts")
        )
        again = any(
            part["problems"] < part["items"] and part["task"] == task and part["split"] == "train"
            for part in parts
        )
        for split in splits:
            twice = [_twice(keys[split]) for keys in (problems, prompts)]
            yield Leak(task, (split, split), twice[0], twice[1], split == "train" and again)
        for one, other in combinations(splits, 2):
            both = [len(np.intersect1d(keys[one], keys[other])) for keys in (problems, prompts)]
            yield Leak(task, (one, other), both[0], both[1], allowed=False)


def _twice(keys: ProblemKeys) -> int:
    return int((np.unique(keys, return_counts=True)[1] > 1).sum())


def _told(leak: Leak) -> str:
    one, other = leak.splits
    place = f"twice in {one}" if one == other else f"in both {one} and {other}"
    return f"{leak.task}: {leak.problems:,} problems and {leak.prompts:,} prompts stand {place}"
