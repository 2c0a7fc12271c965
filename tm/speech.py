"""Speech of machines: utterances made of templates, and the styles that reword them.

A template is a tuple of pieces. A piece is literal text, the value of a register (text too, since
it is known when the table is made), or a capture: a word that is read from a tape during the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class UtteranceKind(StrEnum):
    """The role of an utterance in the text."""

    OPEN = "open"  # opens a step: ``key`` is its label
    CLOSE = "close"  # closes the innermost open step and adds no text
    FETCH = "fetch"  # an operand read from tapes: ``key`` = ``value``
    SOLVE = "solve"  # a result: ``key`` = ``value``, or a bare verdict (``value`` is None)
    ANSWER = "answer"  # the final answer: ``key`` is its text


CAPTURES = {
    "word": "the word under the head: the letters around it, nothing when it is on no letter",
    "before": "the word that ends just left of the head",
    "cell": "the one symbol under the head, nothing when it is blank",
    "all": "everything from the first to the last non-blank cell of the tape",
    "next": "the symbol right of the head, nothing when it is blank",
    "previous": "the symbol left of the head, nothing when it is blank",
    "letter": "the symbol under the head, nothing when it is no letter of a word",
    "next_word": "the word after the one at the head and one symbol between them",
    "previous_word": "the word before the one at the head and one symbol between them",
    "last_word": "the nearest word left of the head, whatever symbols are between them",
    "last_words": "the two nearest words left of the head, with what is between them",
    "recent": "the symbols left of the head, four on a tape with letters and spaces and three on "
    "others, or fewer after a blank, and the one under it",
}
"""The parts of a tape that a placeholder can capture, by their names in a program."""


NEIGHBOURS = frozenset(
    ("next", "previous", "next_word", "previous_word", "last_word", "last_words", "recent")
)
"""Captures beside the head, which styles name in full: ``{t.next}``."""


RECENT_SYMBOLS = 3
"""Number of symbols left of the head that the capture ``recent`` takes."""

RECENT_OF_SENTENCE = 4
"""Number of symbols left of the head that it takes of a tape with letters and spaces."""

RECENT_KINDS = ((RECENT_OF_SENTENCE, True), (RECENT_SYMBOLS, True), (RECENT_SYMBOLS, False))
"""For sentences, words and numbers: how many symbols left of the head, and whether digits are
symbols like all others."""

RECENT_WORDS = 2
"""Number of words left of the head that the capture ``last_words`` takes."""

NUMBER_TAIL = "0123456789."
NUMBER_HEAD = "-" + NUMBER_TAIL
"""On a tape without letters ``recent`` writes no space between a symbol of HEAD and one of TAIL."""

SPACE_NAME = "space"
"""The word that the capture ``recent`` has for a space."""

READ = "read"
"""Name of the steps in which a machine reads its prompt; see ``compiler.styles``."""

END_NAME = "end"
"""The word that the capture ``recent`` has for a blank under the head."""


def set_apart(symbols: str, of_text: bool) -> str:
    """Return symbols as ``recent`` writes them: a space between two, except inside a number.

    On a tape of text, which can hold letters, digits are symbols as all others.
    """
    text, previous = "", ""
    for symbol in symbols:
        is_number = previous in NUMBER_HEAD and symbol in NUMBER_TAIL and not of_text
        text += " " if previous and not is_number else ""
        text += SPACE_NAME if symbol == " " else symbol
        previous = symbol
    return text


def recent_at(text: str, position: int, count: int, of_text: bool) -> str:
    """Return what ``recent`` writes at a position of a text, but for ``end``; see RECENT_KINDS."""
    return set_apart(text[max(0, position - count) : position + 1], of_text)


def last_symbol(recent: str) -> str:
    """Return the last symbol of a text of ``recent``: a character, or ``space``."""
    return SPACE_NAME if recent.split()[-1:] == [SPACE_NAME] else recent[-1:]


def placeholder_name(name: str, capture: str) -> str:
    """Return the name by which styles refer to a placeholder: ``t``, or ``t.next``."""
    return f"{name}.{capture}" if capture in NEIGHBOURS else name


class Piece(NamedTuple):
    """One piece of a template.

    Attributes
    ----------
    placeholder
        The name for styles (``u`` in ``{u}`` or ``{u.before}``, ``u.next`` in ``{u.next}``); empty
        for literal text.
    text
        The literal text, the value of a register, or the default of an empty capture.
    tape, capture
        The tape's index and a key of ``CAPTURES``; −1 and "" for text that is known in advance.
    """

    placeholder: str
    text: str
    tape: int = -1
    capture: str = ""


Template = tuple[Piece, ...]


class Utterance(NamedTuple):
    """An utterance of a machine; several transitions may share it.

    Attributes
    ----------
    step
        The innermost open step (for OPEN and CLOSE the step itself); empty outside of steps.
    name
        The name of an emission within its step (``s`` in ``relax.s``), by which styles and studies
        refer to it; empty for OPEN, CLOSE and ANSWER.
    key, value
        Templates; see ``UtteranceKind``. Captures are numbered through ``key``, then ``value``.
    """

    kind: UtteranceKind
    step: str
    name: str
    key: Template
    value: Template | None = None

    @property
    def is_quote(self) -> bool:
        """True if it is a result that only restates the end of what has been written."""
        captures = [piece.capture for piece in self.key]
        return (
            self.kind is UtteranceKind.SOLVE
            and self.value is None
            and captures in (["recent"], ["last_words"])
        )

    @property
    def captures(self) -> tuple[Piece, ...]:
        """The pieces that are read from tapes, in the order in which the trace records them."""
        return tuple(p for p in self.key + (self.value or ()) if p.tape >= 0)


class StylePiece(NamedTuple):
    """A piece of a style's wording: literal ``text``, or the value of ``placeholder``.

    A placeholder is ``label`` (of the open step), ``key`` or ``value``, a placeholder of the
    utterance itself or of the open step's label, or the name of an operand that precedes the
    utterance in its step.
    """

    placeholder: str
    text: str


Style = Mapping[str, tuple[StylePiece, ...]]
"""Wordings by entry: ``relax`` (a step), ``relax.s`` (emission), ``next``, ``end``, ``answer``."""


class Print(NamedTuple):
    """A line for the person who runs the machine, which is no part of its text.

    Attributes
    ----------
    place
        The file and the line of the statement, as they are shown.
    text
        The line; its captures read the tapes after ``writes`` and ``moves``.
    writes, moves
        What the transition has done before, as in ``Action``.
    """

    place: str
    text: Template
    writes: tuple[tuple[int, int], ...]
    moves: tuple[tuple[int, int], ...]
