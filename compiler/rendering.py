"""Rendering: from a trace to a text.

The exact content of a text:

- It contains the steps of level at most ``depth``; outermost steps have level 1 (see
  ``compiler.renderer.events``).
- A *line* is what one step emits in a row: its label (control), then operands and results in the
  order in which the machine emits them.
- A line ends with the transition to the step of the next line: the next step on the same level, the
  first inner step, or, after the last inner step, the step around it. The transition is written
  when that step emits something, so the machine need not know any label in advance. A step that
  continues after an inner one repeats its label first; a step that has nothing more to emit is not
  returned to.
- Before the answer, the transition is to ``end``. A run without an answer ends in an open line.

For example, at depth 2 of a machine whose step ``add`` contains steps ``digit``::

    add 3.4: x = 12 y = 9 -> digit 0
    digit 0: a = 2 b = 9 ; r = 1 -> digit 1
    digit 1: a = 1 b = 0 ; r = 2 -> add 3.4
    add 3.4: ; s = 21 -> end
    answer: 21
"""

from __future__ import annotations

import weakref
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compiler.ablations import ablate, check_options, drop_reading
from compiler.renderer.events import Events, list_events
from compiler.renderer.loop import BYTES_PER_BLOCK, write_texts
from compiler.renderer.script import Script, compile_script
from compiler.renderer.spans import unpack_spans
from compiler.styles import check_results
from compiler.text import Text, Texts
from tm.table import Table
from tm.trace import Trace

_scripts: dict[int, dict[tuple[str, bool, bool], Script]] = {}
"""Compiled scripts by the identity of their table.

Hashing the content of a table at each call would take longer than rendering a text.
"""


def render(
    table: Table,
    trace: Trace | None,
    index: int = 0,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    group: int = 3,
    reading: bool = True,
) -> Text:
    """Render the text of one run, with its spans.

    Parameters
    ----------
    table
        The machine that made the trace.
    trace
        One run or many.
    index
        Number of the run within the trace, from 0.
    style
        ``minimal``, which is derived from labels and pairs, or the name of a style of the table.
    depth
        The deepest level of nested steps in the text, at least 1.
    without
        Ablations: any of ``fetch``, ``atomic`` and ``linear``; see ``compiler.ablations``.
    group
        Number of steps that the ablation ``atomic`` merges into one, at least 2.
    reading
        Whether the text contains the reading phase; see ``compiler.reading``.

    Raises
    ------
    StyleError
        If the style does not exist, if it has faults, or if an ablation would leave out a result.
    ValueError
        If ``trace`` is None, or another argument is out of range.
    """
    texts = render_batch(
        table,
        _recorded(trace).only(index),
        style=style,
        depth=depth,
        without=without,
        group=group,
        reading=reading,
        spans=True,
    )
    return next(texts.with_spans())


def compile_loops() -> None:
    """Run and render a small machine in all ways, which compiles all inner loops into the cache.

    Processes that start afterwards read them, instead of compiling them all at once.
    """
    from tm import run, run_batch
    from tm.formats import parse_busy_beaver

    table = parse_busy_beaver("1RZ---")
    for traced in (False, True):
        run(table, {}, trace=traced, actions=not traced)
    batch = run_batch(table, [{}], trace=True)
    assert batch.trace is not None
    for spans in (False, True):
        render_batch(table, batch.trace, spans=spans)


def render_batch(
    table: Table,
    trace: Trace | None,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    group: int = 3,
    reading: bool = True,
    spans: bool = False,
) -> Texts:
    """Render the texts of all runs of a trace into one buffer.

    Parameters
    ----------
    table, trace, style, depth, without, group, reading
        As for ``render``.
    spans
        Whether to compute the spans as well.

    Raises
    ------
    StyleError, ValueError
        As for ``render``.
    """
    trace = _recorded(trace)
    ablations = check_options(without, depth, group)
    check_results(table, style, ablations)
    script = _script(table, style, "linear" not in ablations, spans)
    events = _events(table, trace, script, depth, ablations, group, reading)
    buffer, offsets, rows, first_spans = _write(script, trace, events, spans)
    if rows is None:
        return Texts(buffer=buffer, offsets=offsets, all_spans=None)
    all_spans = unpack_spans(
        table, trace, script.utterances, events, buffer, offsets, rows, first_spans
    )
    return Texts(buffer=buffer, offsets=offsets, all_spans=all_spans)


