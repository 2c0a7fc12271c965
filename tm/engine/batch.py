"""Run one table on many inputs: threads run chunks of inputs, results keep the inputs' order."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tm.engine import buffers
from tm.engine.alphabet import EncodedInputs, encode
from tm.engine.buffers import ItemResults
from tm.engine.compiled import OUTCOMES, machine_of
from tm.engine.outcome import Limits
from tm.engine.result import Batch
from tm.table import Table
from tm.trace import Trace

Scalar = TypeVar("Scalar", bound=np.generic)

MAX_CHUNK = 4096
"""Maximum number of inputs in a chunk, whose trace then stays in the cache of its core."""

LETTERS_PER_OUTPUT = 64
"""Initial room for the text of an output tape."""


def run_batch(
    table: Table,
    inputs: Sequence[Mapping[str, str]],
    *,
    workers: int | None,
    outputs: Sequence[str] | None,
    limits: Limits,
    trace: bool,
) -> Batch:
    """Run a machine on many inputs; see ``tm.engine.run_batch``."""
    encoded = encode(table, inputs)
    if outputs is None:
        outputs = [tape.name for tape in table.tapes if tape.name == "out"]
    slots = np.array([table.tape(name) + 1 for name in outputs], dtype=np.int64)
    workers = workers or len(os.sched_getaffinity(0))
    chunk = max(1, min(MAX_CHUNK, -(-len(inputs) // workers)))
    bounds = list(pairwise([*range(0, len(inputs), chunk), len(inputs)]))
    stop = threading.Event()

    def run_chunk(bound: tuple[int, int]) -> _ChunkResult:
        return _run_chunk(table, encoded, bound, slots, limits, trace, stop)

    if len(bounds) <= 1:
        chunks = [run_chunk(bound) for bound in bounds]
    else:
        with ThreadPoolExecutor(workers) as pool:
            try:
                chunks = list(pool.map(run_chunk, bounds))
            finally:
                stop.set()
    results = [chunk.results for chunk in chunks]
    return Batch(
        table=table,
        outcome=OUTCOMES[_join([r.outcome for r in results], np.uint8)],
        transitions=_join([r.transitions for r in results], np.int64),
        state=_join([r.state for r in results], np.int32),
        trace=_join_traces([chunk.trace for chunk in chunks if chunk.trace]) if trace else None,
        outputs=tuple(outputs),
        letters=_join([r.letters for r in results], np.uint8),
        ends=_join_ends([r.ends for r in results]),
    )


class _ChunkResult(NamedTuple):
    """The results and the trace of one chunk."""

    results: ItemResults
    trace: Trace | None


def empty_results(count: int, slots: NDArray[np.int64]) -> ItemResults:
    """Return room for the results of ``count`` items, with the texts of ``slots``."""
    return ItemResults(
        outcome=np.zeros(count, dtype=np.uint8),
        transitions=np.zeros(count, dtype=np.int64),
        state=np.zeros(count, dtype=np.int32),
        runs=np.zeros(count + 1, dtype=np.int64),
        slots=slots,
        letters=np.zeros(LETTERS_PER_OUTPUT * count * len(slots), dtype=np.uint8),
        ends=np.zeros(count * len(slots) + 1, dtype=np.int64),
    )


def _run_chunk(
    table: Table,
    inputs: EncodedInputs,
    bound: tuple[int, int],
    slots: NDArray[np.int64],
    limits: Limits,
    trace: bool,
    stop: threading.Event,
) -> _ChunkResult:
    """Run the inputs from ``bound[0]`` up to ``bound[1]``."""
    first, end = bound
    results = empty_results(end - first, slots)
    with machine_of(table, trace) as machine:
        machine.reset(inputs.longest)
        status = buffers.PAUSE
        while status != buffers.DONE:
            status = machine.run_items(inputs, first, limits, results)
            if stop.is_set():
                raise InterruptedError("another chunk of the batch failed")
            if status == buffers.GROW_OUTPUTS:
                results = results._replace(
                    letters=np.resize(results.letters, 2 * len(results.letters))
                )
            else:
                machine.grow(status)
        results = results._replace(letters=results.letters[: results.ends[-1]])
        return _ChunkResult(results, machine.trace(results.runs) if trace else None)


def _join(parts: Sequence[NDArray[Scalar]], dtype: type[Scalar]) -> NDArray[Scalar]:
    """Concatenate arrays, of which there may be none."""
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])


def _join_ends(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Concatenate lists of ends, each of which begins with 0."""
    shifted = _shifted([part[1:] for part in parts], [int(part[-1]) for part in parts])
    return np.concatenate([np.zeros(1, dtype=np.int64), *shifted])


def _shifted(parts: Sequence[NDArray[np.int64]], lengths: Sequence[int]) -> list[NDArray[np.int64]]:
    """Return the arrays, each shifted by the sum of the lengths before it."""
    shifts = accumulate(lengths, initial=0)
    return [part + shift if shift else part for part, shift in zip(parts, shifts, strict=False)]


def _join_traces(parts: Sequence[Trace]) -> Trace:
    """Concatenate traces."""
    if len(parts) == 1:
        return parts[0]
    captures = _shifted([p.capture for p in parts], [len(p.ends) - 1 for p in parts])
    return Trace(
        utterance=_join([part.utterance for part in parts], np.int32),
        transition=_join([part.transition for part in parts], np.int64),
        capture=_join(captures, np.int64),
        ends=_join_ends([part.ends for part in parts]),
        letters=_join([part.letters for part in parts], np.uint8),
        runs=_join_ends([part.runs for part in parts]),
    )
