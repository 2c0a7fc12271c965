"""Plain transitions at full speed: an inner loop for each form of words in ``tm.engine.pack``.

Each makes plain transitions until ``stop`` of them are made or it meets a word that is special, and
returns the block it is in, the word it met, the count and whether that word is special. It looks
for no edge: its caller lets it make only as many transitions as the nearest one allows.
``actions`` is ``None``, or where to note the action of each transition.

A transition waits for three loads in a row: the head's place, the symbol there, the word of that
symbol. What makes these loops fast is that nothing else is waited for. The word itself names the
next block, so that there is no load of a state; while a state stays in itself the block is known
before the word has come; and indices are unsigned, as numba checks signed ones for being negative.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tm.engine.pack import (
    BASE_BITS,
    BRANCH,
    BRANCH_SLOT,
    DENSE_FIELDS,
    KIND,
    MOVES,
    PLAIN,
    READ,
    SCAN,
    WRITES,
)
from tm.jit import jit

UInt64Array = NDArray[np.uint64]
Int32Array = NDArray[np.int32]
UInt8Array = NDArray[np.uint8]
Int64Array = NDArray[np.int64]

_1, _3, _4, _8, _15, _255 = (np.uint64(n) for n in (1, 3, 4, 8, 15, 255))
_BASE = np.uint64(2**BASE_BITS - 1)
_READ = np.uint64(READ)
_W0, _W1 = (np.uint64(shift) for shift in WRITES)
_M0, _M1, _M2 = (np.uint64(shift) for shift in MOVES)
_D0, _D1, _D2, _D3 = (np.uint64(shift) for shift in DENSE_FIELDS)
_KIND = np.uint64(KIND)
_PLAIN, _BRANCH, _SCAN = np.uint64(PLAIN), np.uint64(BRANCH), np.uint64(SCAN)
_BRANCH_SLOT = np.uint64(BRANCH_SLOT)
_BRANCH_BASE = np.uint64(2**BRANCH_SLOT - 1)
_BRANCH_MASK = np.uint64(2 ** (KIND - BRANCH_SLOT) - 1)


@jit
def sparse(
    words: UInt64Array,
    action: Int32Array,
    cells: UInt8Array,
    heads: UInt64Array,
    actions: Int32Array | None,
    base: np.uint64,
    slot: np.uint64,
    n: int,
    stop: int,
) -> tuple[np.uint64, np.uint64, np.uint64, int, bool]:
    """Decision trees over any number of tapes; also returns the slot that the block reads."""
    index = base
    while n < stop:
        index = base + np.uint64(cells[heads[slot]])
        word = words[index]
        kind = word >> _KIND
        while kind == _BRANCH:
            index = (word & _BRANCH_BASE) + np.uint64(
                cells[heads[(word >> _BRANCH_SLOT) & _BRANCH_MASK]]
            )
            word = words[index]
            kind = word >> _KIND
        if kind == _SCAN:
            move = ((word >> (_M0 + _4)) & _3) - _1
            head = heads[slot]
            while n < stop and words[base + np.uint64(cells[head])] == word:
                if actions is not None:
                    actions[n] = action[base + np.uint64(cells[head])]
                head += move
                n += 1
            heads[slot] = head
            continue
        if kind != _PLAIN:
            return base, slot, index, n, True
        if actions is not None:
            actions[n] = action[index]
        cells[heads[(word >> _W0) & _15]] = (word >> (_W0 + _4)) & _255
        cells[heads[(word >> _W1) & _15]] = (word >> (_W1 + _4)) & _255
        heads[(word >> _M0) & _15] += ((word >> (_M0 + _4)) & _3) - _1
        heads[(word >> _M1) & _15] += ((word >> (_M1 + _4)) & _3) - _1
        heads[(word >> _M2) & _15] += ((word >> (_M2 + _4)) & _3) - _1
        base = word & _BASE
        slot = (word >> _READ) & _15
        n += 1
    return base, slot, index, n, False


@jit
def dense_1(
    words: UInt64Array,
    action: Int32Array,
    cells: UInt8Array,
    heads: UInt64Array,
    actions: Int32Array | None,
    base: np.uint64,
    n: int,
    stop: int,
) -> tuple[np.uint64, np.uint64, int, bool]:
    """One tape."""
    head = heads[1]
    index = base
    while n < stop:
        read = cells[head]
        index = base + np.uint64(read)
        word = words[index]
        if word >> _KIND:
            heads[1] = head
            return base, index, n, True
        write = np.uint8((word >> _D0) & _255)
        move = ((word >> (_D0 + _8)) & _3) - _1
        if actions is not None:
            actions[n] = action[index]
        cells[head] = write
        head += move
        n += 1
        if word & _BASE != base:
            base = word & _BASE
            continue
        # The same symbol again, in the same state: nothing is waited for but the next cell.
        while n < stop and cells[head] == read:
            if actions is not None:
                actions[n] = action[index]
            cells[head] = write
            head += move
            n += 1
    heads[1] = head
    return base, index, n, False


@jit
def dense(
    words: UInt64Array,
    action: Int32Array,
    cells: UInt8Array,
    heads: UInt64Array,
    bits: Int64Array,
    actions: Int32Array | None,
    base: np.uint64,
    n: int,
    stop: int,
    third: bool | None,
    fourth: bool | None,
) -> tuple[np.uint64, np.uint64, int, bool]:
    """Two, three or four tapes: ``third`` and ``fourth`` are ``None`` where they are not there.

    What is ``None`` is not compiled. (A third tape of one cell would do, but what is written there
    would be waited for.)
    """
    b1, b2, b3 = np.uint64(bits[1]), np.uint64(bits[2]), np.uint64(bits[3])
    h0, h1, h2, h3 = heads[1], heads[2], heads[0], heads[0]
    if third is not None:
        h2 = heads[3]
    if fourth is not None:
        h3 = heads[4]
    index = base
    special = False
    while n < stop and not special:
        word = base
        while n < stop:
            index = base + np.uint64(cells[h0]) + (np.uint64(cells[h1]) << b1)
            if third is not None:
                index += np.uint64(cells[h2]) << b2
            if fourth is not None:
                index += np.uint64(cells[h3]) << b3
            word = words[index]
            if word >> _KIND:
                special = True
                break
            if actions is not None:
                actions[n] = action[index]
            cells[h0] = (word >> _D0) & _255
            cells[h1] = (word >> _D1) & _255
            h0 += ((word >> (_D0 + _8)) & _3) - _1
            h1 += ((word >> (_D1 + _8)) & _3) - _1
            if third is not None:
                cells[h2] = (word >> _D2) & _255
                h2 += ((word >> (_D2 + _8)) & _3) - _1
            if fourth is not None:
                cells[h3] = (word >> _D3) & _255
                h3 += ((word >> (_D3 + _8)) & _3) - _1
            n += 1
            if word & _BASE != base:
                break
        if not special:
            base = word & _BASE
    heads[1], heads[2] = h0, h1
    if third is not None:
        heads[3] = h2
    if fourth is not None:
        heads[4] = h3
    return base, index, n, special
