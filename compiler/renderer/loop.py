"""The byte loop: from events and op arrays to the bytes of a text, and its spans if wanted.

A *line* consists of what one step emits in a row. It stays open until the next line begins: when a
step opens, or when an outer step continues after an inner one. Only then does the line end, with
the heading of the step that continues; an outer step that continues repeats its label first.

Indices are unsigned where speed matters: numba guards signed ones against negative values.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic
from numpy.typing import NDArray

from compiler.renderer.events import DROPPED, UNNAMED, Int64Array
from compiler.renderer.script import COLUMNS_PER_OP, NO_PLACEHOLDER, PADDING_BYTES, REFERENCE
from compiler.text import PARTS, ROLES, Role
from tm.jit import jit

BYTES_PER_BLOCK = PADDING_BYTES
"""Bytes that are copied at a time.

Most literals and words are shorter, so that a copy rarely loops. In return every source and target
of a copy needs as many bytes of padding.
"""

Int32Array = NDArray[np.int32]
ByteArray = NDArray[np.uint8]

_NEXT = ROLES.index(Role.NEXT)
_PART_COUNT = len(PARTS)
_COLUMNS = np.uint64(COLUMNS_PER_OP)
_ONE = np.uint64(1)
_NOT_IN_REFERENCE = np.uint64(0xFFFFFFFF)


@intrinsic
def _copy_vector(typing: Any, target: Any, offset: Any, source: Any, start: Any) -> Any:
    """Copy one block as a vector, at any alignment."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, offset, source, start = arguments
        target_data = context.make_array(signature.args[0])(context, builder, target).data
        source_data = context.make_array(signature.args[2])(context, builder, source).data
        block = ir.VectorType(ir.IntType(8), BYTES_PER_BLOCK).as_pointer()
        source_block = builder.bitcast(builder.gep(source_data, [start]), block)
        target_block = builder.bitcast(builder.gep(target_data, [offset]), block)
        builder.store(builder.load(source_block, align=1), target_block, align=1)
        return context.get_dummy_value()

    return types.void(target, types.int64, source, types.int64), generate


def _copy_slice(target: ByteArray, offset: int, source: ByteArray, start: int) -> None:
    """Copy one block in plain Python."""
    target[offset : offset + BYTES_PER_BLOCK] = source[start : start + BYTES_PER_BLOCK]


_copy_block: Any = _copy_slice if config.DISABLE_JIT else _copy_vector  # type: ignore[attr-defined]
"""Copies one block from ``source[start:]`` to ``target[offset:]``; without numba too."""


@jit
def _copy(target: Any, offset: Any, source: Any, start: Any, length: Any) -> None:
    """Copy ``length`` bytes, rounded up to whole blocks."""
    _copy_block(target, offset, source, start)
    copied = BYTES_PER_BLOCK
    while copied < length:
        _copy_block(target, offset + copied, source, start + copied)
        copied += BYTES_PER_BLOCK


