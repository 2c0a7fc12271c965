"""Verify a corpus from its files: no duplicates, no leaks, every record as its machine writes it.

Each record is made again from its id alone: the machine runs again, and every column is compared.
Problems and prompts are then compared across all files, by the first 8 bytes of their digests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from tasks.corpus.building import REQUEST, ProgressReport, request_text
from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.executors import Executor, start_executor
from tasks.corpus.records.ids import RecordId
from tasks.corpus.records.shards import ShardFigures, table_figures
from tasks.corpus.records.shortcuts import stored_shortcuts
from tasks.corpus.records.table import RecordOptions, record_table
from tasks.corpus.restoring import restore_tasks
from tasks.corpus.selection import ProblemKeys, problem_keys
from tasks.corpus.zones import SPLITS
from tm.support.differences import describe_differences
from tm.support.files import sha256

MAX_FAULTS_PER_FILE = 3
"""Faults of a file that are listed; further ones are counted."""


class Leak(NamedTuple):
    """Problems and prompts that two splits of a task share, or that one split holds twice.

    Attributes
    ----------
    splits
        The two splits; the same one twice for duplicates within a split.
    problems, prompts
        Number of distinct problems and prompts that are shared or duplicated.
    allowed
        Whether shared problems are allowed: training may repeat the problems of a small space in
        other wordings.
    """

    task: str
    splits: tuple[str, str]
    problems: int
    prompts: int
    allowed: bool

    @property
    def fine(self) -> bool:
        """True if all shared problems are allowed and no prompt is shared."""
        return not self.prompts and (self.allowed or not self.problems)


class VerificationReport(NamedTuple):
    """Result of a verification.

    Attributes
    ----------
    records
        Number of records that were made again and compared.
    leaks
        One entry for each split and each pair of splits of each task.
    faults
        A sentence for each fault, leaks included; empty if the corpus is correct.
    earlier
        Tasks that have another machine or other wordings now; those that the corpus carries were
        taken.
    """

    records: int
    leaks: Sequence[Leak]
    faults: Sequence[str]
    earlier: Sequence[str]


class ExaminedFile(NamedTuple):
    """Result of examining one file.

    Attributes
    ----------
    problems, prompts
        uint64[n]: keys of the problems and prompts of its records.
    figures
        Figures of its records.
    faults
        A sentence for each fault.
    """

    problems: ProblemKeys
    prompts: ProblemKeys
    figures: ShardFigures
    faults: Sequence[str]


def verify(
    corpus: Corpus,
    *,
    tasks: Sequence[AnyTask] = (),
    tokenizer: Path | None = None,
    executor: Executor = "processes",
    workers: int | None = None,
    address: str | None = None,
    progress: ProgressReport | None = None,
) -> VerificationReport:
    """Verify a corpus against its own request.

    Parameters
    ----------
    tasks
        Tasks of the corpus that are not built in.
    tokenizer
        Tokenizer that counted the tokens of the corpus. Without it, the column ``tokens`` and the
        token budget are not compared.
    executor, workers, address
        Where the work is done; see ``tasks.corpus.executors.start_executor``.
    progress
        Called with the number of files that are done and with their total.

    Raises
    ------
    ValueError
        If a task does not exist, its machine is neither the present one nor carried by the corpus,
        or another tokenizer counted the tokens.
    """
    request = corpus.request
    known_tasks = {task.name: task for task in restore_tasks(corpus, tasks)}
    if tokenizer and request["tokenizer"] != sha256(Vocabulary.find_file(tokenizer)):
        raise ValueError(f"{tokenizer}: is not the tokenizer that counted the tokens of the corpus")
    options = RecordOptions(
        form=corpus.form,
        spans=request["spans"],
        tokenizer=tokenizer,
        max_tokens=request["max_tokens"] if tokenizer else None,
    )
    faults = [*_file_faults(corpus), *_document_faults(corpus)]
    parts = corpus.parts()
    files = [(part, corpus.folder / name) for part in parts for name in part["files"]]
    existing = [(part, path) for part, path in files if path.is_file()]
    examined_files: dict[tuple[str, str], list[ExaminedFile]] = {}
    examined_by_name: dict[str, ExaminedFile] = {}
    with start_executor(executor, workers, address) as run:
        arguments = (
            [path for _, path in existing],
            [known_tasks[part["task"]] for part, _ in existing],
            [part["range"] for part, _ in existing],
            [part["split"] for part, _ in existing],
            repeat(corpus.seed),
            repeat(options),
        )
        results = zip(existing, run(examine, *arguments), strict=True)
        for done, ((part, path), examined) in enumerate(results, 1):
            examined_files.setdefault((part["task"], part["split"]), []).append(examined)
            examined_by_name[path.relative_to(corpus.folder).as_posix()] = examined
            faults += [f"{path.name}: {fault}" for fault in examined.faults]
            if progress:
                progress(done, len(existing))
    faults += _part_faults(corpus, known_tasks, parts, examined_by_name)
    leaks = list(_leaks(known_tasks, parts, examined_files))
    faults += [_describe_leak(leak) for leak in leaks if not leak.fine]
    records = sum(len(examined.problems) for examined in examined_by_name.values())
    faults += _source_faults(corpus, known_tasks, faults)
    earlier = [name for name, task in known_tasks.items() if task.stored is not None]
    return VerificationReport(records, leaks, faults, earlier)


def examine(
    path: Path, task: AnyTask, range_name: str, split: str, seed: int, options: RecordOptions
) -> ExaminedFile:
    """Make every record of a file again and compare it."""
    problems: list[ProblemKeys] = []
    prompts: list[bytes] = []
    figures = ShardFigures()
    faults: list[str] = []
    try:
        for table in _tables(path, options):
            faults += _differences(table, task, range_name, split, seed, options)
            instances = map(task.instance.from_json, table["instance"].to_pylist())
            keys = problem_keys(instances)
            texts = map(str.encode, table["prompt"].to_pylist())
            prompts += [blake2b(text, digest_size=8).digest() for text in texts]
            problems.append(keys)
            figures += table_figures(table, table.num_rows, options)
    except (OSError, ValueError, pa.ArrowException) as error:
        faults.append(f"cannot be read: {error}")
    listed = faults[:MAX_FAULTS_PER_FILE]
    if len(faults) > MAX_FAULTS_PER_FILE:
        listed.append(f"{len(faults) - MAX_FAULTS_PER_FILE:,} more faults")
    return ExaminedFile(
        np.concatenate([np.zeros(0, np.uint64), *problems]),
        np.frombuffer(b"".join(prompts), "<u8").astype(np.uint64),
        figures,
        listed,
    )


def _tables(path: Path, options: RecordOptions) -> Iterator[pa.Table]:
    """Yield the records of a file by row group, without ``tokens`` if there is no tokenizer."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        columns = [name for name in names if options.tokenizer or name != "tokens"]
        if columns != options.schema.names:
            raise ValueError(
                f"its columns are {', '.join(columns)}, but must be "
                f"{', '.join(options.schema.names)}"
            )
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=columns)


