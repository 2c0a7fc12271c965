"""The syntax tree of a ``.tm`` file: immutable nodes, each with its source range."""

from __future__ import annotations

from dataclasses import dataclass

from tm.language.source import SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    location: SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Ident(Node):
    """A name at one place of the source."""

    name: str


# ------------------------------------------------------------------ classes and domains


@dataclass(frozen=True, slots=True, eq=False)
class ClassRange(Node):
    """``'a'`` or ``'a'..'z'``."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, eq=False)
class ClassBlank(Node):
    """``_``."""


@dataclass(frozen=True, slots=True, eq=False)
class ClassName(Node):
    """A class, an enum or, in a domain, a member of an enumeration."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class ClassOp(Node):
    """``left | right`` or ``left - right``."""

    operator: str
    left: ClassExpr
    right: ClassExpr


ClassExpr = ClassRange | ClassBlank | ClassName | ClassOp


@dataclass(frozen=True, slots=True, eq=False)
class RangeDomain(Node):
    """``first..last``, a range of whole numbers; both ends are included."""

    first: int
    last: int


DomainExpr = RangeDomain | ClassExpr
"""A domain of bare names (``lt | eq``, ``order``, ``digit``) is parsed as a class expression."""

# ------------------------------------------------------------------ templates


@dataclass(frozen=True, slots=True, eq=False)
class TextPart(Node):
    """Literal text of a template."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PlaceholderPart(Node):
    """``{name}``, ``{name.capture}`` or ``{name|default}``; absent parts are empty strings."""

    name: str
    capture: str
    default: str


@dataclass(frozen=True, slots=True, eq=False)
class TemplateNode(Node):
    """A string with placeholders."""

    parts: tuple[TextPart | PlaceholderPart, ...]


# ------------------------------------------------------------------ expressions and conditions


@dataclass(frozen=True, slots=True, eq=False)
class NameNode(Node):
    """A tape, a register, a text parameter or a member of an enumeration."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour(Node):
    """``tape.next`` (direction 1) or ``tape.previous`` (direction −1): a cell beside the head."""

    tape: Ident
    direction: int


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(Node):
    """A symbol literal or ``_``, which is ``tm.table.BLANK``."""

    symbol: str


@dataclass(frozen=True, slots=True, eq=False)
class Number(Node):
    value: int


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    """``left operator right`` with one of ``+ - * / %``."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Negate(Node):
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A call of a proc.

    ``wrapper`` is the block that the caller puts around each ``each`` block of the proc; None if
    the caller gives none.
    """

    proc: Ident
    args: tuple[Expr | TemplateNode, ...]
    wrapper: Wrapper | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Wrapper(Node):
    """``each(registers) { … }`` after a call; ``registers`` name what the proc exports."""

    registers: tuple[Ident, ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class In(Node):
    """``operand in symbols``; ``symbols`` is None for ``operand in word``."""

    operand: Expr
    symbols: ClassExpr | None
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Node):
    """``left operator right`` with one of ``== != < <= > >=``."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Marked(Node):
    """``marked tape``: the cell under the head has a mark."""

    tape: Ident


@dataclass(frozen=True, slots=True, eq=False)
class Not(Node):
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """``left and right`` or ``left or right``; the right side is evaluated only if needed.

    If ``left`` is a tape, ``left or right`` is its symbol, or the value of ``right`` on a blank.
    """

    operator: str
    left: Expr
    right: Expr


Condition = In | Compare | Marked | Not | Logic
Expr = NameNode | Neighbour | Symbol | Number | Binary | Negate | Call | Condition
"""A value. A condition is the value ``true`` or ``false``."""

# ------------------------------------------------------------------ statements


@dataclass(frozen=True, slots=True, eq=False)
class Block(Node):
    """Statements in braces, or a step alone as the block of a branch or a loop."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Move(Node):
    """``left t, u by count`` (direction −1) or ``right t, u by count`` (direction 1)."""

    direction: int
    tapes: tuple[Ident, ...]
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class MoveUntil(Node):
    """``left t, u until condition`` or ``right t, u until condition``."""

    direction: int
    tapes: tuple[Ident, ...]
    condition: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Write(Node):
    """``tape := value``."""

    tape: Ident
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class WriteOn(Node):
    """``write tape value``: write and move right, once for each character of a text."""

    tape: Ident
    value: Expr | TemplateNode


