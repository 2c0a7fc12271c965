"""Tokenisation of records, with labels that exclude the prompt from the loss.

Prompt and completion are tokenised separately and then joined, so that a completion follows the
same tokens in training and in scoring. Nothing is truncated. If the corpus has spans, every token
of a completion gets a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase
from trl import pack_dataset

from compiler import Role
from evaluation.models.tokens import encode, encode_prompts, token_ends
from training.data.records import Record

IGNORED = -100
"""Label of a token that does not count in the loss (PyTorch's ``ignore_index``)."""

ROLES = ("", *Role, "end")
"""Roles of tokens, by number: none (in a prompt), the roles of spans, and the EOS token's."""

RECORDS_PER_BATCH = 1024
"""Number of records that are read and tokenised at a time."""


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
        Maximum number of tokens of a record: prompt, completion and the EOS token.
    chat
        Whether to put prompts into the model's chat template.

    Returns
    -------
    Dataset
        One row a record: ``input_ids``: prompt, completion, EOS. ``labels``: the same, with
        ``IGNORED`` in place of the prompt. ``roles``: indices into ``ROLES``, if all records have
        spans. ``length``: number of tokens.

    Raises
    ------
    ValueError
        If there is no record, or a record has more than ``max_length`` tokens.
    """
    tables: list[pa.Table] = []
    too_long: list[tuple[int, str]] = []
    count = 0
    for batch in _batches(records):
        columns = _tokenise(batch, tokenizer, chat)
        count += len(batch)
        too_long += [
            (len(ids), record.id)
            for record, ids in zip(batch, columns["input_ids"], strict=True)
            if len(ids) > max_length
        ]
        tables.append(_arrow_table(columns))
    if too_long:
        length, longest_id = max(too_long)
        raise ValueError(
            f"{len(too_long)} of {count} records are longer than max_length = {max_length} tokens; "
            f"the longest, `{longest_id}`, has {length}. Records are not truncated: set max_length "
            f"to {length}, or train on shorter ranges"
        )
    if not count:
        raise ValueError("there is no record to train on")
    common = set.intersection(*(set(table.column_names) for table in tables))
    names = [name for name in tables[0].column_names if name in common]
    return Dataset(pa.concat_tables([table.select(names) for table in tables]))


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
    if (longest := max(dataset["length"])) > size:
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
    labels = dataset.with_format("arrow")["labels"]
    count = pc.sum(pc.equal(pc.list_flatten(labels), tokenizer.eos_token_id))
    return int(count.as_py() or 0)


def _tokenise(
    batch: Sequence[Record], tokenizer: PreTrainedTokenizerBase, chat: bool
) -> dict[str, list[Sequence[int] | NDArray[Any]]]:
    """Return the columns of some records: for each record, one value a token."""
    prompts = encode_prompts(tokenizer, [r.prompt for r in batch], chat=chat)
    completions = encode(tokenizer, [r.completion for r in batch])
    columns: dict[str, list[Any]] = {"input_ids": [], "labels": []}
    for prompt, completion in zip(prompts, completions, strict=True):
        target = [*completion, tokenizer.eos_token_id]
        columns["input_ids"].append(prompt + target)
        columns["labels"].append([IGNORED] * len(prompt) + target)
    if all(record.starts is not None for record in batch):
        ends = token_ends(tokenizer, [r.completion for r in batch])
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
    span with its last character.
    """
    roles = np.array([ROLES.index(role) for role in record.roles or ()], np.int8)
    return roles[np.searchsorted(record.starts or (), np.array(ends) - 1, side="right") - 1]


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
