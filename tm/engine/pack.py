"""A table as arrays for the compiled loop: the packed action words and what they leave out.

Tape t is *slot* t + 1 here. Slot 0 is a tape of one cell that is always blank: a state that reads
nothing reads it, and the fields of an action word that are not needed write and move there.

A state's *block* holds a 64-bit word for each situation, of a kind told by the two highest bits:

- ``PLAIN``: an action whole: where the next state's block begins, what to write, how to move. No
  other load is needed to go on.
- ``SPECIAL``: all else, in ``Program.action``: it halts, speaks, is stuck or does not fit a word.

A *dense* block has a word for each combination of the symbols under all heads; its plain words
hold a symbol and a move for each tape. It is for small machines, as it is quickest while all
blocks fit the L2 cache. A *sparse* block has a word for each symbol of the one tape that a branch
of the state's tree reads; its plain words name that tape, too, and hold two writes and three moves
with their tapes. Two more kinds occur in it:

- ``BRANCH``: go on in another block of this state.
- ``SCAN``: a plain word that only moves the head which its state reads, and stays in the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tm.speech import CAPTURES
from tm.table import BLANK, Action, Table, Tape
from tm.trees import Branch, Tree

KIND = 62
PLAIN, BRANCH, SPECIAL, SCAN = range(4)

BASE_BITS = 16
READ = 16
WRITES = (20, 32)
MOVES = (44, 50, 56)
BRANCH_SLOT = 32
"""Fields of a sparse word; a write is a slot and a symbol << 4, a move a slot and 0, 1, 2 << 4."""

DENSE_FIELDS = (16, 26, 36, 46)
"""Fields of a dense word: of each tape the symbol to write and 0, 1, 2 << 8 to move."""

DENSE_WORDS = 2**BASE_BITS
"""More are not packed densely: 512 KB, half of a common L2 cache."""

STUCK = -1
"""In ``Program.action``: there is no action."""

IN_WORD = 128
"""In ``Program.letters``: the symbol is a letter of a word."""

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
        int64[s]: of each state's first block, and the slot it reads when it is sparse.
    bits
        int64[4]: how far left the symbol of each tape stands in a dense index; empty when sparse.
    records, record_at
        int64[...] and int64[a]: what a word cannot hold. The record of action i begins at
        ``record_at[i]``: the next state; two lists with their lengths, pairs (slot, symbol) to
        write and pairs (slot, ±1) to move; the numbers of utterances and of captures, for each
        utterance its index and its first capture, and for each capture the pair (slot, ``WHAT``).
    letters
        uint8[slots * 256]: at slot * 256 + symbol the symbol's ASCII letter, 0 for the blank, plus
        ``IN_WORD`` for a letter of a word; marks ignored.
    """

    words: NDArray[np.uint64]
    action: NDArray[np.int32]
    state_at: NDArray[np.int32]
    base: NDArray[np.int64]
    slot: NDArray[np.int64]
    bits: NDArray[np.int64]
    records: NDArray[np.int64]
    record_at: NDArray[np.int64]
    letters: NDArray[np.uint8]


def pack(table: Table, *, speaking: bool) -> Program:
    """Pack a table; ``speaking`` makes the actions that say something special."""
    bits = np.cumsum([0, *((tape.size - 1).bit_length() for tape in table.tapes)])
    dense = 1 <= len(table.tapes) <= 4 and len(table.states) << int(bits[-1]) <= DENSE_WORDS
    records = [_record(table, action) for action in table.actions]
    words, actions, base, slot = (
        _dense(table, speaking, bits.tolist()) if dense else _sparse(table, speaking)
    )
    state_at = np.full(len(words), -1, dtype=np.int32)
    state_at[base] = np.arange(len(table.states))
    return Program(
        words=words,
        action=actions,
        state_at=state_at,
        base=base,
        slot=slot,
        bits=np.append(bits[:-1], [0, 0, 0])[:4] if dense else np.zeros(0, dtype=np.int64),
        records=np.array([n for record in records for n in record], dtype=np.int64),
        record_at=np.cumsum([0, *map(len, records)], dtype=np.int64),
        letters=np.concatenate([np.zeros(256, np.uint8), *map(_letters, table.tapes)]),
    )