def _differences(
    table: pa.Table, task: AnyTask, range_name: str, split: str, seed: int, options: RecordOptions
) -> Iterator[str]:
    """Yield the differences between records and those that their ids determine."""
    ids = table["id"].to_pylist()
    try:
        record_ids = [RecordId.parse(text) for text in ids]
        part = RecordId(task.name, range_name, split, seed, 0).part
        if misplaced := [text for text in record_ids if text.part != part]:
            raise ValueError(f"record {str(misplaced[0])!r} does not belong in this file")
        indices = [record_id.index for record_id in record_ids]
        remade = record_table(task, range_name, split, seed, indices, options)
    except ValueError as error:
        yield str(error)
        return
    if remade.num_rows != table.num_rows:
        yield f"{table.num_rows - remade.num_rows} records are too long to be in the corpus"
        return
    for name in table.column_names:
        expected, stored = (list(_flat(each[name])) for each in (remade, table))
        if expected != stored:
            rows = zip(remade[name].to_pylist(), table[name].to_pylist(), ids, strict=True)
            for expected_value, stored_value, text in rows:
                if expected_value != stored_value:
                    yield f"record {text}: `{name}` is not what the machine writes"


def _flat(column: pa.ChunkedArray) -> Iterator[pa.Array]:
    """Yield a column as arrays that are equal if its values are, whatever their dictionaries."""
    array = column.combine_chunks()
    if not pa.types.is_struct(array.type):
        yield array
        return
    for index in range(array.type.num_fields):
        lists = array.field(index)
        values = lists.flatten()
        yield pc.list_value_length(lists)
        is_dictionary = pa.types.is_dictionary(values.type)
        yield values.dictionary_decode() if is_dictionary else values


