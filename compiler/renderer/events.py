"""Trace → the list of events that a text is made of: what is said down to a depth, and by which
step.

A step's *level* is 1 when it is outermost, else one more than that of the step around it. ``depth``
keeps the steps of level at most ``depth``, with what they say themselves; what deeper steps say is
not in the list. The answer always is. What is said between steps belongs to the outermost step
before it. Ablations rewrite this list; the byte loop writes it out.
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

GAP = -1
"""In ``Events.event``: no event of the trace, but the mark of steps that were left out."""

Numbers = NDArray[np.int64]

UNSAID = -1
DROPPED = -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What a text says, in order, for one run or many.

    Attributes
    ----------
    event
        int64[n]: index into the trace, or ``GAP``.
    opener
        int64[n]: where in this list the opening of the saying step stands (an opening's own place,
        −1 outside every step and for the answer).
    level
        int32[n]: the level of that step, 0 outside.
    refs
        int64[n, s]: for each operand that a style may refer back to, the event that said it last in
        the same step, ``UNSAID`` or ``DROPPED``; for the empty name the event that opened the step.
    runs
        int64[r + 1]: run i is the items ``runs[i]:runs[i + 1]``.
    """

    event: NDArray[np.int64]
    opener: NDArray[np.int64]
    level: NDArray[np.int32]
    refs: NDArray[np.int64]
    runs: NDArray[np.int64]

    def take(self, items: NDArray[np.int64], runs: NDArray[np.int64]) -> Events:
        """The list made of ``items`` of this one (or ``GAP``), in the order given, cut into
        ``runs``.

        References to events that are no longer in the list become ``DROPPED``. The opening of every
        item taken is taken as well.
        """
        place = np.full(len(self.event) + 1, -1, np.int64)  # one more: opener −1 stays −1
        place[items] = np.where(items == GAP, -1, np.arange(len(items)))
        gap = items == GAP
        event = np.where(gap, GAP, self.event[items])
        refs = self.refs[items]
        if refs.size:
            kept = np.zeros(int(self.event.max()) + 1, np.bool_)
            kept[event[~gap]] = True
            refs[(refs >= 0) & ~kept[refs]] = DROPPED
        return Events(
            event=event,
            opener=np.where(gap, -1, place[self.opener[items]]),
            level=np.where(gap, 0, self.level[items]).astype(np.int32),
            refs=refs,
            runs=runs,
        )


class Utterances(NamedTuple):
    """The utterances of a table as arrays; one more at the end stands for none.

    Attributes
    ----------
    kind
        int8[u + 1]: index into ``KINDS``.
    step, name
        int32[u + 1]: indices into ``steps`` and ``names``.
    steps, names
        The names that occur; index 0 is the empty one.
    """

    kind: NDArray[np.int8]
    step: NDArray[np.int32]
    name: NDArray[np.int32]
    steps: Sequence[str]
    names: Sequence[str]

    @classmethod
    def of(cls, table: Table) -> Utterances:
        said = table.utterances
        steps = list(dict.fromkeys(["", *(u.step for u in said)]))
        names = list(dict.fromkeys(["", *(u.name for u in said)]))
        return cls(
            kind=np.array([*(KINDS.index(u.kind) for u in said), -1], np.int8),
            step=np.array([*(steps.index(u.step) for u in said), 0], np.int32),
            name=np.array([*(names.index(u.name) for u in said), 0], np.int32),
            steps=steps,
            names=names,
        )


def events(
    utterances: Utterances, trace: Trace, *, depth: int = 1, names: tuple[str, ...] = ()
) -> Events:
    """List what runs say down to ``depth``.

    Parameters
    ----------
    depth
        The deepest level whose steps are kept, at least 1.
    names
        What a style refers back to: ``refs`` has a column for each.

    Raises
    ------
    ValueError
        When ``depth`` is less than 1.
    """
    if depth < 1:
        raise ValueError(f"depth is {depth}: it is at least 1, the outermost steps")
    size = len(trace.utterance)
    index = {name: i for i, name in enumerate(names)}
    slots = np.array([index.get(name, -1) for name in utterances.names])[utterances.name]
    event = np.empty(size, np.int64)
    opener = np.empty(size, np.int64)
    level = np.empty(size, np.int32)
    refs = np.empty((size if names else 0, len(names)), np.int64)
    runs = np.empty_like(trace.runs)
    levels = min(depth, size) + 1
    opened = np.empty(levels, np.int64)
    memory = np.empty((levels, len(names)), np.int64)
    n = _list(
        utterances.kind, slots, trace.utterance, trace.runs,
        opened, memory, event, opener, level, refs, runs,
    )  # fmt: skip
    return Events(
        event=event[:n],
        opener=opener[:n],
        level=level[:n],
        refs=refs[:n] if names else np.empty((n, 0), np.int64),
        runs=runs,
    )


@jit
def _list(
    kinds: NDArray[np.int8],
    slots: Numbers,
    utterance: NDArray[np.int32],
    bounds: Numbers,
    opened: Numbers,
    memory: Numbers,
    event: Numbers,
    opener: Numbers,
    level: NDArray[np.int32],
    refs: Numbers,
    runs: Numbers,
) -> int:
    """Fill the arrays; how many items there are.

    ``opened[level]`` is the item that opened the step of a level, or at 0 the last outermost one;
    ``memory[level, name]`` what that step said last.
    """
    depth, names = len(opened) - 1, refs.shape[1]
    n = 0
    for run in range(len(bounds) - 1):
        runs[run] = n
        inside = 0
        opened[0] = -1
        for name in range(names):
            memory[0, name] = UNSAID
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
                        memory[inside, name] = UNSAID
                opener[n], level[n] = opened[inside], inside
            for name in range(names):
                refs[n, name] = UNSAID if kind == ANSWER else memory[inside, name]
            if kind != ANSWER and slots[u] >= 0:
                memory[inside, slots[u]] = e
            n += 1
    runs[-1] = n
    return n


def say(template: Template | None, trace: Trace, capture: int) -> str:
    """What a template says, its captures read from the trace from number ``capture`` on."""
    said = []
    for piece in template or ():
        if piece.tape < 0:
            said.append(piece.text)
        else:
            letters = trace.letters[trace.ends[capture] : trace.ends[capture + 1]]
            said.append(letters.tobytes().decode("ascii") or piece.text)
            capture += 1
    return "".join(said)


def key_and_value(table: Table, trace: Trace, event: int) -> tuple[str, str | None]:
    """The key (or label, verdict, answer) and the value of one event; ``None`` where it has no
    value.
    """
    utterance = table.utterances[trace.utterance[event]]
    capture = int(trace.capture[event])
    key = say(utterance.key, trace, capture)
    if utterance.value is None:
        return key, None
    in_key = sum(p.tape >= 0 for p in utterance.key)
    return key, say(utterance.value, trace, capture + in_key)