@dataclass(frozen=True, slots=True, eq=False)
class Let(Node):
    """``let register: domain = value``; without a domain it has that of the value."""

    register: Ident
    domain: DomainExpr | None
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Assign(Node):
    """``register = value``."""

    register: Ident
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class CallStatement(Node):
    """A call whose value is not used."""

    call: Call


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    """A condition and a block for ``if`` and for each ``elsif``; ``otherwise`` is ``else``."""

    branches: tuple[tuple[Expr, Block], ...]
    otherwise: Block | None


@dataclass(frozen=True, slots=True, eq=False)
class While(Node):
    condition: Expr
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Loop(Node):
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Repeat(Node):
    """``repeat count { … }``; the count is evaluated once."""

    count: Expr
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class For(Node):
    """``for register in first..last { … }``; both ends are included."""

    register: Ident
    first: int
    last: int
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Each(Node):
    """``each left t, u until condition { … }``: a pass for each cell, and a move after it.

    Without a condition the loop ends at the first blank of the first tape. The condition is tested
    where the body has ``at end``, otherwise before each pass.
    """

    direction: int
    tapes: tuple[Ident, ...]
    condition: Expr | None
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class AtEnd(Node):
    """``at end { … }``: at the end of the ``each`` loop around it, run the block and leave it."""

    body: Block | None


@dataclass(frozen=True, slots=True, eq=False)
class EachBlock(Node):
    """``each { … }`` in a proc: the part of its work that a caller may wrap."""

    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class BodyStatement(Node):
    """``body`` in a wrapper: run the ``each`` block of the proc here."""


