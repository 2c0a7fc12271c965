"""Where a chain of thought left the machine's: the first wrong character, and whose fault it is.

The text is deterministic, so the reference is the only right text, and everything before the first
character that differs is right. The span of the reference that this character falls into names the
atomic state, its step and the module (control, fetch, solve, next, answer) that the model broke in.
All of it takes time in proportion to the texts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler import Part, Role, Span, Text
from tm.engine.jit import jit

_CONTEXT = 24
"""Characters of either text that a report shows from the first wrong one on."""


class Divergence(NamedTuple):
    """The first difference between an output and the reference.

    Attributes
    ----------
    at
        The first wrong character of the output; its length when it stopped too early.
    states
        Atomic states of the reference that the output says in full before it.
    state
        The atomic state, from 0; −1 in the answer.
    step, label, role, part, name
        Of the reference's span there; see ``compiler.Span``.
    expected, got
        What stands from there on in the reference and in the output, cut short.
    back
        The atomic state from which on, to its very end, the output is the reference again; None
        where it never is.
    """

    at: int
    states: int
    state: int
    step: str
    label: str
    role: Role
    part: Part
    name: str
    expected: str
    got: str
    back: int | None


def first_divergence(reference: Text, output: str) -> Divergence | None:
    """The first difference, or None where the output is the reference, character for character.

    A value or label that went on for too long first differs where the *next* span begins, and one
    that differs there in a letter or digit is charged to the word that should have ended. An
    output that goes on after the reference's end is charged to the reference's last span.
    """
    expected = reference.string
    if output == expected:
        return None
    at = _common_prefix(expected, output)
    spans = reference.spans
    found = int(np.searchsorted(spans.start, at, "right")) - 1
    if at == spans.start[found] and _goes_on(spans[max(found - 1, 0)], at, output):
        found -= 1
    span = spans[found]
    since = len(expected) - _common_prefix(expected[::-1], output[-len(expected) :][::-1])
    unfinished = np.zeros(len(spans.labels), np.bool_)
    states, back = _walk(spans.start, spans.end, spans.state, unfinished, at, since)
    return Divergence(
        at=at,
        states=states,
        state=span.state,
        step=span.step,
        label=span.label,
        role=span.role,
        part=span.part,
        name=span.name,
        expected=expected[at : at + _CONTEXT],
        got=output[at : at + _CONTEXT],
        back=None if back < 0 else back,
    )


def _goes_on(before: Span, at: int, output: str) -> bool:
    """Whether the word of the span before was not ended where the next should begin."""
    is_word = before.part in (Part.VALUE, Part.LABEL, Part.KEY)
    return before.end == at and is_word and output[at : at + 1].isalnum()


def _common_prefix(one: str, other: str) -> int:
    """How many characters two texts begin with in common, by halves that are compared at once."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@jit
def _walk(
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    state: NDArray[np.int64],
    unfinished: NDArray[np.bool_],
    at: int,
    since: int,
) -> tuple[int, int]:
    """How many states end before ``at``; the first that opens from ``since`` on, −1 for none.

    ``unfinished`` has a place for each state.
    """
    states, back = len(unfinished), -1
    opened = -1
    for i in range(len(state)):
        if state[i] < 0:
            continue
        if end[i] > at and not unfinished[state[i]]:
            unfinished[state[i]] = True
            states -= 1
        if state[i] > opened:
            opened = state[i]
            if back < 0 and start[i] >= since:
                back = opened
    return states, back
