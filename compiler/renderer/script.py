"""Compilation of a style: wordings become op arrays, small programs that the byte loop runs.

A *program* writes one utterance. It is a sequence of ops; an op writes a literal and then perhaps
fills a placeholder, with a word that the event captured or with the program of another event that
the style refers to (the label of the step, an operand named before). Values of registers are known,
so they are literals. Every utterance has two programs: ``plain``, and ``line_ending`` for when a
line of text is still open. The latter first ends that line, with the heading of the next step, or
with ``end`` before the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler.renderer.events import Utterances
from compiler.styles import (
    ValueSource,
    find_style,
    minimal_end,
    minimal_next,
    minimal_wording,
    placeholder_sources,
    wording_key,
)
from compiler.text import PARTS, ROLES, Part, Role
from tm.speech import READ, Piece, Style, StylePiece, Utterance, UtteranceKind
from tm.table import Table

ELLIPSIS = "…"
"""Replacement for what an ablation left out."""

NO_PLACEHOLDER = -1
REFERENCE = -2
"""Placeholder of an op that refers to the event ``refs[0]``; −3 refers to ``refs[1]`` etc."""

COLUMNS_PER_OP = 8

PADDING_BYTES = 16
"""Bytes after the end of a buffer that a copy in blocks may read or write."""

ROLE_OF_KIND = {
    UtteranceKind.OPEN: Role.CONTROL,
    UtteranceKind.FETCH: Role.FETCH,
    UtteranceKind.SOLVE: Role.SOLVE,
    UtteranceKind.ANSWER: Role.ANSWER,
}


class WordingPiece(NamedTuple):
    """A literal or a placeholder of a wording with its role and part; ops are packed from these.

    Attributes
    ----------
    role, part
        Type of the span that the piece belongs to.
    text
        The literal, or the default of a capture.
    placeholder
        ``NO_PLACEHOLDER``, the number of a capture of the event, or ``REFERENCE`` and below.
    program
        Which of the other event's sub-programs a reference runs; see ``Script.inner``.
    """

    role: Role
    part: Part
    text: str
    placeholder: int = NO_PLACEHOLDER
    program: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The programs for one table and style, with or without labels and spans.

    Attributes
    ----------
    ops
        int32[o * COLUMNS_PER_OP]: for each op the start, length and mark of its literal; its
        placeholder; the sub-program of a reference or the start of a default; the length of the
        default; the mark of the placeholder; unused. A mark is ``role * len(PARTS) + part``.
    begin
        int32[p + 1]: program p consists of the ops ``begin[p]:begin[p + 1]``.
    pool
        uint8[...]: the literals in UTF-8, and ``PADDING_BYTES`` more bytes.
    plain, line_ending
        int32[u]: programs by utterance.
    inner
        int32[u, 1 + h]: sub-programs by utterance: its value (or label), then each placeholder that
        occurs in a label.
    dropped
        Program for an operand that an ablation dropped.
    utterances
        Utterances of the table, as arrays.
    names
        Operands that the style refers back to, and the empty name for the opening of the step: the
        columns of ``Events.refs``.
    """

    ops: NDArray[np.int32]
    begin: NDArray[np.int32]
    pool: NDArray[np.uint8]
    plain: NDArray[np.int32]
    line_ending: NDArray[np.int32]
    inner: NDArray[np.int32]
    dropped: int
    utterances: Utterances
    names: tuple[str, ...]


