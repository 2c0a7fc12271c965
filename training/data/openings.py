"""Openings: the beginnings of other tasks' texts, from which a model learns to find operands.

The wordings of one task are few, so a model can memorise which of their words stand before an
operand, and then cannot read other wordings. Openings show many more, at little cost: each ends
with the line that finds the last operand of its prompt, and has no EOS token.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count, cycle, islice, repeat

import numpy as np

from compiler.text import Role, Text
from tasks.base import AnyTask
from tasks.corpus.items import Item, items
from tasks.corpus.records.forms import TAIL, Form
from tasks.corpus.records.ids import RecordId
from tasks.registry import get, names
from training.data.records import TRAIN, Record

RANGE = "S"
"""Range of the problems; the shortest texts."""

_SEED = 0
_CANDIDATES = 4
"""Number of items of which the one with the shortest opening is taken."""


def openings(number: int, other_than: Collection[str], form: Form) -> Iterator[Record]:
    """Yield openings of the shipped tasks, in turn, in their wordings of training.

    Parameters
    ----------
    number
        Number of openings.
    other_than
        Names of tasks without openings, those of the training records.
    form
        Form of the training records.

    Raises
    ------
    ValueError
        If texts of this form do not find their operands by words of the prompt.
    """
    if form.format != TAIL or form.keyed or "fetch" in form.without:
        raise ValueError(
            f"data.openings: texts of the form `{form.name}` do not repeat the words before an "
            "operand, so they have no openings; set data.openings: 0"
        )
    others = [_of_task(get(name), form) for name in names() if name not in other_than]
    return islice((next(each) for each in cycle(others)), number if others else 0)


def _of_task(task: AnyTask, form: Form) -> Iterator[Record]:
    for start in count(0, _CANDIDATES):
        batch = list(items(task, RANGE, TRAIN, _SEED, range(start, start + _CANDIDATES)))
        written = form.write(
            task, [item.instance for item in batch], [item.wording for item in batch], spans=True
        )
        yield min(
            map(_opening, repeat(task), batch, written.prompts, written.texts.with_spans()),
            key=lambda record: len(record.prompt) + len(record.completion),
        )


def _opening(task: AnyTask, item: Item, prompt: str, text: Text) -> Record:
    spans = text.spans
    end = _end(text, task.leads(item.wording).values())
    within = spans.start < end
    return Record(
        str(RecordId(task.name, RANGE, TRAIN, _SEED, item.index)),
        task.name,
        RANGE,
        prompt,
        text.string[:end],
        spans.start[within].astype(np.int32),
        (spans.role[within] + 1).astype(np.int8),  # indices into the ``ROLES`` of records
        item.instance.to_json(),
        is_whole=False,
    )


def _end(text: Text, leads: Collection[str]) -> int:
    """Return where the line ends that is the last to repeat the words before an operand."""
    heads = tuple(f"{lead} " for lead in leads)
    found = max(
        span.start
        for span in text.spans
        if span.role is Role.FETCH and text.string.startswith(heads, span.start)
    )
    return text.string.index("\n", found) + 1
