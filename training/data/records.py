"""The data path: records of a corpus become token ids, with the prompt masked out of the loss.

Prompt and completion are tokenised apart and then joined, so that in training the completion
begins after the very tokens a model is given when it is scored. Nothing is ever cut. Where the
corpus has spans, every token of a completion is known by its role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase
from trl import pack_dataset

from compiler import Role
from evaluation.models.tokens import encode, encode_prompts, offsets
from tasks.corpus.records.parquet import read_parquet_rows
from tm.support.strict_json import json_lines
from training.config import Data

IGNORED = -100
"""The label of a token that counts for nothing in the loss (PyTorch's ``ignore_index``)."""

COLUMNS = ("id", "task", "range", "prompt", "completion")
"""What a corpus must have to be trained on; more columns do no harm."""

SPANS = "spans"
"""A column that may be there: where a completion's spans begin, in characters, and their roles."""

ROLES = ("", *Role, "end")
"""What a token's role is, by number: none in a prompt, the roles of the text, and the eos."""

TRAIN = "train"
"""The split to learn from; whatever else a corpus holds is there to be scored on."""

_BATCH = 1024
"""Records that are read, and tokenised, at once."""


class Record(NamedTuple):
    """A prompt and the completion to learn; where its spans begin, and their roles, if known."""

    id: str
    task: str
    range: str
    prompt: str
    completion: str
    starts: Sequence[int] | None = None
    roles: Sequence[str] | None = None


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
        for place, row in _rows(file):
            if row.get("split", TRAIN) != TRAIN:
                continue
            if missing := [column for column in COLUMNS if column not in row]:
                raise ValueError(
                    f"{place}: no {_names(missing)}; a corpus has the columns {_names(COLUMNS)}"
                )
            if wrong := [column for column in COLUMNS if not isinstance(row[column], str)]:
                raise ValueError(f"{place}: {_names(wrong)} must be text")
            spans = row.get(SPANS) or {}
            if not isinstance(spans, dict):
                raise ValueError(f"{place}: `{SPANS}` must have `start` and `role`")
            fields = {column: row[column] for column in COLUMNS}
            yield Record(**fields, starts=spans.get("start"), roles=spans.get("role"))


def chosen_records(data: Data) -> Iterator[Record]:
    """The records that a run trains on.

    Raises
    ------
    ValueError
        When there are none of its tasks, or some of them are of other ranges; see ``read_records``
        for more.
    """
    found: set[tuple[str, str]] = set()
    for record in read_records(data.corpus):
        found.add((record.task, record.range))
        if data.tasks is None or record.task in data.tasks:
            if record.range not in data.ranges:
                raise ValueError(
                    f"{data.corpus} has records of {record.task} {record.range} to train on, and "
                    f"data.ranges are {', '.join(data.ranges)}: add {record.range}, if it is meant"
                )
            yield record
    if not any(data.tasks is None or task in data.tasks for task, _ in found):
        held = ", ".join(f"{task} {span}" for task, span in sorted(found)) or "nothing"
        raise ValueError(f"{data.corpus}: no record of what is asked for; it holds {held}")


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


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of a file, each with its place."""
    if file.suffix == ".parquet":
        needed = dict.fromkeys(COLUMNS, str)
        return ((str(file), row) for row in read_parquet_rows(file, needed, ("split", SPANS)))
    return ((f"{file}, line {number}", row) for number, row in json_lines(file))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def training_set(
    records: Iterable[Record],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    *,
    chat: bool = False,
) -> Dataset:
    """Tokenise records for the trainer.

    Parameters
    ----------
    max_length
        Tokens that prompt, completion and the final eos may have together.
    chat
        Whether prompts are put into the model's chat template.

    Returns
    -------
    Dataset
        ``input_ids``: prompt, completion, eos. ``labels``: the same, the prompt ``IGNORED``.
        ``roles``: numbers of ``ROLES``, where every record has spans. ``length``: the number of
        tokens, by which the trainer puts alike ones into a batch.

    Raises
    ------
    ValueError
        There is no record, or one is longer than ``max_length`` tokens (it would have to be cut).
    """
    tables: list[pa.Table] = []
    too_long: list[tuple[int, str]] = []
    count = 0
    for batch in _batches(records):
        rows = _tokenised(batch, tokenizer, chat)
        count += len(batch)
        too_long += [
            (len(ids), record.id)
            for record, ids in zip(batch, rows["input_ids"], strict=True)
            if len(ids) > max_length
        ]
        tables.append(_table(rows))
    if too_long:
        length, worst = max(too_long)
        raise ValueError(
            f"{len(too_long)} of {count} records are longer than max_length = {max_length} "
            f"tokens; the longest, `{worst}`, has {length}. Nothing is cut: set max_length to "
            f"{length}, or train on shorter ranges"
        )
    if not count:
        raise ValueError("there is no record to train on")
    common = set.intersection(*(set(table.column_names) for table in tables))
    names = [name for name in tables[0].column_names if name in common]
    return Dataset(pa.concat_tables([table.select(names) for table in tables]))


def pack(dataset: Dataset, size: int, seed: int) -> Dataset:
    """Put records together into rows of up to ``size`` tokens, by best fit; none is split.

    Returns
    -------
    Dataset
        The columns of ``training_set``, and ``seq_lengths``: of the records of each row.

    Raises
    ------
    ValueError
        When a record has more than ``size`` tokens.
    """
    if (longest := max(dataset["length"])) > size:
        raise ValueError(f"pack {size} must be at least {longest}, the longest record's tokens")
    columns = [name for name in dataset.column_names if name != "length"]
    shuffled = dataset.shuffle(seed=seed).select_columns(columns)
    packed: Dataset = pack_dataset(shuffled, seq_length=size, strategy="bfd")
    return packed.add_column("length", [sum(lengths) for lengths in packed["seq_lengths"]])


def count_ends(dataset: Dataset, tokenizer: PreTrainedTokenizerBase) -> int:
    """How many eos are to be learned: one for each record, unless something cut it."""
    labels = dataset.with_format("arrow")["labels"]
    ends = pc.sum(pc.equal(pc.list_flatten(labels), tokenizer.eos_token_id))
    return int(ends.as_py() or 0)


def _tokenised(
    batch: Sequence[Record], tokenizer: PreTrainedTokenizerBase, chat: bool
) -> dict[str, list[Sequence[int] | NDArray[Any]]]:
    """The columns of some records, a list of tokens' values for each record."""
    prompts = encode_prompts(tokenizer, [r.prompt for r in batch], chat=chat)
    completions = encode(tokenizer, [r.completion for r in batch])
    rows: dict[str, list[Any]] = {"input_ids": [], "labels": []}
    for prompt, completion in zip(prompts, completions, strict=True):
        target = [*completion, tokenizer.eos_token_id]
        rows["input_ids"].append(prompt + target)
        rows["labels"].append([IGNORED] * len(prompt) + target)
    if all(record.starts is not None for record in batch):
        ends = offsets(tokenizer, [r.completion for r in batch])
        rows["roles"] = [
            np.concatenate(
                [np.zeros(len(prompt), np.int8), _roles(record, end), [ROLES.index("end")]]
            )
            for record, prompt, end in zip(batch, prompts, ends, strict=True)
        ]
    return rows


def _roles(record: Record, ends: Sequence[int]) -> NDArray[np.int8]:
    """int8[tokens]: the role of the span that holds each token's last character.

    A token may reach over the border of two spans, as a colon with a line break does.
    """
    roles = np.array([ROLES.index(role) for role in record.roles or ()], np.int8)
    return roles[np.searchsorted(record.starts or (), np.array(ends) - 1, side="right") - 1]


def _table(rows: dict[str, list[Any]]) -> pa.Table:
    lengths = [len(ids) for ids in rows["input_ids"]]
    borders = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    kinds = {"input_ids": np.int32, "labels": np.int32, "roles": np.int8}
    columns = {
        name: pa.ListArray.from_arrays(borders, np.concatenate(values).astype(kinds[name]))
        for name, values in rows.items()
    }
    return pa.table({**columns, "length": pa.array(lengths, pa.int32())})


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
