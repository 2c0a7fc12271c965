"""Pack a table into arrays for the compiled loop: 64-bit action words and their exceptions.

Tape t is *slot* t + 1 here. Slot 0 is a tape of one cell that is always blank: a state that reads
no tape reads it, and unused fields of an action word write and move there.

The *block* of a state holds a 64-bit word for each situation. The two highest bits are its kind:

- ``PLAIN``: a complete action: the base of the next state's block, the writes and the moves. The
  next transition needs no other load.
- ``SPECIAL``: any other situation; ``PackedTable.action`` has the action. It halts, speaks, is
  stuck or does not fit into a word.

A *dense* block has a word for each combination of the symbols under all heads; its plain words
hold a symbol and a move for each tape. It serves small machines: it is fastest while all blocks
fit into the L2 cache. A *sparse* block has a word for each symbol of the one tape that a branch of
the state's tree reads. Its plain words hold, each with its slot, two writes and three moves, and
the slot that the next state reads. It has two more kinds of words:

- ``BRANCH``: continue in another block of this state.
- ``SCAN``: a plain word that only moves the head that its state reads, and stays in the state.
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

KIND_SHIFT = 62
"""Position of the kind in a word."""

PLAIN, BRANCH, SPECIAL, SCAN = range(4)
"""Kinds of words."""

BASE_BITS = 16
"""Width of the lowest field of a word: the base of the next state's block."""

READ_SHIFT = 16
"""Position in a sparse word of the slot that the next state reads."""

WRITE_SHIFTS = (20, 32)
"""Positions in a sparse word of the writes: a slot, and the symbol << 4."""

MOVE_SHIFTS = (44, 50, 56)
"""Positions in a sparse word of the moves: a slot, and the move + 1 << 4."""

BRANCH_SLOT_SHIFT = 32
"""Position in a branch word of the slot to read; the base of the block fills the bits below."""

DENSE_SHIFTS = (16, 26, 36, 46)
"""Positions in a dense word of each tape's symbol to write, and its move + 1 << 8."""

MAX_DENSE_WORDS = 2**BASE_BITS
"""Maximum number of words of a dense table: 512 KB, half of a common L2 cache."""

NO_ACTION = -1
"""Value in ``PackedTable.action`` of a situation without an action."""

IN_WORD = 128
"""Flag in ``PackedTable.letter_of``: the symbol is a letter of a word."""

CAPTURE_CODES = {capture: code for code, capture in enumerate(CAPTURES)}

RECENT_IN_WORD, RECENT_IN_NUMBER = len(CAPTURE_CODES), len(CAPTURE_CODES) + 1
"""Codes of the capture ``recent`` on a tape with letters but no spaces, or without letters."""


class PackedTable(NamedTuple):
    """A packed table.

    Attributes
    ----------
    words
        uint64[w]: the action words; see the module.
    action
        int32[w]: the action of each word, or ``NO_ACTION``.
    state_of_base
        int32[w]: the state whose first block begins at a word; −1 elsewhere.
    base, slot
        int64[s]: the base of each state's first block, and the slot that a sparse block reads.
    bits
        int64[4]: the position of each tape's symbol in the index of a dense word; empty if the
        table is sparse.
    records, record_starts
        int64[...] and int64[a + 1]: actions that do not fit into a word. The record of action i
        begins at ``record_starts[i]``: the next state; two lists with their lengths, pairs (slot,
        symbol) to write and pairs (slot, ±1) to move; the numbers of utterances and of captures;
        for each utterance its index and its first capture; for each capture its slot and its
        code in ``CAPTURE_CODES``, ``RECENT_IN_WORD`` or ``RECENT_IN_NUMBER``.
    letter_of
        uint8[slots * 256]: at slot * 256 + symbol the symbol's ASCII letter, without marks, 0 for
        the blank, plus ``IN_WORD`` for a letter of a word.
    """

    words: NDArray[np.uint64]
    action: NDArray[np.int32]
    state_of_base: NDArray[np.int32]
    base: NDArray[np.int64]
    slot: NDArray[np.int64]
    bits: NDArray[np.int64]
    records: NDArray[np.int64]
    record_starts: NDArray[np.int64]
    letter_of: NDArray[np.uint8]


