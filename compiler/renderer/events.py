"""The events of a text: the utterances of a trace that are visible down to a depth.

The *level* of a step is 1 if it is outermost, and otherwise one more than the level of the step
around it. A text of depth d contains the steps of level at most d with their own emissions; those
of deeper steps are not listed. The answer is always listed. An emission between steps belongs to
the outermost step before it. Ablations rewrite the list of events; the byte loop writes it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tm.jit import jit
from tm.speech import Template, UtteranceKind
from tm.table import Table
from tm.trace import Trace

KINDS = tuple(UtteranceKind)
OPEN, CLOSE, FETCH, SOLVE, ANSWER = range(len(KINDS))

UNNAMED = -1
"""Entry of ``Events.refs``: the step has not named the operand."""

DROPPED = -2
"""Entry of ``Events.refs``: an ablation removed the event that named the operand."""

Int64Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The visible events of one run or of many, in order; each is an *item* of the list.

    Attributes
    ----------
    event
        int64[n]: index into the trace.
    opener
        int64[n]: item that opened the step which the item belongs to; an opening has its own index,
        and items outside every step and answers have −1.
    level
        int32[n]: level of that step, 0 outside every step.
    refs
        int64[n, s]: for each operand that a style may refer back to, the event that named it last
        in the same step, ``UNNAMED`` or ``DROPPED``. For the empty name, the event that opened the
        step.
    runs
        int64[r + 1]: run i consists of the items ``runs[i]:runs[i + 1]``.
    """

    event: Int64Array
    opener: Int64Array
    level: NDArray[np.int32]
    refs: Int64Array
    runs: Int64Array

    def take(self, items: Int64Array, runs: Int64Array) -> Events:
        """Return the list of some items, in the given order, divided into ``runs``.

        References to events that are no longer in the list become ``DROPPED``.

        Parameters
        ----------
        items
            Indices into this list. The opening of every item must be among them.
        runs
            Bounds of the runs in the new list.
        """
        new_index = np.full(len(self.event) + 1, -1, np.int64)  # the last entry is for opener −1
        new_index[items] = np.arange(len(items))
        event, refs = self.event[items], self.refs[items]
        if refs.size:
            kept = np.zeros(int(self.event.max()) + 1, np.bool_)
            kept[event] = True
            refs[(refs >= 0) & ~kept[refs]] = DROPPED
        return Events(
            event=event,
            opener=new_index[self.opener[items]],
            level=self.level[items],
            refs=refs,
            runs=runs,
        )


class Utterances(NamedTuple):
    """The u utterances of a table as arrays; one more entry means none.

    Attributes
    ----------
    kind
        int8[u + 1]: index into ``KINDS``; −1 in the last entry.
    step, name
        int32[u + 1]: indices into ``steps`` and ``names``.
    steps, names
        Names of steps and of emissions; index 0 is the empty name.
    """

    kind: NDArray[np.int8]
    step: NDArray[np.int32]
    name: NDArray[np.int32]
    steps: Sequence[str]
    names: Sequence[str]

    @classmethod
    def from_table(cls, table: Table) -> Utterances:
        """Return the utterances of a table as arrays."""
        steps = list(dict.fromkeys(["", *(u.step for u in table.utterances)]))
        names = list(dict.fromkeys(["", *(u.name for u in table.utterances)]))
        return cls(
            kind=np.array([*(KINDS.index(u.kind) for u in table.utterances), -1], np.int8),
            step=np.array([*(steps.index(u.step) for u in table.utterances), 0], np.int32),
            name=np.array([*(names.index(u.name) for u in table.utterances), 0], np.int32),
            steps=steps,
            names=names,
        )


