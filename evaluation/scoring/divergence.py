"""Divergence: the first place where an output leaves the reference.

The text is deterministic, so the reference is the only right text, and everything before the first
different character is right. The span of the reference that holds this character names the atomic
state, its step and the module (control, fetch, solve, next, answer) in which the model failed. The
search takes time in proportion to the length of the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler.text import PARTS, ROLES, Part, Role, Texts
from tm.jit import jit

UInt8Array = NDArray[np.uint8]
Int64Array = NDArray[np.int64]

EXCERPT_CHARACTERS = 24
"""Characters of either text that a report shows from the first different one."""


class Divergence(NamedTuple):
    """The first difference between an output and the reference.

    Attributes
    ----------
    at
        Index of the first different character; the output's length if the output is too short.
    states
        Number of atomic states of the reference that the output has in full before ``at``.
    state
        The atomic state at ``at``, from 0; −1 in the answer.
    step, label, role, part, name
        Fields of the reference's span at ``at``; see ``compiler.Span``.
    expected, got
        The reference and the output from ``at`` on, at most ``EXCERPT_CHARACTERS`` of each.
    back
        The first atomic state from which the output equals the reference again, up to the end;
        None if no state does.
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

    @property
    def place(self) -> str:
        """The place in the reference, in words: step, module, and number of right states before."""
        step = f"step {self.step} {self.label}".rstrip() if self.step else "answer"
        back = "" if self.back is None else f", right again from state {self.back} on"
        return f"{step}, {self.role}, after {self.states} right states{back}"


def first_divergences(references: Texts, outputs: Sequence[str]) -> Iterator[Divergence | None]:
    """Yield the first difference of each output from its reference, or None if they are equal.

    A value or label that is too long first differs where the *next* span begins; if it differs
    there in a letter or digit, the divergence is charged to the word that should have ended. An
    output that continues after the reference's end is charged to the reference's last span.

    Raises
    ------
    ValueError
        If the numbers of references and outputs differ, or the references have no spans.
    """
    if len(outputs) != len(references):
        raise ValueError(f"{len(outputs)} outputs for {len(references)} references")
    spans = references.spans
    flat, labels = spans.flat, spans.flat.labels
    written = [output.encode(errors="surrogatepass") for output in outputs]
    ends = np.cumsum([0, *map(len, written)], dtype=np.int64)
    unfinished = np.empty(np.diff(spans.states).max(initial=0), np.bool_)
    rows = np.empty((len(written), len(_DivergenceRow._fields)), np.int64)
    _locate(
        references.buffer, references.offsets, np.frombuffer(b"".join(written), np.uint8), ends,
        spans.texts, spans.states, flat.start, flat.end, flat.part, flat.state, unfinished, rows,
    )  # fmt: skip
    first_states = spans.states[:-1].tolist()
    for output, expected, first, values in zip(
        outputs, references, first_states, rows.tolist(), strict=True
    ):
        row = _DivergenceRow(*values)
        at = row.at
        if at < 0:
            yield None
            continue
        span = row.span - (row.after_word and output[at : at + 1].isalnum())
        state = int(flat.state[span])
        yield Divergence(
            at=at,
            states=row.states,
            state=state,
            step=flat.steps[flat.step[span]],
            label=labels[first + state] if state >= 0 else "",
            role=ROLES[flat.role[span]],
            part=PARTS[flat.part[span]],
            name=flat.names[flat.name[span]],
            expected=expected[at : at + EXCERPT_CHARACTERS],
            got=output[at : at + EXCERPT_CHARACTERS],
            back=None if row.back < 0 else row.back,
        )


class _DivergenceRow(NamedTuple):
    """Result of the compiled search for one output.

    Attributes
    ----------
    at
        As in ``Divergence``; −1 if the output equals the reference.
    span
        Index of the reference's span that holds ``at``, over all texts.
    after_word
        Whether a word ends right before ``at``.
    states, back
        As in ``Divergence``; ``back`` is −1 instead of None.
    """

    at: int
    span: int
    after_word: int
    states: int
    back: int


_WORD_PARTS = tuple(PARTS.index(part) for part in (Part.LABEL, Part.KEY, Part.VALUE))


@jit
def _locate(
    buffer: UInt8Array,
    offsets: Int64Array,
    written: UInt8Array,
    ends: Int64Array,
    texts: Int64Array,
    states: Int64Array,
    start: Int64Array,
    end: Int64Array,
    part: NDArray[np.int8],
    state: Int64Array,
    unfinished: NDArray[np.bool_],
    rows: Int64Array,
) -> None:
    """Fill ``rows``; ``unfinished`` is scratch space, one cell for each state of one text."""
    for text in range(len(rows)):
        begin, own = offsets[text], ends[text]
        size, length = offsets[text + 1] - begin, ends[text + 1] - own
        same = 0
        while same < min(size, length) and buffer[begin + same] == written[own + same]:
            same += 1
        if same == size == length:
            rows[text, 0] = -1
            continue
        # Step back to the start of a character; the bytes before are the same in both texts.
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
        complete, back, opened = count, -1, -1
        for s in range(texts[text], texts[text + 1]):
            if start[s] <= at:
                span = s
            inside = state[s]
            if inside < 0:
                continue
            if end[s] > at and not unfinished[inside]:
                unfinished[inside] = True
                complete -= 1
            if inside > opened:
                opened = inside
                if back < 0 and start[s] >= since:
                    back = opened
        after_word = start[span] == at and span > texts[text] and part[span - 1] in _WORD_PARTS
        rows[text, 0], rows[text, 1], rows[text, 2] = at, span, after_word
        rows[text, 3], rows[text, 4] = complete, back


@jit
def _inside(text: UInt8Array, at: int, end: int) -> bool:
    """Return whether the byte at ``at`` continues a character."""
    return at < end and text[at] & 0xC0 == 0x80


@jit
def _characters(text: UInt8Array, start: int, end: int) -> int:
    """Return the number of characters in the bytes from ``start`` to ``end``."""
    count = 0
    for i in range(np.uint64(start), np.uint64(end)):
        count += text[i] & 0xC0 != 0x80
    return count
