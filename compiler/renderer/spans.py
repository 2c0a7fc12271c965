"""Typed spans from the rows that the byte loop writes, in one pass over all texts of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.renderer.events import OPEN, Events, Int64Array, Utterances, key_and_value
from compiler.text import PARTS, AllSpans, Spans
from tm.jit import jit
from tm.table import Table
from tm.trace import Trace

_PART_COUNT = len(PARTS)


def unpack_spans(
    table: Table,
    trace: Trace,
    utterances: Utterances,
    events: Events,
    buffer: NDArray[np.uint8],
    offsets: Int64Array,
    rows: Int64Array,
    first: Int64Array,
) -> AllSpans:
    """Return the spans of a batch.

    Parameters
    ----------
    table, trace, utterances
        The machine, its runs, and its utterances as arrays.
    events
        The events that were written.
    buffer, offsets
        The texts; see ``Texts``.
    rows, first
        The rows that ``compiler.renderer.loop.write_texts`` wrote, and the first row of each text.
    """
    count = len(rows)
    characters = np.empty((2, count), np.int64)
    role, part = np.empty((2, count), np.int8)
    step, name, depth = np.empty((3, count), np.int32)
    state = np.empty(count, np.int64)
    states = np.zeros(len(offsets), np.int64)
    openings = np.empty(len(events.event), np.int64)
    number = np.empty(len(events.event), np.int64)
    start, end = characters
    _unpack(
        rows, first, buffer, offsets, bool(buffer.max(initial=0) < 0x80),
        events.event, events.level, events.runs,
        trace.utterance, utterances.kind, utterances.step, utterances.name,
        start, end, role, part, step, name, depth, state, states, openings, number,
    )  # fmt: skip
    return AllSpans(
        texts=first,
        states=states,
        flat=Spans(
            start=start,
            end=end,
            role=role,
            part=part,
            step=step,
            name=name,
            depth=depth,
            state=state,
            steps=utterances.steps,
            names=utterances.names,
            labels=_Labels(table, trace, openings[: states[-1]]),
        ),
    )


@jit
def _unpack(
    rows: Int64Array,
    first: Int64Array,
    buffer: NDArray[np.uint8],
    offsets: Int64Array,
    ascii: bool,
    event: Int64Array,
    level: NDArray[np.int32],
    runs: Int64Array,
    utterance: NDArray[np.int32],
    kinds: NDArray[np.int8],
    steps: NDArray[np.int32],
    names: NDArray[np.int32],
    start: Int64Array,
    end: Int64Array,
    role: NDArray[np.int8],
    part: NDArray[np.int8],
    step: NDArray[np.int32],
    name: NDArray[np.int32],
    depth: NDArray[np.int32],
    state: Int64Array,
    states: Int64Array,
    openings: Int64Array,
    number: Int64Array,
) -> None:
    """Fill the arrays from ``start`` on; ``number`` is the index of the state an event opens."""
    none = len(kinds) - 1
    opened = 0
    for run in range(len(runs) - 1):
        for i in range(runs[run], runs[run + 1]):
            if event[i] >= 0 and kinds[utterance[event[i]]] == OPEN:
                number[i] = opened - states[run]
                openings[opened] = event[i]
                opened += 1
        states[run + 1] = opened
        character = 0
        for s in range(first[run], first[run + 1]):
            begin, stop, mark = rows[s, 0], rows[s, 1], rows[s, 2]
            item_event, owner = rows[s, 3], rows[s, 4]
            start[s] = character
            if ascii:
                character = stop - offsets[run]
            else:
                for byte in range(begin, stop):
                    character += buffer[byte] & 0xC0 != 0x80
            end[s] = character
            role[s], part[s] = mark // _PART_COUNT, mark % _PART_COUNT
            name[s] = names[utterance[item_event] if item_event >= 0 else none]
            inside = owner >= 0
            step[s] = steps[utterance[event[owner]] if inside else none]
            depth[s] = level[owner] if inside else 0
            state[s] = number[owner] if inside else -1


@dataclass(frozen=True, slots=True)
class _Labels(Sequence[str]):
    """The labels of atomic states, read from the trace on demand.

    Attributes
    ----------
    openings
        int64[...]: the events that open the states.
    """

    table: Table
    trace: Trace
    openings: Int64Array

    def __len__(self) -> int:
        return len(self.openings)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return _Labels(self.table, self.trace, self.openings[index])
        return key_and_value(self.table, self.trace, int(self.openings[index]))[0]

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))
