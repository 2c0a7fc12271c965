"""Trace → text.

What a text says, exactly:

- Steps of level at most ``depth`` are said, outermost ones at level 1 (``renderer.events``).
- A *line* is what one step says in a row: its label (control), then operands and results in the
  order of saying.
- A line ends with the transition to the step that says the next line. It is written when that step
  speaks, so the machine needs to know no label in advance: the next step on the same level; a
  step's first inner one; or, after its last inner one, the step itself, whose label is then said
  anew before it goes on. A step that has nothing more to say is not returned to.
- Before the answer the transition is to ``end``. A run that says no answer ends in an open line.

At depth 2 of a machine whose step ``add`` holds steps ``digit``::

    add 3.4: x = 12 y = 9 -> digit 0
    digit 0: a = 2 b = 9 ; r = 1 -> digit 1
    digit 1: a = 1 b = 0 ; r = 2 -> add 3.4
    add 3.4: ; s = 21 -> end
    answer: 21
"""

from __future__ import annotations

import weakref
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from compiler.ablations import ablate, check_options
from compiler.renderer.events import Events, events
from compiler.renderer.loop import BLOCK, write
from compiler.renderer.script import Script, script
from compiler.renderer.spans import unpack
from compiler.text import Text, Texts
from tm.table import Table
from tm.trace import Trace

_scripts: dict[int, dict[tuple[str, bool, bool], Script]] = {}
"""Compiled scripts by the identity of their table: hashing a table's content at each call would
cost more than a text."""


def render(
    table: Table,
    trace: Trace,
    index: int = 0,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    group: int = 3,
) -> Text:
    """The text of one run, with its spans.

    Parameters
    ----------
    index
        Which run of the trace.
    style
        ``minimal``, derived from labels and pairs, or the name of a style of the table.
    depth
        How many levels of nested steps are said, at least 1.
    without
        Ablations: any of ``fetch``, ``atomic`` and ``linear``; see ``compiler.ablations``.
    group
        How many steps ``without={"atomic"}`` makes one.

    Raises
    ------
    StyleError
        When there is no such style or it has faults.
    ValueError
        When another argument is out of its range.
    """
    texts = render_batch(
        table,
        trace.only(index),
        style=style,
        depth=depth,
        without=without,
        group=group,
        spans=True,
    )
    return next(texts.with_spans())


def render_batch(
    table: Table,
    trace: Trace,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    group: int = 3,
    spans: bool = False,
) -> Texts:
    """The texts of all runs of a trace, in one buffer; see ``render``. Spans only when asked
    for.
    """
    dropped = check_options(without, depth, group)
    program = _script(table, style, "linear" not in dropped, spans)
    listed = events(program.utterances, trace, depth=depth, names=program.names)
    if dropped:
        listed = ablate(table, trace, listed, dropped, group=group)
    buffer, offsets, raw, first_spans = _write(program, trace, listed, spans)
    if raw is None:
        return Texts(buffer=buffer, offsets=offsets, all_spans=None)
    said = program.utterances
    all_spans = unpack(table, trace, said, listed, buffer, offsets, raw, first_spans)
    return Texts(buffer=buffer, offsets=offsets, all_spans=all_spans)


def _script(table: Table, style: str, labels: bool, spans: bool) -> Script:
    identity = id(table)
    if identity not in _scripts:
        _scripts[identity] = {}
        weakref.finalize(table, _scripts.pop, identity, None)
    key = (style, labels, spans)
    if key not in _scripts[identity]:
        _scripts[identity][key] = script(table, style, labels=labels, spans=spans)
    return _scripts[identity][key]


def _write(
    program: Script, trace: Trace, listed: Events, spans: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64] | None, NDArray[np.int64]]:
    """Run the byte loop, with a larger buffer as long as there is no room."""
    items = len(listed.event)
    letters = np.concatenate([trace.letters, np.zeros(BLOCK, np.uint8)])
    out = np.empty(1024 + 24 * items + 2 * len(trace.letters), np.uint8)
    raw = np.empty((64 + 6 * items, 5), np.int64) if spans else None
    offsets = np.zeros(len(listed.runs), np.int64)
    first_spans = np.zeros(len(listed.runs) if spans else 1, np.int64)
    run, n, s = 0, 0, 0
    while True:
        run, n, s = write(
            program.ops, program.begin, program.pool,
            program.plain, program.turned, program.inner, program.dropped,
            trace.utterance, trace.capture, trace.ends, letters,
            listed.event, listed.opener, listed.refs, listed.runs,
            out, offsets, raw, first_spans, run, n, s,
        )  # fmt: skip
        if run == len(listed.runs) - 1:
            return out[:n], offsets, raw[:s] if raw is not None else None, first_spans
        out = np.concatenate([out, np.empty_like(out)])
        raw = np.concatenate([raw, np.empty_like(raw)]) if raw is not None else None
