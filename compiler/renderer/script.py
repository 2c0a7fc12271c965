"""Table + style + ablations → op arrays, the small programs that the byte loop runs.

A *program* writes one utterance. It is a row of ops, each a literal and then, perhaps, a hole: a
word that the event captured, or a program of another event that the style refers to (its step's
label, an operand said before). Registers are known, so they are literals. Every utterance has two
programs: ``plain``, and ``turned`` for when a line of text is still open, which it first ends: with
the next label, or before the answer with ``end``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from compiler.renderer.events import Utterances
from compiler.styles import (
    OF_LABEL,
    OPERAND,
    entry,
    find_style,
    holes,
    minimal,
    minimal_end,
    minimal_next,
)
from compiler.text import PARTS, ROLES, Part, Role
from tm.speech import Piece, Style, StylePiece, Utterance, UtteranceKind
from tm.table import Table

ELLIPSIS = "…"
"""Stands for what an ablation left out."""

NO_HOLE = -1
REFERENCE = -2  # the hole is of the event ``refs[0]``; −3 of ``refs[1]`` …

OP = 8
"""Columns of an op."""

SPARE = 16

ROLE_OF = {
    UtteranceKind.OPEN: Role.CONTROL,
    UtteranceKind.FETCH: Role.FETCH,
    UtteranceKind.SOLVE: Role.SOLVE,
    UtteranceKind.ANSWER: Role.ANSWER,
}


class Bit(NamedTuple):
    """A literal or a hole of a wording, its role and part known: what ops are packed from.

    ``hole`` is ``NO_HOLE``, the number of a capture, ``REFERENCE`` or less; ``text`` is the literal
    or the capture's default; ``program`` which of the other event's sub-programs to run.
    """

    role: Role
    part: Part
    text: str
    hole: int = NO_HOLE
    program: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the byte loop runs for one (table, style, ablations, spans or not).

    Attributes
    ----------
    ops
        int32[o * OP]: a row an op: literal start, length, mark; hole; its sub-program or its
        default's start; default's length; hole's mark; unused. A mark is ``role * len(PARTS) +
        part``.
    begin
        int32[p + 1]: program p is the ops ``begin[p]:begin[p + 1]``.
    pool
        uint8[...]: the literals, UTF-8, and ``SPARE`` bytes that a copy may read past their end.
    plain, turned
        int32[u + 1]: programs by utterance; the last is for the mark of left-out steps.
    inner
        int32[u, 1 + h]: sub-programs by utterance: its value (or label), then the label's holes.
    dropped
        Program that stands for an operand that an ablation dropped.
    utterances
        Those of the table, as arrays.
    names
        Operands that the style refers back to, the empty name for the step's opening: the columns
        of ``Events.refs``.
    """

    ops: NDArray[np.int32]
    begin: NDArray[np.int32]
    pool: NDArray[np.uint8]
    plain: NDArray[np.int32]
    turned: NDArray[np.int32]
    inner: NDArray[np.int32]
    dropped: int
    utterances: Utterances
    names: tuple[str, ...]


class _Packer:
    """Collects programs; equal ones are stored once."""

    def __init__(self, *, merge: bool) -> None:
        self.merge = merge
        self.rows: list[list[int]] = []
        self.begin = [0]
        self.pool = bytearray()
        self.known: dict[tuple[Bit, ...], int] = {}

    def program(self, bits: Iterable[Bit]) -> int:
        bits = tuple(b for b in bits if b.text or b.hole != NO_HOLE)
        if bits not in self.known:
            self.known[bits] = len(self.begin) - 1
            literal: list[Bit] = []
            for bit in bits:
                if bit.hole != NO_HOLE:
                    self._op(literal, bit)
                    literal = []
                elif literal and not self.merge and literal[-1][:2] != bit[:2]:
                    self._op(literal, None)
                    literal = [bit]
                else:
                    literal.append(bit)
            if literal:
                self._op(literal, None)
            self.begin.append(len(self.rows))
        return self.known[bits]

    def _op(self, literal: list[Bit], hole: Bit | None) -> None:
        start, length = self._text("".join(b.text for b in literal))
        row = [start, length, _mark(literal[0]) if literal else 0, NO_HOLE, 0, 0, 0, 0]
        if hole is not None:
            row[3] = hole.hole
            row[4:6] = (hole.program, 0) if hole.hole <= REFERENCE else self._text(hole.text)
            row[6] = _mark(hole)
        self.rows.append(row)

    def _text(self, text: str) -> tuple[int, int]:
        data = text.encode()
        at = self.pool.find(data)
        if at < 0:
            at = len(self.pool)
            self.pool += data
        return at, len(data)


def _mark(bit: Bit) -> int:
    return ROLES.index(bit.role) * len(PARTS) + PARTS.index(bit.part)


def script(table: Table, style: str, *, labels: bool = True, spans: bool = True) -> Script:
    """Compile a style for a table.

    Parameters
    ----------
    style
        ``minimal`` or the name of a style of the table.
    labels
        Whether labels and transitions are said (the ablation ``linear`` drops them).
    spans
        Whether ops keep apart what spans must tell apart; without, literals are merged.

    Raises
    ------
    StyleError
        When there is no such style, or it has faults.
    """
    return _Compiler(table, find_style(table, style), labels, _Packer(merge=not spans)).compile()