@jit
def write_texts(
    ops: Int32Array,
    begin: Int32Array,
    pool: ByteArray,
    plain: Int32Array,
    line_ending: Int32Array,
    inner: Int32Array,
    dropped: int,
    utterance: Int32Array,
    capture: Int64Array,
    ends: Int64Array,
    letters: ByteArray,
    event: Int64Array,
    opener: Int64Array,
    refs: Int64Array,
    runs: Int64Array,
    out: ByteArray,
    offsets: Int64Array,
    spans: Int64Array | None,
    first_spans: Int64Array,
    run: int,
    n: int,
    s: int,
) -> tuple[int, int, int]:
    """Write the runs from number ``run`` on to ``out[n:]``, and their spans to ``spans[s:]``.

    The arguments are the fields of a ``Script``, a ``Trace`` and ``Events``, then the buffers.
    ``pool`` and ``letters`` end in ``BYTES_PER_BLOCK`` bytes of padding. ``offsets[i]`` becomes the
    byte at which run i begins, ``first_spans[i]`` its first span. A row of ``spans`` is: start and
    end in bytes of ``out``, mark, event, and the item that opened the step. ``spans`` None writes
    no spans. If a buffer is full, writing stops at the beginning of a run.

    Returns
    -------
    The run to continue with, the bytes written and the spans written.
    """
    byte_limit = out.shape[0] - BYTES_PER_BLOCK
    span_limit = 0 if spans is None else spans.shape[0] - 2
    while run < runs.shape[0] - 1:
        n0, s0, line = n, s, -1
        for i in range(runs[run], runs[run + 1]):
            o = opener[i]
            resumes = o >= 0 and o != i and o != line  # an outer step continues after an inner one
            for label_first in range(1 if resumes else 0, -1, -1):
                item_event = event[o] if label_first else event[i]
                source = item_event  # the event whose captures are written
                u = np.uint64(utterance[np.uint64(source)])
                program = np.uint64(line_ending[u] if line >= 0 else plain[u])
                first_span, ended, line = s, line, o
                pc, stop = np.uint64(begin[program]), np.uint64(begin[program + _ONE])
                back, back_stop, mark = _NOT_IN_REFERENCE, _NOT_IN_REFERENCE, np.int32(0)
                while True:
                    if pc == stop:
                        if back == _NOT_IN_REFERENCE:
                            break
                        pc, stop, back, source = back, back_stop, _NOT_IN_REFERENCE, item_event
                        continue
                    op = pc * _COLUMNS
                    pc += _ONE
                    length: Any = np.int64(ops[op + np.uint64(1)])
                    if n + length > byte_limit or s > span_limit:
                        return run, n0, s0
                    if length > 0:
                        _copy(out, n, pool, np.int64(ops[op]), length)
                        if spans is not None:
                            if back == _NOT_IN_REFERENCE:
                                mark = ops[op + np.uint64(2)]
                            owner = ended if mark // _PART_COUNT == _NEXT else o
                            s = _add_span(spans, s, first_span, n, length, mark, item_event, owner)
                        n += length
                    placeholder = ops[op + np.uint64(3)]
                    if placeholder == NO_PLACEHOLDER:
                        continue
                    if placeholder <= REFERENCE:
                        other = refs[i, REFERENCE - placeholder]
                        if other != UNNAMED:
                            back, back_stop, mark = pc, stop, ops[op + np.uint64(6)]
                            column = np.uint64(ops[op + np.uint64(4)])
                            program = np.uint64(
                                dropped if other == DROPPED else inner[utterance[other], column]
                            )
                            source = other
                            pc, stop = np.uint64(begin[program]), np.uint64(begin[program + _ONE])
                        continue
                    word = np.uint64(capture[np.uint64(source)] + placeholder)
                    start = ends[word]
                    length = ends[word + _ONE] - start
                    missing = length == 0
                    if missing:
                        start = np.int64(ops[op + np.uint64(4)])
                        length = np.int64(ops[op + np.uint64(5)])
                    if n + length > byte_limit:
                        return run, n0, s0
                    if length > 0:
                        if missing:
                            _copy(out, n, pool, start, length)
                        else:
                            _copy(out, n, letters, start, length)
                        if spans is not None:
                            if back == _NOT_IN_REFERENCE:
                                mark = ops[op + np.uint64(6)]
                            owner = ended if mark // _PART_COUNT == _NEXT else o
                            s = _add_span(spans, s, first_span, n, length, mark, item_event, owner)
                        n += length
        offsets[run], offsets[run + 1] = n0, n
        if spans is not None:
            first_spans[run], first_spans[run + 1] = s0, s
        run += 1
    return run, n, s


@jit
def _add_span(
    spans: Int64Array, s: int, first: int, n: int, length: Any, mark: Any, event: Any, owner: int
) -> int:
    """Append a span, or extend the last one if it has the same mark; return the number of spans."""
    if s > first and spans[s - 1, 2] == mark:
        spans[s - 1, 1] = n + length
        return s
    spans[s, 0], spans[s, 1], spans[s, 2] = n, n + length, mark
    spans[s, 3], spans[s, 4] = event, owner
    return s + 1
