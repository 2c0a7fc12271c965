"""Calls in progress: what the names of a proc stand for there, and its scratch tapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tm.elaboration import instructions as c
from tm.language.source import SourceRange
from tm.speech import Piece
from tm.table import Tape

RegisterKey = tuple[int, c.Register]
"""A register of a call: (depth of the call, register)."""
BoundPiece = Piece | tuple[str, RegisterKey]
"""A piece of a text argument, its tapes resolved; (hole, register) where a register is said."""
Cell = str
"""A cell's content: a symbol, with ``^`` before it when it is marked."""


@dataclass(frozen=True, eq=False, slots=True)
class CallFrame:
    """A call in progress, equal calls being one object (hash-consed).

    Attributes
    ----------
    tapes, texts
        The tapes and texts that the proc's names stand for.
    back
        The caller's frame and the index of its ``Invoke``; None for ``main``.
    step
        The innermost step that was open at the call.
    above
        Registers of the callers that are still to be read.
    keeps
        Tapes whose knowledge the callers keep.
    """

    proc: c.Proc
    depth: int
    tapes: dict[str, int]
    texts: dict[str, tuple[BoundPiece, ...]]
    back: tuple[CallFrame, int] | None
    step: str
    above: frozenset[RegisterKey]
    keeps: frozenset[int]


def cells_of(tape: Tape) -> frozenset[Cell]:
    """Every content that a cell of the tape can have."""
    marked = ("^" + s for s in tape.symbols) if tape.marks else ()
    return frozenset((*tape.symbols, *marked))


def plain(cell: Cell) -> str:
    """The symbol of a cell, marked or not."""
    return cell[-1]


def index_of(tape: Tape, cell: Cell) -> int:
    """The table's index for a cell's content."""
    index = tape.symbols.index(plain(cell))
    return index + len(tape.symbols) if len(cell) == 2 else index


class Scratch:
    """The machine's tapes, grown by the scratch tapes of procs, and the frames of all calls.

    Attributes
    ----------
    alphabets
        What a cell of each tape can hold.
    """

    def __init__(self, tapes: list[Tape]) -> None:
        self.tapes = tapes
        self.alphabets = [cells_of(t) for t in tapes]
        self.is_scratch = [False] * len(tapes)
        self.calls: dict[object, CallFrame] = {}

    def enter(
        self,
        frame: CallFrame,
        at: int,
        node: c.Invoke,
        tapes: dict[str, int],
        texts: dict[str, tuple[BoundPiece, ...]],
    ) -> CallFrame:
        """The frame of a call, its names bound; the same object for the same call."""
        key = (frame, at, tuple(tapes.values()), tuple(texts.values()))
        found = self.calls.get(key)
        if found is not None:
            return found
        for local in node.proc.tapes:
            tapes[local.name] = self.slot(local, node.proc, frame, tapes)
        depth = frame.depth
        after = frame.proc.live[at + 1] - {node.result}
        said = {p[1] for text in texts.values() for p in text if not isinstance(p, Piece)}
        instruction = frame.proc.code[at]
        self.calls[key] = CallFrame(
            node.proc,
            depth + 1,
            tapes,
            texts,
            (frame, at),
            instruction.step or frame.step,
            frame.above | {(depth, r) for r in after} | said,
            frame.keeps | {frame.tapes[t] for t in instruction.keeps},
        )
        return self.calls[key]

    def slot(
        self, local: c.ScratchTape, proc: c.Proc, frame: CallFrame, taken: dict[str, int]
    ) -> int:
        """A scratch tape of the right alphabet that no call in progress holds."""
        used = set(taken.values())
        at: CallFrame | None = frame
        while at is not None:
            used |= set(at.tapes.values())
            at = at.back[0] if at.back else None
        marks = local.name in proc.marked
        model = local if local.like is None else self.tapes[taken[local.like]]
        wanted = (model.symbols, model.word, marks)
        for index, tape in enumerate(self.tapes):
            kind = (tape.symbols, tape.word, tape.marks)
            if self.is_scratch[index] and index not in used and kind == wanted:
                return index
        number = sum(self.is_scratch) + 1
        tape = Tape(name=f"scratch{number}", symbols=model.symbols, word=model.word, marks=marks)
        self.tapes.append(tape)
        self.is_scratch.append(True)
        self.alphabets.append(cells_of(tape))
        return len(self.tapes) - 1


def bind(frame: CallFrame, template: c.LoweredTemplate) -> Iterator[BoundPiece]:
    """The pieces of a template, tapes and text parameters resolved."""
    for part in template:
        match part:
            case c.LiteralPiece(text=text):
                yield Piece("", text)
            case c.TapePlaceholder(name=name, tape=tape, capture=capture, default=default):
                yield Piece(name, default, frame.tapes[tape], capture)
            case c.RegisterPlaceholder(name=name, register=register):
                yield name, (frame.depth, register)
            case c.ParameterPlaceholder(name=name):
                match frame.texts[name]:
                    case (Piece(text=text, tape=-1),):  # styles may say it by this name
                        yield Piece(name, text)
                    case pieces:
                        yield from pieces


def chain(frame: CallFrame) -> list[tuple[SourceRange, str]]:
    """The calls that led here, innermost first, at most eight."""
    notes: list[tuple[SourceRange, str]] = []
    while frame.back is not None and len(notes) < 8:
        name = frame.proc.name
        caller, at = frame.back
        notes.append((caller.proc.code[at].span, f"`{name}` is called here"))
        frame = caller
    return notes