class _Compiler:
    def __init__(self, table: Table, style: Style | None, labels: bool, packer: _Packer) -> None:
        self.table, self.style, self.labels, self.packer = table, style, labels, packer
        openings = [u for u in table.utterances if u.kind is UtteranceKind.OPEN]
        self.holes = list(
            dict.fromkeys(p.placeholder for u in openings for p in u.key if p.placeholder)
        )
        self.names = self._names()

    def _names(self) -> tuple[str, ...]:
        """The operands that some wording refers back to, and the empty name where one refers to its
        step's label.
        """
        names: dict[str, None] = {}
        if self.style is None:
            return ()
        for index, utterance in enumerate(self.table.utterances):
            known = holes(self.table, index)
            for piece in self.style.get(entry(utterance), ()):
                if known.get(piece.placeholder) == OPERAND:
                    names[piece.placeholder] = None
                elif known.get(piece.placeholder) == OF_LABEL and self.labels:
                    names[""] = None
        return tuple(names)

    def compile(self) -> Script:
        plain, turned, inner = [], [], []
        for index, utterance in enumerate(self.table.utterances):
            own = self._own(index, utterance)
            plain.append(self.packer.program(own))
            turned.append(self.packer.program([*self._ending(index, utterance), *own]))
            inner.append([self.packer.program(bits) for bits in self._inner(utterance)])
        gap = Bit(Role.NEXT, Part.TEXT, ELLIPSIS + "\n")
        plain.append(self.packer.program([gap]))
        turned.append(self.packer.program([Bit(Role.NEXT, Part.TEXT, "\n"), gap]))
        dropped = self.packer.program([Bit(Role.SOLVE, Part.TEXT, ELLIPSIS)])
        return Script(
            ops=np.array(self.packer.rows, np.int32).ravel(),
            begin=np.array(self.packer.begin, np.int32),
            pool=np.frombuffer(bytes(self.packer.pool + bytes(SPARE)), np.uint8),
            plain=np.array(plain, np.int32),
            turned=np.array(turned, np.int32),
            inner=np.array(inner, np.int32).reshape(-1, 1 + len(self.holes)),
            dropped=dropped,
            utterances=Utterances.of(self.table),
            names=self.names,
        )

    def _own(self, index: int, utterance: Utterance) -> list[Bit]:
        if utterance.kind is UtteranceKind.CLOSE or (
            utterance.kind is UtteranceKind.OPEN and not self.labels
        ):
            return []
        if self.style is None:
            wording = minimal(utterance)
        else:
            wording = self.style[entry(utterance)]
        return self._bits(wording, index, ROLE_OF[utterance.kind])

    def _ending(self, index: int, utterance: Utterance) -> list[Bit]:
        """What ends the line that is open when this utterance is about to be said."""
        if utterance.kind not in (UtteranceKind.OPEN, UtteranceKind.ANSWER):
            return []
        if not self.labels:
            return [Bit(Role.NEXT, Part.TEXT, "\n")]
        answered = utterance.kind is UtteranceKind.ANSWER
        if self.style is None:
            wording = minimal_end() if answered else minimal_next(utterance)
        else:
            wording = self.style.get("end", ()) if answered else self.style["next"]
        return self._bits(wording, index, Role.NEXT)

    def _inner(self, utterance: Utterance) -> list[list[Bit]]:
        """What other events may refer to: the value, verdict or label; each hole of the label."""
        if utterance.kind is not UtteranceKind.OPEN:
            return [_value(utterance, Role.SOLVE, Part.TEXT), *([] for _ in self.holes)]
        label = _template(utterance.key, Role.SOLVE, Part.LABEL)
        named = [_hole(utterance, hole, Role.SOLVE) for hole in self.holes]
        return [label, *named]

    def _bits(self, wording: Iterable[StylePiece], index: int, role: Role) -> list[Bit]:
        bits: list[Bit] = []
        for piece in wording:
            if piece.placeholder:
                bits.extend(self._value_of(piece.placeholder, index, role))
            else:
                bits.append(Bit(role, Part.TEXT, piece.text))
        return bits

    def _value_of(self, hole: str, index: int, role: Role) -> list[Bit]:
        utterance = self.table.utterances[index]
        where = holes(self.table, index)[hole]
        if where == OPERAND:
            return [Bit(role, Part.TEXT, "", REFERENCE - self.names.index(hole))]
        if where == OF_LABEL:
            part = Part.LABEL if hole == "label" else Part.TEXT
            if not self.labels:
                return [Bit(role, part, ELLIPSIS)]
            program = 0 if hole == "label" else 1 + self.holes.index(hole)
            return [Bit(role, part, "", REFERENCE - self.names.index(""), program)]
        if hole == "label":
            return _template(utterance.key, role, Part.LABEL)
        if hole == "key":
            part = Part.VALUE if utterance.value is None else Part.KEY
            return _template(utterance.key, role, part)
        if hole == "value":
            return _value(utterance, role, Part.VALUE)
        return _hole(utterance, hole, role)


def _template(template: Iterable[Piece], role: Role, part: Part, capture: int = 0) -> list[Bit]:
    bits = []
    for piece in template:
        bits.append(Bit(role, part, piece.text, capture if piece.tape >= 0 else NO_HOLE))
        capture += piece.tape >= 0
    return bits


def _value(utterance: Utterance, role: Role, part: Part) -> list[Bit]:
    if utterance.value is None:
        return _template(utterance.key, role, part)
    return _template(utterance.value, role, part, sum(p.tape >= 0 for p in utterance.key))


def _hole(utterance: Utterance, hole: str, role: Role) -> list[Bit]:
    """The first piece of an utterance that is called ``hole``, or nothing."""
    capture = 0
    for piece in utterance.key + (utterance.value or ()):
        if piece.placeholder == hole:
            return [Bit(role, Part.TEXT, piece.text, capture if piece.tape >= 0 else NO_HOLE)]
        capture += piece.tape >= 0
    return []
