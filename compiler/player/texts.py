"""Texts with the transitions that wrote them, and their division into atomic states."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

from compiler.rendering import span_transitions
from compiler.text import Spans, Text
from tm.engine import Run


class WrittenText(NamedTuple):
    """A text and the transition that wrote each of its spans.

    Attributes
    ----------
    transitions
        One number for each span, from 0; they never decrease.
    """

    text: Text
    transitions: Sequence[int]


class SpanPiece(NamedTuple):
    """Consecutive spans of one atomic state: the spans ``first`` to ``last`` of a text."""

    state: int
    first: int
    last: int


def pieces(spans: Spans) -> list[SpanPiece]:
    """Return the pieces of a text; a state that continues after an inner one has several."""
    found = []
    for state, group in groupby(range(len(spans)), key=lambda index: int(spans.state[index])):
        indices = list(group)
        found.append(SpanPiece(state, indices[0], indices[-1] + 1))
    return found


def written_text(
    run: Run,
    text: Text,
    *,
    style: str = "minimal",
    depth: int = 1,
    without: Collection[str] = (),
    reading: bool = True,
) -> WrittenText | None:
    """Return the text of a run with the transition that wrote each span; None if it is empty.

    Parameters
    ----------
    run
        A run; without a trace, the text is in a generic format (``compiler.formats``).
    style, depth, without, reading
        The options with which the text was rendered; see ``compiler.render``.
    """
    if not text.string:
        return None
    if run.trace is None:  # line i lists transition i
        return WrittenText(text, text.spans.state.tolist())
    transitions = span_transitions(
        run.table, run.trace, style=style, depth=depth, without=without, reading=reading
    )
    return WrittenText(text, transitions.tolist())