class _Packer:
    """Collector of programs; equal programs are stored once.

    Parameters
    ----------
    merge
        Whether adjacent literals of different types become one.
    """

    def __init__(self, *, merge: bool) -> None:
        self.merge = merge
        self.rows: list[list[int]] = []
        self.begin = [0]
        self.pool = bytearray()
        self.known: dict[tuple[WordingPiece, ...], int] = {}

    def program(self, wording: Iterable[WordingPiece]) -> int:
        """Return the number of the program that writes ``wording``."""
        pieces = tuple(p for p in wording if p.text or p.placeholder != NO_PLACEHOLDER)
        if pieces not in self.known:
            self.known[pieces] = len(self.begin) - 1
            literal: list[WordingPiece] = []
            for piece in pieces:
                if piece.placeholder != NO_PLACEHOLDER:
                    self._add_op(literal, piece)
                    literal = []
                elif literal and not self.merge and literal[-1][:2] != piece[:2]:
                    self._add_op(literal, None)
                    literal = [piece]
                else:
                    literal.append(piece)
            if literal:
                self._add_op(literal, None)
            self.begin.append(len(self.rows))
        return self.known[pieces]

    def _add_op(self, literal: list[WordingPiece], piece: WordingPiece | None) -> None:
        start, length = self._add_text("".join(p.text for p in literal))
        row = [start, length, _mark(literal[0]) if literal else 0, NO_PLACEHOLDER, 0, 0, 0, 0]
        if piece is not None:
            is_reference = piece.placeholder <= REFERENCE
            row[3] = piece.placeholder
            row[4:6] = (piece.program, 0) if is_reference else self._add_text(piece.text)
            row[6] = _mark(piece)
        self.rows.append(row)

    def _add_text(self, text: str) -> tuple[int, int]:
        data = text.encode()
        start = self.pool.find(data)
        if start < 0:
            start = len(self.pool)
            self.pool += data
        return start, len(data)


def _mark(piece: WordingPiece) -> int:
    return ROLES.index(piece.role) * len(PARTS) + PARTS.index(piece.part)


def compile_script(table: Table, style: str, *, labels: bool = True, spans: bool = True) -> Script:
    """Compile a style for a table.

    Parameters
    ----------
    table
        The machine.
    style
        ``minimal`` or the name of a style of the table.
    labels
        Whether the text contains labels and transitions; the ablation ``linear`` drops them.
    spans
        Whether ops keep literals of different types apart, as spans need; otherwise adjacent
        literals are merged.

    Raises
    ------
    StyleError
        If the style does not exist, or if it has faults.
    """
    return _Compiler(table, find_style(table, style), labels, _Packer(merge=not spans)).compile()