def pack(table: Table, *, speaking: bool) -> PackedTable:
    """Pack a table; with ``speaking`` the words of actions with utterances are special."""
    bits = np.cumsum([0, *((tape.size - 1).bit_length() for tape in table.tapes)])
    dense = 1 <= len(table.tapes) <= 4 and len(table.states) << int(bits[-1]) <= MAX_DENSE_WORDS
    records = [_record(table, action) for action in table.actions]
    words, actions, base, slot = (
        _dense(table, speaking, bits.tolist()) if dense else _sparse(table, speaking)
    )
    state_of_base = np.full(len(words), -1, dtype=np.int32)
    state_of_base[base] = np.arange(len(table.states))
    return PackedTable(
        words=words,
        action=actions,
        state_of_base=state_of_base,
        base=base,
        slot=slot,
        bits=np.append(bits[:-1], [0, 0, 0])[:4] if dense else np.zeros(0, dtype=np.int64),
        records=np.array([n for record in records for n in record], dtype=np.int64),
        record_starts=np.cumsum([0, *map(len, records)], dtype=np.int64),
        letter_of=np.concatenate([np.zeros(256, np.uint8), *map(_letter_of, table.tapes)]),
    )


_Blocks = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]
"""The fields ``words``, ``action``, ``base`` and ``slot`` of ``PackedTable``."""


def _dense(table: Table, speaking: bool, bits: Sequence[int]) -> _Blocks:
    """Pack a table densely."""
    size = 1 << bits[-1]
    # The first axis is the state; the others are the tapes in reverse order.
    shape = [len(table.states), *(1 << (b - a) for a, b in reversed(list(pairwise(bits))))]
    words = np.full(shape, SPECIAL << KIND_SHIFT, dtype=np.uint64)
    actions = np.full(shape, NO_ACTION, dtype=np.int32)
    count = len(table.tapes)
    everything = [range(tape.size) for tape in table.tapes]
    for row in table.rows():
        action = table.actions[row.action]
        reads = dict(row.reads)
        symbols = [sorted(reads.get(tape, everything[tape])) for tape in range(count)]
        situations = np.ix_([row.state], *reversed(symbols))
        actions[situations] = row.action
        if action.next < 0 or (speaking and action.utterances):
            continue
        writes, moves = dict(action.writes), dict(action.moves)
        word = np.full([1] * (count + 1), action.next * size, dtype=np.uint64)
        for tape, shift in enumerate(DENSE_SHIFTS[:count]):
            axes = [1] * (count + 1)
            axes[count - tape] = -1
            read = np.array(symbols[tape], dtype=np.uint64).reshape(axes)
            write = np.uint64(writes[tape]) if tape in writes else read
            word = word | (write | np.uint64(moves.get(tape, 0) + 1 << 8)) << np.uint64(shift)
        words[situations] = word
    base = np.arange(len(table.states), dtype=np.int64) * size
    return words.reshape(-1), actions.reshape(-1), base, np.zeros_like(base)


