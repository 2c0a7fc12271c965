"""The syntax tree of a ``.tm`` file: plain immutable nodes, each with its source range."""

from __future__ import annotations

from dataclasses import dataclass

from tm.language.source import SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    span: SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Ident(Node):
    """A name where it is written."""

    name: str


# ------------------------------------------------------------------ classes and domains


@dataclass(frozen=True, slots=True, eq=False)
class ClassRange(Node):
    """``'a'`` or ``'a'..'z'``."""

    first: str
    last: str


@dataclass(frozen=True, slots=True, eq=False)
class ClassBlank(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class ClassName(Node):
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
    """``first..last``, both included."""

    first: int
    last: int


DomainExpr = RangeDomain | ClassExpr
"""A domain of names alone (``lt | eq``, ``order``, ``digit``) is read as a class expression."""

# ------------------------------------------------------------------ templates


@dataclass(frozen=True, slots=True, eq=False)
class TextPart(Node):
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class PlaceholderPart(Node):
    """``{name}``, ``{name.what}``, ``{name|default}``; ``what`` is empty if left out."""

    name: str
    what: str
    default: str


@dataclass(frozen=True, slots=True, eq=False)
class TemplateNode(Node):
    parts: tuple[TextPart | PlaceholderPart, ...]


# ------------------------------------------------------------------ expressions and conditions


@dataclass(frozen=True, slots=True, eq=False)
class NameNode(Node):
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Symbol(Node):
    """A symbol literal; the blank is ``tm.table.BLANK``."""

    symbol: str


@dataclass(frozen=True, slots=True, eq=False)
class Number(Node):
    value: int


@dataclass(frozen=True, slots=True, eq=False)
class Binary(Node):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Negate(Node):
    operand: Expr


Expr = NameNode | Symbol | Number | Binary | Negate


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    proc: Ident
    args: tuple[Expr | TemplateNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class In(Node):
    """``operand in symbols``; without symbols ``tape in word``, the letters of the tape's words."""

    operand: Expr
    symbols: ClassExpr | None
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Node):
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Marked(Node):
    tape: Ident


@dataclass(frozen=True, slots=True, eq=False)
class Not(Node):
    operand: Condition


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """``left and right`` or ``left or right``, evaluated from the left as far as needed."""

    operator: str
    left: Condition
    right: Condition


Condition = In | Compare | Marked | Not | Logic

# ------------------------------------------------------------------ statements


@dataclass(frozen=True, slots=True, eq=False)
class Block(Node):
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Move(Node):
    direction: int
    tapes: tuple[Ident, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Write(Node):
    tape: Ident
    value: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Let(Node):
    register: Ident
    domain: DomainExpr
    value: Expr | Call


@dataclass(frozen=True, slots=True, eq=False)
class Assign(Node):
    register: Ident
    value: Expr | Call


@dataclass(frozen=True, slots=True, eq=False)
class CallStatement(Node):
    call: Call


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    """``branches`` are the ``if`` and every ``elsif``, in order."""

    branches: tuple[tuple[Condition, Block], ...]
    otherwise: Block | None


@dataclass(frozen=True, slots=True, eq=False)
class While(Node):
    condition: Condition
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Loop(Node):
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Break(Node):
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Return(Node):
    value: Expr | Call | None


@dataclass(frozen=True, slots=True, eq=False)
class Halt(Node):
    accept: bool


@dataclass(frozen=True, slots=True, eq=False)
class LocalTape(Node):
    """Scratch tapes of an alphabet of their own, or of that of another tape (``like``)."""

    tapes: tuple[Ident, ...]
    symbols: ClassExpr | None
    word: ClassExpr | None
    like: Ident | None


@dataclass(frozen=True, slots=True, eq=False)
class Mark(Node):
    """``mark t`` (``on``) or ``unmark t``."""

    tape: Ident
    on: bool


@dataclass(frozen=True, slots=True, eq=False)
class Keep(Node):
    tapes: tuple[Ident, ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class Assume(Node):
    condition: Condition


@dataclass(frozen=True, slots=True, eq=False)
class StepBlock(Node):
    name: Ident
    label: TemplateNode | None
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class PairNode(Node):
    """``name "key" = value``; a verdict has no value. ``name`` is never empty (see the parser)."""

    name: str
    key: TemplateNode
    value: TemplateNode | None


@dataclass(frozen=True, slots=True, eq=False)
class EmissionStatement(Node):
    """``fetch`` or ``solve``."""

    role: str
    pairs: tuple[PairNode, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Node):
    text: TemplateNode


Statement = (
    Move | Write | Let | Assign | CallStatement | If | While | Loop | Break | Return | Halt
    | LocalTape | Mark | Keep | Assume | StepBlock | EmissionStatement | Answer
)  # fmt: skip

# ------------------------------------------------------------------ declarations


@dataclass(frozen=True, slots=True, eq=False)
class Import(Node):
    """``import std.NAME`` (``library``) or ``import "PATH"``."""

    target: str
    library: bool


@dataclass(frozen=True, slots=True, eq=False)
class ClassDecl(Node):
    name: Ident
    symbols: ClassExpr


@dataclass(frozen=True, slots=True, eq=False)
class EnumDecl(Node):
    name: Ident
    members: tuple[Ident, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TapeDecl(Node):
    tapes: tuple[Ident, ...]
    symbols: ClassExpr
    word: ClassExpr | None


@dataclass(frozen=True, slots=True, eq=False)
class Param(Node):
    """A tape (``domain`` is None), a register, or a text (its domain is the name ``text``)."""

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
    """``value`` is the domain of what it returns; ``exits`` are pairs (tape, contract)."""

    name: Ident
    params: tuple[Param, ...]
    value: DomainExpr | None
    exits: tuple[tuple[Ident, Ident], ...]
    body: Block


@dataclass(frozen=True, slots=True, eq=False)
class RuleDecl(Node):
    """Cells are class expressions, None for ``*``; ``writes`` is None when left out."""

    state: Ident
    reads: tuple[ClassExpr | None, ...]
    writes: tuple[ClassExpr | None, ...] | None
    moves: tuple[ClassExpr | None, ...] | None
    target: Ident
    reads_span: SourceRange


@dataclass(frozen=True, slots=True, eq=False)
class Wording(Node):
    """One entry of a style: ``step``, ``step.emission``, ``next``, ``end`` or ``answer``."""

    key: str
    text: TemplateNode


@dataclass(frozen=True, slots=True, eq=False)
class StyleDecl(Node):
    name: Ident
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True, eq=False)
class File(Node):
    """One source file."""

    imports: tuple[Import, ...] = ()
    classes: tuple[ClassDecl, ...] = ()
    enums: tuple[EnumDecl, ...] = ()
    tapes: tuple[TapeDecl, ...] = ()
    procs: tuple[ProcDecl, ...] = ()
    mains: tuple[Block, ...] = ()
    styles: tuple[StyleDecl, ...] = ()
    starts: tuple[Ident, ...] = ()
    rules: tuple[RuleDecl, ...] = ()
