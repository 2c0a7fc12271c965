"""What a machine says while it runs: utterances made of templates, and the styles that reword them.

A template is a tuple of pieces. A piece is literal text, the value of a register (known when the
table is made, so text as well), or a capture: a word read from a tape when the machine says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class UtteranceKind(StrEnum):
    """What an utterance does."""

    OPEN = "open"  # a step opens: ``key`` is its label
    CLOSE = "close"  # the innermost open step closes: says nothing
    FETCH = "fetch"  # an operand, read from tapes: ``key`` = ``value``
    SOLVE = "solve"  # a result: ``key`` = ``value``, or a bare verdict (``value`` is None)
    ANSWER = "answer"  # the final answer: ``key`` is its text


CAPTURES = {
    "word": "the word under the head: the letters around it, nothing when it is on no letter",
    "before": "the word that ends just left of the head",
    "cell": "the one symbol under the head, nothing when it is blank",
    "all": "everything from the first to the last non-blank cell of the tape",
}


class Piece(NamedTuple):
    """One piece of a template.

    Attributes
    ----------
    placeholder
        The name written in the source (``u`` of ``{u}`` or ``{u.before}``); empty for literal text.
    text
        The literal text, a register's value, or the default of a capture that finds nothing.
    tape, capture
        For a capture the tape's index and one of ``CAPTURES``; else −1 and the empty string.
    """

    placeholder: str
    text: str
    tape: int = -1
    capture: str = ""


Template = tuple[Piece, ...]


class Utterance(NamedTuple):
    """One thing a machine says; many transitions may say the same one.

    Attributes
    ----------
    step
        The innermost step that is open (for OPEN and CLOSE: the step itself), empty outside.
    name
        Name of an emission within its step (``s`` in ``relax.s``), for styles and studies; empty
        for OPEN, CLOSE and ANSWER.
    key, value
        Templates; see ``UtteranceKind``. Captures are numbered through ``key``, then ``value``.
    """

    kind: UtteranceKind
    step: str
    name: str
    key: Template
    value: Template | None = None

    @property
    def captures(self) -> tuple[Piece, ...]:
        """The pieces that are read from tapes, in the order in which the trace records them."""
        return tuple(p for p in self.key + (self.value or ()) if p.tape >= 0)


class StylePiece(NamedTuple):
    """A piece of a style's wording: ``text``, or the value of the hole ``hole``.

    Holes: ``label`` (of the open step), ``key``, ``value``, any hole of the utterance itself or of
    the open step's label by its name, and the value of an operand said earlier in the step by
    its name.
    """

    placeholder: str
    text: str


Style = Mapping[str, tuple[StylePiece, ...]]
"""Wordings by name: ``relax`` (a step), ``relax.s`` (emission), ``next``, ``end``, ``answer``."""
