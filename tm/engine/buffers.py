"""Buffers of a running machine, and the status codes and registers of the compiled loop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

UInt8Array = NDArray[np.uint8]
Int32Array = NDArray[np.int32]
Int64Array = NDArray[np.int64]
UInt64Array = NDArray[np.uint64]

# Status codes. The first six are the outcomes in the order of `Outcome`.
ACCEPTED, REJECTED, STUCK, STEPS, SPACE, TEXT = range(6)
DONE, PAUSE, GROW_TAPES, GROW_TRACE, GROW_ACTIONS, GROW_OUTPUTS = range(6, 12)

# Indices in `Workspace.registers`.
TRANSITIONS, BASE, SLOT, LONGEST, STATE, HALF, ITEM, RUNNING = range(8)
EVENTS, CAPTURES, LETTERS, FIRST_EVENT, FIRST_LETTER, OUTPUT = range(8, 14)
REGISTER_COUNT = 14

GUARD_CELLS = 2
"""Cells at each end of a tape's buffer on which no transition begins: they are always blank."""


class ItemResults(NamedTuple):
    """The results of the n items of a batch.

    Attributes
    ----------
    outcome, transitions, state
        uint8[n], int64[n] and int32[n]: as in ``Batch``, but the outcome is a status code.
    runs
        int64[n + 1]: as in ``Trace``.
    slots
        int64[m]: the tapes whose final text is kept.
    letters, ends
        uint8[...] and int64[n * m + 1]: these texts, item by item.
    """

    outcome: UInt8Array
    transitions: Int64Array
    state: Int32Array
    runs: Int64Array
    slots: Int64Array
    letters: UInt8Array
    ends: Int64Array


class Workspace(NamedTuple):
    """The buffers of one running machine.

    Attributes
    ----------
    cells
        uint8[slots * 2 * half]: the tapes; cell c of a slot is at ``(2 * slot + 1) * half + c``.
    heads
        uint64[slots]: the position in ``cells`` of each slot's head.
    registers
        int64[REGISTER_COUNT]: counters and the state of the run, by the indices above.
    utterance, transition, capture, ends, letters
        The trace so far, as in ``Trace``, with room for more.
    actions
        int32[...]: the action of each transition, with room for more.
    """

    cells: UInt8Array
    heads: UInt64Array
    registers: Int64Array
    utterance: Int32Array
    transition: Int64Array
    capture: Int64Array
    ends: Int64Array
    letters: UInt8Array
    actions: Int32Array
