"""Build a corpus: choose items, write their records in shards, then the card and the manifest.

Every shard is a function of the request alone, so a request gives the same bytes on every executor.
The manifest is written last: a build without one is unfinished, and building again with the same
request resumes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.documents.card import card
from tasks.corpus.documents.croissant import croissant
from tasks.corpus.documents.machines import MACHINES, write_machines
from tasks.corpus.documents.manifests import DOCUMENTS, manifest_text
from tasks.corpus.executors import Executor, Map, start_executor
from tasks.corpus.records.shards import (
    RECORDS_PER_SHARD,
    Shard,
    digest_file,
    read_figures,
    stored_digest,
    write_shard,
)
from tasks.corpus.records.shortcuts import stored_shortcuts
from tasks.corpus.requests import CorpusRequest
from tasks.corpus.selection import ChosenItems, CorpusPart, choose_items
from tm.support.differences import describe_differences
from tm.support.files import remove_drafts, sha256, sole_writer, write_text
from tm.support.strict_json import read_json

REQUEST = "request.json"
CARD = "README.md"
CROISSANT = "croissant.json"
DATA = "data"

SECONDS_PER_RECORD = 277e-6
"""Processor time of a record of the default corpus, on average.

Extrapolated from builds of all tasks: a training record took 258 µs.
"""
SECONDS_PER_HELD_OUT_RECORD = 1.2e-3
"""Processor time of a record of evaluation or probes there, of which most are of longer ranges."""

ProgressReport = Callable[[int, int], None]
"""Called with the number of records, or files, that are done and with their total."""


def record_seconds(records: int, workers: int | None = None) -> float:
    """Return the expected time to make so many records, with idle processors."""
    return records * SECONDS_PER_RECORD / (workers or len(os.sched_getaffinity(0)))


def build(
    request: CorpusRequest,
    *,
    out: Path | str,
    executor: Executor = "processes",
    workers: int | None = None,
    address: str | None = None,
    progress: ProgressReport | None = None,
) -> Corpus:
    """Build a corpus, or resume an interrupted build.

    Evaluation items are chosen first, then probes. None of their problems is used for training, in
    any range, and none occurs twice. If a length has fewer problems than requested, training
    repeats them in other wordings and with other names, in prompts that all differ. If there are
    not enough of these, the corpus holds all that exist, and manifest and card say so.

    Parameters
    ----------
    out
        Folder of the corpus; it is created if necessary.
    executor, workers, address
        Where the work is done; see ``tasks.corpus.executors.start_executor``. A corpus of at most
        one shard is built in this process, because starting others would take longer.
    progress
        Called with the number of records that are done and with their total.

    Raises
    ------
    ValueError
        If the folder belongs to another request or holds other files; nothing in it is changed.
    FolderInUseError
        If another process is writing to the folder.
    """
    folder = Path(out).resolve()
    if (
        executor == "processes"
        and sum(part.requested for part in request.parts) <= RECORDS_PER_SHARD
    ):
        workers = 1
    with sole_writer(folder), start_executor(executor, workers, address) as run:
        _claim(folder / REQUEST, request)
        _remove_drafts(folder, request)
        if not _is_finished(folder, request):
            chosen = list(choose_items(request.parts, request.seed, run))
            shards = _shards(folder, request, chosen)
            _write(shards, request, run, progress)
            manifest = _manifest(folder, request, chosen, shards)
            documents = _write_documents(folder, request, manifest)
            write_text(folder / MANIFEST, manifest_text({**manifest, DOCUMENTS: documents}))
        for path in folder.glob("data/*/.*.parquet.sha256"):
            path.unlink()
    return Corpus.open(folder)


def _write_documents(
    folder: Path, request: CorpusRequest, manifest: Mapping[str, Any]
) -> dict[str, str]:
    """Write the card, the metadata and the machines; return the SHA-256 of each file."""
    write_text(folder / CARD, card(manifest))
    write_text(folder / CROISSANT, croissant(manifest))
    files = [folder / CARD, folder / CROISSANT]
    for task in request.tasks:
        files += write_machines(folder, task)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def request_text(description: Mapping[str, Any]) -> str:
    """Return the text of the request file."""
    return json.dumps(description, indent=1) + "\n"


def _claim(path: Path, request: CorpusRequest) -> None:
    """Write the request file, or check that the existing one describes the same request.

    The request of a build that ended before its first record is replaced.
    """
    text = request_text(request.description)
    folder = path.parent
    if not path.exists():
        if any(not other.name.startswith(".") for other in folder.iterdir()):
            raise ValueError(
                f"{folder}: the folder holds other files and is not a corpus; give a new or "
                "empty folder"
            )
        write_text(path, text)
    elif not (folder / MANIFEST).exists() and not any((folder / "data").rglob("*.parquet")):
        write_text(path, text)
    elif path.read_bytes() != text.encode():
        different = describe_differences(read_json(path), json.loads(text))
        raise ValueError(
            f"{folder}: belongs to another request, {path.name} ({different}); choose another "
            "folder, or give the same options to resume it"
        )


def _remove_drafts(folder: Path, request: CorpusRequest) -> None:
    """Delete what killed builds left half-written; refuse links, through which nothing is written.

    Raises
    ------
    ValueError
        If a folder of shards is a link.
    """
    task_folders = [folder / DATA / task.name for task in request.tasks]
    for path in (folder / DATA, folder / MACHINES, *task_folders):
        if path.is_symlink():
            raise ValueError(f"{path}: is a link, through which nothing is written; remove it")
    for path in (folder, folder / MACHINES, *task_folders):
        remove_drafts(path)


def _is_finished(folder: Path, request: CorpusRequest) -> bool:
    """Return whether a folder has the finished corpus of a request.

    If a shard of it is missing or damaged, it is unfinished: the digests of the others are stored
    beside them, so that only damaged ones are written again.
    """
    try:
        corpus = Corpus.open(folder)
    except ValueError:
        return False
    if request_text(corpus.request) != request_text(request.description):
        return False
    damaged = set(corpus.damaged_files())
    if damaged:
        for name, digest in corpus.manifest["files"].items():
            if name not in damaged:
                write_text(digest_file(folder / name), digest)
    return not damaged


def _shards(
    folder: Path, request: CorpusRequest, chosen: Sequence[ChosenItems]
) -> list[list[Shard]]:
    """Return the shards of each part."""
    shards = []
    for (task, range_name, split, _), part_items in zip(request.parts, chosen, strict=True):
        task_folder = folder / DATA / task.name
        task_folder.mkdir(parents=True, exist_ok=True)
        firsts = range(0, len(part_items.indices), RECORDS_PER_SHARD)
        shards.append(
            [
                Shard(
                    task_folder / f"{split}-{range_name}-{number:05d}-{request.key}.parquet",
                    task,
                    range_name,
                    split,
                    request.seed,
                    part_items.indices[first : first + RECORDS_PER_SHARD],
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
    """Write all shards that do not exist yet, or were damaged since they were written."""
    files = [shard for part in shards for shard in part]
    total = sum(len(shard.indices) for shard in files)
    missing = [shard for shard in files if not _is_whole(shard.path)]
    for shard in missing:
        shard.path.unlink(missing_ok=True)
    done = total - sum(len(shard.indices) for shard in missing)
    for count in run(write_shard, missing, repeat(request.options)):
        done += count
        if progress:
            progress(done, total)


def _is_whole(shard: Path) -> bool:
    return shard.is_file() and stored_digest(shard) == sha256(shard)


def _manifest(
    folder: Path,
    request: CorpusRequest,
    chosen: Sequence[ChosenItems],
    shards: Sequence[Sequence[Shard]],
) -> dict[str, Any]:
    """Describe the finished corpus, from the metadata of its shards."""
    parts = zip(request.parts, chosen, shards, strict=True)
    return {
        "request": request.description,
        "parts": [_describe_part(folder, *part) for part in parts],
        "files": {
            shard.path.relative_to(folder).as_posix(): stored_digest(shard.path)
            for part in shards
            for shard in part
        },
    }


def _describe_part(
    folder: Path, part: CorpusPart, chosen: ChosenItems, shards: Sequence[Shard]
) -> dict[str, Any]:
    paths = [shard.path for shard in shards]
    figures = read_figures(paths)
    low, high = part.task.length_range(part.range)
    return {
        "task": part.task.name,
        "range": part.range,
        "lengths": [low, high],
        "split": part.split,
        "wordings": part.wordings,
        "asked": part.requested,
        "items": len(chosen.indices),
        "problems": len(chosen.problems),
        **figures.description,
        **({"shortcuts": stored_shortcuts(part.task, paths)} if part.split != "train" else {}),
        "files": [shard.path.relative_to(folder).as_posix() for shard in shards],
    }
