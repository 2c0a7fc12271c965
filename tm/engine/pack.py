"""A table as arrays for the compiled loop: the packed action words and what they leave out.

Tape t is *slot* t + 1 here. Slot 0 is a tape of one cell that is always blank: a state that reads
nothing reads it, and the fields of an action word that are not needed write and move there.

A state's tree is a set of *blocks*, one a branch: a word for each symbol of the tape it reads, at
``base + symbol``. A word is, by its kind (the two highest bits):

- ``PLAIN``: an action whole: the base and slot of the next state's first block, two writes and
  three moves. The next state needs no other load.
- ``SCAN``: the same, for an action that only moves the head that its state reads and stays in it.
- ``BRANCH``: go on in another block of this state.
- ``SPECIAL``: all else, in ``Program.action``: it halts, speaks, is stuck, or does not fit a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tm.engine.alphabet import filled_of, letters_of, words_of
from tm.speech import CAPTURES
from tm.table import Action, Branch, Table, Tree

KIND = 62
PLAIN, BRANCH, SPECIAL, SCAN = range(4)

BASE_BITS = 16
READ = 16
WRITES = (20, 32)
MOVES = (44, 50, 56)
BRANCH_SLOT = 32

STUCK = -1
"""In ``Program.action``: there is no action."""

WHAT = {what: index for index, what in enumerate(CAPTURES)}


class Program(NamedTuple):
    """A table, packed.

    Attributes
    ----------
    words
        uint64[w]: see the module.
    action
        int32[w]: the action that a word stands for, or ``STUCK``.
    state_at
        int32[w]: the state whose first block begins at a word.
    base, slot
        int64[s]: of each state's first block.
    next
        int64[a]: the next state of each action.
    writes, moves
        int64[..., 2]: pairs (slot, symbol) and (slot, ±1) of all actions; those of action i end at
        ``write_ends[i + 1]`` and ``move_ends[i + 1]``.
    says
        int64[...]: utterances of all actions, with ``say_ends``.
    captures
        int64[..., 2]: pairs (slot, ``WHAT``) of all utterances, with ``capture_ends``.
    letters, word, filled
        uint8[slots, 256]: the ASCII letter of a symbol, whether it is a letter of a word, and whether
        it is not the blank; marks ignored.
    """

    words: NDArray[np.uint64]
    action: NDArray[np.int32]
    state_at: NDArray[np.int32]
    base: NDArray[np.int64]
    slot: NDArray[np.int64]
    next: NDArray[np.int64]
    write_ends: NDArray[np.int64]
    writes: NDArray[np.int64]
    move_ends: NDArray[np.int64]
    moves: NDArray[np.int64]
    say_ends: NDArray[np.int64]
    says: NDArray[np.int64]
    capture_ends: NDArray[np.int64]
    captures: NDArray[np.int64]
    letters: NDArray[np.uint8]
    word: NDArray[np.uint8]
    filled: NDArray[np.uint8]


def pack(table: Table, *, speaking: bool) -> Program:
    """Pack a table; ``speaking`` makes the actions that say something special."""
    sizes = [1] + [tape.size for tape in table.tapes]
    slots = [s.tree.tape + 1 if isinstance(s.tree, Branch) else 0 for s in table.states]
    bases = [0]
    for slot in slots:
        bases.append(bases[-1] + sizes[slot])
    words = [SPECIAL << KIND] * bases[-1]
    actions = [STUCK] * bases[-1]
    plain = [
        SPECIAL << KIND if speaking and action.says else _word(action, bases, slots)
        for action in table.actions
    ]

    def fill(base: int, state: int, tree: Branch) -> None:
        for symbols, subtree in tree.cases:
            word, action = leaf(state, tree, subtree)
            for symbol in symbols:
                words[base + symbol] = word
                actions[base + symbol] = action

    def leaf(state: int, parent: Branch | None, tree: Tree) -> tuple[int, int]:
        if isinstance(tree, Branch):
            base = len(words)
            size = sizes[tree.tape + 1]
            words.extend([SPECIAL << KIND] * size)
            actions.extend([STUCK] * size)
            fill(base, state, tree)
            return BRANCH << KIND | (tree.tape + 1) << BRANCH_SLOT | base, STUCK
        if tree < 0:
            return SPECIAL << KIND, STUCK
        word = plain[tree]
        if word >> KIND == PLAIN and parent is not None and parent is table.states[state].tree:
            if _scans(table.actions[tree], state, parent):
                word |= SCAN << KIND
        return word, tree

    for state, (_, _, tree) in enumerate(table.states):
        if isinstance(tree, Branch):
            fill(bases[state], state, tree)
        else:
            words[bases[state]], actions[bases[state]] = leaf(state, None, tree)

    state_at = np.full(len(words), -1, dtype=np.int32)
    state_at[bases[:-1]] = np.arange(len(table.states))
    act = table.actions
    write_ends, writes = _rows(a.writes for a in act)
    move_ends, moves = _rows(a.moves for a in act)
    say_ends, says = _rows(([(u, 0) for u in a.says] for a in act), first=0)
    capture_ends, captures = _rows(
        [(p.tape, WHAT[p.what]) for p in u.captures] for u in table.utterances
    )
    blank = [np.zeros(256, dtype=np.uint8)]
    return Program(
        words=np.array(words, dtype=np.uint64),
        action=np.array(actions, dtype=np.int32),
        state_at=state_at,
        base=np.array(bases[:-1], dtype=np.int64),
        slot=np.array(slots, dtype=np.int64),
        next=np.array([a.next for a in act], dtype=np.int64),
        write_ends=write_ends,
        writes=writes,
        move_ends=move_ends,
        moves=moves,
        say_ends=say_ends,
        says=np.ascontiguousarray(says[:, 0]),
        capture_ends=capture_ends,
        captures=captures,
        letters=np.array(blank + [letters_of(t) for t in table.tapes]),
        word=np.array(blank + [words_of(t) for t in table.tapes]),
        filled=np.array(blank + [filled_of(t) for t in table.tapes]),
    )


def _word(action: Action, bases: Sequence[int], slots: Sequence[int]) -> int:
    """An action as a plain word, or a special one if it halts or does not fit."""
    special = SPECIAL << KIND
    if action.next < 0 or bases[action.next] >> BASE_BITS:
        return special
    if len(action.writes) > len(WRITES) or len(action.moves) > len(MOVES):
        return special
    touched = [slots[action.next], *(t + 1 for t, _ in action.writes + action.moves)]
    if max(touched) > 15:
        return special
    word = bases[action.next] | slots[action.next] << READ
    for shift, (tape, symbol) in zip(WRITES, action.writes, strict=False):
        word |= (tape + 1 | symbol << 4) << shift
    moves = [*action.moves, (-1, 0), (-1, 0), (-1, 0)]
    for shift, (tape, move) in zip(MOVES, moves, strict=False):
        word |= (tape + 1 | move + 1 << 4) << shift
    return word


def _scans(action: Action, state: int, tree: Branch) -> bool:
    """Whether an action only moves the one head that its state reads, and stays in the state."""
    on = [tape for tape, _ in action.moves]
    return action.next == state and not action.writes and on == [tree.tape]


def _rows(
    rows: Iterable[Sequence[tuple[int, int]]], first: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Lists of pairs one after the other, with their ends; ``first`` is added to the first of each."""
    lists = [list(row) for row in rows]
    ends = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    pairs = np.array([p for row in lists for p in row], dtype=np.int64).reshape(-1, 2)
    pairs[:, 0] += first
    return ends, pairs