def _sparse(table: Table, speaking: bool) -> _Blocks:
    """Pack a table sparsely: the first blocks of all states, then those of inner branches."""
    sizes = [1] + [tape.size for tape in table.tapes]
    slots = [s.tree.tape + 1 if isinstance(s.tree, Branch) else 0 for s in table.states]
    bases = [0]
    for slot in slots:
        bases.append(bases[-1] + sizes[slot])
    words = [SPECIAL << KIND_SHIFT] * bases[-1]
    actions = [NO_ACTION] * bases[-1]
    plain = [
        SPECIAL << KIND_SHIFT if speaking and action.utterances else _word(action, bases, slots)
        for action in table.actions
    ]

    def fill(base: int, state: int, tree: Branch) -> None:
        """Fill the block of a branch."""
        for symbols, subtree in tree.cases:
            word, action = word_and_action(state, tree, subtree)
            for symbol in symbols:
                words[base + symbol] = word
                actions[base + symbol] = action

    def word_and_action(state: int, parent: Branch | None, tree: Tree) -> tuple[int, int]:
        """Return the word of a subtree and its action; append the blocks below it."""
        if isinstance(tree, Branch):
            base = len(words)
            size = sizes[tree.tape + 1]
            words.extend([SPECIAL << KIND_SHIFT] * size)
            actions.extend([NO_ACTION] * size)
            fill(base, state, tree)
            return BRANCH << KIND_SHIFT | (tree.tape + 1) << BRANCH_SLOT_SHIFT | base, NO_ACTION
        if tree < 0:
            return SPECIAL << KIND_SHIFT, NO_ACTION
        word = plain[tree]
        is_plain = word >> KIND_SHIFT == PLAIN
        if is_plain and parent is not None and parent is table.states[state].tree:
            word |= (SCAN if _scans(table.actions[tree], state, parent) else PLAIN) << KIND_SHIFT
        return word, tree

    for state, (_, _, tree) in enumerate(table.states):
        if isinstance(tree, Branch):
            fill(bases[state], state, tree)
        else:
            words[bases[state]], actions[bases[state]] = word_and_action(state, None, tree)
    return (
        np.array(words, dtype=np.uint64),
        np.array(actions, dtype=np.int32),
        np.array(bases[:-1], dtype=np.int64),
        np.array(slots, dtype=np.int64),
    )


def _word(action: Action, bases: Sequence[int], slots: Sequence[int]) -> int:
    """Return an action as a plain word, or a special one if it halts or does not fit."""
    special = SPECIAL << KIND_SHIFT
    if action.next < 0 or bases[action.next] >> BASE_BITS:
        return special
    if len(action.writes) > len(WRITE_SHIFTS) or len(action.moves) > len(MOVE_SHIFTS):
        return special
    touched = [slots[action.next], *(t + 1 for t, _ in action.writes + action.moves)]
    if max(touched) > 15:
        return special
    word = bases[action.next] | slots[action.next] << READ_SHIFT
    for shift, (tape, symbol) in zip(WRITE_SHIFTS, action.writes, strict=False):
        word |= (tape + 1 | symbol << 4) << shift
    moves = [*action.moves, (-1, 0), (-1, 0), (-1, 0)]
    for shift, (tape, move) in zip(MOVE_SHIFTS, moves, strict=False):
        word |= (tape + 1 | move + 1 << 4) << shift
    return word


def _scans(action: Action, state: int, tree: Branch) -> bool:
    """Return whether an action only moves the head that its state reads, and stays in the state."""
    moved = [tape for tape, _ in action.moves]
    return action.next == state and not action.writes and moved == [tree.tape]


def _record(table: Table, action: Action) -> list[int]:
    """Return the record of an action; see ``PackedTable.records``."""
    record = [action.next]
    for pairs in (action.writes, action.moves):
        record.append(len(pairs))
        for tape, value in pairs:
            record += (tape + 1, value)
    captures = [table.utterances[utterance].captures for utterance in action.utterances]
    starts = list(accumulate(map(len, captures), initial=0))
    record += (len(captures), starts[-1])
    for utterance, start in zip(action.utterances, starts, strict=False):
        record += (utterance, start)
    for piece in chain.from_iterable(captures):
        record += (piece.tape + 1, _capture_code(piece.capture, table.tapes[piece.tape]))
    return record


def _capture_code(capture: str, tape: Tape) -> int:
    if capture == "recent" and not tape.has_letters:
        return RECENT_IN_NUMBER
    if capture == "recent" and not tape.holds_sentences:
        return RECENT_IN_WORD
    return CAPTURE_CODES[capture]


def _letter_of(tape: Tape) -> NDArray[np.uint8]:
    """Return the part of ``PackedTable.letter_of`` for one tape."""
    codes = [0 if s == BLANK else ord(s) | IN_WORD * (s in tape.word) for s in tape.symbols]
    letters = np.zeros(256, dtype=np.uint8)
    letters[: tape.size] = codes * (2 if tape.marks else 1)
    return letters
