"""The inner loops of the compiled engine: plain transitions, for each form of ``tm.engine.pack``.

Each loop makes plain transitions until their number ``n`` reaches ``stop`` or it meets a special
word. It returns the base of the current block, the index of the last word, ``n``, and whether that
word is special. It does not test for the ends of the buffers: the caller chooses ``stop`` such that
no head can reach one. ``actions`` receives the action of each transition, unless it is None.

A transition depends on three loads in sequence: the head's position, the symbol there, the word of
that symbol. The loops are fast because it depends on no other. The word itself holds the base of
the next block, so no state is loaded; while a machine stays in a state, the block is known before
the word is loaded; and indices are unsigned, since numba tests signed ones for being negative.
"""

from __future__ import annotations

import numpy as np

from tm.engine.buffers import Int32Array, Int64Array, UInt8Array, UInt64Array
from tm.engine.pack import (
    BASE_BITS,
    BRANCH,
    BRANCH_SLOT_SHIFT,
    DENSE_SHIFTS,
    KIND_SHIFT,
    MOVE_SHIFTS,
    PLAIN,
    READ_SHIFT,
    SCAN,
    WRITE_SHIFTS,
)
from tm.jit import jit

_1, _3, _4, _8, _15, _255 = (np.uint64(n) for n in (1, 3, 4, 8, 15, 255))
_BASE = np.uint64(2**BASE_BITS - 1)
_READ = np.uint64(READ_SHIFT)
_W0, _W1 = (np.uint64(shift) for shift in WRITE_SHIFTS)
_M0, _M1, _M2 = (np.uint64(shift) for shift in MOVE_SHIFTS)
_D0, _D1, _D2, _D3 = (np.uint64(shift) for shift in DENSE_SHIFTS)
_KIND = np.uint64(KIND_SHIFT)
_PLAIN, _BRANCH, _SCAN = np.uint64(PLAIN), np.uint64(BRANCH), np.uint64(SCAN)
_BRANCH_SLOT = np.uint64(BRANCH_SLOT_SHIFT)
_BRANCH_BASE = np.uint64(2**BRANCH_SLOT_SHIFT - 1)
_BRANCH_MASK = np.uint64(2 ** (KIND_SHIFT - BRANCH_SLOT_SHIFT) - 1)


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
    """Run a sparse table; return the slot that the block reads after its base."""
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
    """Run a dense table of one tape."""
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
        # The same symbol in the same state needs no load but the next cell.
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
    """Run a dense table of two, three or four tapes.

    ``third`` and ``fourth`` are True if there are such tapes, else None: numba does not compile the
    branches of None. (A dummy tape of one cell would be slower, since its writes cost time.)
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
