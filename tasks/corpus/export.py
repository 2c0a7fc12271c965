"""Export the records of a corpus as JSON lines or Parquet in the formats of other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.base import AnyTask
from tasks.corpus.dataset import Corpus
from tasks.corpus.records.forms import TAIL
from tasks.corpus.records.steps import next_state_rows, preference_rows
from tasks.corpus.restoring import restore_tasks
from tm.support.files import atomic_file

JsonRecord = Mapping[str, Any]


def prompt_completion(record: JsonRecord) -> dict[str, Any]:
    """Return a record in TRL's prompt-completion format."""
    return {"prompt": record["prompt"], "completion": record["completion"]}


def messages(record: JsonRecord) -> dict[str, Any]:
    """Return a record as a conversation of two messages, as chat templates take it."""
    turns = (("user", record["prompt"]), ("assistant", record["completion"]))
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


def sharegpt(record: JsonRecord) -> dict[str, Any]:
    """Return a record in the conversation format of ShareGPT."""
    turns = (("human", record["prompt"]), ("gpt", record["completion"]))
    return {
        "id": record["id"],
        "conversations": [{"from": speaker, "value": text} for speaker, text in turns],
    }


def verl(record: JsonRecord, form: str) -> dict[str, Any]:
    """Return a record as a row of verl's reinforcement learning data.

    Parameters
    ----------
    form
        Form of the corpus, as JSON; ``tmtail.rewards.compute_score`` reads it with the id.
    """
    return {
        "data_source": record["task"],
        "prompt": [{"role": "user", "content": record["prompt"]}],
        "ability": record["paradigm"],
        "reward_model": {"style": "rule", "ground_truth": record["answer"]},
        "extra_info": {"id": record["id"], "form": form},
    }


VERL = "verl"
"""Name of the format that is written as Parquet."""
RECORDS_PER_ROW_GROUP = 1_000
"""Records that are held in memory while Parquet is written."""

STEP_FORMATS: Mapping[str, Callable[..., Iterator[Mapping[str, Any]]]] = {
    "next-state": next_state_rows,
    "dpo": preference_rows,
}
"""Formats with rows for the atomic states of a record."""

FORMATS: Mapping[str, Callable[[JsonRecord], Mapping[str, Any]]] = {
    "jsonl": dict,  # all columns
    "prompt-completion": prompt_completion,
    "messages": messages,
    "sharegpt": sharegpt,
}


BYTES_PER_SECOND = {"next-state": 80e6, "dpo": 7e6, "jsonl": 12e6}
"""Bytes that an export writes in a second, by format; the others write ``COPIED_BYTES``."""
COPIED_BYTES = 25e6
"""Bytes per second of the formats that copy prompts and completions."""


class ExportPlan(NamedTuple):
    """Estimate of an export: records to read, bytes to write, and time in seconds."""

    records: int
    bytes: int
    seconds: float


def plan_export(corpus: Corpus, format: str) -> ExportPlan:
    """Estimate an export from the mean sizes in the manifest.

    A row of ``next-state`` repeats the text before its state, so that the bytes grow with the
    square of a text's length; the spans of ``jsonl`` are seven times as long as the text.
    """
    parts = [part for part in corpus.parts() if part["records"]]
    written = 0.0
    for part in parts:
        mean = part["mean"]
        factor = {"next-state": 0.75 * mean["atomic_states"], "dpo": 3.0, "jsonl": 8.0}
        written += part["records"] * mean["bytes"] * factor.get(format, 1.0)
    seconds = written / BYTES_PER_SECOND.get(format, COPIED_BYTES)
    return ExportPlan(sum(part["records"] for part in parts), int(written), seconds)


def export(
    corpus: Corpus,
    out: Path,
    format: str,
    *,
    tasks: Sequence[AnyTask] = (),
    advance: Callable[[int], None] = lambda records: None,
) -> dict[Path, int]:
    """Write ``out/SPLIT.jsonl`` for each split, each file completely or not at all.

    The format ``verl`` writes ``out/SPLIT.parquet``.

    Parameters
    ----------
    tasks
        The corpus's tasks that are not built in, for formats of atomic states.
    advance
        Called with the number of records read since its last call.

    Returns
    -------
    dict
        Number of rows in each file.

    Raises
    ------
    ValueError
        If the format does not exist, a file exists already, ``out`` is inside the corpus, or the
        corpus has no records of one of ``tasks``.
    """
    if format not in (*FORMATS, *STEP_FORMATS, VERL):
        names = ", ".join((*FORMATS, *STEP_FORMATS, VERL))
        raise ValueError(f"{format!r} is not a format; the formats are {names}")
    if format in STEP_FORMATS and corpus.form.format != TAIL:
        raise ValueError(f"{format}: the texts of the corpus are not chains of thought")
    restored = restore_tasks(corpus, tasks, only=format not in STEP_FORMATS)
    by_name = {task.name: task for task in restored}
    if out.resolve().is_relative_to(corpus.folder.resolve()):
        raise ValueError(
            f"{out}: is inside the corpus, which must not change; choose another folder"
        )
    splits = dict.fromkeys(part["split"] for part in corpus.parts() if part["files"])
    suffix = "parquet" if format == VERL else "jsonl"
    paths = {split: out / f"{split}.{suffix}" for split in splits}
    for path in paths.values():
        if path.exists():
            raise ValueError(
                f"{path}: exists already and is not overwritten; choose another folder"
            )
    out.mkdir(parents=True, exist_ok=True)
    optional_columns = None if format == "jsonl" else ()
    counts = {}
    for split, path in paths.items():
        records = _counted(corpus.records(split, optional_columns=optional_columns), advance)
        with atomic_file(path) as draft:
            if format == VERL:
                form = json.dumps(asdict(corpus.form))
                counts[path] = _write_parquet((verl(record, form) for record in records), draft)
            elif format in STEP_FORMATS:
                rows = (
                    row
                    for record in records
                    for row in STEP_FORMATS[format](record, by_name[record["task"]], corpus.form)
                )
                counts[path] = _write_lines(rows, draft)
            else:
                counts[path] = _write_lines(map(FORMATS[format], records), draft)
    return counts


def _counted(
    records: Iterable[dict[str, Any]], advance: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """Yield records, and report each."""
    for record in records:
        yield record
        advance(1)


def _write_lines(rows: Iterable[Mapping[str, Any]], path: Path) -> int:
    """Write rows as JSON lines; return their number."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_parquet(rows: Iterator[Mapping[str, Any]], path: Path) -> int:
    """Write rows as Parquet, a group at a time; return their number."""
    count = 0
    batch = list(islice(rows, RECORDS_PER_ROW_GROUP))
    schema = pa.Table.from_pylist(batch).schema
    with pq.ParquetWriter(path, schema) as writer:
        while batch:
            writer.write_table(pa.Table.from_pylist(batch, schema))
            count += len(batch)
            batch = list(islice(rows, RECORDS_PER_ROW_GROUP))
    return count
