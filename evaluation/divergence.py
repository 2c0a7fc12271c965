"""Where a chain of thought left the machine's: the first wrong character, and whose fault it is.

The text is deterministic, so the reference is the only right text, and everything before the first
character that differs is right. The span of the reference that this character falls into names the
atomic state, its step and the module (control, fetch, solve, next, answer) that the model broke in.
All of it takes time in proportion to the texts.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

import numpy as np

from compiler import Part, Role, Span, Spans, Text

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
    found = bisect_right(spans.start, at) - 1
    if _goes_on(spans[found], spans[max(found - 1, 0)], at, output):
        found -= 1
    span = spans[found]
    return Divergence(
        at=at,
        states=_states_before(spans, at),
        state=span.state,
        step=span.step,
        label=span.label,
        role=span.role,
        part=span.part,
        name=span.name,
        expected=expected[at : at + _CONTEXT],
        got=output[at : at + _CONTEXT],
        back=_back(spans, len(expected) - _common_suffix(expected, output)),
    )


def _goes_on(span: Span, before: Span, at: int, output: str) -> bool:
    """Whether the word of the span before was not ended where ``span`` should begin."""
    is_word = before.part in (Part.VALUE, Part.LABEL, Part.KEY)
    return at == span.start and before.end == at and is_word and output[at : at + 1].isalnum()


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


def _common_suffix(one: str, other: str) -> int:
    """How many characters two texts end with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        a, b = (text[len(text) - middle : len(text) - low] for text in (one, other))
        if a == b:
            low = middle
        else:
            high = middle - 1
    return low


def _states_before(spans: Spans, at: int) -> int:
    """How many atomic states end before a character."""
    inside = spans.state >= 0
    unfinished = spans.state[inside & (spans.end > at)]
    return len(np.unique(spans.state[inside])) - len(np.unique(unfinished))


def _back(spans: Spans, since: int) -> int | None:
    """The first atomic state that opens at a character or after it."""
    before = np.append(-1, np.maximum.accumulate(spans.state)[:-1])
    opens = (spans.state > before) & (spans.start >= since)
    return int(spans.state[np.argmax(opens)]) if opens.any() else None
