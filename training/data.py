"""The data path: records of a corpus become token ids, with the prompt masked out of the loss.

Prompt and completion are tokenised apart and then joined, so that in training the completion
begins after the very tokens a model is given when it is scored. Nothing is ever cut.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from evaluation.models import encode

IGNORED = -100
"""The label of a token that counts for nothing in the loss (PyTorch's ``ignore_index``)."""

COLUMNS = ("id", "task", "range", "prompt", "completion")
"""What a corpus must have to be trained on; more columns do no harm."""

TRAIN = "train"
"""The split to learn from; whatever else a corpus holds is there to be scored on."""

_BATCH = 1024
"""Records that are read, and tokenised, at once."""


class Record(NamedTuple):
    """A prompt and the completion to learn."""

    id: str
    task: str
    range: str
    prompt: str
    completion: str


def read_records(corpus: Path) -> Iterator[Record]:
    """Read a corpus: a ``.parquet`` or ``.jsonl`` file, or a folder of them, by file name.

    Where records have a ``split``, those of ``train`` alone are read.

    Raises
    ------
    ValueError
        Naming the file (and line) and what is wrong with it: it is missing, is damaged, lacks a
        column, or holds a value that is no text.
    """
    for file in _files(corpus):
        rows = _parquet_rows(file) if file.suffix == ".parquet" else _jsonl_rows(file)
        for place, row in rows:
            if row.get("split", TRAIN) != TRAIN:
                continue
            if missing := [column for column in COLUMNS if column not in row]:
                raise ValueError(
                    f"{place}: no {_names(missing)}; a corpus has the columns {_names(COLUMNS)}"
                )
            if wrong := [column for column in COLUMNS if not isinstance(row[column], str)]:
                raise ValueError(f"{place}: {_names(wrong)} must be text")
            yield Record(*(row[column] for column in COLUMNS))


def _files(corpus: Path) -> list[Path]:
    if corpus.is_file():
        return [corpus]
    if not corpus.is_dir():
        raise ValueError(
            f"{corpus}: there is no such file or folder; `tmtail corpus build` makes one"
        )
    files = sorted(p for p in corpus.rglob("*") if p.suffix in {".parquet", ".jsonl"})
    if not files:
        raise ValueError(f"{corpus}: holds no .parquet and no .jsonl file")
    return files


def _parquet_rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with pq.ParquetFile(file) as parquet:
            present = [c for c in (*COLUMNS, "split") if c in parquet.schema_arrow.names]
            for batch in parquet.iter_batches(_BATCH, columns=present):
                for row in batch.to_pylist():
                    yield str(file), row
    except (OSError, pa.ArrowException) as error:
        raise ValueError(f"{file}: cannot be read: {error}") from None


def _jsonl_rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with file.open("rb") as lines:  # bytes end a line with \n alone, never with U+2028
        for number, line in enumerate(lines, 1):
            place = f"{file}:{number}"
            try:
                row = json.loads(line.decode())
            except ValueError as error:
                raise ValueError(f"{place}: is no JSON: {error}") from None
            if not isinstance(row, dict):
                raise ValueError(f"{place}: must be an object")
            yield place, row


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def training_set(
    records: Iterable[Record], tokenizer: PreTrainedTokenizerBase, max_length: int
) -> Dataset:
    """Tokenise records for the trainer.

    Parameters
    ----------
    max_length
        Tokens that prompt, completion and the final eos may have together.

    Returns
    -------
    Dataset
        ``input_ids``: prompt, completion, eos. ``labels``: the same, the prompt ``IGNORED``.
        ``length``: the number of tokens, by which the trainer puts alike ones into a batch.

    Raises
    ------
    ValueError
        There is no record, or one is longer than ``max_length`` tokens (it would have to be cut).
    """
    columns: dict[str, list[Any]] = {"input_ids": [], "labels": [], "length": []}
    too_long: list[tuple[int, str]] = []
    for batch in _batches(records):
        prompts = encode(tokenizer, [r.prompt for r in batch])
        completions = encode(tokenizer, [r.completion for r in batch])
        for record, prompt, completion in zip(batch, prompts, completions, strict=True):
            target = [*completion, tokenizer.eos_token_id]
            length = len(prompt) + len(target)
            if length > max_length:
                too_long.append((length, record.id))
            columns["input_ids"].append(prompt + target)
            columns["labels"].append([IGNORED] * len(prompt) + target)
            columns["length"].append(length)
    if too_long:
        length, worst = max(too_long)
        raise ValueError(
            f"{len(too_long)} of {len(columns['length'])} records are longer than max_length = "
            f"{max_length} tokens; the longest, `{worst}`, has {length}. Nothing is cut: set "
            f"max_length to {length}, or train on shorter ranges"
        )
    if not columns["length"]:
        raise ValueError("there is no record to train on")
    return Dataset.from_dict(columns)


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
