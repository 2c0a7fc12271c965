"""The compiled loop: plain transitions by the inner loops, all others by a general step.

All functions here are compiled by numba, release the GIL and never allocate. They return a status
code when a buffer is full or a pause is due, and resume when they are called again.

An item of a batch is run by ``load`` (its texts onto the tapes), ``advance`` (until it ends) and
``clear``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tm.engine.buffers import (
    ACCEPTED,
    BASE,
    CAPTURES,
    DONE,
    EVENTS,
    FIRST_EVENT,
    FIRST_LETTER,
    GROW_ACTIONS,
    GROW_OUTPUTS,
    GROW_TAPES,
    GROW_TRACE,
    GUARD_CELLS,
    HALF,
    ITEM,
    LETTERS,
    LONGEST,
    OUTPUT,
    PAUSE,
    REJECTED,
    RUNNING,
    SLOT,
    SPACE,
    STATE,
    STEPS,
    STUCK,
    TEXT,
    TRANSITIONS,
    Int32Array,
    Int64Array,
    ItemResults,
    UInt8Array,
    UInt64Array,
    Workspace,
)
from tm.engine.fast import dense, dense_1, sparse
from tm.engine.pack import CAPTURE_CODES, IN_WORD, RECENT_IN_NUMBER, RECENT_IN_WORD, PackedTable
from tm.jit import jit
from tm.speech import (
    END_NAME,
    NUMBER_HEAD,
    NUMBER_TAIL,
    RECENT_OF_SENTENCE,
    RECENT_SYMBOLS,
    RECENT_WORDS,
    SPACE_NAME,
)
from tm.table import ACCEPT

_1, _2, _3, _256 = (np.uint64(n) for n in (1, 2, 3, 256))
_LETTER = np.uint8(0xFF & ~IN_WORD)

WORD, CELL, ALL, NEXT, PREVIOUS, LETTER, NEXT_WORD, PREVIOUS_WORD, LAST_WORD, LAST_WORDS, RECENT = (
    CAPTURE_CODES[capture]
    for capture in (
        "word", "cell", "all", "next", "previous", "letter", "next_word", "previous_word",
        "last_word", "last_words", "recent",
    )
)  # fmt: skip

_SPACE = ord(" ")
_SPACE_NAME, _END_NAME = (np.frombuffer(name.encode(), np.uint8) for name in (SPACE_NAME, END_NAME))
_NUMBER_TAIL, _NUMBER_HEAD = (
    np.isin(np.arange(256), list(symbols.encode())) for symbols in (NUMBER_TAIL, NUMBER_HEAD)
)


@jit
def run_items(
    packed: PackedTable,
    workspace: Workspace,
    limits: Int64Array,
    speaking: bool,
    tapes: Int64Array,
    symbols: UInt8Array,
    ends: Int64Array,
    first: int,
    results: ItemResults,
    pause: int,
) -> int:
    """Run as many items from ``first`` on as ``results`` holds; pause like ``advance``.

    Returns
    -------
    ``DONE``, or the status code of an interruption: another call resumes the item.
    """
    registers = workspace.registers
    while registers[ITEM] < len(results.outcome):
        item = registers[ITEM]
        if not registers[RUNNING]:
            load(packed, workspace, tapes, symbols, ends, first + item)
            registers[RUNNING] = 1
        before = registers[TRANSITIONS]
        if registers[STATE] >= 0:
            status = advance(packed, workspace, limits, speaking, False, pause)
            if status > DONE:
                return status
            results.outcome[item] = status
        if not _record_result(packed.letter_of, workspace.cells, registers, results, item):
            return GROW_OUTPUTS
        pause -= registers[TRANSITIONS] - before
        clear(workspace)
        registers[RUNNING] = 0
        registers[ITEM] += 1
        if pause <= 0:
            return PAUSE
    return DONE


@jit
def _record_result(
    letter_of: UInt8Array, cells: UInt8Array, registers: Int64Array, results: ItemResults, item: int
) -> bool:
    """Record the result of an item; return False if there is no room for its outputs."""
    results.transitions[item] = registers[TRANSITIONS]
    results.state[item] = registers[STATE]
    results.runs[item + 1] = registers[EVENTS]
    letters = registers[OUTPUT]
    count = len(results.slots)
    for i in range(count):
        slot = results.slots[i]
        start, end = _filled_cells(letter_of, cells, registers, slot)
        if letters + np.int64(end - start) > len(results.letters):
            return False
        letters = _copy_cells(letter_of, cells, slot, start, end, results.letters, letters)
        results.ends[item * count + i + 1] = letters
    registers[OUTPUT] = letters
    return True


@jit
def load(
    packed: PackedTable,
    workspace: Workspace,
    tapes: Int64Array,
    symbols: UInt8Array,
    ends: Int64Array,
    item: int,
) -> None:
    """Put the texts of an item on the tapes, which must be blank, and every head on cell 0."""
    half = len(workspace.cells) // (2 * len(workspace.heads))
    for slot in range(len(workspace.heads)):
        workspace.heads[slot] = (2 * slot + 1) * half
    longest = 0
    for column in range(len(tapes)):
        start, end = ends[column, item], ends[column, item + 1]
        first = (2 * (tapes[column] + 1) + 1) * half
        for i in range(end - start):
            workspace.cells[first + i] = symbols[start + i]
        longest = max(longest, end - start)
    registers = workspace.registers
    registers[HALF] = half
    registers[TRANSITIONS] = 0
    registers[STATE] = 0
    registers[BASE] = packed.base[0]
    registers[SLOT] = packed.slot[0]
    registers[LONGEST] = longest
    registers[FIRST_EVENT] = registers[EVENTS]
    registers[FIRST_LETTER] = registers[LETTERS]


@jit
def touched_cells(registers: Int64Array) -> tuple[int, int]:
    """Return the first and the end of the cells that the item can have touched, on any tape."""
    reach, half = registers[TRANSITIONS], registers[HALF]
    return -min(reach, half), min(max(reach + 1, registers[LONGEST]), half)


@jit
def clear(workspace: Workspace) -> None:
    """Make every tape blank again."""
    half = workspace.registers[HALF]
    first, end = touched_cells(workspace.registers)
    for slot in range(1, len(workspace.heads)):
        zero = (2 * slot + 1) * half
        # With unsigned indices, which numba does not test, this loop compiles to memset.
        for cell in range(np.uint64(zero + first), np.uint64(zero + end)):
            workspace.cells[cell] = 0


@jit
def advance(
    packed: PackedTable,
    workspace: Workspace,
    limits: Int64Array,
    speaking: bool,
    recording: bool,
    pause: int,
) -> int:
    """Run until the item ends, a buffer is full or ``pause`` more transitions are made.

    ``limits`` holds the fields of ``Limits``; ``recording`` records the action of each transition.

    Returns
    -------
    An outcome as a status code, or the status code of an interruption.
    """
    # Unpack the fields once: numba counts references at each access to a field.
    words, action, state_of_base, bases, slots, bits, records, record_starts, letter_of = packed
    cells, heads, registers, utterance, transition, capture, ends, letters, actions = workspace
    n = registers[TRANSITIONS]
    base, slot = np.uint64(registers[BASE]), np.uint64(registers[SLOT])
    pause += n
    stop = n
    status = PAUSE
    while True:
        if n >= stop:
            room = len(actions) if recording else pause
            status, stop = _next_check(heads, registers, limits, n, pause, room)
            if status != PAUSE or n >= stop:
                break
        if recording:
            base, slot, index, n, special = _plain_transitions(
                words, action, cells, heads, bits, actions, base, slot, n, stop
            )
        else:
            base, slot, index, n, special = _plain_transitions(
                words, action, cells, heads, bits, None, base, slot, n, stop
            )
        if not special:
            continue
        act = action[index]
        if act < 0:
            status = STUCK
            break
        record = record_starts[act]
        target = records[record]
        writes = record + 1
        moves = writes + 1 + 2 * records[writes]
        speech = moves + 1 + 2 * records[moves]
        if speaking and records[speech]:
            registers[TRANSITIONS] = n
            status = _record_utterances(
                records, speech, letter_of, limits[2],
                cells, heads, registers, utterance, transition, capture, ends, letters,
            )  # fmt: skip
            if status != PAUSE:
                break
        for i in range(writes + 1, moves, 2):
            cells[heads[records[i]]] = records[i + 1]
        for i in range(moves + 1, speech, 2):
            heads[records[i]] += np.uint64(records[i + 1])
        if recording:
            actions[n] = act
        n += 1
        if target < 0:
            registers[TRANSITIONS] = n
            registers[STATE] = target
            return ACCEPTED if target == ACCEPT else REJECTED
        base, slot = np.uint64(bases[target]), np.uint64(slots[target])
    registers[TRANSITIONS] = n
    registers[BASE], registers[SLOT] = np.int64(base), np.int64(slot)
    registers[STATE] = state_of_base[base]
    return status


@jit
def _plain_transitions(
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
    """Make plain transitions by the inner loop for the form of the table."""
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
def _next_check(
    heads: UInt64Array,
    registers: Int64Array,
    limits: Int64Array,
    n: int,
    pause: int,
    room_for_actions: int,
) -> tuple[int, int]:
    """Test limits and room before transition ``n``.

    Returns
    -------
    ``PAUSE`` and the transition before which to test again; or another status code and ``n``.
    """
    if n >= limits[0]:
        return STEPS, n
    half = registers[HALF]
    farthest = 0
    for slot in range(1, len(heads)):
        farthest = max(farthest, abs(np.int64(heads[slot]) - (2 * slot + 1) * half))
    if farthest > limits[1] or (n == 0 and registers[LONGEST] > limits[1] + 1):
        return SPACE, n
    room = half - GUARD_CELLS
    if room < limits[1] and room - farthest < half // 4:
        return GROW_TAPES, n
    if room_for_actions <= n < pause:
        return GROW_ACTIONS, n
    return PAUSE, min(n + min(room, limits[1]) - farthest + 1, limits[0], pause, room_for_actions)


@jit
def _record_utterances(
    records: Int64Array,
    speech: int,
    letter_of: UInt8Array,
    limit: int,
    cells: UInt8Array,
    heads: UInt64Array,
    registers: Int64Array,
    utterance: Int32Array,
    transition: Int64Array,
    capture: Int64Array,
    ends: Int64Array,
    letters: UInt8Array,
) -> int:
    """Record the utterances of an action, all or none.

    Returns
    -------
    ``PAUSE``; ``TEXT`` if the limit forbids it; ``GROW_TRACE`` if they do not fit.
    """
    event, captured = np.uint64(registers[EVENTS]), np.uint64(registers[CAPTURES])
    end: Any = registers[LETTERS]
    now = registers[TRANSITIONS]
    position = np.uint64(speech)
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
        code = records[position + _1]
        position += _2
        if code == ALL:
            first, last = _filled_cells(letter_of, cells, registers, slot)
            if end + np.int64(last - first) > len(letters):
                return GROW_TRACE
            end = _copy_cells(letter_of, cells, slot, first, last, letters, end)
        else:
            end = _copy_capture(letter_of, cells, slot, heads[slot], code, letters, end)
            if end < 0:
                return GROW_TRACE
        captured += _1
        ends[captured] = end
    size = np.int64(event) - registers[FIRST_EVENT] + end - registers[FIRST_LETTER]
    if size > limit:
        return TEXT
    registers[EVENTS], registers[CAPTURES], registers[LETTERS] = event, captured, end
    return PAUSE


@jit
def _copy_capture(
    letter_of: UInt8Array,
    cells: UInt8Array,
    slot: Any,
    head: Any,
    code: int,
    target: UInt8Array,
    position: Any,
) -> Any:
    """Copy the letters of a capture to ``position``.

    Returns
    -------
    The end of the copy, or −1 if it does not fit.
    """
    table, room = slot * _256, np.uint64(len(target))
    if code in (CELL, NEXT, PREVIOUS, LETTER):
        place = head + _1 if code == NEXT else head - _1 if code == PREVIOUS else head
        letter = letter_of[table + cells[place]]
        if np.uint64(position) >= room:
            return -1
        target[np.uint64(position)] = letter & _LETTER
        return position + (letter & IN_WORD != 0 if code == LETTER else letter != 0)
    start: Any = head
    stop: Any = head
    if code in (RECENT, RECENT_IN_WORD, RECENT_IN_NUMBER):
        return _copy_recent(letter_of, cells, slot, head, code, target, position)
    if code in (LAST_WORD, LAST_WORDS):
        stop = start = _after_letter(letter_of, cells, table, start)
        for _ in range(RECENT_WORDS - 1 if code == LAST_WORDS else 0):
            while letter_of[table + cells[start - _1]] & IN_WORD:
                start -= _1
            gap: Any = _after_letter(letter_of, cells, table, start)
            if letter_of[table + cells[gap - _1]] & IN_WORD:
                start = gap
    elif code == NEXT_WORD:
        while letter_of[table + cells[start]] & IN_WORD:
            start += _1
        start += _1
        stop = start
    elif code == PREVIOUS_WORD:
        while letter_of[table + cells[start - _1]] & IN_WORD:
            start -= _1
        start -= _1
        stop = start
    elif code == WORD and not letter_of[table + cells[head]] & IN_WORD:
        return position
    if code != NEXT_WORD:
        while letter_of[table + cells[start - _1]] & IN_WORD:
            start -= _1
    if code in (WORD, NEXT_WORD):
        while letter_of[table + cells[stop]] & IN_WORD:
            stop += _1
    end: Any = np.uint64(position)
    if end + (stop - start) > room:
        return -1
    while start != stop:
        target[end] = letter_of[table + cells[start]] & _LETTER
        end += _1
        start += _1
    return np.int64(end)


@jit
def _after_letter(letter_of: UInt8Array, cells: UInt8Array, table: Any, cell: Any) -> Any:
    """Return the first cell after the nearest letter of a word, or blank, left of ``cell``."""
    while True:
        letter = letter_of[table + cells[cell - _1]]
        if not letter or letter & IN_WORD:
            return cell
        cell -= _1


@jit
def _copy_recent(
    letter_of: UInt8Array,
    cells: UInt8Array,
    slot: Any,
    head: Any,
    code: Any,
    target: UInt8Array,
    position: Any,
) -> Any:
    """Copy the capture ``recent``; return the end of the copy, or −1 if it may not fit."""
    table, end, previous = slot * _256, np.uint64(position), np.uint8(0)
    if end + np.uint64((RECENT_OF_SENTENCE + 1) * (len(_SPACE_NAME) + 1)) > np.uint64(len(target)):
        return -1
    most = np.uint64(RECENT_OF_SENTENCE if code == RECENT else RECENT_SYMBOLS)
    in_number = code == RECENT_IN_NUMBER
    start: Any = head
    while head - start < most and letter_of[table + cells[start - _1]]:
        start -= _1
    while start <= head:
        symbol = letter_of[table + cells[start]] & _LETTER
        start += _1
        joined = in_number and symbol and _NUMBER_TAIL[symbol] and _NUMBER_HEAD[previous]
        if previous and not joined:
            target[end] = _SPACE
            end += _1
        if symbol == 0 or symbol == _SPACE:
            for letter in _END_NAME if symbol == 0 else _SPACE_NAME:
                target[end] = letter
                end += _1
        else:
            target[end] = symbol
            end += _1
        previous = symbol
    return np.int64(end)


@jit
def _filled_cells(
    letter_of: UInt8Array, cells: UInt8Array, registers: Int64Array, slot: int
) -> tuple[np.uint64, np.uint64]:
    """Return the positions of a tape's first non-blank cell and of the cell after its last one."""
    first, last = touched_cells(registers)
    zero = (2 * slot + 1) * registers[HALF]
    # Most cells are blank: test eight at a time.
    eights = cells.view(np.uint64)
    start, end = np.uint64(zero + first) >> _3, np.uint64(zero + last + 7) >> _3
    while start < end and eights[start] == 0:
        start += _1
    while start < end and eights[end - _1] == 0:
        end -= _1
    start, end = start << _3, end << _3
    table = np.uint64(slot) * _256
    while start < end and not letter_of[table + cells[start]]:
        start += _1
    while start < end and not letter_of[table + cells[end - _1]]:
        end -= _1
    return start, end


@jit
def _copy_cells(
    letter_of: UInt8Array,
    cells: UInt8Array,
    slot: int,
    start: np.uint64,
    end: np.uint64,
    target: UInt8Array,
    position: int,
) -> int:
    """Copy cells as letters, blanks as ``_``, to ``position``; return the end of the copy."""
    table = np.uint64(slot) * _256
    while start < end:
        target[position] = letter_of[table + cells[start]] & _LETTER or ord("_")
        start += _1
        position += 1
    return position
