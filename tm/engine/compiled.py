"""The compiled engine: packed machines whose buffers grow, run in bursts that Ctrl-C can end."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tm.engine import buffers, loop
from tm.engine.alphabet import EncodedInputs, encode
from tm.engine.buffers import ItemResults, Workspace
from tm.engine.outcome import Limits, Outcome
from tm.engine.pack import PackedTable, pack
from tm.engine.result import Contents, Run
from tm.table import Table
from tm.trace import Trace

OUTCOMES = np.array([outcome.value for outcome in Outcome])
"""Outcomes by their status codes."""

Scalar = TypeVar("Scalar", bound=np.generic)

TRANSITIONS_PER_BURST = 20_000_000
"""Transitions between two tests for Ctrl-C: about a tenth of a second."""

MIN_BUFFER_LENGTH = 1024
"""Number of entries of a new buffer, and of cells of a tape's buffer."""

CELLS_PER_PAGE = 4096
"""Cells of a tape that are copied together, or not at all if they are blank."""

MAX_KEPT_CELLS = 64 * 2**20
"""Cells of a machine that are kept for its next run; more of them are given back to the system."""


def run(
    table: Table,
    inputs: Mapping[str, str],
    *,
    limits: Limits,
    trace: bool,
    actions: bool,
) -> Run:
    """Run a machine on one input; see ``tm.engine.run``."""
    encoded = encode(table, [inputs])
    with machine_of(table, trace) as machine:
        machine.reset(encoded.longest)
        machine.load(encoded, 0)
        status = machine.finish(limits, recording=actions)
        registers = machine.workspace.registers
        result = Run(
            table=table,
            outcome=Outcome(OUTCOMES[status]),
            transitions=int(registers[buffers.TRANSITIONS]),
            state=int(registers[buffers.STATE]),
            tapes=machine.tapes(table),
            trace=machine.trace([0, registers[buffers.EVENTS]]) if trace else None,
            actions=machine.actions() if actions else None,
        )
        machine.clear()
    return result


class PackedMachine:
    """A packed table with the buffers to run it, for one thread at a time."""

    def __init__(self, packed: PackedTable, speaking: bool) -> None:
        slots = len(packed.letter_of) // 256
        self.packed = packed
        self.speaking = speaking
        self.workspace = Workspace(
            cells=np.zeros(slots * MIN_BUFFER_LENGTH, dtype=np.uint8),
            heads=np.zeros(slots, dtype=np.uint64),
            registers=np.zeros(buffers.REGISTER_COUNT, dtype=np.int64),
            utterance=np.empty(MIN_BUFFER_LENGTH, dtype=np.int32),
            transition=np.empty(MIN_BUFFER_LENGTH, dtype=np.int64),
            capture=np.empty(MIN_BUFFER_LENGTH, dtype=np.int64),
            ends=np.zeros(MIN_BUFFER_LENGTH, dtype=np.int64),
            letters=np.empty(4 * MIN_BUFFER_LENGTH, dtype=np.uint8),
            actions=np.empty(0, dtype=np.int32),
        )

    @property
    def half(self) -> int:
        """Number of cells of a tape's buffer on each side of its middle, which is cell 0."""
        return len(self.workspace.cells) // (2 * len(self.workspace.heads))

    def reset(self, longest: int) -> None:
        """Clear the registers and the trace; make room for texts of length ``longest``."""
        self.workspace.registers[:] = 0
        half = self.half
        while half < longest + buffers.GUARD_CELLS:
            half *= 2
        if half > self.half:
            self.workspace = self.workspace._replace(
                cells=np.zeros(len(self.workspace.heads) * 2 * half, dtype=np.uint8)
            )

    def load(self, inputs: EncodedInputs, item: int) -> None:
        """Put the texts of an item on the tapes, which must be blank."""
        loop.load(self.packed, self.workspace, *inputs, item)

    def finish(self, limits: Limits, *, recording: bool) -> int:
        """Run the loaded item to its end; return the status code of its outcome."""
        bounds = _bounds(limits)
        while True:
            with _wrapping():
                status = loop.advance(
                    self.packed,
                    self.workspace,
                    bounds,
                    self.speaking,
                    recording,
                    TRANSITIONS_PER_BURST,
                )
            if status < buffers.DONE:
                return int(status)
            self.grow(status)

    def clear(self) -> None:
        """Make the tapes blank again; large buffers are replaced, which frees their memory."""
        if len(self.workspace.cells) > MAX_KEPT_CELLS:
            blank = np.zeros(len(self.workspace.cells), dtype=np.uint8)
            self.workspace = self.workspace._replace(cells=blank)
        else:
            loop.clear(self.workspace)

    def run_items(
        self, inputs: EncodedInputs, first: int, limits: Limits, results: ItemResults
    ) -> int:
        """Run or resume the items of ``results``; return a status code of ``tm.engine.buffers``."""
        with _wrapping():
            status = loop.run_items(
                self.packed,
                self.workspace,
                _bounds(limits),
                self.speaking,
                *inputs,
                first,
                results,
                TRANSITIONS_PER_BURST,
            )
        return int(status)

    def grow(self, status: int) -> None:
        """Double the buffers that a status code reports as full; a pause reports none."""
        workspace = self.workspace
        if status == buffers.GROW_TAPES:
            slots, half = len(self.workspace.heads), self.half
            cells = np.zeros((slots, 4 * half), dtype=np.uint8)
            _copy_used_pages(workspace.cells.reshape(slots, 2 * half), cells[:, half : 3 * half])
            shift = (2 * np.arange(slots) + 1).astype(np.uint64) * np.uint64(half)
            workspace.registers[buffers.HALF] = 2 * half
            self.workspace = workspace._replace(
                cells=cells.reshape(-1), heads=workspace.heads + shift
            )
        elif status == buffers.GROW_TRACE:
            self.workspace = workspace._replace(
                utterance=_double(workspace.utterance),
                transition=_double(workspace.transition),
                capture=_double(workspace.capture),
                ends=_double(workspace.ends),
                letters=_double(workspace.letters),
            )
        elif status == buffers.GROW_ACTIONS:
            self.workspace = workspace._replace(actions=_double(workspace.actions))

    def tapes(self, table: Table) -> tuple[Contents, ...]:
        """Return the contents of the tapes."""
        half = self.half
        first, end = loop.touched_cells(self.workspace.registers)
        tapes = []
        for slot, tape in enumerate(table.tapes, start=1):
            zero = (2 * slot + 1) * half
            head = int(self.workspace.heads[slot]) - zero
            is_filled = self.workspace.cells[zero + first : zero + end] != 0
            start, stop = head, head + 1
            if is_filled.any():
                start = min(start, first + int(is_filled.argmax()))
                stop = max(stop, end - int(is_filled[::-1].argmax()))
            symbols = self.workspace.cells[zero + start : zero + stop].copy()
            tapes.append(Contents(tape=tape, symbols=symbols, origin=int(start), head=head))
        return tuple(tapes)

    def actions(self) -> NDArray[np.int32]:
        """Return a copy of the recorded actions."""
        return self.workspace.actions[: self.workspace.registers[buffers.TRANSITIONS]].copy()

    def trace(self, runs: Sequence[int] | NDArray[np.int64]) -> Trace:
        """Return a copy of the trace; ``runs`` as in ``Trace``."""
        workspace, registers = self.workspace, self.workspace.registers
        events, captures, letters = (
            int(registers[index]) for index in (buffers.EVENTS, buffers.CAPTURES, buffers.LETTERS)
        )
        return Trace(
            utterance=workspace.utterance[:events].copy(),
            transition=workspace.transition[:events].copy(),
            capture=workspace.capture[:events].copy(),
            ends=workspace.ends[: captures + 1].copy(),
            letters=workspace.letters[:letters].copy(),
            runs=np.array(runs, dtype=np.int64),
        )


