"""Items and the records that are made of them.

Item ``index`` of (task, range, split, seed) is a function of these names alone: an instance, and
the wording that poses it. A record is the item's prompt and the machine's text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from compiler import Spans, render_batch
from compiler.text import ROLES
from tasks.base import Instance, Task
from tasks.draws import Stream
from tm import Table, run_batch
from tm.speech import Kind
from tm.trace import Trace

AnyTask = Task[Any]

_SPANS = pa.struct(
    [
        ("start", pa.list_(pa.int32())),
        ("end", pa.list_(pa.int32())),
        ("role", pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        ("step", pa.list_(pa.dictionary(pa.int8(), pa.string()))),
    ]
)
SCHEMA = pa.schema(
    [
        ("id", pa.string()),  # TASK-RANGE-SPLIT-SEED-INDEX
        ("task", pa.string()),
        ("paradigm", pa.string()),
        ("range", pa.string()),
        ("length", pa.int32()),
        ("split", pa.string()),
        ("style", pa.string()),
        ("prompt", pa.string()),  # ends in a line break
        ("completion", pa.string()),
        ("answer", pa.string()),  # what the machine left on its tape, also stated in the completion
        ("instance", pa.string()),  # JSON: ``Task.instance.from_json`` reads it
        ("atomic_states", pa.int32()),  # outermost steps of the completion
        ("transitions", pa.int64()),  # of the machine
        ("bytes", pa.int32()),  # of prompt and completion, UTF-8
    ]
)
"""The columns of a corpus; ``spans``, of the completion in characters, is added on request."""


@dataclass(frozen=True, slots=True)
class Item:
    """A problem, posed: its instance, and the number of the wording."""

    index: int
    instance: Instance
    wording: int


def items(
    task: AnyTask, where: str | int, split: str, seed: int, indices: Iterable[int]
) -> Iterator[Item]:
    """The items of a range or length with these indices, each made alone."""
    stream = Stream(task.name, where, split, seed)
    for index in indices:
        draws = stream.at(index)
        yield Item(index, task.draw(draws, where), draws.below(len(task.wordings)))


def record_table(
    task: AnyTask,
    where: str,
    split: str,
    seed: int,
    indices: Iterable[int],
    *,
    style: str = "minimal",
    spans: bool = False,
) -> pa.Table:
    """The records of these items, in their order, by ``SCHEMA``.

    Raises
    ------
    RuntimeError
        When the machine does not accept an instance, which is a fault of the machine.
    """
    posed = list(items(task, where, split, seed, indices))
    batch = run_batch(task.table, [task.tapes(item.instance) for item in posed], workers=1)
    for item, outcome in zip(posed, batch.outcome, strict=True):
        if outcome != "accept":
            raise RuntimeError(f"{task.name} ended in {outcome}: {item.instance}")
    trace = batch.trace
    assert trace is not None  # it was asked for
    texts = render_batch(task.table, trace, style=style, spans=spans)
    prompts = [task.prompt(item.instance, item.wording) for item in posed]
    completions = list(texts)
    sizes = [len(p.encode()) + len(c.encode()) for p, c in zip(prompts, completions, strict=True)]
    count = len(posed)
    columns = {
        "id": [f"{task.name}-{where}-{split}-{seed}-{item.index}" for item in posed],
        "task": [task.name] * count,
        "paradigm": [task.paradigm] * count,
        "range": [where] * count,
        "length": [task.length(item.instance) for item in posed],
        "split": [split] * count,
        "style": [style] * count,
        "prompt": prompts,
        "completion": completions,
        "answer": [batch.text("out", i) for i in range(count)],
        "instance": [item.instance.to_json() for item in posed],
        "atomic_states": _atomic_states(task.table, trace),
        "transitions": batch.transitions,
        "bytes": sizes,
    }
    table = pa.table(columns, schema=SCHEMA)
    if spans:
        lists = [_span_lists(texts.spans(i)) for i in range(count)]
        table = table.append_column("spans", pa.array(lists, type=_SPANS))
    return table


def _atomic_states(table: Table, trace: Trace) -> NDArray[np.int64]:
    """int64[r]: how many outermost steps each run of a trace opened."""
    change = {Kind.OPEN: 1, Kind.CLOSE: -1}
    changes = np.array([change.get(u.kind, 0) for u in table.utterances], dtype=np.int64)
    said = changes[trace.utterance]
    outermost = (said == 1) & (np.cumsum(said) == 1)
    before = np.concatenate([[0], np.cumsum(outermost)])
    return np.diff(before[trace.runs])


def _span_lists(spans: Spans) -> dict[str, Any]:
    return {
        "start": spans.start,
        "end": spans.end,
        "role": [ROLES[role] for role in spans.role],
        "step": [spans.steps[step] for step in spans.step],
    }
