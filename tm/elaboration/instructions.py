"""Lowered code: a proc as a list of instructions with jumps, in which every name is resolved.

The elaborator executes it. Registers are numbered within their proc; tapes are named by the proc's
parameters and scratch tapes (in ``main`` by the machine's tapes); classes are sets of symbols.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tm.language.source import SourceRange
from tm.language.values import Domain, Value
from tm.speech import UtteranceKind

# ------------------------------------------------------------------ expressions


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A register of a proc; ``index`` is unique within the proc.

    ``domain`` is None for a value that is kept while a call runs.
    """

    index: int
    name: str
    domain: Domain | None


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


@dataclass(frozen=True, slots=True)
class ReadOr:
    """The symbol under the head of a tape, or the value of ``default`` on a blank."""

    tape: str
    default: Expression


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``: whether a test holds."""

    test: Test


Expression = TapeRead | RegisterRead | Constant | Arithmetic | ReadOr | Truth


@dataclass(frozen=True, slots=True)
class InClass:
    """Test whether a symbol lies in a class.

    If ``symbols`` is None, the class is the letters of the words of the tape that is read.
    """

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
    """``and`` or ``or``; the right side is tested only if the left one does not decide."""

    operator: str
    left: Test
    right: Test


Test = InClass | Comparison | IsMarked | Negation | Connective

# ------------------------------------------------------------------ templates


@dataclass(frozen=True, slots=True)
class LiteralPiece:
    """Literal text; ``name`` is the text parameter whose argument it is, if any."""

    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TapePlaceholder:
    """A placeholder for a part of a tape; ``capture`` is a key of ``tm.speech.CAPTURES``."""

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
    """A placeholder for a text parameter: the template that the caller passes."""

    name: str


LoweredPiece = LiteralPiece | TapePlaceholder | RegisterPlaceholder | ParameterPlaceholder
LoweredTemplate = tuple[LoweredPiece, ...]

# ------------------------------------------------------------------ instructions


@dataclass(slots=True, eq=False)
class Instruction:
    """One instruction.

    Attributes
    ----------
    keeps
        The tapes of the ``keep`` blocks around the instruction.
    steps
        The steps of the proc that are open, the innermost last.
    """

    location: SourceRange
    keeps: frozenset[str] = field(default=frozenset(), kw_only=True)
    steps: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(slots=True, eq=False)
class WriteSymbol(Instruction):
    tape: str
    value: Expression


@dataclass(slots=True, eq=False)
class SetMark(Instruction):
    """Mark the cell under the head, or unmark it if ``on`` is False."""

    tape: str
    on: bool


@dataclass(slots=True, eq=False)
class MoveHead(Instruction):
    """Move a head by ``direction``: −1 or +1 cell."""

    direction: int
    tape: str


@dataclass(slots=True, eq=False)
class SetRegister(Instruction):
    register: Register
    value: Expression


@dataclass(slots=True, eq=False)
class JumpUnless(Instruction):
    """Continue if ``test`` holds, else jump to the instruction ``target``."""

    test: Test
    target: int = -1


@dataclass(slots=True, eq=False)
class Jump(Instruction):
    target: int = -1


@dataclass(slots=True, eq=False)
class CallProc(Instruction):
    """Call a proc, with one argument for each parameter; ``result`` receives its value."""

    proc: Proc
    args: tuple[str | Expression | LoweredTemplate, ...]
    result: Register | None


@dataclass(slots=True, eq=False)
class LeaveProc(Instruction):
    """Return from the proc; in ``main`` accept."""

    value: Expression | None


@dataclass(slots=True, eq=False)
class HaltRun(Instruction):
    accept: bool


@dataclass(slots=True, eq=False)
class AssertTest(Instruction):
    """Continue if ``test`` holds; otherwise the situation is undefined, for the reason ``message``.

    An empty message is replaced by a general one.
    """

    test: Test
    message: str


@dataclass(slots=True, eq=False)
class CheckContract(Instruction):
    """Check a head contract; ``kind`` is a key of ``tm.table.CHECKS``."""

    kind: str
    tape: str


@dataclass(slots=True, eq=False)
class PrintText(Instruction):
    """Print a line for the person who runs the machine."""

    text: LoweredTemplate


@dataclass(slots=True, eq=False)
class SayUtterance(Instruction):
    """Say an utterance; ``name`` is the step's for OPEN and CLOSE, else the emission's."""

    kind: UtteranceKind
    name: str
    key: LoweredTemplate
    value: LoweredTemplate | None


# ------------------------------------------------------------------ procs


@dataclass(frozen=True, slots=True, eq=False)
class ScratchTape:
    """A local tape of a proc.

    ``like`` names the tape of the proc whose alphabet and letters it shares; if it is None,
    ``symbols`` and ``word`` define them.
    """

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
        Names with their kind: ``"tape"``, ``"text"``, or the register that receives the value.
    value
        The domain of the value that the proc returns; None if it returns none.
    uses
        The machine's tapes that the body may name.
    tapes
        The local tapes.
    code
        The instructions; the last one is a ``LeaveProc``.
    live
        For each instruction the registers that may be read, from there on, before they are set.
    marked
        The tapes that are marked, here or in a proc that is called.
    machine_tapes
        The machine's tapes that are used by name, here or in a proc that is called.
    machine_marked
        Those of them that are marked.
    used
        The names that the body refers to, for warnings.
    """

    name: str
    location: SourceRange
    params: tuple[tuple[str, str | Register], ...] = ()
    value: Domain | None = None
    uses: tuple[str, ...] = ()
    tapes: tuple[ScratchTape, ...] = ()
    code: list[Instruction] = field(default_factory=list)
    live: list[frozenset[Register]] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)
    machine_tapes: set[str] = field(default_factory=set)
    machine_marked: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def add_mark(self, tape: str) -> None:
        """Note that a tape is marked: one of the machine's, a parameter or a local tape."""
        (self.machine_marked if tape in self.uses else self.marked).add(tape)
