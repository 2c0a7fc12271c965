"""Lowered code: a proc as a list of instructions with jumps, every name resolved.

What the elaborator walks over. Registers are numbered within their proc, tapes are names of the
proc's parameters or of its local tapes (in ``main`` the machine's tapes), classes are sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tm.language.source import SourceRange
from tm.language.values import Domain, Value
from tm.speech import UtteranceKind

# ------------------------------------------------------------------ expressions


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A register, number ``index`` of its proc."""

    index: int
    name: str
    domain: Domain


@dataclass(frozen=True, slots=True)
class TapeRead:
    """The symbol under the head of a tape."""

    tape: str


@dataclass(frozen=True, slots=True)
class RegisterRead:
    register: Register


@dataclass(frozen=True, slots=True)
class Constant:
    value: Value


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left operator right``; a negation is ``0 - operand``."""

    operator: str
    left: Expression
    right: Expression


Expression = TapeRead | RegisterRead | Constant | Arithmetic


@dataclass(frozen=True, slots=True)
class InClass:
    """Whether a symbol lies in a class; None: among the letters of the words of the tape read."""

    operand: Expression
    symbols: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class IsMarked:
    tape: str


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Test


@dataclass(frozen=True, slots=True)
class Connective:
    """``and`` or ``or``, from the left, as far as needed."""

    operator: str
    left: Test
    right: Test


Test = InClass | Comparison | IsMarked | Negation | Connective

# ------------------------------------------------------------------ templates


@dataclass(frozen=True, slots=True)
class LiteralPiece:
    text: str


@dataclass(frozen=True, slots=True)
class TapePlaceholder:
    name: str
    tape: str
    capture: str
    default: str


@dataclass(frozen=True, slots=True)
class RegisterPlaceholder:
    name: str
    register: Register


@dataclass(frozen=True, slots=True)
class ParameterPlaceholder:
    """A text parameter: the template that the caller gave."""

    name: str


LoweredTemplate = tuple[
    LiteralPiece | TapePlaceholder | RegisterPlaceholder | ParameterPlaceholder, ...
]

# ------------------------------------------------------------------ instructions


@dataclass(slots=True, eq=False)
class Instruction:
    """``keeps``: the tapes of the ``keep`` blocks around it; ``step``: the innermost step."""

    span: SourceRange
    keeps: frozenset[str] = field(default=frozenset(), kw_only=True)
    step: str = field(default="", kw_only=True)


@dataclass(slots=True, eq=False)
class WriteSymbol(Instruction):
    tape: str
    value: Expression


@dataclass(slots=True, eq=False)
class SetMark(Instruction):
    """Mark or unmark the cell under the head."""

    tape: str
    on: bool


@dataclass(slots=True, eq=False)
class MoveHead(Instruction):
    direction: int
    tape: str


@dataclass(slots=True, eq=False)
class Set(Instruction):
    register: Register
    value: Expression


@dataclass(slots=True, eq=False)
class JumpUnless(Instruction):
    """Go on if ``test`` holds, else jump to ``otherwise``."""

    test: Test
    otherwise: int = -1


@dataclass(slots=True, eq=False)
class Jump(Instruction):
    target: int = -1


@dataclass(slots=True, eq=False)
class Invoke(Instruction):
    """Call a proc; ``args`` stand in the order of its parameters."""

    proc: Proc
    args: tuple[str | Expression | LoweredTemplate, ...]
    result: Register | None


@dataclass(slots=True, eq=False)
class Leave(Instruction):
    """Return from the proc; in ``main`` accept."""

    value: Expression | None


@dataclass(slots=True, eq=False)
class HaltRun(Instruction):
    accept: bool


@dataclass(slots=True, eq=False)
class AssertTest(Instruction):
    test: Test


@dataclass(slots=True, eq=False)
class Contract(Instruction):
    """A head contract, or ``empty`` for a local tape."""

    kind: str
    tape: str


@dataclass(slots=True, eq=False)
class Say(Instruction):
    """An utterance; ``name`` is the step's for OPEN and CLOSE, else the emission's."""

    kind: UtteranceKind
    name: str
    key: LoweredTemplate
    value: LoweredTemplate | None


@dataclass(frozen=True, slots=True, eq=False)
class ScratchTape:
    """A scratch tape; ``like`` names the tape of the proc whose alphabet and words it shares."""

    name: str
    symbols: tuple[str, ...]
    word: frozenset[str]
    like: str | None = None


@dataclass(slots=True, eq=False)
class Proc:
    """A lowered proc, or ``main``.

    Attributes
    ----------
    params
        Names with their kind: ``"tape"``, ``"text"``, or the register that takes the value.
    code
        Ends with a ``Leave``.
    live
        For each instruction the registers that may be read before they are set, from there on.
    marked
        The tapes that ``mark`` is used on, here or in a proc that is called.
    """

    name: str
    span: SourceRange
    params: tuple[tuple[str, str | Register], ...] = ()
    value: Domain | None = None
    tapes: tuple[ScratchTape, ...] = ()
    code: list[Instruction] = field(default_factory=list)
    live: list[frozenset[Register]] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    """The names that the body refers to, for warnings."""


# ------------------------------------------------------------------ flow


def successors(proc: Proc, at: int) -> tuple[int, ...]:
    """Where control may go after an instruction."""
    match proc.code[at]:
        case JumpUnless(otherwise=target):
            return (at + 1, target)
        case Jump(target=target):
            return (target,)
        case Leave() | HaltRun():
            return ()
        case _:
            return (at + 1,)


def find_live(proc: Proc) -> None:
    """Fill ``proc.live``: the usual backward analysis, to its fixed point."""
    uses = [frozenset(_uses(i)) for i in proc.code]
    sets = [
        i.register if isinstance(i, Set) else i.result if isinstance(i, Invoke) else None
        for i in proc.code
    ]
    live: list[frozenset[Register]] = [frozenset()] * len(proc.code)
    changed = True
    while changed:
        changed = False
        for at in reversed(range(len(proc.code))):
            after = frozenset[Register]().union(*(live[n] for n in successors(proc, at)))
            now = uses[at] | (after - {sets[at]})
            if now != live[at]:
                live[at] = now
                changed = True
    proc.live = live


def _uses(instruction: Instruction) -> Iterator[Register]:
    match instruction:
        case WriteSymbol(value=value) | Set(value=value):
            yield from _registers(value)
        case JumpUnless(test=test) | AssertTest(test=test):
            yield from _registers(test)
        case Leave(value=value) if value is not None:
            yield from _registers(value)
        case Invoke(args=args):
            for arg in args:
                if isinstance(arg, tuple):
                    yield from _spoken(arg)
                elif not isinstance(arg, str):
                    yield from _registers(arg)
        case Say(key=key, value=said):
            yield from _spoken(key)
            yield from _spoken(said or ())


def _registers(node: Expression | Test) -> Iterator[Register]:
    match node:
        case RegisterRead(register=register):
            yield register
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            yield from _registers(left)
            yield from _registers(right)
        case Connective(left=first, right=second):
            yield from _registers(first)
            yield from _registers(second)
        case InClass(operand=operand):
            yield from _registers(operand)
        case Negation(operand=inner):
            yield from _registers(inner)


def _spoken(template: LoweredTemplate) -> Iterator[Register]:
    for part in template:
        if isinstance(part, RegisterPlaceholder):
            yield part.register