def _file_faults(corpus: Corpus) -> Iterator[str]:
    for file in corpus.damaged_files():
        yield f"{file}: the file is missing or was changed"
    listed = corpus.manifest["files"]
    for path in sorted((corpus.folder / "data").rglob("*.parquet")):
        name = path.relative_to(corpus.folder).as_posix()
        if name not in listed:
            yield f"{name}: the manifest does not list this file"


def _document_faults(corpus: Corpus) -> Iterator[str]:
    """Yield a request file that is not that of the manifest, and requests it does not fulfil."""
    manifest = corpus.manifest
    path = corpus.folder / REQUEST
    if not path.is_file() or path.read_bytes() != request_text(manifest["request"]).encode():
        yield f"{REQUEST}: the file is missing or does not belong to {MANIFEST}"
    keys = ("task", "range", "split", "asked")
    requested = [[part[key] for key in keys] for part in manifest["request"]["parts"]]
    if requested != [[part[key] for key in keys] for part in manifest["parts"]]:
        yield f"{MANIFEST}: its parts are not those of its request"


def _source_faults(
    corpus: Corpus, tasks: Mapping[str, AnyTask], faults: Sequence[str]
) -> list[str]:
    """Return the tasks whose code differs from that of the build, if there are other faults.

    Without any, the difference had no effect: every column of every record was compared.
    """
    return [
        f"{each['name']}: its Python file is not the one that built the corpus, which may be the "
        "cause"
        for each in corpus.request["tasks"]
        if faults and tasks[each["name"]].source_digest != each["source"]
    ]


def _part_faults(
    corpus: Corpus,
    tasks: Mapping[str, AnyTask],
    parts: Sequence[Mapping[str, Any]],
    examined: Mapping[str, ExaminedFile],
) -> Iterator[str]:
    """Yield the parts whose figures in the manifest are not those of their records."""
    for part in parts:
        name = f"{part['task']} {part['range']} {part['split']}"
        files = [examined[file] for file in part["files"] if file in examined]
        records = sum(len(file.problems) for file in files)
        if records != part["records"]:
            yield f"{name}: {records:,} records, but the manifest lists {part['records']:,}"
            continue
        if any(file.faults for file in files):
            continue  # its figures differ because of faults that are listed
        figures = sum((file.figures for file in files), ShardFigures())
        expected = figures.description | {"refused": part["items"] - records}
        for key in ("mean", "longest"):  # tokens are counted only with a tokenizer
            known = expected[key]
            expected[key] = {**part[key], **known} if "tokens" not in known else known
        if part["split"] != "train":
            paths = [corpus.folder / name for name in part["files"]]
            expected["shortcuts"] = stored_shortcuts(tasks[part["task"]], paths)
        stored = {key: part.get(key) for key in expected}
        if not files:  # figures of no file have no names
            expected |= {"mean": part["mean"], "longest": part["longest"]}
        if stored != expected:
            yield f"{name}: {MANIFEST} differs ({describe_differences(stored, expected)})"


def _leaks(
    tasks: Mapping[str, AnyTask],
    parts: Sequence[Mapping[str, Any]],
    examined_files: Mapping[tuple[str, str], Sequence[ExaminedFile]],
) -> Iterator[Leak]:
    for task in tasks:
        splits = [split for split in SPLITS if (task, split) in examined_files]
        problems, prompts = (
            {
                split: np.concatenate([getattr(file, name) for file in examined_files[task, split]])
                for split in splits
            }
            for name in ("problems", "prompts")
        )
        training_repeats = any(
            part["problems"] < part["items"] and part["task"] == task and part["split"] == "train"
            for part in parts
        )
        for split in splits:
            duplicates = [_count_duplicates(keys[split]) for keys in (problems, prompts)]
            allowed = split == "train" and training_repeats
            yield Leak(task, (split, split), duplicates[0], duplicates[1], allowed)
        for one, other in combinations(splits, 2):
            shared = [len(np.intersect1d(keys[one], keys[other])) for keys in (problems, prompts)]
            yield Leak(task, (one, other), shared[0], shared[1], allowed=False)


def _count_duplicates(keys: ProblemKeys) -> int:
    return int((np.unique(keys, return_counts=True)[1] > 1).sum())


def _describe_leak(leak: Leak) -> str:
    one, other = leak.splits
    place = f"occur twice in {one}" if one == other else f"are in both {one} and {other}"
    return f"{leak.task}: {leak.problems:,} problems and {leak.prompts:,} prompts {place}"
