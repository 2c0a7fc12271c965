"""Tables of records: one schema for all tasks."""

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
from tasks.corpus.records.batches import in_batches
from tasks.corpus.records.forms import MAX_RECORD_BYTES, TAIL, Form, WrittenTexts
from tasks.corpus.records.ids import RecordId
from tasks.corpus.records.spans import SPANS, span_column

SCHEMA = pa.schema(
    [
        ("id", pa.string()),  # ``RecordId``
        ("task", pa.string()),
        ("paradigm", pa.string()),
        ("range", pa.string()),
        ("length", pa.int32()),
        ("split", pa.string()),
        ("style", pa.string()),  # ``Form.name``
        ("prompt", pa.string()),  # ends in a line break
        ("completion", pa.string()),
        ("answer", pa.string()),  # what the machine left on its tape ``out``
        ("instance", pa.string()),  # JSON for ``Instance.from_json``
        ("atomic_states", pa.int32()),  # of the completion
        ("transitions", pa.int64()),  # of the machine
        ("bytes", pa.int32()),  # of prompt and completion, UTF-8
    ]
)
"""Columns of every corpus; ``RecordOptions.schema`` appends ``tokens`` and ``spans``."""


def _vocabulary(tokenizer: Path) -> Vocabulary:
    """Return the vocabulary of a tokenizer, which is read again if its file has changed."""
    state = Vocabulary.find_file(tokenizer).stat()
    return _read_vocabulary(tokenizer, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=1)
def _read_vocabulary(tokenizer: Path, modified: int, size: int) -> Vocabulary:
    return Vocabulary(tokenizer)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions:
    """Options for writing the records of a corpus.

    Attributes
    ----------
    form
        Form of the completions.
    spans
        Whether to store the spans of the completions, in a column ``spans``.
    tokenizer
        Path of a ``tokenizer.json``, or of a folder with one; None to count no tokens. With it, a
        column ``tokens`` holds the tokens of prompt and completion, tokenized separately.
    max_tokens
        Maximum tokens of a record; longer ones are left out. None for no maximum. A record with at
        most this many bytes is not counted and its ``tokens`` are null, because a token takes at
        least one byte.

    Raises
    ------
    ValueError
        If ``max_tokens`` is given without a tokenizer or is less than 1, or the tokenizer cannot be
        read.
    """

    form: Form = Form()
    spans: bool = True
    tokenizer: Path | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.tokenizer is not None:
            _vocabulary(self.tokenizer)  # raises if the file is not a tokenizer
        if self.max_tokens is not None and self.tokenizer is None:
            raise ValueError("`max_tokens` requires a tokenizer; give the one to count with")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise ValueError(f"`max_tokens` must be at least 1, not {self.max_tokens}")

    @property
    def schema(self) -> pa.Schema:
        """Columns of the records: ``SCHEMA``, then ``tokens`` and ``spans`` if requested."""
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
    """Return the records of the items at the given indices, in order.

    Items whose texts are too long have no record.

    Raises
    ------
    RuntimeError
        If an instance's length is not in the range, the machine does not accept it, its answer is
        not of the task's ``kind``, or its text does not end in its answer: a fault of the task.
    ValueError
        If an index has no item.
    """

    def write(batch: Sequence[Item]) -> tuple[pa.Table, int]:
        return _write_batch(task, range_name, split, seed, batch, options)

    tables = in_batches(list(items(task, range_name, split, seed, indices)), write)
    return pa.concat_tables([options.schema.empty_table(), *tables]).unify_dictionaries()


def _write_batch(
    task: AnyTask,
    range_name: str,
    split: str,
    seed: int,
    batch: Sequence[Item],
    options: RecordOptions,
) -> tuple[pa.Table, int]:
    """Return the records of a batch, and the bytes of all its texts, too long ones included."""
    instances = [item.instance for item in batch]
    written = options.form.write(
        task, instances, [item.wording for item in batch], spans=options.spans
    )
    _check_answers(task, options.form, instances, written)
    _check_lengths(task, range_name, instances)
    pairs = list(zip(written.prompts, written.completions, strict=True))
    sizes = np.array([len(p.encode()) + len(c.encode()) for p, c in pairs], np.int64)
    fits = written.fits & (sizes <= MAX_RECORD_BYTES)
    count, name = len(batch), task.name
    columns = {
        "id": [str(RecordId(name, range_name, split, seed, item.index)) for item in batch],
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
        columns["spans"] = span_column(written.texts.spans)
    table = pa.table(columns, schema=options.schema)
    return table if fits.all() else table.filter(pa.array(fits)), int(sizes.sum())


def _check_lengths(task: AnyTask, range_name: str, instances: Sequence[Instance]) -> None:
    """Check that the lengths of instances are in their range."""
    low, high = task.length_range(range_name)
    for instance in instances:
        if not low <= (length := task.length(instance)) <= high:
            raise RuntimeError(
                f"{task.name}: `length` returns {length} for a problem of range {range_name}, "
                f"{low} to {high}; `sample` and `unrank` must keep to their lengths: {instance}"
            )


def _check_answers(
    task: AnyTask, form: Form, instances: Sequence[Instance], written: WrittenTexts
) -> None:
    """Check that each answer is of the task's kind and that each text ends in its answer."""
    for index in np.flatnonzero(written.fits).tolist():
        answer = written.answers[index]
        if task.kind.read(answer) != answer:
            raise RuntimeError(
                f"{task.name}: the machine left `{answer}` on its tape `out`, which is not in the "
                f"normal spelling of its `kind` ({task.kind.form}): {instances[index]}"
            )
        if form.format == TAIL and last_answer(written.completions[index]) != answer:
            raise RuntimeError(
                f"{task.name}: the machine left `{answer}` on its tape `out`, but its text does "
                f"not end in `{LABEL} {answer}`: {instances[index]}"
            )


def _tokens(
    options: RecordOptions,
    pairs: Sequence[tuple[str, str]],
    sizes: NDArray[np.int64],
    fits: NDArray[np.bool_],
) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Return the column ``tokens``, and which records fit the token budget too, bool[n]."""
    counted = fits if options.max_tokens is None else fits & (sizes > options.max_tokens)
    rows = np.flatnonzero(counted)
    texts = [text for index in rows.tolist() for text in pairs[index]]
    tokens = np.zeros(len(pairs), np.int64)
    assert options.tokenizer is not None  # the column exists only with one
    counts = _vocabulary(options.tokenizer).count_tokens(texts)
    tokens[rows] = np.array(counts, np.int64).reshape(-1, 2).sum(1)
    if options.max_tokens is not None:
        fits = fits & (tokens <= options.max_tokens)
    return pa.array(tokens, pa.int32(), mask=~counted), fits
