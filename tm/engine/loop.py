"""The compiled loop: plain transitions at full speed, every other kind by the general step.

All functions here are compiled by numba, run without the GIL and never allocate: they return a
status when a buffer is full or it is time to look for a Ctrl-C, and go on where they were when
called again.

An item's life is ``load`` (its texts onto the tapes), ``advance`` (until it ends), ``clear``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tm.engine.fast import Int32Array, Int64Array, UInt8Array, UInt64Array, dense, dense_1, sparse
from tm.engine.pack import IN_WORD, WHAT, Program
from tm.jit import jit
from tm.table import ACCEPT

# Why `advance` returns: the first six are the outcomes, in the order of `Outcome`.
ACCEPTED, REJECTED, STUCK, STEPS, SPACE, TEXT = range(6)
DONE, PAUSE, GROW_TAPES, GROW_TRACE, GROW_ACTIONS, GROW_OUTPUTS = range(6, 12)

# The registers of a run, `Work.at`.
TRANSITIONS, BASE, SLOT, LONGEST, STATE, HALF, ITEM, RUNNING = range(8)
EVENTS, CAPTURES, LETTERS, FIRST_EVENT, FIRST_LETTER, OUTPUT = range(8, 14)

_1, _2, _3, _256 = (np.uint64(n) for n in (1, 2, 3, 256))

GUARD = 2
"""UInt8Array at each end of a tape's buffer that no transition begins on: they are always blank."""

WORD, CELL, ALL = WHAT["word"], WHAT["cell"], WHAT["all"]


class ItemResults(NamedTuple):
    """What ``serve`` notes of each item.

    Attributes
    ----------
    outcome, transitions, state
        uint8[n], int64[n], int32[n].
    runs
        int64[n + 1], as in ``Trace``.
    slots
        int64[m]: the tapes whose text is kept.
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


class Work(NamedTuple):
    """The buffers of one running machine.

    Attributes
    ----------
    cells
        uint8[slots * 2 * half]: the tapes; cell c of a slot is at ``(2 * slot + 1) * half + c``.
    heads
        uint64[slots]: where in ``cells`` each slot's head stands.
    at
        int64[14]: the registers named above.
    utterance, transition, capture, ends, letters
        As in ``Trace``, not yet full.
    actions
        int32[...]: the action of each transition.
    """

    cells: UInt8Array
    heads: UInt64Array
    at: Int64Array
    utterance: Int32Array
    transition: Int64Array
    capture: Int64Array
    ends: Int64Array
    letters: UInt8Array
    actions: Int32Array


@jit
def serve(
    program: Program,
    work: Work,
    limits: Int64Array,
    speaking: bool,
    tapes: Int64Array,
    symbols: UInt8Array,
    ends: Int64Array,
    first: int,
    results: ItemResults,
    pause: int,
) -> int:
    """Run the items from ``first`` on, as many as ``results`` holds, as ``advance`` does."""
    at = work.at
    while at[ITEM] < len(results.outcome):
        item = at[ITEM]
        if not at[RUNNING]:
            load(program, work, tapes, symbols, ends, first + item)
            at[RUNNING] = 1
        before = at[TRANSITIONS]
        if at[STATE] >= 0:
            status = advance(program, work, limits, speaking, False, pause)
            if status > DONE:
                return status
            results.outcome[item] = status
        if not _keep(program.letters, work.cells, at, results, item):
            return GROW_OUTPUTS
        pause -= at[TRANSITIONS] - before
        clear(work)
        at[RUNNING] = 0
        at[ITEM] += 1
        if pause <= 0:
            return PAUSE
    return DONE


@jit
def _keep(
    letter: UInt8Array, cells: UInt8Array, at: Int64Array, results: ItemResults, item: int
) -> bool:
    """Note how an item ended; false when there is no room for its outputs."""
    results.transitions[item] = at[TRANSITIONS]
    results.state[item] = at[STATE]
    results.runs[item + 1] = at[EVENTS]
    letters = at[OUTPUT]
    count = len(results.slots)
    for i in range(count):
        slot = results.slots[i]
        start, end = _whole(letter, cells, at, slot)
        if letters + np.int64(end - start) > len(results.letters):
            return False
        letters = _copy(letter, cells, slot, start, end, results.letters, letters)
        results.ends[item * count + i + 1] = letters
    at[OUTPUT] = letters
    return True


@jit
def load(
    program: Program,
    work: Work,
    tapes: Int64Array,
    symbols: UInt8Array,
    ends: Int64Array,
    item: int,
) -> None:
    """Put an item's texts on blank tapes and every head on cell 0."""
    half = len(work.cells) // (2 * len(work.heads))
    for slot in range(len(work.heads)):
        work.heads[slot] = (2 * slot + 1) * half
    longest = 0
    for column in range(len(tapes)):
        start, end = ends[column, item], ends[column, item + 1]
        first = (2 * (tapes[column] + 1) + 1) * half
        for i in range(end - start):
            work.cells[first + i] = symbols[start + i]
        longest = max(longest, end - start)
    at = work.at
    at[HALF] = half
    at[TRANSITIONS] = 0
    at[STATE] = 0
    at[BASE] = program.base[0]
    at[SLOT] = program.slot[0]
    at[LONGEST] = longest
    at[FIRST_EVENT] = at[EVENTS]
    at[FIRST_LETTER] = at[LETTERS]


