"""One leaf of a state's tree, executed symbolically: what is known, read, written, moved and said.

Where the symbol under a head is needed and unknown, ``Split`` asks the search to branch over the
classes of symbols that behave alike; where the leaf cannot be executed, ``Trap`` says why.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tm.elaboration import instructions as c
from tm.elaboration.frames import CallFrame, Cell, RegisterKey, Scratch, index_of, plain
from tm.language.source import SourceRange
from tm.language.values import Domain, Value, show, symbol_of, value_of
from tm.table import Action, Check

MAX_SLOTS = 3
"""Tapes that one transition may touch: what one packed action word of the engine holds."""


class Split(Exception):  # noqa: N818
    """The class of a tape's cell must be known: branch into ``parts``."""

    def __init__(self, tape: int, parts: list[frozenset[Cell]]) -> None:
        self.tape = tape
        self.parts = parts


class Trap(Exception):  # noqa: N818
    """The leaf cannot be executed."""

    def __init__(self, span: SourceRange, reason: str) -> None:
        self.span = span
        self.reason = reason


@dataclass
class Leaf:
    """What one leaf does, while it is being executed.

    Attributes
    ----------
    known
        For a tape what the cell under its head can hold, where that is less than its alphabet.
    env
        The values of the registers.
    """

    scratch: Scratch
    known: dict[int, frozenset[Cell]]
    env: dict[RegisterKey, Value]
    before: dict[int, frozenset[Cell]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    wrote: dict[int, Cell] = field(default_factory=dict)
    says: list[int] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    def is_free(self, tape: int) -> bool:
        """Whether this transition can still write on a tape or move its head."""
        touched = self.moved.keys() | self.wrote.keys()
        return tape not in self.moved and (tape in touched or len(touched) < MAX_SLOTS)

    def action(self, next: int) -> Action:
        writes = (
            (t, index_of(self.scratch.tapes[t], cell))
            for t, cell in self.wrote.items()
            if self.before.get(t) != frozenset((cell,))
        )
        return Action(
            next,
            tuple(sorted(writes)),
            tuple(sorted(self.moved.items())),
            tuple(self.says),
            tuple(self.checks),
        )

    # -------------------------------------------------------------- actions

    def move(self, tape: int, direction: int) -> bool:
        if not self.is_free(tape):
            return False
        self.moved[tape] = direction
        self.known.pop(tape, None)
        return True

    def write(self, frame: CallFrame, node: c.WriteSymbol) -> bool:
        tape = frame.tapes[node.tape]
        if not self.is_free(tape):
            return False
        value = self.value(frame, node.span, node.value)
        if value is None:
            return False
        symbol = symbol_of(value)
        if symbol is None or symbol not in self.scratch.alphabets[tape]:
            raise Trap(
                node.span, f"tape `{self.scratch.tapes[tape].name}` cannot hold {show(value)}"
            )
        self.put(tape, symbol)
        return True

    def set_mark(self, frame: CallFrame, node: c.SetMark) -> bool:
        tape = frame.tapes[node.tape]
        if not self.is_free(tape):
            return False
        known = self.known.get(tape, self.scratch.alphabets[tape])
        if len(known) > 1:
            raise Split(tape, [frozenset((cell,)) for cell in sorted(known)])
        symbol = plain(next(iter(known)))
        self.put(tape, "^" + symbol if node.on else symbol)
        return True

    def put(self, tape: int, cell: Cell) -> None:
        if tape not in self.wrote and tape in self.known:
            self.before[tape] = self.known[tape]
        self.wrote[tape] = cell
        self.known[tape] = frozenset((cell,))

    def contract(self, frame: CallFrame, node: c.Contract) -> None:
        tape = frame.tapes[node.tape]
        wrote = self.wrote.get(tape)
        self.checks.append(
            Check(
                node.kind,
                tape,
                -1 if wrote is None else index_of(self.scratch.tapes[tape], wrote),
                self.moved.get(tape, 0),
                node.span.place,
            )
        )

    # -------------------------------------------------------------- values

    def value(self, frame: CallFrame, span: SourceRange, node: c.Expression) -> Value | None:
        """The value of an expression; None when it reads a head that has moved."""
        match node:
            case c.Constant(value=value):
                return value
            case c.RegisterRead(register=register):
                return self.env[frame.depth, register]
            case c.TapeRead(tape=name):
                return self.read(frame.tapes[name])
            case c.Arithmetic(operator=operator, left=left, right=right):
                a = self.value(frame, span, left)
                b = None if a is None else self.value(frame, span, right)
                return None if a is None or b is None else _calculate(operator, a, b, span)

    def read(self, tape: int) -> Value | None:
        if tape in self.moved:
            return None
        known = self.known.get(tape, self.scratch.alphabets[tape])
        symbols = sorted({plain(cell) for cell in known})
        if len(symbols) > 1:
            raise Split(
                tape, [frozenset(cell for cell in known if plain(cell) == s) for s in symbols]
            )
        return value_of(symbols[0])

    # -------------------------------------------------------------- conditions

    def test(self, frame: CallFrame, span: SourceRange, node: c.Test) -> bool | None:
        """Whether a condition holds; None when it reads a head that has moved."""
        match node:
            case c.Negation(operand=operand):
                holds = self.test(frame, span, operand)
                return None if holds is None else not holds
            case c.Connective(operator=operator, left=left, right=right):
                holds = self.test(frame, span, left)
                if holds is None or holds == (operator == "or"):
                    return holds
                return self.test(frame, span, right)
            case c.IsMarked(tape=name):
                marked = frozenset(
                    a for a in self.scratch.alphabets[frame.tapes[name]] if len(a) == 2
                )
                return self.lies_in(frame.tapes[name], marked)
            case c.InClass(operand=c.TapeRead(tape=name), symbols=symbols):
                tape = frame.tapes[name]
                letters = self.scratch.tapes[tape].word if symbols is None else symbols
                return self.lies_in(tape, self.cells(tape, letters))
            case c.InClass(operand=operand, symbols=symbols):
                value = self.value(frame, span, operand)
                return None if value is None else symbol_of(value) in (symbols or ())
            case c.Comparison(operator=operator, left=left, right=right):
                return self.compare(frame, span, operator, left, right)

    def compare(
        self,
        frame: CallFrame,
        span: SourceRange,
        operator: str,
        left: c.Expression,
        right: c.Expression,
    ) -> bool | None:
        # A tape against something known needs its class only, not its symbol.
        if isinstance(left, c.TapeRead) and not isinstance(right, c.TapeRead):
            left, right, operator = right, left, _MIRRORED[operator]
        a = self.value(frame, span, left)
        if a is None:
            return None
        if not isinstance(right, c.TapeRead):
            b = self.value(frame, span, right)
            return None if b is None else _holds(operator, a, b, span)
        tape = frame.tapes[right.tape]
        if tape in self.moved:
            return None
        known = self.known.get(tape, self.scratch.alphabets[tape])
        groups: dict[bool | None, set[Cell]] = {}
        for cell in known:
            try:
                verdict: bool | None = _holds(operator, a, value_of(plain(cell)), span)
            except Trap:
                verdict = None
            groups.setdefault(verdict, set()).add(cell)
        if len(groups) > 1:
            raise Split(tape, [frozenset(groups[v]) for v in (True, False, None) if v in groups])
        (verdict,) = groups
        if verdict is None:
            raise Trap(span, "an order needs numbers")
        return verdict

    def cells(self, tape: int, symbols: frozenset[str]) -> frozenset[Cell]:
        """The cells of a tape whose symbol lies in a class, marked or not."""
        return frozenset(a for a in self.scratch.alphabets[tape] if plain(a) in symbols)

    def lies_in(self, tape: int, cells: frozenset[Cell]) -> bool | None:
        if tape in self.moved:
            return None
        known = self.known.get(tape, self.scratch.alphabets[tape])
        inside = known & cells
        if inside and len(inside) < len(known):
            raise Split(tape, [inside, known - inside])
        return bool(inside)


_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def require(value: Value, domain: Domain, name: str, span: SourceRange) -> None:
    """Trap a value that lies outside of a domain."""
    if value not in domain.values:
        raise Trap(span, f"{show(value)} lies outside of {domain.shown}, the domain of `{name}`")


def _calculate(operator: str, a: Value, b: Value, span: SourceRange) -> int:
    if not isinstance(a, int) or not isinstance(b, int):
        odd = b if isinstance(a, int) else a
        raise Trap(span, f"arithmetic needs numbers; this is {show(odd)}")
    if operator == "+":
        return a + b
    if operator == "-":
        return a - b
    if operator == "*":
        return a * b
    if b == 0:
        raise Trap(span, "division by zero")
    return a // b if operator == "/" else a % b


def _holds(operator: str, a: Value, b: Value, span: SourceRange) -> bool:
    if operator in ("==", "!="):
        return (a == b) == (operator == "==")
    if not isinstance(a, int) or not isinstance(b, int):
        odd = b if isinstance(a, int) else a
        raise Trap(span, f"an order needs numbers; this is {show(odd)}")
    if operator in ("<", ">"):
        return a < b if operator == "<" else a > b
    return a <= b if operator == "<=" else a >= b