def _wrapping() -> np.errstate:
    """Return a context for the loops, whose unsigned numbers wrap: NumPy warns without numba."""
    return np.errstate(over="ignore")


def _bounds(limits: Limits) -> NDArray[np.int64]:
    return np.array([limits.steps, limits.cells, limits.letters], dtype=np.int64)


def _copy_used_pages(source: NDArray[np.uint8], target: NDArray[np.uint8]) -> None:
    """Copy tapes onto blank ones; cells that no head has reached take no memory there."""
    for tape, copy in zip(source, target, strict=True):
        pages = tape.reshape(-1, min(CELLS_PER_PAGE, len(tape)))
        used = pages.view(np.uint64).any(axis=1)
        copy.reshape(pages.shape)[used] = pages[used]


def _double(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return a copy of an array with twice the room."""
    larger = np.empty(max(MIN_BUFFER_LENGTH, 2 * len(array)), dtype=array.dtype)
    larger[: len(array)] = array
    return larger


class _Pool(NamedTuple):
    """A packed table and its idle machines."""

    packed: PackedTable
    idle: list[PackedMachine]


# Keyed by the identity of a living table: comparing tables by content takes longer than most runs.
_pools: dict[tuple[int, bool], _Pool] = {}


@contextmanager
def machine_of(table: Table, speaking: bool) -> Iterator[PackedMachine]:
    """Lend a machine to one thread; it is not reused after an exception.

    Idle machines keep their buffers, so only those of the most recently started table are kept:
    a process may run many tables in turn.
    """
    key = (id(table), speaking)
    pool = _pools.get(key)
    if pool is None:
        pool = _pools[key] = _Pool(pack(table, speaking=speaking), [])
        weakref.finalize(table, _pools.pop, key, None)
    try:
        machine = pool.idle.pop()
    except IndexError:
        for (identity, _), other in list(_pools.items()):
            if identity != id(table):
                other.idle.clear()
        machine = PackedMachine(pool.packed, speaking)
    yield machine
    pool.idle.append(machine)
