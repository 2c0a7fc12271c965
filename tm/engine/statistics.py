"""Statistics of a run, from the action of each transition: time by state, cells by tape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tm.engine.result import Run
from tm.table import Table

TRANSITIONS_PER_BLOCK = 1_000_000
"""Transitions that are examined at a time, which bounds the memory."""


class StateStatistics(NamedTuple):
    """Statistics of a state.

    Attributes
    ----------
    name
        Its name in ``Table.state_names``.
    visits
        How often the run entered it from another state, or began in it.
    transitions
        The number of transitions made in it.
    """

    name: str
    visits: int
    transitions: int


class TapeStatistics(NamedTuple):
    """Statistics of a tape.

    Attributes
    ----------
    name
        Its name.
    first, last
        The numbers of the leftmost and the rightmost cell that was under the head.
    moves
        The number of moves of the head.
    reversals
        How often the head moved in the direction opposite to that of its move before.
    writes
        The number of transitions that wrote a symbol, be it the one that was there.
    """

    name: str
    first: int
    last: int
    moves: int
    reversals: int
    writes: int

    @property
    def cells(self) -> int:
        """The number of cells that were under the head."""
        return self.last - self.first + 1


class Statistics(NamedTuple):
    """Statistics of a run.

    Attributes
    ----------
    states
        The states that the run entered, in the order of the table.
    tapes
        All tapes, in the order of the table.
    """

    states: tuple[StateStatistics, ...]
    tapes: tuple[TapeStatistics, ...]


class Effects(NamedTuple):
    """The effects of the actions of a table, as arrays.

    Attributes
    ----------
    next
        int64[actions]: the next states.
    moves
        int8[tapes, actions]: the moves of the heads: −1, 0 or +1.
    writes
        int16[tapes, actions]: the symbols written; −1 for none.
    """

    next: NDArray[np.int64]
    moves: NDArray[np.int8]
    writes: NDArray[np.int16]


def effects_of(table: Table) -> Effects:
    """Return the effects of the actions of a table."""
    shape = (len(table.tapes), len(table.actions))
    moves, writes = np.zeros(shape, np.int8), np.full(shape, -1, np.int16)
    for index, action in enumerate(table.actions):
        for tape, move in action.moves:
            moves[tape, index] = move
        for tape, symbol in action.writes:
            writes[tape, index] = symbol
    return Effects(np.array([action.next for action in table.actions], np.int64), moves, writes)


def statistics(run: Run) -> Statistics:
    """Return the statistics of a run.

    Raises
    ------
    ValueError
        If the run has no actions.
    """
    table, effects = run.table, effects_of(run.table)
    visits, transitions = (np.zeros(len(table.states), np.int64) for _ in range(2))
    visits[0] = 1
    state = 0
    heads = [_HeadStatistics() for _ in table.tapes]
    for actions in blocks(run, TRANSITIONS_PER_BLOCK):
        after = effects.next[actions]
        before = np.concatenate([[state], after[:-1]])
        state = int(after[-1])
        transitions += np.bincount(before, minlength=len(transitions))
        entered = after[(after != before) & (after >= 0)]
        visits += np.bincount(entered, minlength=len(visits))
        for head, moves, writes in zip(heads, effects.moves, effects.writes, strict=True):
            head.add(moves[actions], int((writes[actions] >= 0).sum()))
    return Statistics(
        tuple(
            StateStatistics(table.state_names[i], int(visits[i]), int(transitions[i]))
            for i in np.flatnonzero(visits).tolist()
        ),
        tuple(
            TapeStatistics(
                tape.name, head.first, head.last, head.moves, head.reversals, head.writes
            )
            for tape, head in zip(table.tapes, heads, strict=True)
        ),
    )


def blocks(run: Run, size: int) -> Iterator[NDArray[np.int32]]:
    """Yield the actions of a run in blocks of at most ``size``.

    Raises
    ------
    ValueError
        If the run has no actions.
    """
    if run.actions is None:
        raise ValueError("the run has no actions; use run(..., actions=True) to keep them")
    for start in range(0, len(run.actions), size):
        yield run.actions[start : start + size]


class _HeadStatistics:
    """The statistics of a head up to some transition."""

    def __init__(self) -> None:
        self.position = self.first = self.last = 0
        self.moves = self.reversals = self.writes = 0
        self._direction = 0

    def add(self, moves: NDArray[np.int8], writes: int) -> None:
        """Add a block of transitions: the move of each one, and the number of those that write."""
        self.writes += writes
        made = moves[moves != 0]
        if not len(made):
            return
        positions = self.position + np.cumsum(made, dtype=np.int64)
        self.position = int(positions[-1])
        self.first = min(self.first, int(positions.min()))
        self.last = max(self.last, int(positions.max()))
        self.moves += len(made)
        self.reversals += int((made[1:] != made[:-1]).sum())
        self.reversals += self._direction not in (0, int(made[0]))
        self._direction = int(made[-1])
