"""Execute one leaf of a state's tree symbolically.

If the unknown symbol under a head is needed, ``BranchNeeded`` asks the elaborator to branch over
the classes of symbols that behave alike. If the leaf cannot be executed, ``Trap`` gives the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tm.elaboration import instructions as c
from tm.elaboration.frames import (
    CallFrame,
    Cell,
    RegisterKey,
    TapeAllocator,
    index_of,
    plain,
)
from tm.language.source import SourceRange
from tm.language.values import FALSE, TRUE, Domain, Member, Value, show, symbol_of, value_of
from tm.speech import Print
from tm.table import BLANK, Action, Check

MAX_TAPES_PER_TRANSITION = 3
"""Maximum number of tapes that one transition may write or move: what a packed word can hold."""


class BranchNeeded(Exception):  # noqa: N818
    """The cell under a head must be known more closely: branch over ``parts``, which are disjoint
    and cover what is known.
    """

    def __init__(self, tape: int, parts: list[frozenset[Cell]]) -> None:
        self.tape = tape
        self.parts = parts


class Trap(Exception):  # noqa: N818
    """The leaf cannot be executed, for ``reason``."""

    def __init__(self, location: SourceRange, reason: str) -> None:
        self.location = location
        self.reason = reason


@dataclass
class LeafExecution:
    """The effects of one leaf so far.

    Methods that execute an instruction return False, and those that evaluate return None, if the
    transition must end before it: its head has moved, or the transition touches enough tapes.

    Attributes
    ----------
    known
        The possible contents of the cell under each head, if they are fewer than the alphabet.
    registers
        The values of the registers.
    before
        The value of ``known`` for a tape before this leaf wrote on it.
    moved
        The moves, by tape.
    written
        The cells written, by tape.
    utterances, checks, prints
        As in ``Action``.
    """

    allocator: TapeAllocator
    known: dict[int, frozenset[Cell]]
    registers: dict[RegisterKey, Value]
    before: dict[int, frozenset[Cell]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    written: dict[int, Cell] = field(default_factory=dict)
    utterances: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    prints: list[Print] = field(default_factory=list)

    def action(self, next_state: int) -> Action:
        """Return the action of the leaf."""
        return Action(
            next_state,
            self.writes(),
            self.moves(),
            tuple(self.utterances),
            tuple(self.checks),
            tuple(self.prints),
        )

    def writes(self) -> tuple[tuple[int, int], ...]:
        """Return the writes so far; those that change nothing are left out."""
        writes = (
            (tape, index_of(self.allocator.tapes[tape], cell))
            for tape, cell in self.written.items()
            if self.before.get(tape) != frozenset((cell,))
        )
        return tuple(sorted(writes))

    def moves(self) -> tuple[tuple[int, int], ...]:
        """Return the moves so far."""
        return tuple(sorted(self.moved.items()))

    # -------------------------------------------------------------- effects

    def is_free(self, tape: int) -> bool:
        """Return whether this transition can still write on a tape or move its head."""
        touched = self.moved.keys() | self.written.keys()
        return tape not in self.moved and (
            tape in touched or len(touched) < MAX_TAPES_PER_TRANSITION
        )

    def move(self, tape: int, direction: int) -> bool:
        """Move a head."""
        if not self.is_free(tape):
            return False
        self.moved[tape] = direction
        self.known.pop(tape, None)
        return True

    def write(self, frame: CallFrame, node: c.WriteSymbol) -> bool:
        """Write a symbol."""
        tape = frame.tapes[node.tape]
        if not self.is_free(tape):
            return False
        value = self.value(frame, node.location, node.value)
        if value is None:
            return False
        symbol = symbol_of(value)
        if symbol is None or symbol not in self.allocator.alphabets[tape]:
            raise Trap(
                node.location, f"tape `{self.allocator.tapes[tape].name}` cannot hold {show(value)}"
            )
        self.put(tape, symbol)
        return True

    def set_mark(self, frame: CallFrame, node: c.SetMark) -> bool:
        """Mark or unmark the cell under a head."""
        tape = frame.tapes[node.tape]
        if not self.is_free(tape):
            return False
        known = self.known_cells(tape)
        if len(known) > 1:
            raise BranchNeeded(tape, [frozenset((cell,)) for cell in sorted(known)])
        symbol = plain(next(iter(known)))
        self.put(tape, "^" + symbol if node.on else symbol)
        return True

    def put(self, tape: int, cell: Cell) -> None:
        """Record that the cell under a head now has this content."""
        if tape not in self.written and tape in self.known:
            self.before[tape] = self.known[tape]
        self.written[tape] = cell
        self.known[tape] = frozenset((cell,))

    def check_contract(self, frame: CallFrame, node: c.CheckContract) -> None:
        """Record a head contract."""
        tape = frame.tapes[node.tape]
        cell = self.written.get(tape)
        self.checks.append(
            Check(
                kind=node.kind,
                tape=tape,
                written=-1 if cell is None else index_of(self.allocator.tapes[tape], cell),
                offset=self.moved.get(tape, 0),
                place=node.location.place,
            )
        )

    # -------------------------------------------------------------- values

    def value(self, frame: CallFrame, location: SourceRange, node: c.Expression) -> Value | None:
        """Return the value of an expression; None if it reads a head that has moved."""
        match node:
            case c.Constant(value=value):
                return value
            case c.RegisterRead(register=register):
                return self.registers[frame.depth, register]
            case c.TapeRead(tape=name):
                return self.read(frame.tapes[name])
            case c.ReadOr(tape=name, default=default):
                symbol = self.read(frame.tapes[name])
                return self.value(frame, location, default) if symbol == BLANK else symbol
            case c.Truth(test=test):
                holds = self.test(frame, location, test)
                return None if holds is None else TRUE if holds else FALSE
            case c.Arithmetic(operator=operator, left=left, right=right):
                first = self.value(frame, location, left)
                second = None if first is None else self.value(frame, location, right)
                if first is None or second is None:
                    return None
                return _calculate(operator, first, second, location)

    def known_cells(self, tape: int) -> frozenset[Cell]:
        """Return the possible contents of the cell under a head."""
        return self.known.get(tape, self.allocator.alphabets[tape])

    def read(self, tape: int) -> Value | None:
        """Return the value of the symbol under a head; None if the head has moved."""
        if tape in self.moved:
            return None
        known = self.known_cells(tape)
        symbols = sorted({plain(cell) for cell in known})
        if len(symbols) > 1:
            raise BranchNeeded(
                tape, [frozenset(cell for cell in known if plain(cell) == s) for s in symbols]
            )
        return value_of(symbols[0])

    # -------------------------------------------------------------- conditions

    def test(self, frame: CallFrame, location: SourceRange, node: c.Test) -> bool | None:
        """Return whether a condition holds; None if it reads a head that has moved."""
        match node:
            case c.Negation(operand=operand):
                holds = self.test(frame, location, operand)
                return None if holds is None else not holds
            case c.Connective(operator=operator, left=left, right=right):
                holds = self.test(frame, location, left)
                if holds is None or holds == (operator == "or"):
                    return holds
                return self.test(frame, location, right)
            case c.IsMarked(tape=name):
                tape = frame.tapes[name]
                marked = frozenset(a for a in self.allocator.alphabets[tape] if len(a) == 2)
                return self.lies_in(tape, marked)
            case c.InClass(operand=c.TapeRead(tape=name), symbols=symbols):
                tape = frame.tapes[name]
                letters = self.allocator.tapes[tape].word if symbols is None else symbols
                return self.lies_in(tape, self.allocator.cells_in(tape, letters))
            case c.InClass(operand=operand, symbols=symbols):
                value = self.value(frame, location, operand)
                return None if value is None else symbol_of(value) in (symbols or ())
            case c.Comparison(operator=operator, left=left, right=right):
                return self.compare(frame, location, operator, left, right)

    def compare(
        self,
        frame: CallFrame,
        location: SourceRange,
        operator: str,
        left: c.Expression,
        right: c.Expression,
    ) -> bool | None:
        """Return whether a comparison holds; None if it reads a head that has moved."""
        # Where one side is known, the tape's cell is needed only by its class, not by its symbol.
        if isinstance(left, c.TapeRead) and not isinstance(right, c.TapeRead):
            left, right, operator = right, left, _MIRRORED[operator]
        first = self.value(frame, location, left)
        if first is None:
            return None
        if not isinstance(right, c.TapeRead):
            second = self.value(frame, location, right)
            return None if second is None else _holds(operator, first, second, location)
        tape = frame.tapes[right.tape]
        if tape in self.moved:
            return None
        groups: dict[bool | None, set[Cell]] = {}
        for cell in self.known_cells(tape):
            try:
                holds: bool | None = _holds(operator, first, value_of(plain(cell)), location)
            except Trap:
                holds = None
            groups.setdefault(holds, set()).add(cell)
        if len(groups) > 1:
            parts = [frozenset(groups[key]) for key in (True, False, None) if key in groups]
            raise BranchNeeded(tape, parts)
        (holds,) = groups
        if holds is None:
            raise Trap(location, "an order needs numbers")
        return holds

    def lies_in(self, tape: int, cells: frozenset[Cell]) -> bool | None:
        """Return whether the cell under a head is one of ``cells``; None if the head has moved."""
        if tape in self.moved:
            return None
        known = self.known_cells(tape)
        inside = known & cells
        if inside and len(inside) < len(known):
            raise BranchNeeded(tape, [inside, known - inside])
        return bool(inside)


_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def require(value: Value, domain: Domain | None, name: str, location: SourceRange) -> None:
    """Raise ``Trap`` if a value lies outside of the domain of the register or proc ``name``."""
    if domain is not None and value not in domain.values:
        raise Trap(
            location, f"{show(value)} lies outside of {domain.shown}, the domain of `{name}`"
        )


def _calculate(operator: str, a: Value, b: Value, location: SourceRange) -> Value:
    if operator in "+-" and (isinstance(a, str) or isinstance(b, str)):
        return _shift(operator, a, b, location)
    if not isinstance(a, int) or not isinstance(b, int):
        operand = b if isinstance(a, int) else a
        raise Trap(location, f"arithmetic needs numbers; this is {show(operand)}")
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if b == 0:
        raise Trap(location, "division by zero")
    return a // b if operator == "/" else a % b


def _shift(operator: str, a: Value, b: Value, location: SourceRange) -> Value:
    """Return ``'a' + 2``, ``2 + 'a'``, ``'c' - 2`` or ``'c' - 'a'``."""
    if BLANK in (a, b):
        raise Trap(location, "arithmetic needs numbers; this is _")
    if operator == "+" and isinstance(a, int):
        a, b = b, a
    if not isinstance(a, str) or isinstance(b, Member) or (isinstance(b, str) and operator == "+"):
        raise Trap(location, f"`{operator}` cannot combine {show(a)} and {show(b)}")
    if isinstance(b, str):
        return ord(a) - ord(b)
    code = ord(a) + (b if operator == "+" else -b)
    if not ord(" ") <= code <= ord("~"):
        raise Trap(location, f"{show(a)} {operator} {b} is no symbol")
    return value_of(chr(code))


def _holds(operator: str, a: Value, b: Value, location: SourceRange) -> bool:
    if operator in ("==", "!="):
        return (a == b) == (operator == "==")
    if not isinstance(a, int) or not isinstance(b, int):
        operand = b if isinstance(a, int) else a
        raise Trap(location, f"an order needs numbers; this is {show(operand)}")
    if operator in ("<", ">"):
        return a < b if operator == "<" else a > b
    return a <= b if operator == "<=" else a >= b
