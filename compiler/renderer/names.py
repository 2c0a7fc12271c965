"""Parts of labels and keys that a run captured empty, since a tape has too few names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler.ablations import drop_reading
from compiler.renderer.events import Utterances, list_events
from tm.speech import Piece, Utterance, UtteranceKind
from tm.table import Table
from tm.trace import Trace


class EmptyName(NamedTuple):
    """A part of a label or a key that is empty in a text.

    Attributes
    ----------
    run
        Number of the run in the trace.
    step
        Name of the step.
    placeholder
        What captured nothing, as a program writes it: ``key.next``.
    tape
        Name of the tape.
    """

    run: int
    step: str
    placeholder: str
    tape: str

    def __str__(self) -> str:
        return (
            f"in step `{self.step}`, {{{self.placeholder}}} in a label or key is empty, as the "
            f"tape `{self.tape}` has nothing there; write more names on `{self.tape}`, one more "
            f"than the longest input needs, or a default: {{{self.placeholder}|none}}"
        )


def find_empty_name(
    table: Table, trace: Trace, *, depth: int = 1, reading: bool = True
) -> EmptyName | None:
    """Return the first empty part of a label or a key in the texts of a trace, or None.

    Parameters
    ----------
    depth, reading
        As for ``compiler.render``.
    """
    is_empty = np.diff(trace.ends) == 0
    faults = [
        (at, piece)
        for number, utterance in enumerate(table.utterances)
        for first, piece, size in _captured_parts(utterance)
        for at in _lacking(trace, is_empty, number, first, size)
    ]
    if not faults:
        return None
    utterances = Utterances.from_table(table)
    events = list_events(utterances, trace, depth=depth)
    if not reading:
        events = drop_reading(utterances, trace, events)
    shown = set(events.event.tolist())
    for at, piece in sorted(faults):
        if at in shown:
            tape = table.tapes[piece.tape].name
            capture = "" if piece.capture == "word" else f".{piece.capture}"
            run = int(np.searchsorted(trace.runs, at, side="right")) - 1
            step = table.utterances[trace.utterance[at]].step
            return EmptyName(run, step, f"{tape}{capture}", tape)
    return None


def _lacking(
    trace: Trace, is_empty: NDArray[np.bool_], number: int, first: int, size: int
) -> list[int]:
    """Return the events of an utterance whose ``size`` captures from ``first`` on are empty."""
    events = np.flatnonzero(trace.utterance == number)
    for capture in range(first, first + size):
        events = events[is_empty[trace.capture[events] + capture]]
    return events.tolist()


def _captured_parts(utterance: Utterance) -> Iterator[tuple[int, Piece, int]]:
    """Yield each part of a label or a key that consists of captures without a default.

    Each is given as the number of its first capture, that piece, and the number of its captures.
    Captures beside a letter or digit are no part of their own: they may be an optional sign.
    """
    if utterance.kind is not UtteranceKind.OPEN and utterance.value is None:
        return
    number = 0
    before = ""
    groups = [(is_captured, list(g)) for is_captured, g in groupby(utterance.key, _is_captured)]
    for (is_captured, pieces), (_, following) in pairwise([*groups, (False, [])]):
        if is_captured:
            after = "".join(piece.text for piece in following)
            joined = before[-1:].isalnum() or after[:1].isalnum()
            if not joined and not any(piece.text for piece in pieces):
                yield number, pieces[0], len(pieces)
            number += len(pieces)
        before = "" if is_captured else "".join(piece.text for piece in pieces)


def _is_captured(piece: Piece) -> bool:
    return piece.tape >= 0