_Blocks = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]
"""Words, actions, and of each state the base and the slot."""


def _dense(table: Table, speaking: bool, bits: Sequence[int]) -> _Blocks:
    size = 1 << bits[-1]
    # An axis for the states, then one for each tape, the first tape's last.
    shape = [len(table.states), *(1 << (b - a) for a, b in reversed(list(pairwise(bits))))]
    words = np.full(shape, SPECIAL << KIND, dtype=np.uint64)
    actions = np.full(shape, STUCK, dtype=np.int32)
    count = len(table.tapes)
    everything = [range(tape.size) for tape in table.tapes]
    for row in table.rows():
        action = table.actions[row.action]
        reads = dict(row.reads)
        symbols = [sorted(reads.get(tape, everything[tape])) for tape in range(count)]
        where = np.ix_([row.state], *reversed(symbols))
        actions[where] = row.action
        if action.next < 0 or (speaking and action.utterances):
            continue
        writes, moves = dict(action.writes), dict(action.moves)
        word = np.full([1] * (count + 1), action.next * size, dtype=np.uint64)
        for tape, field in enumerate(DENSE_FIELDS[:count]):
            axes = [1] * (count + 1)
            axes[count - tape] = -1
            kept = np.array(symbols[tape], dtype=np.uint64).reshape(axes)
            write = np.uint64(writes[tape]) if tape in writes else kept
            word = word | (write | np.uint64(moves.get(tape, 0) + 1 << 8)) << np.uint64(field)
        words[where] = word
    base = np.arange(len(table.states), dtype=np.int64) * size
    return words.reshape(-1), actions.reshape(-1), base, np.zeros_like(base)


def _sparse(table: Table, speaking: bool) -> _Blocks:
    sizes = [1] + [tape.size for tape in table.tapes]
    slots = [s.tree.tape + 1 if isinstance(s.tree, Branch) else 0 for s in table.states]
    bases = [0]
    for slot in slots:
        bases.append(bases[-1] + sizes[slot])
    words = [SPECIAL << KIND] * bases[-1]
    actions = [STUCK] * bases[-1]
    plain = [
        SPECIAL << KIND if speaking and action.utterances else _word(action, bases, slots)
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
        if word >> KIND == PLAIN and parent is table.states[state].tree and parent is not None:
            word |= (SCAN if _scans(table.actions[tree], state, parent) else PLAIN) << KIND
        return word, tree

    for state, (_, _, tree) in enumerate(table.states):
        if isinstance(tree, Branch):
            fill(bases[state], state, tree)
        else:
            words[bases[state]], actions[bases[state]] = leaf(state, None, tree)
    return (
        np.array(words, dtype=np.uint64),
        np.array(actions, dtype=np.int32),
        np.array(bases[:-1], dtype=np.int64),
        np.array(slots, dtype=np.int64),
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


def _record(table: Table, action: Action) -> list[int]:
    record = [action.next]
    for pairs in (action.writes, action.moves):
        record.append(len(pairs))
        for tape, what in pairs:
            record += (tape + 1, what)
    captures = [table.utterances[utterance].captures for utterance in action.utterances]
    starts = list(accumulate(map(len, captures), initial=0))
    record += (len(captures), starts[-1])
    for utterance, start in zip(action.utterances, starts, strict=False):
        record += (utterance, start)
    for piece in chain.from_iterable(captures):
        record += (piece.tape + 1, WHAT[piece.capture])
    return record


def _letters(tape: Tape) -> NDArray[np.uint8]:
    codes = [0 if s == BLANK else ord(s) | IN_WORD * (s in tape.word) for s in tape.symbols]
    letters = np.zeros(256, dtype=np.uint8)
    letters[: tape.size] = codes * (2 if tape.marks else 1)
    return letters
