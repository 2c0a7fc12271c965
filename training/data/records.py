"""Records of a corpus: reading them, and selecting those that a run trains on."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler import Role
from tasks.corpus.building import REQUEST
from tasks.corpus.dataset import MANIFEST, Corpus
from tasks.corpus.records.parquet import read_parquet_rows
from tm.support.files import sha256
from tm.support.strict_json import json_lines
from training.config import Data

COLUMNS = ("id", "task", "range", "prompt", "completion")
"""Columns that a corpus must have; further columns are ignored."""

INSTANCE = "instance"
"""Optional column: the instance, as JSON."""

SPANS = "spans"
"""Optional column: the start of each span of the completion, in characters, and its role."""

ROLES = ("", *Role, "end")
"""Roles of tokens, by number: none (in a prompt), the roles of spans, and the EOS token's."""

_UNIT = re.compile(r"[A-Za-z]+|[^A-Za-z0-9\s]")
"""A word, or another character but digits and spaces."""

TRAIN = "train"
"""Name of the split that is trained on."""


class Record(NamedTuple):
    """A prompt and the completion to learn.

    Attributes
    ----------
    starts
        int32[spans]: start of each span of the completion, in characters; None if the corpus has no
        spans.
    roles
        int8[spans]: role of each span, as an index into ``ROLES``; None if the corpus has no spans.
    instance
        JSON of the instance; empty if the corpus has none.
    """

    id: str
    task: str
    range: str
    prompt: str
    completion: str
    starts: NDArray[np.int32] | None = None
    roles: NDArray[np.int8] | None = None
    instance: str = ""


def read_records(corpus: Path) -> Iterator[Record]:
    """Read a corpus: a ``.parquet`` or ``.jsonl`` file, or a folder of them, ordered by name.

    If records have a column ``split``, only those of the split ``train`` are read.

    Raises
    ------
    ValueError
        If a file is missing, is damaged, lacks a column, or has a value that is not a string. The
        message names the file (and line).
    """
    for file in _files(corpus):
        for location, row in _rows(file):
            if row.get("split", TRAIN) != TRAIN:
                continue
            if missing := [column for column in COLUMNS if column not in row]:
                raise ValueError(
                    f"{location}: {_quoted(missing)} missing; a corpus has the columns "
                    f"{_quoted(COLUMNS)}"
                )
            if wrong := [column for column in COLUMNS if not isinstance(row[column], str)]:
                raise ValueError(f"{location}: {_quoted(wrong)} must be a string")
            fields = {column: row[column] for column in COLUMNS}
            instance = row.get(INSTANCE)
            fields[INSTANCE] = instance if isinstance(instance, str) else ""
            yield Record(**fields, **_spans(location, row.get(SPANS)))


def _spans(location: str, spans: Any) -> dict[str, Any]:
    """Return the starts and roles of a record's spans."""
    if spans is None:
        return {}
    if not isinstance(spans, dict) or not {"start", "role"} <= set(spans):
        raise ValueError(f"{location}: `{SPANS}` must have `start` and `role`")
    try:
        starts = np.array(spans["start"], np.int32)
        roles = np.array([ROLES.index(role) for role in spans["role"]], np.int8)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{location}: `{SPANS}` must have numbers in `start` and roles in `role`; the roles "
            f"are {', '.join(Role)}"
        ) from None
    if starts.shape != roles.shape or not len(starts) or starts[0] or (np.diff(starts) < 0).any():
        raise ValueError(f"{location}: `{SPANS}` must start at 0 and ascend, with a role for each")
    return {"starts": starts, "roles": roles}


def chosen_records(data: Data) -> Iterator[Record]:
    """Read the records that a run trains on: those of ``data.tasks``.

    Raises
    ------
    ValueError
        If no record is of these tasks, one of them is of a range outside ``data.ranges``, or the
        corpus has prompts of another kind than ``data.prompt``; and as ``read_records`` does.
    """
    _check_prompts(data)
    seen: set[tuple[str, str]] = set()
    for record in read_records(data.corpus):
        seen.add((record.task, record.range))
        if data.tasks is None or record.task in data.tasks:
            if record.range not in data.ranges:
                raise ValueError(
                    f"{data.corpus}: it has training records of {record.task} {record.range}, but "
                    f"data.ranges is {', '.join(data.ranges)}; add {record.range} to train on them"
                )
            yield record
    if not any(data.tasks is None or task in data.tasks for task, _ in seen):
        wanted = f"of {', '.join(data.tasks)}" if data.tasks else "to train on"
        available = ", ".join(f"{task} {name}" for task, name in sorted(seen)) or "nothing"
        raise ValueError(f"{data.corpus}: no record {wanted}; the corpus has {available}")


def operand_units(records: Sequence[Record]) -> set[str]:
    """Return the words and marks of the instances' texts that fewer than half of completions have.

    The others, such as colons, are also the machine's own. A space is among them if a text has one.
    """
    units: set[str] = set()
    counts: Counter[str] = Counter()
    for record in records:
        texts = [*_texts(json.loads(record.instance or "0"))]
        units.update(" " for text in texts if " " in text)
        units.update(unit for text in texts for unit in _UNIT.findall(text))
        counts.update(set(_UNIT.findall(record.completion)))
    return {unit for unit in units if 2 * counts[unit] < len(records)}


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _check_prompts(data: Data) -> None:
    if (data.corpus / MANIFEST).is_file():
        kind = Corpus.open(data.corpus).form.prompt
        if kind != data.prompt:
            raise ValueError(
                f"{data.corpus}: its prompts are {kind}, but data.prompt is {data.prompt}; set "
                f"`prompt: {kind}` to train on them"
            )


def _files(corpus: Path) -> list[Path]:
    if corpus.is_file():
        return [corpus]
    if not corpus.is_dir():
        raise ValueError(
            f"{corpus}: no such file or folder; build a corpus with `tmtail corpus build`"
        )
    if (corpus / MANIFEST).is_file() or (corpus / REQUEST).is_file():
        return Corpus.open(corpus).files(TRAIN)  # an error if it is unfinished
    files = sorted(path for path in corpus.rglob("*") if path.suffix in {".parquet", ".jsonl"})
    if not files:
        raise ValueError(f"{corpus}: the folder has no .parquet or .jsonl file")
    return files


def corpus_digest(corpus: Path) -> str:
    """Return a hexadecimal digest of the records to train on, whatever the names of the folders.

    Raises
    ------
    ValueError
        If a file is missing, or differs from its SHA-256 in the corpus's manifest.
    """
    digest = blake2b(digest_size=16)
    finished = Corpus.open(corpus) if (corpus / MANIFEST).is_file() else None
    for file in _files(corpus):
        if not file.is_file():
            raise ValueError(f"{file}: the file is missing; build the corpus again")
        file_digest = sha256(file)
        if finished:
            name = file.relative_to(corpus).as_posix()
            if finished.manifest["files"][name] != file_digest:
                raise ValueError(
                    f"{file}: the file was changed since the corpus was built; `tmtail corpus "
                    "build` with the options of the corpus writes it again"
                )
        digest.update(f"{file_digest}\n".encode())
    return digest.hexdigest()


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the location and the columns of each record of a file."""
    if file.suffix == ".parquet":
        needed, optional = dict.fromkeys(COLUMNS, str), ("split", SPANS, INSTANCE)
        return ((str(file), row) for row in read_parquet_rows(file, needed, optional))
    return ((f"{file}, line {number}", row) for number, row in json_lines(file))


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)