def span_transitions(
    table: Table,
    trace: Trace,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    group: int = 3,
    reading: bool = True,
) -> NDArray[np.int64]:
    """Return the transition that wrote each span of a text, from 0; they never decrease.

    A span that quotes an earlier utterance, or that an ablation writes, has the transition of the
    span before it.

    Parameters
    ----------
    trace
        The trace of one run.
    table, style, depth, without, group, reading
        As for ``render``.

    Raises
    ------
    StyleError, ValueError
        As for ``render``.
    """
    ablations = check_options(without, depth, group)
    check_results(table, style, ablations)
    script = _script(table, style, "linear" not in ablations, True)
    events = _events(table, trace, script, depth, ablations, group, reading)
    _, _, rows, _ = _write(script, trace, events, True)
    assert rows is not None
    event = rows[:, 3]
    written = np.where(event >= 0, np.append(trace.transition, 0)[event], 0)
    latest: NDArray[np.int64] = np.maximum.accumulate(written)
    return latest


def _events(
    table: Table,
    trace: Trace,
    script: Script,
    depth: int,
    ablations: Collection[str],
    group: int,
    reading: bool,
) -> Events:
    """Return the events that a text contains."""
    events = list_events(script.utterances, trace, depth=depth, names=script.names)
    if not reading:
        events = drop_reading(script.utterances, trace, events)
    if ablations:
        events = ablate(table, trace, events, ablations, group=group)
    return events


def _recorded(trace: Any) -> Trace:
    if trace is None:
        raise ValueError("`trace` is None: the run recorded no trace; run it with trace=True")
    if not isinstance(trace, Trace):
        raise ValueError(f"`trace` must be the trace of a run, as in run.trace, not {trace!r}")
    return trace


def _script(table: Table, style: str, labels: bool, spans: bool) -> Script:
    identity = id(table)
    if identity not in _scripts:
        _scripts[identity] = {}
        weakref.finalize(table, _scripts.pop, identity, None)
    key = (style, labels, spans)
    if key not in _scripts[identity]:
        _scripts[identity][key] = compile_script(table, style, labels=labels, spans=spans)
    return _scripts[identity][key]


def _write(
    script: Script, trace: Trace, events: Events, spans: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64] | None, NDArray[np.int64]]:
    """Run the byte loop, with larger buffers until they suffice.

    Returns
    -------
    The texts, their offsets, the rows of their spans (or None) and the first row of each text.
    """
    items = len(events.event)
    letters = np.concatenate([trace.letters, np.zeros(BYTES_PER_BLOCK, np.uint8)])
    out = np.empty(1024 + 24 * items + 2 * len(trace.letters), np.uint8)
    rows = np.empty((64 + 6 * items, 5), np.int64) if spans else None
    offsets = np.zeros(len(events.runs), np.int64)
    first_spans = np.zeros(len(events.runs) if spans else 1, np.int64)
    run, n, s = 0, 0, 0
    while True:
        run, n, s = write_texts(
            script.ops, script.begin, script.pool,
            script.plain, script.line_ending, script.inner, script.dropped,
            trace.utterance, trace.capture, trace.ends, letters,
            events.event, events.opener, events.refs, events.runs,
            out, offsets, rows, first_spans, run, n, s,
        )  # fmt: skip
        if run == len(events.runs) - 1:
            return out[:n], offsets, rows[:s] if rows is not None else None, first_spans
        out = np.concatenate([out, np.empty_like(out)])
        rows = np.concatenate([rows, np.empty_like(rows)]) if rows is not None else None
