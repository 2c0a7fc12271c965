"""The rows that the byte loop leaves → typed spans, in one pass over all texts of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.renderer.events import OPEN, Events, Numbers, Utterances, key_and_value
from compiler.text import PARTS, AllSpans, Spans
from tm.jit import jit
from tm.table import Table
from tm.trace import Trace

_PARTS = len(PARTS)


def unpack(
    table: Table,
    trace: Trace,
    said: Utterances,
    listed: Events,
    buffer: NDArray[np.uint8],
    offsets: Numbers,
    raw: Numbers,
    first: Numbers,
) -> AllSpans:
    """The spans of a batch.

    Parameters
    ----------
    buffer, offsets
        See ``Texts``.
    raw, first
        The rows of ``compiler.renderer.loop.write`` and the first of each text.
    """
    count = len(raw)
    characters = np.empty((2, count), np.int64)
    role, part = np.empty((2, count), np.int8)
    step, name, depth = np.empty((3, count), np.int32)
    state = np.empty(count, np.int64)
    states = np.zeros(len(offsets), np.int64)
    openings = np.empty(len(listed.event), np.int64)
    number = np.empty(len(listed.event), np.int64)
    start, end = characters
    _unpack(
        raw, first, buffer, offsets, bool(buffer.max(initial=0) < 0x80),
        listed.event, listed.level, listed.runs, trace.utterance, said.kind, said.step, said.name,
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
            steps=said.steps,
            names=said.names,
            labels=_Labels(table, trace, openings[: states[-1]]),
        ),
    )


@jit
def _unpack(
    raw: Numbers,
    first: Numbers,
    buffer: NDArray[np.uint8],
    offsets: Numbers,
    ascii: bool,
    event: Numbers,
    level: NDArray[np.int32],
    runs: Numbers,
    utterance: NDArray[np.int32],
    kinds: NDArray[np.int8],
    steps: NDArray[np.int32],
    names: NDArray[np.int32],
    start: Numbers,
    end: Numbers,
    role: NDArray[np.int8],
    part: NDArray[np.int8],
    step: NDArray[np.int32],
    name: NDArray[np.int32],
    depth: NDArray[np.int32],
    state: Numbers,
    states: Numbers,
    openings: Numbers,
    number: Numbers,
) -> None:
    """Fill the arrays from ``start`` on; ``number`` is the state that each event opens."""
    none = len(kinds) - 1
    opened = 0
    for run in range(len(runs) - 1):
        for i in range(runs[run], runs[run + 1]):
            if event[i] >= 0 and kinds[utterance[event[i]]] == OPEN:
                number[i] = opened - states[run]
                openings[opened] = event[i]
                opened += 1
        states[run + 1] = opened
        at = 0
        for s in range(first[run], first[run + 1]):
            begin, stop, mark, who, owner = raw[s, 0], raw[s, 1], raw[s, 2], raw[s, 3], raw[s, 4]
            start[s] = at
            if ascii:
                at = stop - offsets[run]
            else:
                for byte in range(begin, stop):
                    at += buffer[byte] & 0xC0 != 0x80
            end[s] = at
            role[s], part[s] = mark // _PARTS, mark % _PARTS
            name[s] = names[utterance[who] if who >= 0 else none]
            inside = owner >= 0
            step[s] = steps[utterance[event[owner]] if inside else none]
            depth[s] = level[owner] if inside else 0
            state[s] = number[owner] if inside else -1


@dataclass(frozen=True, slots=True)
class _Labels(Sequence[str]):
    """The labels of atomic states, read from the trace when asked for.

    Attributes
    ----------
    openings
        int64[...]: the events that open them.
    """

    table: Table
    trace: Trace
    openings: Numbers

    def __len__(self) -> int:
        return len(self.openings)

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return _Labels(self.table, self.trace, self.openings[at])
        return key_and_value(self.table, self.trace, int(self.openings[at]))[0]

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self)))
