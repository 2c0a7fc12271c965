"""The compiled engine: workspaces that grow, bursts that a Ctrl-C can end, one run or many."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tm.engine import loop
from tm.engine.alphabet import Inputs, encode
from tm.engine.loop import ItemResults, Work
from tm.engine.outcome import Limits, Outcome
from tm.engine.pack import Program, pack
from tm.engine.result import Contents, Run
from tm.table import Table
from tm.trace import Trace

OUTCOMES = np.array([outcome.value for outcome in Outcome])

S = TypeVar("S", bound=np.generic)

PAUSE = 20_000_000
"""Transitions between two looks for a Ctrl-C: about a tenth of a second."""


def run(
    table: Table,
    inputs: Mapping[str, str],
    *,
    limits: Limits,
    trace: bool,
    actions: bool,
) -> Run:
    """One run; see ``tm.engine.run``."""
    encoded = encode(table, [inputs])
    with machine_of(table, trace) as machine:
        machine.reset(encoded.longest)
        machine.load(encoded, 0)
        status = machine.finish(limits, recording=actions)
        at = machine.work.at
        result = Run(
            table=table,
            outcome=Outcome(OUTCOMES[status]),
            transitions=int(at[loop.TRANSITIONS]),
            state=int(at[loop.STATE]),
            tapes=machine.tapes(table),
            trace=machine.trace([0, at[loop.EVENTS]]) if trace else None,
            actions=machine.work.actions[: at[loop.TRANSITIONS]].copy() if actions else None,
        )
        machine.clear()
    return result


class PackedMachine:
    """A packed table with the buffers to run it; one thread's at a time."""

    def __init__(self, program: Program, speaking: bool) -> None:
        slots = len(program.letters) // 256
        self.program = program
        self.speaking = speaking
        self.work = Work(
            cells=np.zeros(slots * 1024, dtype=np.uint8),
            heads=np.zeros(slots, dtype=np.uint64),
            at=np.zeros(14, dtype=np.int64),
            utterance=np.empty(1024, dtype=np.int32),
            transition=np.empty(1024, dtype=np.int64),
            capture=np.empty(1024, dtype=np.int64),
            ends=np.zeros(1024, dtype=np.int64),
            letters=np.empty(4096, dtype=np.uint8),
            actions=np.empty(0, dtype=np.int32),
        )

    @property
    def half(self) -> int:
        """How many cells a tape's buffer has on each side of its middle, which is cell 0."""
        return len(self.work.cells) // (2 * len(self.work.heads))

    def reset(self, longest: int) -> None:
        """Forget what was said, and make room for texts of that length."""
        self.work.at[:] = 0
        half = self.half
        while half < longest + loop.GUARD:
            half *= 2
        if half > self.half:
            self.work = self.work._replace(
                cells=np.zeros(len(self.work.heads) * 2 * half, dtype=np.uint8)
            )

    def load(self, inputs: Inputs, item: int) -> None:
        """Put an item's texts on the tapes, which must be blank."""
        loop.load(self.program, self.work, *inputs, item)

    def finish(self, limits: Limits, *, recording: bool) -> int:
        """Run the item that is loaded to its end; the status is the index of its outcome."""
        bounds = _bounds(limits)
        while True:
            status = loop.advance(self.program, self.work, bounds, self.speaking, recording, PAUSE)
            if status < loop.DONE:
                return int(status)
            self.grow(status)

    def clear(self) -> None:
        """Make the tapes blank again."""
        loop.clear(self.work)

    def serve(self, inputs: Inputs, first: int, limits: Limits, results: ItemResults) -> int:
        """Go on with the items of ``results``; a status of ``tm.engine.loop``."""
        return int(
            loop.serve(
                self.program,
                self.work,
                _bounds(limits),
                self.speaking,
                *inputs,
                first,
                results,
                PAUSE,
            )
        )

    def grow(self, status: int) -> None:
        """Double what is full; nothing is for a mere pause."""
        work = self.work
        if status == loop.GROW_TAPES:
            slots, half = len(self.work.heads), self.half
            cells = np.zeros((slots, 4 * half), dtype=np.uint8)
            cells[:, half : 3 * half] = work.cells.reshape(slots, 2 * half)
            shift = (2 * np.arange(slots) + 1).astype(np.uint64) * np.uint64(half)
            work.at[loop.HALF] = 2 * half
            self.work = work._replace(cells=cells.reshape(-1), heads=work.heads + shift)
        elif status == loop.GROW_TRACE:
            self.work = work._replace(
                utterance=_double(work.utterance),
                transition=_double(work.transition),
                capture=_double(work.capture),
                ends=_double(work.ends),
                letters=_double(work.letters),
            )
        elif status == loop.GROW_ACTIONS:
            self.work = work._replace(actions=_double(work.actions))

    def tapes(self, table: Table) -> tuple[Contents, ...]:
        """The tapes as they stand."""
        half = self.half
        first, end = loop.stretch(self.work.at)
        tapes = []
        for slot, tape in enumerate(table.tapes, start=1):
            zero = (2 * slot + 1) * half
            head = int(self.work.heads[slot]) - zero
            filled = np.flatnonzero(self.work.cells[zero + first : zero + end]) + first
            start = min(head, int(filled.min(initial=head)))
            stop = max(head, int(filled.max(initial=head))) + 1
            symbols = self.work.cells[zero + start : zero + stop].copy()
            tapes.append(Contents(tape=tape, symbols=symbols, origin=start, head=head))
        return tuple(tapes)

    def trace(self, runs: Sequence[int] | NDArray[np.int64]) -> Trace:
        """A copy of what was said."""
        work, at = self.work, self.work.at
        events, captures, letters = (
            int(at[register]) for register in (loop.EVENTS, loop.CAPTURES, loop.LETTERS)
        )
        return Trace(
            utterance=work.utterance[:events].copy(),
            transition=work.transition[:events].copy(),
            capture=work.capture[:events].copy(),
            ends=work.ends[: captures + 1].copy(),
            letters=work.letters[:letters].copy(),
            runs=np.array(runs, dtype=np.int64),
        )


def _bounds(limits: Limits) -> NDArray[np.int64]:
    return np.array([limits.steps, limits.cells, limits.letters], dtype=np.int64)


def _double(array: NDArray[S]) -> NDArray[S]:
    larger = np.empty(max(1024, 2 * len(array)), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


class _Pool(NamedTuple):
    """A packed table and its idle machines."""

    program: Program
    idle: list[PackedMachine]


# By a living table's identity and whether it speaks: comparing tables by content would take longer
# than most runs.
_pools: dict[tuple[int, bool], _Pool] = {}


@contextmanager
def machine_of(table: Table, speaking: bool) -> Iterator[PackedMachine]:
    """A machine for one thread; one that an exception stopped is not used again.

    Only machines of the table that was begun last stay idle: they keep their buffers, and a process
    may run many tables in turn.
    """
    key = (id(table), speaking)
    pool = _pools.get(key)
    if pool is None:
        pool = _pools[key] = _Pool(pack(table, speaking=speaking), [])
        weakref.finalize(table, _pools.pop, key, None)
    try:
        machine = pool.idle.pop()
    except IndexError:
        for (other, _), their in list(_pools.items()):
            if other != id(table):
                their.idle.clear()
        machine = PackedMachine(pool.program, speaking)
    yield machine
    pool.idle.append(machine)
