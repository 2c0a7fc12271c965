"""Where a chain of thought left the machine's: the first wrong character, and whose fault it is.

The text is deterministic, so the reference is the only right text, and everything before the first
character that differs is right. The span of the reference that this character falls into names the
atomic state, its step and the module (control, fetch, solve, next, answer) that the model broke in.
All of it takes time in proportion to the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler.text import PARTS, ROLES, Part, Role, Texts
from tm.jit import jit

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

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


def first_divergences(references: Texts, outputs: Sequence[str]) -> Iterator[Divergence | None]:
    """The first difference of each text's output, or None where they are the same.

    A value or label that went on for too long first differs where the *next* span begins, and one
    that differs there in a letter or digit is charged to the word that should have ended. An
    output that goes on after the reference's end is charged to the reference's last span.
    """
    if len(outputs) != len(references):
        raise ValueError(f"{len(outputs)} outputs for {len(references)} texts")
    spans = references.spans
    flat, labels = spans.flat, spans.flat.labels
    written = [output.encode(errors="surrogatepass") for output in outputs]
    ends = np.cumsum([0, *map(len, written)], dtype=np.int64)
    unfinished = np.empty(np.diff(spans.states).max(initial=0), np.bool_)
    found = np.empty((len(written), len(_Found._fields)), np.int64)
    _locate(
        references.buffer, references.offsets, np.frombuffer(b"".join(written), np.uint8), ends,
        spans.texts, spans.states, flat.start, flat.end, flat.part, flat.state, unfinished, found,
    )  # fmt: skip
    first_states = spans.states[:-1].tolist()
    for output, expected, first, row in zip(
        outputs, references, first_states, found.tolist(), strict=True
    ):
        it = _Found(*row)
        at = it.at
        if at < 0:
            yield None
            continue
        span = it.span - (it.after_word and output[at : at + 1].isalnum())
        state = int(flat.state[span])
        yield Divergence(
            at=at,
            states=it.states,
            state=state,
            step=flat.steps[flat.step[span]],
            label=labels[first + state] if state >= 0 else "",
            role=ROLES[flat.role[span]],
            part=PARTS[flat.part[span]],
            name=flat.names[flat.name[span]],
            expected=expected[at : at + _CONTEXT],
            got=output[at : at + _CONTEXT],
            back=None if it.back < 0 else it.back,
        )


class _Found(NamedTuple):
    """What the compiled pass finds of an output.

    Attributes
    ----------
    at
        As in ``Divergence``; −1 where the output is the reference.
    span
        The span of the reference that ``at`` is in, counted over all texts.
    after_word
        Whether a word ends right before ``at``.
    states, back
        As in ``Divergence``; −1 for no ``back``.
    """

    at: int
    span: int
    after_word: int
    states: int
    back: int


_WORDS = tuple(PARTS.index(part) for part in (Part.LABEL, Part.KEY, Part.VALUE))


@jit
def _locate(
    buffer: Bytes,
    offsets: Numbers,
    written: Bytes,
    ends: Numbers,
    texts: Numbers,
    states: Numbers,
    start: Numbers,
    end: Numbers,
    part: NDArray[np.int8],
    state: Numbers,
    unfinished: NDArray[np.bool_],
    found: Numbers,
) -> None:
    """Fill the rows of ``found``; ``unfinished`` has a place for each state of any one text."""
    for text in range(len(found)):
        begin, own = offsets[text], ends[text]
        size, length = offsets[text + 1] - begin, ends[text + 1] - own
        same = 0
        while same < min(size, length) and buffer[begin + same] == written[own + same]:
            same += 1
        if same == size == length:
            found[text, 0] = -1
            continue
        # Both texts are the same up to here: what goes on within a character does so in both.
        while same > 0 and (
            _inside(buffer, begin + same, begin + size)
            or _inside(written, own + same, own + length)
        ):
            same -= 1
        at = _characters(buffer, begin, begin + same)
        tail = 0
        while (
            tail < min(size, length)
            and buffer[begin + size - 1 - tail] == written[own + length - 1 - tail]
        ):
            tail += 1
        while tail > 0 and _inside(buffer, begin + size - tail, begin + size):
            tail -= 1
        since = _characters(buffer, begin, begin + size - tail)
        span = texts[text]
        count = states[text + 1] - states[text]
        unfinished[:count] = False
        whole, back, opened = count, -1, -1
        for s in range(texts[text], texts[text + 1]):
            if start[s] <= at:
                span = s
            inside = state[s]
            if inside < 0:
                continue
            if end[s] > at and not unfinished[inside]:
                unfinished[inside] = True
                whole -= 1
            if inside > opened:
                opened = inside
                if back < 0 and start[s] >= since:
                    back = opened
        after_word = start[span] == at and span > texts[text] and part[span - 1] in _WORDS
        found[text, 0], found[text, 1], found[text, 2] = at, span, after_word
        found[text, 3], found[text, 4] = whole, back


@jit
def _inside(text: Bytes, at: int, end: int) -> bool:
    """Whether a byte goes on with a character that began before it."""
    return at < end and text[at] & 0xC0 == 0x80


@jit
def _characters(text: Bytes, start: int, end: int) -> int:
    """How many characters some bytes are."""
    count = 0
    for i in range(np.uint64(start), np.uint64(end)):
        count += text[i] & 0xC0 != 0x80
    return count
