"""Tokenisation of records, with labels that exclude the prompt from the loss.

Prompt and completion are tokenised separately and then joined, so that a completion follows the
same tokens in training and in scoring. Nothing is truncated. If the corpus has spans, every token
of a completion gets a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase
from trl import pack_dataset

from evaluation.models.tokens import encode, encode_prompts, encode_with_ends
from tm.support.files import atomic_file
from training.data.records import ROLES, Record

IGNORED = -100
"""Label of a token that does not count in the loss (PyTorch's ``ignore_index``)."""

RECORDS_PER_BATCH = 256
"""Number of records that are read and tokenised at a time."""


def training_set(
    records: Iterable[Record],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    *,
    chat: bool = False,
    drop_long: bool = False,
    file: Path | None = None,
) -> Dataset:
    """Tokenise records for the trainer, some at a time.

    Parameters
    ----------
    max_length
        Maximum number of tokens of a record: prompt, completion and the EOS token.
    chat
        Whether to put prompts into the model's chat template.
    drop_long
        Whether to leave out longer records; otherwise they are an error.
    file
        File for the tokens, from which the trainer reads them, so that memory does not grow with
        the corpus; it is not written again if it exists. None: they are kept in memory.

    Returns
    -------
    Dataset
        One row a record: ``input_ids``: prompt, completion, EOS. ``labels``: the same, with
        ``IGNORED`` in place of the prompt. ``roles``: indices into ``ROLES``, if the first records
        have spans. ``length``: number of tokens.

    Raises
    ------
    ValueError
        If there is no record, or a record has more than ``max_length`` tokens.
    """
    if file is None:
        sink = pa.BufferOutputStream()
        _write_tokens(sink, records, tokenizer, max_length, chat, drop_long)
        return Dataset(pa.ipc.open_stream(sink.getvalue()).read_all())
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file) as draft, pa.OSFile(str(draft), "wb") as sink:
            _write_tokens(sink, records, tokenizer, max_length, chat, drop_long)
    return Dataset.from_file(str(file))


def lengths(dataset: Dataset) -> list[int]:
    """Return the number of tokens of each row."""
    values: list[int] = (
        dataset.select_columns(["length"]).with_format("numpy")[:]["length"].tolist()
    )
    return values


def _write_tokens(
    sink: Any,
    records: Iterable[Record],
    tokenizer: PreTrainedTokenizerBase,
    max_length: int,
    chat: bool,
    drop_long: bool,
) -> None:
    count = long_count = 0
    longest = (0, "")
    writer = has_roles = None
    for batch in _batches(records):
        if has_roles is None:
            has_roles = batch[0].starts is not None
        columns = _tokenise(batch, tokenizer, chat, has_roles)
        count += len(batch)
        sizes = [len(ids) for ids in columns["input_ids"]]
        if max(sizes) > max_length:
            long_count += sum(size > max_length for size in sizes)
            longest = max(longest, *((n, r.id) for n, r in zip(sizes, batch, strict=True)))
            columns = {
                name: [v for v, size in zip(values, sizes, strict=True) if size <= max_length]
                for name, values in columns.items()
            }
        if columns["input_ids"]:
            table = _arrow_table(columns)
            writer = writer or pa.ipc.new_stream(sink, table.schema)
            writer.write_table(table)
    if long_count and not drop_long:
        length, longest_id = longest
        raise ValueError(
            f"{long_count} of {count} records are longer than max_length = {max_length} tokens; "
            f"the longest, `{longest_id}`, has {length}. Records are not truncated: set max_length "
            f"to {length}, train on shorter ranges, or leave them out (data.long_records: drop)"
        )
    if writer is None:
        raise ValueError("there is no record to train on")
    writer.close()


def pack(dataset: Dataset, size: int, seed: int) -> Dataset:
    """Pack records into rows of at most ``size`` tokens (best-fit decreasing), without splitting.

    Returns
    -------
    Dataset
        The columns of ``training_set``, and ``seq_lengths``: number of tokens of each record in the
        row.

    Raises
    ------
    ValueError
        If a record has more than ``size`` tokens.
    """
    if (longest := max(lengths(dataset))) > size:
        raise ValueError(
            f"`pack` must be at least {longest}, the number of tokens of the longest record, "
            f"not {size}"
        )
    columns = [name for name in dataset.column_names if name != "length"]
    shuffled = dataset.shuffle(seed=seed).select_columns(columns)
    packed: Dataset = pack_dataset(shuffled, seq_length=size, strategy="bfd")
    return packed.add_column("length", [sum(lengths) for lengths in packed["seq_lengths"]])


def count_eos(dataset: Dataset, tokenizer: PreTrainedTokenizerBase) -> int:
    """Return the number of EOS tokens in the labels; it equals the number of complete records."""
    count = 0
    for rows in dataset.select_columns(["labels"]).with_format("arrow").iter(RECORDS_PER_BATCH):
        is_eos = pc.equal(pc.list_flatten(rows["labels"]), tokenizer.eos_token_id)
        count += int(pc.sum(is_eos).as_py() or 0)
    return count


def _tokenise(
    batch: Sequence[Record], tokenizer: PreTrainedTokenizerBase, chat: bool, has_roles: bool
) -> dict[str, list[Sequence[int] | NDArray[Any]]]:
    """Return the columns of some records: for each record, one value a token."""
    prompts = encode_prompts(tokenizer, [r.prompt for r in batch], chat=chat)
    texts = [r.completion for r in batch]
    ends: list[list[int]] = []
    if has_roles:
        completions, ends = encode_with_ends(tokenizer, texts)
    else:
        completions = encode(tokenizer, texts)
    columns: dict[str, list[Any]] = {"input_ids": [], "labels": []}
    for prompt, completion in zip(prompts, completions, strict=True):
        target = [*completion, tokenizer.eos_token_id]
        columns["input_ids"].append(prompt + target)
        columns["labels"].append([IGNORED] * len(prompt) + target)
    if has_roles:
        columns["roles"] = [
            np.concatenate(
                [np.zeros(len(prompt), np.int8), _roles(record, end), [ROLES.index("end")]]
            )
            for record, prompt, end in zip(batch, prompts, ends, strict=True)
        ]
    return columns


def _roles(record: Record, ends: Sequence[int]) -> NDArray[np.int8]:
    """Return the role of each token of a completion, int8[tokens].

    A token that crosses the border of two spans (a colon with a line break) has the role of the
    span with its last character. Without spans, tokens have no role.
    """
    if record.starts is None or record.roles is None:
        return np.zeros(len(ends), np.int8)
    return record.roles[np.searchsorted(record.starts, np.array(ends) - 1, side="right") - 1]


def _arrow_table(columns: dict[str, list[Any]]) -> pa.Table:
    lengths = [len(ids) for ids in columns["input_ids"]]
    borders = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    dtypes = {"input_ids": np.int32, "labels": np.int32, "roles": np.int8}
    arrays = {
        name: pa.ListArray.from_arrays(borders, np.concatenate(values).astype(dtypes[name]))
        for name, values in columns.items()
    }
    return pa.table({**arrays, "length": pa.array(lengths, pa.int32())})


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == RECORDS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