@jit
def stretch(at: Int64Array) -> tuple[int, int]:
    """The cells, first and end, that an item can have touched so far, on any tape."""
    reach, half = at[TRANSITIONS], at[HALF]
    return -min(reach, half), min(max(reach + 1, at[LONGEST]), half)


@jit
def clear(work: Work) -> None:
    """Make every tape blank again."""
    half = work.at[HALF]
    first, end = stretch(work.at)
    for slot in range(1, len(work.heads)):
        zero = (2 * slot + 1) * half
        # Unsigned, and so without checks, this loop is one call of memset.
        for cell in range(np.uint64(zero + first), np.uint64(zero + end)):
            work.cells[cell] = 0


@jit
def advance(
    program: Program, work: Work, limits: Int64Array, speaking: bool, recording: bool, pause: int
) -> int:
    """Run until the item ends, a buffer is full or ``pause`` more transitions are made."""
    # Fields are taken out once: numba counts references on each access to a field.
    words, action, state_at, bases, slots, bits, records, record_at, letter = program
    cells, heads, at, utterance, transition, capture, ends, letters, actions = work
    n = at[TRANSITIONS]
    base, slot = np.uint64(at[BASE]), np.uint64(at[SLOT])
    pause += n
    stop = n
    status = PAUSE
    while True:
        if n >= stop:
            status, stop = _stop(heads, at, limits, n, pause, len(actions) if recording else pause)
            if status != PAUSE or n >= stop:
                break
        if recording:
            base, slot, index, n, special = _plain(
                words, action, cells, heads, bits, actions, base, slot, n, stop
            )
        else:
            base, slot, index, n, special = _plain(
                words, action, cells, heads, bits, None, base, slot, n, stop
            )
        if not special:
            continue
        act = action[index]
        if act < 0:
            status = STUCK
            break
        record = record_at[act]
        target = records[record]
        writes = record + 1
        moves = writes + 1 + 2 * records[writes]
        says = moves + 1 + 2 * records[moves]
        if speaking and records[says]:
            at[TRANSITIONS] = n
            status = _say(
                records, says, letter, limits[2],
                cells, heads, at, utterance, transition, capture, ends, letters,
            )  # fmt: skip
            if status != PAUSE:
                break
        for i in range(writes + 1, moves, 2):
            cells[heads[records[i]]] = records[i + 1]
        for i in range(moves + 1, says, 2):
            heads[records[i]] += np.uint64(records[i + 1])
        if recording:
            actions[n] = act
        n += 1
        if target < 0:
            at[TRANSITIONS] = n
            at[STATE] = target
            return ACCEPTED if target == ACCEPT else REJECTED
        base, slot = np.uint64(bases[target]), np.uint64(slots[target])
    at[TRANSITIONS] = n
    at[BASE], at[SLOT] = np.int64(base), np.int64(slot)
    at[STATE] = state_at[base]
    return status


@jit
def _plain(
    words: UInt64Array,
    action: Int32Array,
    cells: UInt8Array,
    heads: UInt64Array,
    bits: Int64Array,
    actions: Int32Array | None,
    base: np.uint64,
    slot: np.uint64,
    n: int,
    stop: int,
) -> tuple[np.uint64, np.uint64, np.uint64, int, bool]:
    """The inner loop that fits the program."""
    if len(bits) == 0:
        return sparse(words, action, cells, heads, actions, base, slot, n, stop)
    if len(heads) == 2:
        base, index, n, special = dense_1(words, action, cells, heads, actions, base, n, stop)
    elif len(heads) == 3:
        base, index, n, special = dense(
            words, action, cells, heads, bits, actions, base, n, stop, None, None
        )
    elif len(heads) == 4:
        base, index, n, special = dense(
            words, action, cells, heads, bits, actions, base, n, stop, True, None
        )
    else:
        base, index, n, special = dense(
            words, action, cells, heads, bits, actions, base, n, stop, True, True
        )
    return base, slot, index, n, special