@dataclass(frozen=True, slots=True, eq=False)
class Break(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Continue(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Return(Node):
    value: Expr | None


@dataclass(frozen=True, slots=True, eq=False)
class Halt(Node):
    """``accept`` or ``reject``."""

    accept: bool


@dataclass(frozen=True, slots=True, eq=False)
class LocalTape(Node):
    """Scratch tapes; ``like`` names the tape whose alphabet they share, else ``symbols`` is it."""

    tapes: tuple[Ident, ...]
    symbols: ClassExpr | None
    word: ClassExpr | None
    like: Ident | None


@dataclass(frozen=True, slots=True, eq=False)
class Mark(Node):
    """``mark tape``, or ``unmark tape`` if ``on`` is False."""

    tape: Ident
    on: bool


@dataclass(frozen=True, slots=True, eq=False)
class Keep(Node):
    """``keep t, u { … }``: what is known about these heads outlives the transition."""

    tapes: tuple[Ident, ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Assume(Node):
    """``assume condition "message"``; the message is None if it is left out."""

    condition: Expr
    message: TemplateNode | None


@dataclass(frozen=True, slots=True, eq=False)
class Print(Node):
    """``print "text"``: a line for the person who runs the machine."""

    text: TemplateNode


@dataclass(frozen=True, slots=True, eq=False)
class StepBlock(Node):
    """``step name at label { … }``."""

    name: Ident
    label: TemplateNode | None
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class PairNode(Node):
    """``name "key" = value``; the value of a quotation or a verdict is None.

    A name that the source leaves out is taken from the key, so it is never empty.
    """

    name: str
    key: TemplateNode
    value: TemplateNode | None


@dataclass(frozen=True, slots=True, eq=False)
class EmissionStatement(Node):
    """``fetch pairs`` or ``solve pairs``; ``role`` is the keyword."""

    role: str
    pairs: tuple[PairNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Node):
    """``answer "text"``."""

    text: TemplateNode


Statement = (
    Move | MoveUntil | Write | WriteOn | Let | Assign | CallStatement | If | While | Loop | Repeat
    | For | Each | AtEnd | EachBlock | BodyStatement | Break | Continue | Return | Halt
    | LocalTape | Mark | Keep | Assume | Print | StepBlock | EmissionStatement | Answer
)  # fmt: skip

# ------------------------------------------------------------------ declarations


@dataclass(frozen=True, slots=True, eq=False)
class Import(Node):
    """``import std.TARGET`` if ``library``, else ``import "TARGET"``."""

    target: str
    library: bool


@dataclass(frozen=True, slots=True, eq=False)
class ClassDecl(Node):
    """``class name = symbols``."""

    name: Ident
    symbols: ClassExpr


@dataclass(frozen=True, slots=True, eq=False)
class EnumDecl(Node):
    """``enum name = a | b | c``."""

    name: Ident
    members: tuple[Ident, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TapeDecl(Node):
    """``tape t, u: symbols word letters``."""

    tapes: tuple[Ident, ...]
    symbols: ClassExpr
    word: ClassExpr | None


@dataclass(frozen=True, slots=True, eq=False)
class GroupDecl(Node):
    """``group name = t, u``: a name for tapes that are listed together."""

    name: Ident
    tapes: tuple[Ident, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Param(Node):
    """A tape (``domain`` is None), a register, or a text (``domain`` is the name ``text``).

    ``contract`` states where the head of a tape must be when the proc is called.
    """

    name: Ident
    contract: Ident | None
    domain: DomainExpr | None

    @property
    def is_text(self) -> bool:
        return isinstance(self.domain, ClassName) and self.domain.name == "text"

    @property
    def is_tape(self) -> bool:
        return self.domain is None


@dataclass(frozen=True, slots=True, eq=False)
class ProcDecl(Node):
    """A proc.

    Attributes
    ----------
    exported
        The registers that a caller's wrapper can read; None if the proc has no ``each`` block.
    uses
        The machine's tapes that the body may name: ``True`` for all of them.
    value
        The domain of the returned value; None if the proc returns none.
    exits
        Pairs (tape, head contract).
    """

    name: Ident
    params: tuple[Param, ...]
    exported: tuple[Ident, ...] | None
    uses: tuple[Ident, ...] | bool
    value: DomainExpr | None
    exits: tuple[tuple[Ident, Ident], ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class RuleDecl(Node):
    """``rule state [reads] -> [writes] [moves] target``.

    A cell is a class expression, or None for ``*``; ``writes`` and ``moves`` are None if absent.
    """

    state: Ident
    reads: tuple[ClassExpr | None, ...]
    writes: tuple[ClassExpr | None, ...] | None
    moves: tuple[ClassExpr | None, ...] | None
    target: Ident
    reads_location: SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Wording(Node):
    """One entry of a style: ``step``, ``step.emission``, ``next``, ``end`` or ``answer``."""

    key: str
    text: TemplateNode


@dataclass(frozen=True, slots=True, eq=False)
class StyleDecl(Node):
    """``style name { … }``."""

    name: Ident
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True, eq=False)
class File(Node):
    """The declarations of one source file, by kind."""

    imports: tuple[Import, ...] = ()
    classes: tuple[ClassDecl, ...] = ()
    enums: tuple[EnumDecl, ...] = ()
    tapes: tuple[TapeDecl, ...] = ()
    groups: tuple[GroupDecl, ...] = ()
    procs: tuple[ProcDecl, ...] = ()
    mains: tuple[Block, ...] = ()
    styles: tuple[StyleDecl, ...] = ()
    starts: tuple[Ident, ...] = ()
    rules: tuple[RuleDecl, ...] = ()
