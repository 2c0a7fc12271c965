"""Names, expressions, conditions and templates of one proc, resolved and type-checked."""

from __future__ import annotations

from tm.elaboration import instructions as c
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.values import Domain, Member, Value, kind_of, kinds_of, show, value_of
from tm.speech import CAPTURES
from tm.support.suggestions import did_you_mean
from tm.table import BLANK

READABLE = frozenset(("number", "symbol"))
"""What the cells of a tape of unknown alphabet can hold."""


class Scope:
    """The names that a proc can use at some point, and what is made of them.

    Attributes
    ----------
    tapes
        Tapes with their alphabets; a parameter's is not known and stands as empty.
    texts, registers
        Text parameters, and the registers declared so far in the blocks around.
    unread
        Registers that nothing has read yet, with the place of their declaration.
    """

    def __init__(
        self, report: Reporter, module: Module, proc: c.Proc, tapes: dict[str, frozenset[str]]
    ) -> None:
        self.report = report
        self.module = module
        self.proc = proc
        self.tapes = tapes
        self.texts: set[str] = set()
        self.registers: dict[str, c.Register] = {}
        self.used = proc.used
        self.unread: dict[str, SourceRange] = {}
        self.count = 0

    def is_new(self, ident: s.Ident) -> bool:
        """Whether a name is free; if not, that is reported."""
        name = ident.name
        if name in self.tapes or name in self.registers or name in self.texts:
            what = f"`{name}` is already a name here"
        elif name in self.module.members:
            what = f"`{name}` is a member of an enumeration"
        elif name in self.module.classes or name in self.module.enums:
            what = f"`{name}` names a class or an enum"
        else:
            return True
        self.report.error(
            "TM021", what, ident.span, "shadowing is not allowed: choose another name"
        )
        return False

    def register(self, ident: s.Ident, domain: Domain) -> c.Register:
        register = c.Register(self.count, ident.name, domain)
        self.count += 1
        self.registers[ident.name] = register
        return register

    def known(self) -> list[str]:
        return [*self.tapes, *self.registers, *self.texts, *self.module.members]

    def unknown(self, name: str, span: SourceRange) -> None:
        help = did_you_mean(name, self.known())
        if name in self.module.classes:
            help = f"`{name}` is a class: test for it with `in {name}`"
        elif not help and self.proc.name != "main":
            help = "a proc sees its parameters only: pass tapes explicitly"
        self.report.error("TM020", f"no name `{name}` here", span, help)

    def tape(self, ident: s.Ident) -> str | None:
        """The tape that a name means."""
        name = ident.name
        self.used.add(name)
        if name in self.tapes:
            return name
        if name in self.registers:
            self.report.error("TM022", f"`{name}` is a register, not a tape", ident.span)
        elif name in self.texts:
            self.report.error("TM022", f"`{name}` is a text, not a tape", ident.span)
        else:
            help = did_you_mean(name, self.tapes)
            if not help and self.proc.name != "main":
                help = "a proc sees its parameters only: pass tapes explicitly"
            self.report.error("TM020", f"no tape `{name}` here", ident.span, help)
        return None

    # -------------------------------------------------------------- expressions

    def expression(self, node: s.Expr) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower an expression; also the kinds of value it can have."""
        match node:
            case s.Number():
                return c.Constant(node.value), frozenset(("number",))
            case s.Symbol():
                value = value_of(node.symbol)
                return c.Constant(value), frozenset((kind_of(value),))
            case s.NameNode():
                return self.name(node)
            case s.Negate():
                operand, kinds = self.expression(node.operand)
                self.needs_number(kinds, node.operand.span)
                if operand is None:
                    return None, frozenset()
                if isinstance(operand, c.Constant) and isinstance(operand.value, int):
                    return c.Constant(-operand.value), frozenset(("number",))
                return c.Arithmetic("-", c.Constant(0), operand), frozenset(("number",))
            case s.Binary():
                left, left_kinds = self.expression(node.left)
                right, right_kinds = self.expression(node.right)
                self.needs_number(left_kinds, node.left.span)
                self.needs_number(right_kinds, node.right.span)
                if left is None or right is None:
                    return None, frozenset()
                return c.Arithmetic(node.operator, left, right), frozenset(("number",))

    def needs_number(self, kinds: frozenset[str], span: SourceRange) -> None:
        if kinds and "number" not in kinds:
            self.report.error("TM040", f"arithmetic needs numbers; this is {a_kind(kinds)}", span)

    def name(self, node: s.NameNode) -> tuple[c.Expression | None, frozenset[str]]:
        name = node.name
        self.used.add(name)
        if name in self.registers:
            self.unread.pop(name, None)
            register = self.registers[name]
            return c.RegisterRead(register), register.domain.kinds
        if name in self.tapes:
            alphabet = self.tapes[name]
            return c.TapeRead(name), kinds_of(alphabet) if alphabet else READABLE
        if name in self.texts:
            self.report.error("TM022", f"`{name}` is a text; only templates can say it", node.span)
        elif name in self.module.members:
            return c.Constant(Member(name)), frozenset(("member",))
        else:
            self.unknown(name, node.span)
        return None, frozenset()

    def fits(
        self,
        value: c.Expression | None,
        kinds: frozenset[str],
        domain: Domain,
        span: SourceRange,
        name: str,
    ) -> None:
        if value is None or not domain.values:
            return
        if isinstance(value, c.Constant) and value.value not in domain.values:
            near = [show(v) for v in domain.values]
            self.report.error(
                "TM041",
                f"{show(value.value)} lies outside of {domain.shown}, the domain of `{name}`",
                span,
                did_you_mean(show(value.value), near),
            )
        elif not kinds & domain.kinds:
            self.report.error(
                "TM040", f"`{name}` takes {domain.shown}; this is {a_kind(kinds)}", span
            )

    # -------------------------------------------------------------- conditions

    def test(self, node: s.Condition) -> c.Test:
        match node:
            case s.Logic():
                return c.Connective(node.operator, self.test(node.left), self.test(node.right))
            case s.Not():
                return c.Negation(self.test(node.operand))
            case s.Marked():
                return c.IsMarked(self.tape(node.tape) or "")
            case s.In():
                return self.member(node)
            case s.Compare():
                return self.compare(node)

    def member(self, node: s.In) -> c.Test:
        operand, kinds = self.expression(node.operand)
        symbols = None if node.symbols is None else self.module.symbols(node.symbols, self.report)
        if operand and symbols is None and not isinstance(operand, c.TapeRead):
            self.report.error("TM040", "only a tape has words", node.operand.span)
        if kinds and not kinds & READABLE:
            self.report.error(
                "TM040", "`in` tests symbols", node.operand.span, "compare members with `==`"
            )
        known = self.tapes[operand.tape] if isinstance(operand, c.TapeRead) else None
        if known and symbols and not symbols & known:
            self.report.warn("TM082", "the tape holds none of these: never true", node.span)
        test = c.InClass(operand or c.Constant(BLANK), symbols)
        return c.Negation(test) if node.negated else test

    def compare(self, node: s.Compare) -> c.Test:
        left, left_kinds = self.expression(node.left)
        right, right_kinds = self.expression(node.right)
        ordered = node.operator not in ("==", "!=")
        for kinds, side in ((left_kinds, node.left), (right_kinds, node.right)):
            if ordered and kinds and "number" not in kinds:
                self.report.error(
                    "TM043", f"`{node.operator}` orders numbers; this is {a_kind(kinds)}", side.span
                )
        if left_kinds and right_kinds and not left_kinds & right_kinds:
            self.report.error(
                "TM040", f"{a_kind(left_kinds)} is never {a_kind(right_kinds)}", node.span
            )
        if not ordered:
            self.check_possible(left, right, node.right.span)
            self.check_possible(right, left, node.left.span)
        if left is None or right is None:
            left = right = c.Constant(0)
        return c.Comparison(node.operator, left, right)

    def check_possible(
        self, one: c.Expression | None, other: c.Expression | None, span: SourceRange
    ) -> None:
        """Warn when a tape or register is compared with a constant that it can never be."""
        if not isinstance(other, c.Constant):
            return
        possible: frozenset[Value] = frozenset()
        who = ""
        if isinstance(one, c.TapeRead):
            possible = frozenset(map(value_of, self.tapes[one.tape]))
            who = f"tape `{one.tape}`"
        elif isinstance(one, c.RegisterRead):
            possible = one.register.domain.values
            who = f"`{one.register.name}`"
        if possible and other.value not in possible:
            help = did_you_mean(show(other.value), map(show, possible))
            self.report.warn("TM082", f"{who} is never {show(other.value)}", span, help)

    # -------------------------------------------------------------- templates

    def template(self, node: s.TemplateNode, whole: bool = False) -> c.LoweredTemplate:
        """Resolve the holes of a template; ``{t.all}`` only where ``whole`` tapes may be said."""
        parts: list[
            c.LiteralPiece | c.TapePlaceholder | c.RegisterPlaceholder | c.ParameterPlaceholder
        ] = []
        for part in node.parts:
            if isinstance(part, s.TextPart):
                parts.append(c.LiteralPiece(part.text))
                continue
            name = part.name
            self.used.add(name)
            if name in self.tapes:
                what = part.capture or "word"
                if what not in CAPTURES:
                    help = did_you_mean(what, CAPTURES) or f"one of {', '.join(CAPTURES)}"
                    self.report.error("TM051", f"no capture `.{what}`", part.span, help)
                elif what == "all" and not whole:
                    self.report.error(
                        "TM051",
                        "`.all` is for the answer and the label of a step",
                        part.span,
                        "an atomic state says one word at a time",
                    )
                else:
                    parts.append(c.TapePlaceholder(name, name, what, part.default))
            elif part.capture or part.default:
                self.report.error("TM051", f"`{name}` is no tape", part.span)
            elif name in self.registers:
                self.unread.pop(name, None)
                parts.append(c.RegisterPlaceholder(name, self.registers[name]))
            elif name in self.texts:
                parts.append(c.ParameterPlaceholder(name))
            else:
                self.unknown(name, part.span)
        return tuple(parts)


def alphabet(
    module: Module, symbols: s.ClassExpr, word: s.ClassExpr | None, report: Reporter
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The symbols of a tape, the blank first, and the letters of its words."""
    known = module.symbols(symbols, report) - {BLANK}
    letters = known if word is None else module.symbols(word, report) - {BLANK}
    if word is not None and not letters <= known:
        extra = ", ".join(f"'{x}'" for x in sorted(letters - known))
        report.error("TM042", f"word letters that the tape cannot hold: {extra}", word.span)
    return (BLANK, *sorted(known)), letters & known


def a_kind(kinds: frozenset[str]) -> str:
    """Kinds of value in a sentence: ``a number or a symbol``."""
    words = {"number": "a number", "symbol": "a symbol", "member": "an enum member"}
    return " or ".join(words[k] for k in sorted(kinds)) or "nothing"