@jit
def _stop(
    heads: UInt64Array,
    at: Int64Array,
    limits: Int64Array,
    n: int,
    pause: int,
    room_for_actions: int,
) -> tuple[int, int]:
    """Whether to go on (``PAUSE``), and the transition before which to look again."""
    if n >= limits[0]:
        return STEPS, n
    half = at[HALF]
    farthest = 0
    for slot in range(1, len(heads)):
        farthest = max(farthest, abs(np.int64(heads[slot]) - (2 * slot + 1) * half))
    if farthest > limits[1] or (n == 0 and at[LONGEST] > limits[1] + 1):
        return SPACE, n
    room = half - GUARD
    if room < limits[1] and room - farthest < half // 4:
        return GROW_TAPES, n
    if room_for_actions <= n < pause:
        return GROW_ACTIONS, n
    return PAUSE, min(n + min(room, limits[1]) - farthest + 1, limits[0], pause, room_for_actions)


@jit
def _say(
    records: Int64Array,
    says: int,
    letter: UInt8Array,
    limit: int,
    cells: UInt8Array,
    heads: UInt64Array,
    at: Int64Array,
    utterance: Int32Array,
    transition: Int64Array,
    capture: Int64Array,
    ends: Int64Array,
    letters: UInt8Array,
) -> int:
    """Record an action's utterances, all or none: ``PAUSE``, ``TEXT`` or ``GROW_TRACE``."""
    event, captured = np.uint64(at[EVENTS]), np.uint64(at[CAPTURES])
    end: Any = at[LETTERS]
    now = at[TRANSITIONS]
    position = np.uint64(says)
    utterances, captures = np.uint64(records[position]), np.uint64(records[position + _1])
    if event + utterances > len(utterance) or captured + captures >= len(ends):
        return GROW_TRACE
    position += _2
    stop = position + _2 * utterances
    while position != stop:
        utterance[event] = records[position]
        transition[event] = now
        capture[event] = captured + np.uint64(records[position + _1])
        event += _1
        position += _2
    stop = position + _2 * captures
    while position != stop:
        slot: Any = np.uint64(records[position])
        what = records[position + _1]
        position += _2
        if what == ALL:
            first, last = _whole(letter, cells, at, slot)
            if end + np.int64(last - first) > len(letters):
                return GROW_TRACE
            end = _copy(letter, cells, slot, first, last, letters, end)
        else:
            end = _word(letter, cells, slot, heads[slot], what, letters, end)
            if end < 0:
                return GROW_TRACE
        captured += _1
        ends[captured] = end
    said = np.int64(event) - at[FIRST_EVENT] + end - at[FIRST_LETTER]
    if said > limit:
        return TEXT
    at[EVENTS], at[CAPTURES], at[LETTERS] = event, captured, end
    return PAUSE


@jit
def _word(
    letter: UInt8Array, cells: UInt8Array, slot: Any, head: Any, what: int, to: UInt8Array, at: Any
) -> Any:
    """Copy the word under a head or before it, or its cell; where that ends, −1 for no room."""
    table, room = slot * np.uint64(256), np.uint64(len(to))
    end: Any = np.uint64(at)
    here = letter[table + cells[head]]
    if what == CELL:
        if end >= room:
            return -1
        to[end] = here & ~IN_WORD
        return at + (here != 0)
    if what == WORD and not here & IN_WORD:
        return at
    start = head
    while letter[table + cells[start - _1]] & IN_WORD:
        start -= _1
    while start != head or (what == WORD and letter[table + cells[head]] & IN_WORD):
        if end >= room:
            return -1
        to[end] = letter[table + cells[start]] & ~IN_WORD
        end += _1
        if start == head:
            head += _1
        start += _1
    return np.int64(end)


@jit
def _whole(
    letter: UInt8Array, cells: UInt8Array, at: Int64Array, slot: int
) -> tuple[np.uint64, np.uint64]:
    """Where in ``cells`` the first non-blank cell of a tape stands, and the end of the last."""
    first, last = stretch(at)
    zero = (2 * slot + 1) * at[HALF]
    # Eight cells at a time, since most are blank.
    eights = cells.view(np.uint64)
    start, end = np.uint64(zero + first) >> _3, np.uint64(zero + last + 7) >> _3
    while start < end and eights[start] == 0:
        start += _1
    while start < end and eights[end - _1] == 0:
        end -= _1
    start, end = start << _3, end << _3
    table = np.uint64(slot) * _256
    while start < end and not letter[table + cells[start]]:
        start += _1
    while start < end and not letter[table + cells[end - _1]]:
        end -= _1
    return start, end


@jit
def _copy(
    letter: UInt8Array,
    cells: UInt8Array,
    slot: int,
    start: np.uint64,
    end: np.uint64,
    to: UInt8Array,
    at: int,
) -> int:
    """Copy cells as letters, blanks as ``_``; where the copy ends."""
    table = np.uint64(slot) * _256
    while start < end:
        to[at] = letter[table + cells[start]] & ~IN_WORD or ord("_")
        start += _1
        at += 1
    return at
