"""The byte loop: events and op arrays → the bytes of the text, and its spans on request.

A *line* is what one step says in a row. It is ended, with the label of the step that speaks next,
only when that step speaks: when a step opens, or when an outer one goes on after an inner one,
which says its label anew.
"""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from compiler.events import DROPPED, GAP, UNSAID
from compiler.script import NO_HOLE, REFERENCE
from compiler.text import PARTS, ROLES, Role

BLOCK = 16
"""Bytes copied at a time; most words and literals are shorter, so the copy has no loop."""

_NEXT = ROLES.index(Role.NEXT)
_PARTS = len(PARTS)


@intrinsic  # type: ignore[untyped-decorator]
def _copy_block(typing, target, at, source, start):  # type: ignore[no-untyped-def]
    """Copy ``BLOCK`` bytes from ``source[start:]`` to ``target[at:]``, at any alignment."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        to, at, source, start = arguments
        to = context.make_array(signature.args[0])(context, builder, to)
        source = context.make_array(signature.args[2])(context, builder, source)
        block = ir.VectorType(ir.IntType(8), BLOCK).as_pointer()
        load = builder.bitcast(builder.gep(source.data, [start]), block)
        store = builder.bitcast(builder.gep(to.data, [at]), block)
        builder.store(builder.load(load, align=1), store, align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, source, types.int64), generate


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _copy(target, at, source, start, length):  # type: ignore[no-untyped-def]
    """Copy bytes; ``target`` has at least ``length + BLOCK`` left. May write past the end, never
    read past it.
    """
    if start + length + BLOCK <= source.shape[0]:
        done = 0
        while done < length:
            _copy_block(target, at + done, source, start + done)
            done += BLOCK
    else:
        for i in range(length):
            target[at + i] = source[start + i]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def write(  # type: ignore[no-untyped-def]
    ops, begin, pool, plain, turned, inner, dropped,  # the script
    utterance, capture, ends, letters,  # the trace
    event, opener, refs, runs,  # the events
    out, offsets, spans, first_spans, run, n, s,
):  # fmt: skip
    """Write the runs from ``run`` on to ``out[n:]`` and their spans, if not None, to ``spans[:,
    s:]``.

    ``offsets[i]`` is the byte at which run i begins, ``first_spans[i]`` its first span. Rows of
    ``spans``: start and end in bytes of ``out``, mark, event, and the place of the saying step's
    opening among the events. Where there is no room left it stops at the beginning of a run.

    Returns
    -------
    The run to go on with, bytes and spans written.
    """
    gap = plain.shape[0] - 1
    while run < runs.shape[0] - 1:
        n0, s0, line = n, s, -1
        for i in range(runs[run], runs[run + 1]):
            o = opener[i]
            goes_on = o >= 0 and o != i and o != line  # a step around the one that spoke last
            for label_first in range(1 if goes_on else 0, -1, -1):
                at = event[o] if label_first else event[i]
                u = utterance[at] if at != GAP else gap
                program = turned[u] if line >= 0 else plain[u]
                first_span, ended, line = s, line, o
                pc, stop = begin[program], begin[program + 1]
                back, back_stop, back_at, back_mark = -1, -1, at, 0
                while True:
                    if pc == stop:
                        if back < 0:
                            break
                        pc, stop, at, back = back, back_stop, back_at, -1
                        continue
                    op = ops[pc]
                    pc += 1
                    length = np.int64(op[1])
                    if n + length + BLOCK > out.shape[0]:
                        return run, n0, s0
                    if length > 0:
                        _copy(out, n, pool, np.int64(op[0]), length)
                        if spans is not None:
                            mark = back_mark if back >= 0 else op[2]
                            if s + 2 > spans.shape[1]:
                                return run, n0, s0
                            owner = ended if mark // _PARTS == _NEXT else o
                            s = _span(spans, s, first_span, n, length, mark, back_at, owner)
                        n += length
                    hole = op[3]
                    if hole == NO_HOLE:
                        continue
                    if hole <= REFERENCE:
                        said = refs[i, REFERENCE - hole]
                        if said == UNSAID:
                            continue
                        back, back_stop, back_at, back_mark = pc, stop, at, op[6]
                        program = dropped if said == DROPPED else inner[utterance[said], op[4]]
                        at = said
                        pc, stop = begin[program], begin[program + 1]
                        continue
                    word = capture[at] + hole
                    start = ends[word]
                    length = ends[word + 1] - start
                    missing = length == 0
                    if missing:
                        start, length = np.int64(op[4]), np.int64(op[5])
                    if n + length + BLOCK > out.shape[0]:
                        return run, n0, s0
                    if length > 0:
                        if missing:
                            _copy(out, n, pool, start, length)
                        else:
                            _copy(out, n, letters, start, length)
                        if spans is not None:
                            mark = back_mark if back >= 0 else op[6]
                            if s + 2 > spans.shape[1]:
                                return run, n0, s0
                            owner = ended if mark // _PARTS == _NEXT else o
                            s = _span(spans, s, first_span, n, length, mark, back_at, owner)
                        n += length
        offsets[run], offsets[run + 1] = n0, n
        if spans is not None:
            first_spans[run], first_spans[run + 1] = s0, s
        run += 1
    return run, n, s


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _span(spans, s, first, n, length, mark, event, owner):  # type: ignore[no-untyped-def]
    """Append a stretch, or grow the last span when it is of the same program and kind; how many
    there are now.
    """
    if s > first and spans[2, s - 1] == mark:
        spans[1, s - 1] = n + length
        return s
    spans[0, s], spans[1, s], spans[2, s] = n, n + length, mark
    spans[3, s], spans[4, s] = event, owner
    return s + 1
