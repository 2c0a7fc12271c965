"""Records: what is kept of an item, by one schema for all tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from compiler.vocabulary import Vocabulary
from tasks.answers import LABEL, last_answer
from tasks.base import AnyTask, Instance
from tasks.corpus.items import Item, items
from tasks.corpus.records.forms import MAX_RECORD_BYTES, TAIL, Form, WrittenTexts
from tasks.corpus.records.spans import SPANS, as_array

SCHEMA = pa.schema(
    [
        ("id", pa.string()),  # TASK-RANGE-SPLIT-SEED-INDEX
        ("task", pa.string()),
        ("paradigm", pa.string()),
        ("range", pa.string()),
        ("length", pa.int32()),
        ("split", pa.string()),
        ("style", pa.string()),  # ``Form.name``
        ("prompt", pa.string()),  # ends in a line break
        ("completion", pa.string()),
        ("answer", pa.string()),  # what the machine left on its tape, also stated in the completion
        ("instance", pa.string()),  # JSON: ``Task.instance.from_json`` reads it
        ("atomic_states", pa.int32()),  # steps of the completion
        ("transitions", pa.int64()),  # of the machine
        ("bytes", pa.int32()),  # of prompt and completion, UTF-8
    ]
)
"""The columns of every corpus; ``schema`` tells of two more."""


FIRST_BATCH_ITEMS = 4
"""Records that are made at once before it is known how long they are."""
BATCH_TEXT_BYTES = 2**19
"""Bytes of text, about, that are made at once from then on: they take a hundred times that."""


_vocabulary = lru_cache(maxsize=1)(Vocabulary)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """How the records of a corpus are made of its items.

    Attributes
    ----------
    spans
        Whether there is a column ``spans``, of the completions.
    tokenizer
        A ``tokenizer.json``, or a folder with one: there is a column ``tokens`` then, of prompt and
        completion, each cut by itself.
    max_tokens
        A record of more tokens is left out. One of no more bytes is never counted, and its
        ``tokens`` are null: no byte takes more than a token.

    Raises
    ------
    ValueError
        For a budget without a tokenizer, or none at all, or a tokenizer that is none.
    """

    form: Form = Form()
    spans: bool = True
    tokenizer: Path | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.tokenizer is not None:
            _vocabulary(self.tokenizer)  # which raises what is wrong with it
        if self.max_tokens is not None and self.tokenizer is None:
            raise ValueError("max_tokens needs a tokenizer: name the one to count with")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise ValueError(f"max_tokens is {self.max_tokens}: it is at least 1")

    @property
    def schema(self) -> pa.Schema:
        """``SCHEMA``, and after it ``tokens`` and ``spans`` range_name they are wanted."""
        schema = SCHEMA
        if self.tokenizer is not None:
            schema = schema.append(pa.field("tokens", pa.int32()))
        return schema.append(pa.field("spans", SPANS)) if self.spans else schema


def record_table(
    task: AnyTask,
    range_name: str,
    split: str,
    seed: int,
    indices: Iterable[int],
    options: RecordOptions = RecordOptions(),
) -> pa.Table:
    """The records of these items, in their order, without those that do not fit.

    Raises
    ------
    RuntimeError
        When the machine does not accept an instance, leaves an answer that is none of the task's
        ``kind``, or one that its text does not end in: a fault of the machine, or of its style.
    ValueError
        Where there is no such item.
    """
    posed = list(items(task, range_name, split, seed, indices))
    tables = [options.schema.empty_table()]
    size = FIRST_BATCH_ITEMS
    while posed:
        piece, posed = posed[:size], posed[size:]
        table, made = _piece(task, range_name, split, seed, piece, options)
        tables.append(table)
        size = max(1, min(10 * size, BATCH_TEXT_BYTES * len(piece) // max(1, made)))
    return pa.concat_tables(tables).unify_dictionaries()


def _piece(
    task: AnyTask,
    range_name: str,
    split: str,
    seed: int,
    posed: Sequence[Item],
    options: RecordOptions,
) -> tuple[pa.Table, int]:
    """The records of some items, and how many bytes their texts took, too long ones included."""
    instances = [item.instance for item in posed]
    written = options.form.write(
        task, instances, [item.prompt(task) for item in posed], spans=options.spans
    )
    _check_answers(task, options.form, instances, written)
    pairs = list(zip(written.prompts, written.completions, strict=True))
    sizes = np.array([len(p.encode()) + len(c.encode()) for p, c in pairs], np.int64)
    fits = written.fits & (sizes <= MAX_RECORD_BYTES)
    count, name = len(posed), task.name
    columns = {
        "id": [f"{name}-{range_name}-{split}-{seed}-{item.index}" for item in posed],
        "task": [name] * count,
        "paradigm": [task.paradigm] * count,
        "range": [range_name] * count,
        "length": [task.length(instance) for instance in instances],
        "split": [split] * count,
        "style": [options.form.name] * count,
        "prompt": written.prompts,
        "completion": written.completions,
        "answer": written.answers,
        "instance": [instance.to_json() for instance in instances],
        "atomic_states": written.atomic_states(),
        "transitions": written.transitions,
        "bytes": sizes,
    }
    if options.tokenizer is not None:
        columns["tokens"], fits = _tokens(options, pairs, sizes, fits)
    if options.spans:
        columns["spans"] = as_array(written.texts.spans)
    table = pa.table(columns, schema=options.schema)
    return table if fits.all() else table.filter(pa.array(fits)), int(sizes.sum())


def _check_answers(
    task: AnyTask, form: Form, instances: Sequence[Instance], written: WrittenTexts
) -> None:
    """See that the machine's answers are of the task's kind, and that its texts end in them."""
    for index in np.flatnonzero(written.fits).tolist():
        answer = written.answers[index]
        if task.kind.read(answer) != answer:
            raise RuntimeError(
                f"{task.name} leaves `{answer}` on its tape `out`, which its `kind` "
                f"({task.kind.form}) does not take as it stands: {instances[index]}"
            )
        if form.format == TAIL and last_answer(written.completions[index]) != answer:
            raise RuntimeError(
                f"{task.name} leaves `{answer}` on its tape `out`, but its text does not end in "
                f"`{LABEL} {answer}`: {instances[index]}"
            )


def _tokens(
    options: RecordOptions,
    pairs: Sequence[tuple[str, str]],
    sizes: NDArray[np.int64],
    fits: NDArray[np.bool_],
) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The column ``tokens``, and which records fit the budget as well."""
    counted = fits if options.max_tokens is None else fits & (sizes > options.max_tokens)
    which = np.flatnonzero(counted)
    texts = [text for index in which.tolist() for text in pairs[index]]
    tokens = np.zeros(len(pairs), np.int64)
    tokens[which] = (
        np.array(_vocabulary(options.tokenizer).count_tokens(texts), np.int64).reshape(-1, 2).sum(1)
    )
    if options.max_tokens is not None:
        fits = fits & (tokens <= options.max_tokens)
    return pa.array(tokens, pa.int32(), mask=~counted), fits