def list_events(
    utterances: Utterances, trace: Trace, *, depth: int = 1, names: tuple[str, ...] = ()
) -> Events:
    """List the events of all runs of a trace down to ``depth``.

    Parameters
    ----------
    utterances
        Utterances of the table that made the trace.
    trace
        The runs.
    depth
        The deepest level whose steps are listed, at least 1.
    names
        Operands that a style refers back to; ``refs`` has a column for each.

    Raises
    ------
    ValueError
        If ``depth`` is less than 1.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, the outermost steps, not {depth}")
    size = len(trace.utterance)
    columns = {name: i for i, name in enumerate(names)}
    column = np.array([columns.get(name, -1) for name in utterances.names])[utterances.name]
    event = np.empty(size, np.int64)
    opener = np.empty(size, np.int64)
    level = np.empty(size, np.int32)
    refs = np.empty((size if names else 0, len(names)), np.int64)
    runs = np.empty_like(trace.runs)
    levels = min(depth, size) + 1
    opened = np.empty(levels, np.int64)
    latest = np.empty((levels, len(names)), np.int64)
    n = _list_events(
        utterances.kind, column, trace.utterance, trace.runs,
        opened, latest, event, opener, level, refs, runs,
    )  # fmt: skip
    return Events(
        event=event[:n],
        opener=opener[:n],
        level=level[:n],
        refs=refs[:n] if names else np.empty((n, 0), np.int64),
        runs=runs,
    )


@jit
def _list_events(
    kinds: NDArray[np.int8],
    column: Int64Array,
    utterance: NDArray[np.int32],
    bounds: Int64Array,
    opened: Int64Array,
    latest: Int64Array,
    event: Int64Array,
    opener: Int64Array,
    level: NDArray[np.int32],
    refs: Int64Array,
    runs: Int64Array,
) -> int:
    """Fill the arrays from ``event`` on and return the number of items.

    ``opened[level]`` is the item that opened the current step of a level, and at level 0 the latest
    outermost step; ``latest[level, name]`` is the event in which that step last named an operand.
    """
    depth, names = len(opened) - 1, refs.shape[1]
    n = 0
    for run in range(len(bounds) - 1):
        runs[run] = n
        inside = 0
        opened[0] = -1
        for name in range(names):
            latest[0, name] = UNNAMED
        for e in range(bounds[run], bounds[run + 1]):
            u = utterance[e]
            kind = kinds[u]
            if kind == CLOSE:
                inside = max(inside - 1, 0)
                continue
            if kind == OPEN:
                inside += 1
            if inside > depth and kind != ANSWER:
                continue
            event[n] = e
            if kind == ANSWER:
                opener[n], level[n] = -1, 0
            else:
                if kind == OPEN:
                    opened[inside] = n
                    if inside == 1:
                        opened[0] = n
                    for name in range(names):
                        latest[inside, name] = UNNAMED
                opener[n], level[n] = opened[inside], inside
            for name in range(names):
                refs[n, name] = UNNAMED if kind == ANSWER else latest[inside, name]
            if kind != ANSWER and column[u] >= 0:
                latest[inside, column[u]] = e
            n += 1
    runs[-1] = n
    return n


def fill_template(template: Template | None, trace: Trace, capture: int) -> str:
    """Return the text of a template whose captures begin at number ``capture`` of the trace."""
    parts = []
    for piece in template or ():
        if piece.tape < 0:
            parts.append(piece.text)
        else:
            letters = trace.letters[trace.ends[capture] : trace.ends[capture + 1]]
            parts.append(letters.tobytes().decode("ascii") or piece.text)
            capture += 1
    return "".join(parts)


def key_and_value(table: Table, trace: Trace, event: int) -> tuple[str, str | None]:
    """Return the key and the value of one event.

    The key of an opening is its label, that of a verdict or an answer its text; these have the
    value None.
    """
    utterance = table.utterances[trace.utterance[event]]
    capture = int(trace.capture[event])
    key = fill_template(utterance.key, trace, capture)
    if utterance.value is None:
        return key, None
    in_key = sum(p.tape >= 0 for p in utterance.key)
    return key, fill_template(utterance.value, trace, capture + in_key)
