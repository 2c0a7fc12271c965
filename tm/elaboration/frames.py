"""Calls in progress: the tapes and texts that the names of a proc refer to, and scratch tapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tm.elaboration import instructions as c
from tm.language.source import SourceRange
from tm.speech import Piece
from tm.table import Tape

RegisterKey = tuple[int, c.Register]
"""A register of a call in progress: (depth of the call, register)."""

BoundPiece = Piece | tuple[str, RegisterKey]
"""A piece of a template in a call: its tapes are resolved; a register's value is still to come."""

Cell = str
"""The content of a cell: a symbol, preceded by ``^`` if it is marked."""

MAX_NOTES = 8
"""Maximum number of calls that a message about a proc lists."""


@dataclass(frozen=True, eq=False, slots=True)
class CallFrame:
    """A call in progress; equal calls share one object (hash-consing).

    Attributes
    ----------
    depth
        The number of calls around this one; 0 for ``main``.
    tapes, texts
        The machine's tapes and the texts that the proc's names refer to.
    caller
        The frame of the caller and the index of its ``CallProc``; None for ``main``.
    steps
        The steps of all callers that are open, the innermost last.
    outer_live
        Registers of the callers that may still be read.
    keeps
        Tapes for which an enclosing ``keep`` block of a caller keeps what is known.
    """

    proc: c.Proc
    depth: int
    tapes: dict[str, int]
    texts: dict[str, tuple[BoundPiece, ...]]
    caller: tuple[CallFrame, int] | None
    steps: tuple[str, ...]
    outer_live: frozenset[RegisterKey]
    keeps: frozenset[int]


def cells_of(tape: Tape) -> frozenset[Cell]:
    """Return every content that a cell of the tape can have."""
    marked = ("^" + s for s in tape.symbols) if tape.marks else ()
    return frozenset((*tape.symbols, *marked))


def plain(cell: Cell) -> str:
    """Return the symbol of a cell without its mark."""
    return cell[-1]


def index_of(tape: Tape, cell: Cell) -> int:
    """Return the table's symbol index for the content of a cell."""
    index = tape.symbols.index(plain(cell))
    return index + len(tape.symbols) if len(cell) == 2 else index


class TapeAllocator:
    """The tapes of a machine, with scratch tapes added on demand, and the frames of all calls.

    Attributes
    ----------
    tapes
        The declared tapes, then the scratch tapes.
    declared
        The index of each declared tape.
    alphabets
        The contents that a cell of each tape can have.
    is_scratch
        Whether each tape is a scratch tape.
    frames
        Frames by call.
    classes
        The results of ``cells_in``.
    """

    def __init__(self, tapes: list[Tape]) -> None:
        self.tapes = tapes
        self.declared = {tape.name: index for index, tape in enumerate(tapes)}
        self.alphabets = [cells_of(t) for t in tapes]
        self.is_scratch = [False] * len(tapes)
        self.frames: dict[object, CallFrame] = {}
        self.classes: dict[tuple[int, frozenset[str]], frozenset[Cell]] = {}

    def enter(
        self,
        frame: CallFrame,
        index: int,
        tapes: dict[str, int],
        texts: dict[str, tuple[BoundPiece, ...]],
    ) -> CallFrame:
        """Return the frame of the call at instruction ``index``: the same object for equal calls.

        ``tapes`` and ``texts`` hold the arguments; scratch tapes are added to ``tapes``.
        """
        call = frame.proc.code[index]
        assert isinstance(call, c.CallProc)
        key = (frame, index, tuple(tapes.values()), tuple(texts.values()))
        known = self.frames.get(key)
        if known is not None:
            return known
        tapes |= {name: self.declared[name] for name in call.proc.uses}
        for local in call.proc.tapes:
            tapes[local.name] = self.scratch_tape(local, call.proc, frame, tapes)
        live = frame.proc.live[index + 1] - {call.result}
        in_texts = {
            piece[1] for text in texts.values() for piece in text if not isinstance(piece, Piece)
        }
        self.frames[key] = CallFrame(
            proc=call.proc,
            depth=frame.depth + 1,
            tapes=tapes,
            texts=texts,
            caller=(frame, index),
            steps=frame.steps + call.steps,
            outer_live=frame.outer_live | {(frame.depth, r) for r in live} | in_texts,
            keeps=frame.keeps | {frame.tapes[t] for t in call.keeps},
        )
        return self.frames[key]

    def cells_in(self, tape: int, symbols: frozenset[str]) -> frozenset[Cell]:
        """Return the contents of a cell of a tape, marked or not, whose symbol lies in a class."""
        cells = self.classes.get((tape, symbols))
        if cells is None:
            cells = frozenset(cell for cell in self.alphabets[tape] if plain(cell) in symbols)
            self.classes[tape, symbols] = cells
        return cells

    def scratch_tape(
        self, local: c.ScratchTape, proc: c.Proc, caller: CallFrame | None, bound: dict[str, int]
    ) -> int:
        """Return a scratch tape of the right alphabet that no call in progress uses.

        ``bound`` holds the tapes that the names of the proc refer to so far.
        """
        used = set(bound.values())
        frame = caller
        while frame is not None:
            used |= set(frame.tapes.values())
            frame = frame.caller[0] if frame.caller else None
        marks = local.name in proc.marked
        model = local if local.like is None else self.tapes[bound[local.like]]
        alphabet = (model.symbols, model.word, marks)
        for index, tape in enumerate(self.tapes):
            if (
                self.is_scratch[index]
                and index not in used
                and (tape.symbols, tape.word, tape.marks) == alphabet
            ):
                return index
        number = sum(self.is_scratch) + 1
        tape = Tape(name=f"scratch{number}", symbols=model.symbols, word=model.word, marks=marks)
        self.tapes.append(tape)
        self.is_scratch.append(True)
        self.alphabets.append(cells_of(tape))
        return len(self.tapes) - 1


def bind(frame: CallFrame, template: c.LoweredTemplate) -> Iterator[BoundPiece]:
    """Yield the pieces of a template with tapes and text parameters resolved."""
    for part in template:
        match part:
            case c.LiteralPiece(text=text, name=name):
                yield Piece(name, text)
            case c.TapePlaceholder(name=name, tape=tape, capture=capture, default=default):
                yield Piece(name, default, frame.tapes[tape], capture)
            case c.RegisterPlaceholder(name=name, register=register):
                yield name, (frame.depth, register)
            case c.ParameterPlaceholder(name=name):
                match frame.texts[name]:
                    case (Piece(text=text, tape=-1),):
                        # Plain text takes the parameter's name, by which styles refer to it.
                        yield Piece(name, text)
                    case pieces:
                        yield from pieces


def call_notes(frame: CallFrame) -> list[tuple[SourceRange, str]]:
    """Return notes for a message: the calls that led to a frame, innermost first."""
    notes: list[tuple[SourceRange, str]] = []
    while frame.caller is not None and len(notes) < MAX_NOTES:
        name = frame.proc.name
        caller, index = frame.caller
        notes.append((caller.proc.code[index].location, f"`{name}` is called here"))
        frame = caller
    return notes
