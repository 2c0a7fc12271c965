"""Lower and type-check the expressions of one proc; calls come before what reads their values."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from tm.elaboration import instructions as c
from tm.elaboration.lowering.resolver import Scope
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.traversal import moves_heads, walk
from tm.language.values import (
    BOOLEAN,
    FALSE,
    TRUE,
    Domain,
    Member,
    Value,
    kind_of,
    kinds_of,
    show,
    value_of,
)
from tm.support.suggestions import did_you_mean
from tm.table import BLANK

_BESIDE = "compare it: `t.next == 1`, or test it: `t.next in digit`"

NUMBER, SYMBOL, MEMBER = frozenset(("number",)), frozenset(("symbol",)), frozenset(("member",))

READABLE = NUMBER | SYMBOL
"""Kinds of value that a tape of unknown alphabet can hold."""


class ExpressionScope(Scope):
    """A scope that lowers expressions.

    An expression becomes a tree that one transition evaluates. A call and the test of a neighbour
    cannot be part of it: they are emitted before, and their value is kept in a register.

    Attributes
    ----------
    steps
        The open steps, the innermost last.
    keeps
        The tapes of the enclosing ``keep`` blocks.
    """

    def __init__(
        self, report: Reporter, module: Module, proc: c.Proc, tapes: dict[str, frozenset[str]]
    ) -> None:
        super().__init__(report, module, proc, tapes)
        self.steps: list[str] = []
        self.keeps: frozenset[str] = frozenset()

    def emit(self, instruction: c.Instruction) -> None:
        """Append an instruction to the code of the proc."""
        instruction.keeps = self.keeps
        instruction.steps = tuple(self.steps)
        self.proc.code.append(instruction)

    @property
    def end(self) -> int:
        """Index of the next instruction to be emitted."""
        return len(self.proc.code)

    @abstractmethod
    def call_value(self, node: s.Call) -> tuple[c.Expression | None, frozenset[str]]:
        """Emit a call; return the expression that reads its value, with the kinds of it."""

    # -------------------------------------------------------------- values

    def expression(self, node: s.Expr) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower an expression; return it with the kinds of value that it can have."""
        match node:
            case s.Number():
                return c.Constant(node.value), NUMBER
            case s.Symbol():
                value = value_of(node.symbol)
                return c.Constant(value), frozenset((kind_of(value),))
            case s.NameNode():
                return self.name_value(node)
            case s.Neighbour():
                self.tape(node.tape)
                self.report.error("TM040", "a neighbour is no value", node.location, _BESIDE)
                return None, frozenset()
            case s.Negate():
                operand, kinds = self.expression(node.operand)
                self.require_kind(kinds, NUMBER, node.operand.location)
                if operand is None:
                    return None, frozenset()
                if isinstance(operand, c.Constant) and isinstance(operand.value, int):
                    return c.Constant(-operand.value), NUMBER
                return c.Arithmetic("-", c.Constant(0), operand), NUMBER
            case s.Binary():
                return self.arithmetic(node)
            case s.Call():
                return self.call_value(node)
            case s.Logic(left=s.NameNode(name=name)) if self.is_read_or(node):
                self.used.add(name)
                return self.read_or(node, self.tapes[name])
            case s.Logic() | s.Not() if moves_heads(node):
                return self.truth_of_branches(node)
            case s.Logic() | s.Not() | s.Marked() | s.In() | s.Compare():
                return c.Truth(self.test(node)), MEMBER

    def arithmetic(self, node: s.Binary) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower a sum or product of numbers, or a symbol plus or minus a number or a symbol."""
        left, left_kinds, right, right_kinds = self.operands(node.left, node.right)
        if node.operator in ("*", "/", "%"):
            self.require_kind(left_kinds, NUMBER, node.left.location)
            self.require_kind(right_kinds, NUMBER, node.right.location)
            kinds = NUMBER
        else:
            self.require_kind(left_kinds, READABLE, node.left.location)
            self.require_kind(right_kinds, READABLE, node.right.location)
            both = left_kinds | right_kinds
            kinds = READABLE if "symbol" in both else NUMBER
            if left_kinds == right_kinds == SYMBOL:
                kinds = NUMBER
                if node.operator == "+":
                    self.report.error("TM040", "two symbols have no sum", node.location)
        if left is None or right is None:
            return None, frozenset()
        return c.Arithmetic(node.operator, left, right), kinds

    def operands(
        self, left: s.Expr, right: s.Expr
    ) -> tuple[c.Expression | None, frozenset[str], c.Expression | None, frozenset[str]]:
        """Lower two operands; the left one is read before a call in the right one."""
        first, first_kinds = self.expression(left)
        if first is not None:
            first = self.kept(first, left.location, [right])
        return first, first_kinds, *self.expression(right)

    def kept(
        self,
        value: c.Expression,
        location: SourceRange,
        later: Iterable[s.Expr | s.TemplateNode],
    ) -> c.Expression:
        """Return a value, kept in a register if an expression evaluated later contains a call."""
        if isinstance(value, c.Constant | c.RegisterRead) or not any(map(moves_heads, later)):
            return value
        register = self.new_register("value", None)
        self.emit(c.SetRegister(location, register, value))
        return c.RegisterRead(register)

    def is_read_or(self, node: s.Expr) -> bool:
        """Return whether an expression is ``tape or default``."""
        return (
            isinstance(node, s.Logic)
            and node.operator == "or"
            and isinstance(node.left, s.NameNode)
            and node.left.name in self.tapes
        )

    def read_or(self, node: s.Logic, tape: str) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower ``tape or default``."""
        if moves_heads(node.right):
            self.report.error(
                "TM040",
                "a default cannot contain a call or a neighbour",
                node.right.location,
                "write it as a branch: `if t == _ { … }`",
            )
            return None, frozenset()
        default, kinds = self.expression(node.right)
        self.require_kind(kinds, READABLE, node.right.location)
        if default is None:
            return None, frozenset()
        known = self.alphabets[tape]
        return c.ReadOr(tape, default), kinds | (kinds_of(known - {BLANK}) if known else READABLE)

    def truth_of_branches(self, node: s.Logic | s.Not) -> tuple[c.Expression, frozenset[str]]:
        """Lower a condition that contains calls to the register that holds its value."""
        holds = self.new_register("value", BOOLEAN)
        falses = self.branch(node)
        self.emit(c.SetRegister(node.location, holds, c.Constant(TRUE)))
        end = c.Jump(node.location)
        self.emit(end)
        self.land(falses)
        self.emit(c.SetRegister(node.location, holds, c.Constant(FALSE)))
        self.land([end])
        return c.RegisterRead(holds), MEMBER

    def require_kind(
        self, kinds: frozenset[str], allowed: frozenset[str], location: SourceRange
    ) -> None:
        """Report an error if an operand is of none of the kinds that its operator takes."""
        if kinds and not kinds & allowed:
            needed = "numbers" if allowed == NUMBER else "numbers and symbols"
            self.report.error("TM040", f"this needs {needed}, not {a_kind(kinds)}", location)

    def name_value(self, node: s.NameNode) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower a name used as a value: a register, a tape or a member."""
        name = node.name
        self.used.add(name)
        if name in self.registers:
            self.unread.pop(name, None)
            register = self.registers[name]
            return c.RegisterRead(register), register.domain.kinds if register.domain else READABLE
        if name in self.tapes:
            tape = self.tapes[name]
            alphabet = self.alphabets[tape]
            return c.TapeRead(tape), kinds_of(alphabet) if alphabet else READABLE
        if name in self.texts:
            self.report.error("TM022", f"`{name}` is a text: use it in a template", node.location)
        elif name in self.module.members:
            return c.Constant(Member(name)), frozenset(("member",))
        else:
            self.report_unknown(name, node.location)
        return None, frozenset()

    def check_domain(
        self,
        value: c.Expression | None,
        kinds: frozenset[str],
        domain: Domain,
        location: SourceRange,
        name: str,
    ) -> None:
        """Report an error if a value never lies in the domain of the register or proc ``name``."""
        if value is None or not domain.values:
            return
        if isinstance(value, c.Truth) and not domain.values & BOOLEAN.values:
            self.report.error(
                "TM040", f"`{name}` takes {domain.shown}; this is true or false", location
            )
        elif isinstance(value, c.Constant) and value.value not in domain.values:
            self.report.error(
                "TM041",
                f"{show(value.value)} lies outside of {domain.shown}, the domain of `{name}`",
                location,
                did_you_mean(show(value.value), map(show, domain.values)),
            )
        elif not kinds & domain.kinds:
            self.report.error(
                "TM040", f"`{name}` takes {domain.shown}; this is {a_kind(kinds)}", location
            )

    # -------------------------------------------------------------- conditions

    def branch(self, node: s.Expr) -> list[c.Jump | c.JumpUnless]:
        """Emit the test of a condition, after which the code continues if it holds.

        Returns
        -------
        The jumps taken if it does not hold; ``land`` gives them their target.
        """
        if isinstance(node, s.Logic | s.Not) and moves_heads(node):
            if isinstance(node, s.Logic) and node.operator == "and":
                return self.branch(node.left) + self.branch(node.right)
            falses = self.branch(node.left if isinstance(node, s.Logic) else node.operand)
            holds = c.Jump(node.location)
            self.emit(holds)
            self.land(falses)
            if isinstance(node, s.Not):
                return [holds]
            falses = self.branch(node.right)
            self.land([holds])
            return falses
        jump = c.JumpUnless(node.location, self.test(node))
        self.emit(jump)
        return [jump]

    def land(self, jumps: Iterable[c.Jump | c.JumpUnless]) -> None:
        """Set the target of jumps to the next instruction."""
        for jump in jumps:
            jump.target = self.end

    def test(self, node: s.Expr) -> c.Test:
        """Lower a condition to one test, after the calls in it."""
        match node:
            case s.Logic() | s.Not() if moves_heads(node):
                pass
            case s.Logic() if self.is_read_or(node):
                pass
            case s.Logic():
                return c.Connective(node.operator, self.test(node.left), self.test(node.right))
            case s.Not():
                return c.Negation(self.test(node.operand))
            case s.Marked():
                return c.IsMarked(self.tape(node.tape) or "")
            case s.In(operand=s.Neighbour()) | s.Compare(left=s.Neighbour()):
                return self.test_beside(node)
            case s.In():
                return self.membership(node)
            case s.Compare():
                return self.comparison(node)
        value, kinds = self.expression(node)
        is_boolean = "member" in kinds
        if isinstance(value, c.RegisterRead) and value.register.domain is not None:
            is_boolean = bool(value.register.domain.values & BOOLEAN.values)
        if kinds and not is_boolean:
            self.report.error(
                "TM040",
                f"a condition is true or false; this is {a_kind(kinds)}",
                node.location,
                "compare it: `… == …`, or test it: `… in …`",
            )
        return c.Comparison("==", value or c.Constant(TRUE), c.Constant(TRUE))

    def test_beside(self, node: s.In | s.Compare) -> c.Test:
        """Lower the test of a neighbour: move its head there, keep the result, and move back."""
        neighbour = node.operand if isinstance(node, s.In) else node.left
        assert isinstance(neighbour, s.Neighbour)
        here, tape = neighbour.location, self.tape(neighbour.tape)
        read = s.NameNode(here, neighbour.tape.name)
        moved: s.In | s.Compare
        if isinstance(node, s.In):
            moved = s.In(node.location, read, node.symbols, node.negated)
        else:
            names = (x.name for x in walk(node.right) if isinstance(x, s.NameNode))
            if moves_heads(node.right) or read.name in names:
                self.report.error(
                    "TM040",
                    f"this is evaluated while the head of `{read.name}` is beside its place",
                    node.right.location,
                    "keep it in a register before",
                )
            moved = s.Compare(node.location, node.operator, read, node.right)
        if tape is None:
            return c.Comparison("==", c.Constant(TRUE), c.Constant(TRUE))
        holds = self.new_register("value", BOOLEAN)
        self.emit(c.MoveHead(here, neighbour.direction, tape))
        self.emit(c.SetRegister(node.location, holds, c.Truth(self.test(moved))))
        self.emit(c.MoveHead(here, -neighbour.direction, tape))
        return c.Comparison("==", c.RegisterRead(holds), c.Constant(TRUE))

    def membership(self, node: s.In) -> c.Test:
        """Lower ``in`` and ``not in``."""
        operand, kinds = self.expression(node.operand)
        symbols = None if node.symbols is None else self.module.symbols(node.symbols, self.report)
        if operand and symbols is None and not isinstance(operand, c.TapeRead):
            self.report.error("TM040", "only a tape has words", node.operand.location)
        if kinds and not kinds & READABLE:
            self.report.error(
                "TM040", "`in` tests symbols", node.operand.location, "compare members with `==`"
            )
        known = self.alphabets[operand.tape] if isinstance(operand, c.TapeRead) else None
        if known and symbols and not symbols & known:
            self.report.warn("TM082", "never true: the tape holds none of these", node.location)
        test = c.InClass(operand or c.Constant(BLANK), symbols)
        return c.Negation(test) if node.negated else test

    def comparison(self, node: s.Compare) -> c.Test:
        """Lower a comparison; report or warn if its result can never vary."""
        left, left_kinds, right, right_kinds = self.operands(node.left, node.right)
        ordered = node.operator not in ("==", "!=")
        for kinds, side in ((left_kinds, node.left), (right_kinds, node.right)):
            if ordered and kinds and "number" not in kinds:
                self.report.error(
                    "TM043",
                    f"`{node.operator}` orders numbers; this is {a_kind(kinds)}",
                    side.location,
                )
        if left_kinds and right_kinds and not left_kinds & right_kinds:
            self.report.error(
                "TM040", f"{a_kind(left_kinds)} is never {a_kind(right_kinds)}", node.location
            )
        if not ordered:
            self.warn_impossible(left, right, node.right.location)
            self.warn_impossible(right, left, node.left.location)
        if left is None or right is None:
            left = right = c.Constant(0)
        return c.Comparison(node.operator, left, right)

    def warn_impossible(
        self, variable: c.Expression | None, constant: c.Expression | None, location: SourceRange
    ) -> None:
        """Warn if a tape or register is compared with a constant that it never equals."""
        if not isinstance(constant, c.Constant):
            return
        possible: frozenset[Value] = frozenset()
        subject = ""
        if isinstance(variable, c.TapeRead):
            possible = frozenset(map(value_of, self.alphabets[variable.tape]))
            subject = f"tape `{variable.tape}`"
        elif isinstance(variable, c.RegisterRead) and variable.register.domain is not None:
            possible = variable.register.domain.values
            subject = f"`{variable.register.name}`"
        if possible and constant.value not in possible:
            help = did_you_mean(show(constant.value), map(show, possible))
            self.report.warn("TM082", f"{subject} is never {show(constant.value)}", location, help)


def a_kind(kinds: frozenset[str]) -> str:
    """Return kinds of value as a phrase: ``a number or a symbol``."""
    words = {"number": "a number", "symbol": "a symbol", "member": "an enum member"}
    return " or ".join(words[k] for k in sorted(kinds)) or "nothing"
