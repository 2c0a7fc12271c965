"""Build a corpus: choose the items, write their records in shards, then the card and the manifest.

Every shard is a function of the request alone, so that the same request gives the same bytes on any
engine. The manifest comes last: a build without one is unfinished, and building again with the same
request goes on range_name it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from tasks.corpus.card import card
from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.executors import Executor, Map, start
from tasks.corpus.records.shards import RECORDS_PER_SHARD, Shard, read_figures, write_shard
from tasks.corpus.requests import CorpusPart, CorpusRequest
from tasks.corpus.selection import ChosenItems, ProblemKeys, find_candidates, select_items
from tm.support.files import sha256, sole_writer, write_text

REQUEST = "request.json"

ProgressReport = Callable[[int, int], None]


def build(
    request: CorpusRequest,
    *,
    out: Path | str,
    executor: Executor = "processes",
    workers: int | None = None,
    address: str | None = None,
    progress: ProgressReport | None = None,
) -> Corpus:
    """Build a corpus, or finish one that was interrupted.

    Evaluation items are chosen first, then those that a run is probed with. No problem of theirs is
    trained on, in any range, and none occurs twice. Where a space is too small for what is asked,
    training poses its problems again in other wordings; the corpus holds what there is, and
    manifest and card say so.

    Parameters
    ----------
    out
        The folder; it need not exist.
    executor, workers, address
        Where the work is done; see ``tasks.corpus.executors``. A corpus of one shard's size or less
        is built in this process if it may be: others would take longer to start.
    progress
        Called with the number of records that are done and of all.

    Raises
    ------
    ValueError
        When the folder holds another request's files. It is as it was then.
    FolderInUseError
        When another process is writing into the folder.
    """
    folder = Path(out).resolve()
    if executor == "processes" and sum(part.asked for part in request.parts) <= RECORDS_PER_SHARD:
        workers = 1
    with sole_writer(folder), start(executor, workers, address) as run:
        _claim(folder / REQUEST, request)
        if not (folder / MANIFEST).is_file():
            chosen = _choose(request, run)
            shards = _shards(folder, request, chosen)
            _write(shards, request, run, progress)
            manifest = _manifest(folder, request, chosen, shards)
            write_text(folder / "README.md", card(manifest))
            write_text(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    return Corpus.open(folder)


def _claim(path: Path, request: CorpusRequest) -> None:
    """Write the request, or see that the one that stands there is the same."""
    text = json.dumps(request.description, indent=1) + "\n"
    if not path.exists():
        write_text(path, text)
    elif path.read_text(encoding="utf-8") != text:
        raise ValueError(f"{path.parent} was begun for another request: see {path.name} there")


def _choose(request: CorpusRequest, run: Map) -> list[ChosenItems]:
    """The items of each part, evaluation before probes before training."""
    held: dict[str, ProblemKeys] = {task.name: np.zeros(0, np.uint64) for task in request.tasks}
    made = []
    for task, range_name, split, asked in request.parts:
        chosen = select_items(
            partial(run, partial(find_candidates, task, range_name, split, request.seed)),
            asked,
            held[task.name],
        )
        held[task.name] = np.concatenate([held[task.name], chosen.problems])
        made.append(chosen)
    return made


def _shards(
    folder: Path, request: CorpusRequest, chosen: Sequence[ChosenItems]
) -> list[list[Shard]]:
    """The files of each part."""
    shards = []
    for (task, range_name, split, _), items in zip(request.parts, chosen, strict=True):
        home = folder / "data" / task.name
        home.mkdir(parents=True, exist_ok=True)
        firsts = range(0, len(items.indices), RECORDS_PER_SHARD)
        shards.append(
            [
                Shard(
                    home / f"{split}-{range_name}-{number:05d}-{request.key}.parquet",
                    task,
                    range_name,
                    split,
                    request.seed,
                    items.indices[first : first + RECORDS_PER_SHARD],
                )
                for number, first in enumerate(firsts)
            ]
        )
    return shards


def _write(
    shards: Sequence[Sequence[Shard]],
    request: CorpusRequest,
    run: Map,
    progress: ProgressReport | None,
) -> None:
    files = [shard for part in shards for shard in part]
    whole = sum(len(shard.indices) for shard in files)
    missing = [shard for shard in files if not shard.path.exists()]
    done = whole - sum(len(shard.indices) for shard in missing)
    for items in run(write_shard, missing, repeat(request.options)):
        done += items
        if progress:
            progress(done, whole)


def _manifest(
    folder: Path,
    request: CorpusRequest,
    chosen: Sequence[ChosenItems],
    shards: Sequence[Sequence[Shard]],
) -> dict[str, Any]:
    """What there is, by the files' own word."""
    parts = zip(request.parts, chosen, shards, strict=True)
    return {
        "request": request.description,
        "parts": [_describe_part(folder, *part) for part in parts],
        "files": {
            shard.path.relative_to(folder).as_posix(): sha256(shard.path)
            for part in shards
            for shard in part
        },
    }


def _describe_part(
    folder: Path, part: CorpusPart, chosen: ChosenItems, shards: Sequence[Shard]
) -> dict[str, Any]:
    figures = read_figures(shard.path for shard in shards)
    low, high = part.task.length_range(part.range)
    return {
        "task": part.task.name,
        "range": part.range,
        "lengths": [low, high],
        "split": part.split,
        "asked": part.asked,
        "items": len(chosen.indices),
        "problems": len(chosen.problems),
        "records": figures.records,
        "refused": figures.refused,
        "mean": {
            name: round(value / figures.records, 1) if figures.records else 0
            for name, value in figures.sums.items()
        },
        "longest": figures.greatest,
        "by_length": dict(sorted(figures.lengths.items(), key=lambda pair: int(pair[0]))),
        "files": [shard.path.relative_to(folder).as_posix() for shard in shards],
    }
