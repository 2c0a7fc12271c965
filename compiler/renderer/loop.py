"""The byte loop: events and op arrays → the bytes of the text, and its spans on request.

A *line* is what one step says in a row. It is ended, with the label of the step that speaks next,
only when that step speaks: when a step opens, or when an outer one goes on after an inner one, and
says its label anew.

Indices are unsigned where it counts: numba guards signed ones against negative values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from compiler.renderer.events import DROPPED, GAP, UNSAID, Numbers
from compiler.renderer.script import NO_HOLE, OP, REFERENCE, SPARE
from compiler.text import PARTS, ROLES, Role
from tm.jit import jit

BLOCK = SPARE
"""Bytes copied at a time. Most literals and words are shorter, so that a copy rarely loops; in
return every source and target needs as many bytes to spare."""

Small = NDArray[np.int32]
Bytes = NDArray[np.uint8]

_NEXT = ROLES.index(Role.NEXT)
_PARTS = len(PARTS)
_OP = np.uint64(OP)
_ONE = np.uint64(1)
_NOWHERE = np.uint64(0xFFFFFFFF)


@intrinsic
def _copy_block(typing: Any, target: Any, at: Any, source: Any, start: Any) -> Any:
    """Copy ``BLOCK`` bytes from ``source[start:]`` to ``target[at:]``, at any alignment."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, at, source, start = arguments
        to = context.make_array(signature.args[0])(context, builder, target).data
        of = context.make_array(signature.args[2])(context, builder, source).data
        block = ir.VectorType(ir.IntType(8), BLOCK).as_pointer()
        read = builder.bitcast(builder.gep(of, [start]), block)
        written = builder.bitcast(builder.gep(to, [at]), block)
        builder.store(builder.load(read, align=1), written, align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, source, types.int64), generate


@jit
def _copy(target: Any, at: Any, source: Any, start: Any, length: Any) -> None:
    """Copy ``length`` bytes, rounded up to whole blocks."""
    _copy_block(target, at, source, start)  # type: ignore[call-arg]
    done = BLOCK
    while done < length:
        _copy_block(target, at + done, source, start + done)
        done += BLOCK


@jit
def write(
    ops: Small,
    begin: Small,
    pool: Bytes,
    plain: Small,
    turned: Small,
    inner: Small,
    dropped: int,
    utterance: Small,
    capture: Numbers,
    ends: Numbers,
    letters: Bytes,
    event: Numbers,
    opener: Numbers,
    refs: Numbers,
    runs: Numbers,
    out: Bytes,
    offsets: Numbers,
    spans: Numbers | None,
    first_spans: Numbers,
    run: int,
    n: int,
    s: int,
) -> tuple[int, int, int]:
    """Write the runs from ``run`` on to ``out[n:]`` and, if not None, their spans to ``spans[s:]``.

    The arguments are those of a ``Script``, a ``Trace`` and ``Events``, then the buffers. ``pool``
    and ``letters`` end in ``BLOCK`` bytes to spare. ``offsets[i]`` becomes the byte at which run i
    begins, ``first_spans[i]`` its first span. A row of ``spans`` is: start and end in bytes of
    ``out``, mark, event, and the place of the saying step's opening among the events. Where room
    runs out it stops at the beginning of a run.

    Returns
    -------
    The run to go on with, bytes and spans written.
    """
    gap = np.uint64(plain.shape[0] - 1)
    room, span_room = out.shape[0] - BLOCK, 0 if spans is None else spans.shape[0] - 2
    while run < runs.shape[0] - 1:
        n0, s0, line = n, s, -1
        for i in range(runs[run], runs[run + 1]):
            o = opener[i]
            goes_on = o >= 0 and o != i and o != line  # a step around the one that spoke last
            for label_first in range(1 if goes_on else 0, -1, -1):
                who = event[o] if label_first else event[i]
                said = who
                u = np.uint64(utterance[np.uint64(said)]) if said != GAP else gap
                program = np.uint64(turned[u] if line >= 0 else plain[u])
                first_span, ended, line = s, line, o
                pc, stop = np.uint64(begin[program]), np.uint64(begin[program + _ONE])
                back, back_stop, mark = _NOWHERE, _NOWHERE, np.int32(0)
                while True:
                    if pc == stop:
                        if back == _NOWHERE:
                            break
                        pc, stop, back, said = back, back_stop, _NOWHERE, who
                        continue
                    op = pc * _OP
                    pc += _ONE
                    length: Any = np.int64(ops[op + np.uint64(1)])
                    if n + length > room or s > span_room:
                        return run, n0, s0
                    if length > 0:
                        _copy(out, n, pool, np.int64(ops[op]), length)
                        if spans is not None:
                            if back == _NOWHERE:
                                mark = ops[op + np.uint64(2)]
                            owner = ended if mark // _PARTS == _NEXT else o
                            s = _span(spans, s, first_span, n, length, mark, who, owner)
                        n += length
                    hole = ops[op + np.uint64(3)]
                    if hole == NO_HOLE:
                        continue
                    if hole <= REFERENCE:
                        other = refs[i, REFERENCE - hole]
                        if other != UNSAID:
                            back, back_stop, mark = pc, stop, ops[op + np.uint64(6)]
                            column = np.uint64(ops[op + np.uint64(4)])
                            program = np.uint64(
                                dropped if other == DROPPED else inner[utterance[other], column]
                            )
                            said = other
                            pc, stop = np.uint64(begin[program]), np.uint64(begin[program + _ONE])
                        continue
                    word = np.uint64(capture[np.uint64(said)] + hole)
                    start = ends[word]
                    length = ends[word + _ONE] - start
                    missing = length == 0
                    if missing:
                        start = np.int64(ops[op + np.uint64(4)])
                        length = np.int64(ops[op + np.uint64(5)])
                    if n + length > room:
                        return run, n0, s0
                    if length > 0:
                        if missing:
                            _copy(out, n, pool, start, length)
                        else:
                            _copy(out, n, letters, start, length)
                        if spans is not None:
                            if back == _NOWHERE:
                                mark = ops[op + np.uint64(6)]
                            owner = ended if mark // _PARTS == _NEXT else o
                            s = _span(spans, s, first_span, n, length, mark, who, owner)
                        n += length
        offsets[run], offsets[run + 1] = n0, n
        if spans is not None:
            first_spans[run], first_spans[run + 1] = s0, s
        run += 1
    return run, n, s


@jit
def _span(
    spans: Numbers, s: int, first: int, n: int, length: Any, mark: Any, event: Any, owner: int
) -> int:
    """Append a stretch, or grow the last one if it is of the same kind; how many there are now."""
    if s > first and spans[s - 1, 2] == mark:
        spans[s - 1, 1] = n + length
        return s
    spans[s, 0], spans[s, 1], spans[s, 2] = n, n + length, mark
    spans[s, 3], spans[s, 4] = event, owner
    return s + 1
