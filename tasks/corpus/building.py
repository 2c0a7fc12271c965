"""Build a corpus: choose the items, write their records in shards, then the card and the manifest.

Every shard is a function of the request alone, so that the same request gives the same bytes with
any number of workers. The manifest comes last: a build without one is unfinished, and building
again with the same request goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from os import sched_getaffinity
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from compiler.styles import MINIMAL
from tasks.corpus.card import card
from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.files import sha256, sole_writer, whole, write_text
from tasks.corpus.records import AnyTask, record_table
from tasks.corpus.selection import digests, select
from tasks.draws import VERSION

SHARD = 10_000
"""Records of a shard; the last one of a part holds the rest."""
GROUP = 1_000
"""Records of a row group."""
REQUEST = "request.json"

Map = Callable[..., Iterable[Any]]
Progress = Callable[[int, int], None]


class Part(NamedTuple):
    """What a corpus holds of one task, range and split."""

    task: AnyTask
    range: str
    split: str
    asked: int


class Shard(NamedTuple):
    """One file to write, and the items whose records go into it."""

    path: Path
    part: Part
    indices: Sequence[int]


def build(
    tasks: Sequence[AnyTask],
    *,
    out: Path | str,
    train: int,
    eval: int = 500,
    ranges: Sequence[str] = ("S", "M", "L"),
    train_ranges: Sequence[str] = ("S",),
    seed: int = 0,
    workers: int | None = None,
    style: str = MINIMAL,
    spans: bool = False,
    progress: Progress | None = None,
) -> Corpus:
    """Build a corpus, or finish one that was interrupted.

    Evaluation items are chosen first. No problem of theirs is trained on, in any range, and none
    occurs twice. Where a space is too small for what is asked, the corpus holds what there is, and
    manifest and card say so.

    Parameters
    ----------
    out
        The folder; it need not exist.
    train, eval
        Records of each task and range.
    ranges, train_ranges
        The ranges that are evaluated, and those that are trained on.
    workers
        Processes; ``None`` for as many as there are cores. A corpus of one shard's size or less is
        built without any: they would take longer to start.
    spans
        Whether to add the column ``spans``.
    progress
        Called with the number of shards that are done and of all.

    Raises
    ------
    ValueError
        For a range or a style that a task does not have, a task or a range named twice, less than
        no records, or a folder that holds another request's files. The folder is as it was then.
    FolderInUseError
        When another process is writing into the folder.
    """
    parts = [Part(task, r, "eval", eval) for task in tasks for r in ranges]
    parts += [Part(task, r, "train", train) for task in tasks for r in train_ranges]
    _check(tasks, parts, style)
    request = {
        "tasks": [_described(task) for task in tasks],
        "parts": [(p.task.name, p.range, p.split, p.asked) for p in parts],
        "seed": seed,
        "style": style,
        "spans": spans,
        "version": VERSION,
    }
    folder = Path(out)
    small = sum(part.asked for part in parts) <= SHARD
    with sole_writer(folder), _pool(1 if small else workers) as run:
        _claim(folder / REQUEST, request)
        if not (folder / MANIFEST).is_file():
            shards = _shards(folder, parts, _choose(parts, seed, run))
            missing = [shard for shard in shards if not shard.path.exists()]
            write = partial(_write, seed=seed, style=style, spans=spans)
            for done, _ in enumerate(run(write, missing), len(shards) - len(missing) + 1):
                if progress:
                    progress(done, len(shards))
            manifest = _manifest(folder, request, parts, shards)
            write_text(folder / "README.md", card(manifest))
            write_text(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    return Corpus.open(folder)


def _check(tasks: Sequence[AnyTask], parts: Sequence[Part], style: str) -> None:
    """See that a request can be met, before anything is written."""
    for part in parts:
        part.task.span(part.range)
        if part.asked < 0:
            raise ValueError(f"{part.asked} records of {part.split} cannot be made")
    named = [(part.task.name, part.range, part.split) for part in parts]
    if twice := {names for names in named if named.count(names) > 1}:
        raise ValueError(f"asked for twice: {' '.join(min(twice))}")
    for task in tasks:
        styles = (MINIMAL, *task.table.styles)
        if style not in styles:
            raise ValueError(f"{task.name} has no style {style!r}; it has {', '.join(styles)}")


def _described(task: AnyTask) -> dict[str, Any]:
    options = {field.name: getattr(task, field.name) for field in fields(task)}
    options["ranges"] = dict(task.ranges)
    return {
        "name": task.name,
        "paradigm": task.paradigm,
        "machine": task.table.digest,
        "options": options,
    }


def _claim(path: Path, request: dict[str, Any]) -> None:
    """Write the request, or see that the one that stands there is the same."""
    text = json.dumps(request, indent=1) + "\n"
    if not path.exists():
        write_text(path, text)
    elif path.read_text(encoding="utf-8") != text:
        raise ValueError(f"{path.parent} was begun for another request: see {path.name} there")


@contextmanager
def _pool(workers: int | None) -> Iterator[Map]:
    """``map`` over processes, its results in order; over none for one worker."""
    workers = workers or len(sched_getaffinity(0))
    if workers == 1:
        yield map
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            yield pool.map
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _choose(parts: Sequence[Part], seed: int, run: Map) -> list[list[int]]:
    """The indices of each part's items; evaluation comes first among the parts."""
    taken: dict[str, set[bytes]] = {part.task.name: set() for part in parts}
    return [
        select(
            partial(run, digests, *map(repeat, (part.task, part.range, part.split, seed))),
            part.asked,
            taken[part.task.name],
        )
        for part in parts
    ]


def _shards(folder: Path, parts: Sequence[Part], chosen: Sequence[Sequence[int]]) -> list[Shard]:
    shards = []
    for part, indices in zip(parts, chosen, strict=True):
        home = folder / "data" / part.task.name
        home.mkdir(parents=True, exist_ok=True)
        for number, first in enumerate(range(0, len(indices), SHARD)):
            path = home / f"{part.split}-{part.range}-{number:05d}.parquet"
            shards.append(Shard(path, part, indices[first : first + SHARD]))
    return shards


def _write(shard: Shard, *, seed: int, style: str, spans: bool) -> None:
    part = shard.part
    table = record_table(
        part.task, part.range, part.split, seed, shard.indices, style=style, spans=spans
    )
    with whole(shard.path) as draft:
        pq.write_table(table, draft, compression="zstd", row_group_size=GROUP)


def _manifest(
    folder: Path, request: dict[str, Any], parts: Sequence[Part], shards: Sequence[Shard]
) -> dict[str, Any]:
    """What there is, read from the files themselves."""
    found = []
    for part in parts:
        paths = [shard.path for shard in shards if shard.part == part]
        columns = ["length", "bytes", "atomic_states", "transitions"]
        tables = [pq.read_table(path, columns=columns) for path in paths]
        figures = pa.concat_tables(tables).to_pydict() if tables else {}
        found.append(
            {
                "task": part.task.name,
                "range": part.range,
                "lengths": part.task.span(part.range),
                "split": part.split,
                "asked": part.asked,
                "records": sum(table.num_rows for table in tables),
                **{
                    name: {"mean": round(sum(values) / len(values), 1), "max": max(values)}
                    for name, values in figures.items()
                    if name != "length"
                },
                "files": [path.relative_to(folder).as_posix() for path in paths],
            }
        )
    files = {shard.path.relative_to(folder).as_posix(): sha256(shard.path) for shard in shards}
    return {"request": request, "parts": found, "files": files}