class _Compiler:
    """Compiler of one style; the style None is ``minimal``."""

    def __init__(self, table: Table, style: Style | None, labels: bool, packer: _Packer) -> None:
        self.table, self.style, self.labels, self.packer = table, style, labels, packer
        openings = [u for u in table.utterances if u.kind is UtteranceKind.OPEN]
        self.label_placeholders = list(
            dict.fromkeys(p.placeholder for u in openings for p in u.key if p.placeholder)
        )
        self.names = self._referenced_names()

    def _referenced_names(self) -> tuple[str, ...]:
        """Return the operands that wordings refer to; the empty name means the label."""
        names: dict[str, None] = {}
        if self.style is None:
            return ()
        for index, utterance in enumerate(self.table.utterances):
            sources = placeholder_sources(self.table, index)
            for piece in self.style.get(wording_key(utterance), ()):
                source = sources.get(piece.placeholder)
                if source is ValueSource.OPERAND:
                    names[piece.placeholder] = None
                elif source is ValueSource.LABEL and self.labels:
                    names[""] = None
        return tuple(names)

    def compile(self) -> Script:
        plain, line_ending, inner = [], [], []
        for index, utterance in enumerate(self.table.utterances):
            own = self._own(index, utterance)
            ending = self._ending(index, utterance)
            plain.append(self.packer.program(own))
            line_ending.append(self.packer.program([*ending, *own]))
            inner.append([self.packer.program(pieces) for pieces in self._inner(utterance)])
        dropped = self.packer.program([WordingPiece(Role.SOLVE, Part.TEXT, ELLIPSIS)])
        return Script(
            ops=np.array(self.packer.rows, np.int32).ravel(),
            begin=np.array(self.packer.begin, np.int32),
            pool=np.frombuffer(bytes(self.packer.pool + bytes(PADDING_BYTES)), np.uint8),
            plain=np.array(plain, np.int32),
            line_ending=np.array(line_ending, np.int32),
            inner=np.array(inner, np.int32).reshape(-1, 1 + len(self.label_placeholders)),
            dropped=dropped,
            utterances=Utterances.from_table(self.table),
            names=self.names,
        )

    def _own(self, index: int, utterance: Utterance) -> list[WordingPiece]:
        """Return the wording of the utterance itself."""
        if utterance.kind is UtteranceKind.CLOSE or (
            utterance.kind is UtteranceKind.OPEN and not self.labels
        ):
            return []
        key = wording_key(utterance)
        if self.style is None or (utterance.step == READ and key not in self.style):
            wording = minimal_wording(utterance)
        else:
            wording = self.style[key]
        return self._pieces(wording, index, ROLE_OF_KIND[utterance.kind])

    def _ending(self, index: int, utterance: Utterance) -> list[WordingPiece]:
        """Return the wording that ends an open line before this utterance."""
        if utterance.kind not in (UtteranceKind.OPEN, UtteranceKind.ANSWER):
            return []
        if not self.labels:
            return [WordingPiece(Role.NEXT, Part.TEXT, "\n")]
        is_answer = utterance.kind is UtteranceKind.ANSWER
        if self.style is None or (utterance.step == READ and READ not in self.style):
            wording = minimal_end() if is_answer else minimal_next(utterance)
        else:
            wording = self.style.get("end", ()) if is_answer else self.style["next"]
        return self._pieces(wording, index, Role.NEXT)

    def _inner(self, utterance: Utterance) -> list[list[WordingPiece]]:
        """Return what other events may refer to: the value or label, then the label's parts."""
        if utterance.kind is not UtteranceKind.OPEN:
            value = _value(utterance, Role.SOLVE, Part.TEXT)
            return [value, *([] for _ in self.label_placeholders)]
        label = _template(utterance.key, Role.SOLVE, Part.LABEL)
        parts = [_named_piece(utterance, name, Role.SOLVE) for name in self.label_placeholders]
        return [label, *parts]

    def _pieces(self, wording: Iterable[StylePiece], index: int, role: Role) -> list[WordingPiece]:
        pieces: list[WordingPiece] = []
        for piece in wording:
            if piece.placeholder:
                pieces.extend(self._value_of(piece.placeholder, index, role))
            else:
                pieces.append(WordingPiece(role, Part.TEXT, piece.text))
        return pieces

    def _value_of(self, name: str, index: int, role: Role) -> list[WordingPiece]:
        """Return the pieces that fill the placeholder ``name`` of utterance ``index``."""
        utterance = self.table.utterances[index]
        source = placeholder_sources(self.table, index)[name]
        if source is ValueSource.OPERAND:
            return [WordingPiece(role, Part.TEXT, "", REFERENCE - self.names.index(name))]
        if source is ValueSource.LABEL:
            part = Part.LABEL if name == "label" else Part.TEXT
            if not self.labels:
                return [WordingPiece(role, part, ELLIPSIS)]
            program = 0 if name == "label" else 1 + self.label_placeholders.index(name)
            return [WordingPiece(role, part, "", REFERENCE - self.names.index(""), program)]
        if name == "label":
            return _template(utterance.key, role, Part.LABEL)
        if name == "heading":
            step = utterance.step + (" " if utterance.key else "")
            label = _template(utterance.key, role, Part.LABEL)
            return [WordingPiece(role, Part.TEXT, step), *label]
        if name == "key":
            part = Part.VALUE if utterance.value is None else Part.KEY
            return _template(utterance.key, role, part)
        if name == "value":
            return _value(utterance, role, Part.VALUE)
        return _named_piece(utterance, name, role)


def _template(
    template: Iterable[Piece], role: Role, part: Part, capture: int = 0
) -> list[WordingPiece]:
    pieces = []
    for piece in template:
        placeholder = capture if piece.tape >= 0 else NO_PLACEHOLDER
        pieces.append(WordingPiece(role, part, piece.text, placeholder))
        capture += piece.tape >= 0
    return pieces


def _value(utterance: Utterance, role: Role, part: Part) -> list[WordingPiece]:
    if utterance.value is None:
        return _template(utterance.key, role, part)
    return _template(utterance.value, role, part, sum(p.tape >= 0 for p in utterance.key))


def _named_piece(utterance: Utterance, name: str, role: Role) -> list[WordingPiece]:
    """Return the first piece of an utterance whose placeholder is ``name``, or nothing."""
    capture = 0
    for piece in utterance.key + (utterance.value or ()):
        if piece.placeholder == name:
            placeholder = capture if piece.tape >= 0 else NO_PLACEHOLDER
            return [WordingPiece(role, Part.TEXT, piece.text, placeholder)]
        capture += piece.tape >= 0
    return []
