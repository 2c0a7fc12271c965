"""Resolve and type-check the names, expressions, conditions and templates of one proc."""

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

ENDED = "a register exists until its block ends: declare it before the block"

_BLANK_HINT = "the blank is written `_`"
_MEMBER_HINT = "a member belongs to the domain of a register: `let r: lt | eq | gt = …`"
_FOREIGN_NAMES = {
    **dict.fromkeys(("blank", "empty", "none", "null", "nil", "space"), _BLANK_HINT),
    **dict.fromkeys(("lt", "eq", "gt", "yes", "no"), _MEMBER_HINT),
}
"""Names that people expect to exist, each with what to write."""

READABLE = frozenset(("number", "symbol"))
"""Kinds of value that a tape of unknown alphabet can hold."""


class Scope:
    """The names that a proc can use at one point of its body.

    Attributes
    ----------
    tapes
        Tapes with their alphabets; the unknown alphabet of a parameter is empty here.
    texts
        Text parameters.
    registers
        The registers declared so far in the enclosing blocks.
    declared
        The declarations of all registers so far, those of ended blocks included.
    used
        Names that the body refers to.
    unread
        Registers that are not read so far, with the source range of their declaration.
    register_count
        Number of registers of the proc so far.
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
        self.declared: dict[str, SourceRange] = {}
        self.used = proc.used
        self.unread: dict[str, SourceRange] = {}
        self.register_count = 0

    def is_new(self, ident: s.Ident) -> bool:
        """Return whether a name is free; report an error if it is not."""
        name = ident.name
        if name in self.tapes or name in self.registers or name in self.texts:
            message = f"`{name}` is already a name here"
        elif name in self.module.members:
            message = f"`{name}` is a member of an enumeration"
        elif name in self.module.classes or name in self.module.enums:
            message = f"`{name}` is the name of a class or an enum"
        else:
            return True
        self.report.error(
            "TM021", message, ident.location, "shadowing is not allowed: choose another name"
        )
        return False

    def new_register(self, name: str, domain: Domain) -> c.Register:
        """Return a new register that no name refers to."""
        self.register_count += 1
        return c.Register(self.register_count - 1, name, domain)

    def declare_register(self, ident: s.Ident, domain: Domain) -> c.Register:
        """Return a new register and enter its name."""
        self.declared[ident.name] = ident.location
        self.registers[ident.name] = self.new_register(ident.name, domain)
        return self.registers[ident.name]

    def report_unknown(self, name: str, location: SourceRange) -> None:
        """Report an unknown name, with the most likely correction."""
        names = (*self.tapes, *self.registers, *self.texts, *self.module.members)
        notes = []
        if name in self.module.classes:
            help = f"`{name}` is a class: test for it with `in {name}`"
        elif name in self.declared:
            help, notes = ENDED, [(self.declared[name], "declared here")]
        else:
            help = _FOREIGN_NAMES.get(name.lower()) or did_you_mean(name, names)
        if not help and self.proc.name != "main":
            help = "a proc sees only its parameters: pass tapes explicitly"
        elif not help:
            help = f"declare a tape, or a register: `let {name}: 0..9 = …`"
        self.report.error("TM020", f"no name `{name}` here", location, help, notes)

    def tape(self, ident: s.Ident) -> str | None:
        """Return the name of the tape that an identifier refers to; report an error if none."""
        name = ident.name
        self.used.add(name)
        if name in self.tapes:
            return name
        if name in self.registers:
            self.report.error("TM022", f"`{name}` is a register, not a tape", ident.location)
        elif name in self.texts:
            self.report.error("TM022", f"`{name}` is a text, not a tape", ident.location)
        else:
            help = did_you_mean(name, self.tapes)
            if not help and self.proc.name != "main":
                help = "a proc sees only its parameters: pass tapes explicitly"
            self.report.error("TM020", f"no tape `{name}` here", ident.location, help)
        return None

    # -------------------------------------------------------------- expressions

    def expression(self, node: s.Expr) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower an expression; return it with the kinds of value that it can have."""
        match node:
            case s.Number():
                return c.Constant(node.value), frozenset(("number",))
            case s.Symbol():
                value = value_of(node.symbol)
                return c.Constant(value), frozenset((kind_of(value),))
            case s.NameNode():
                return self.name_value(node)
            case s.Negate():
                operand, kinds = self.expression(node.operand)
                self.require_number(kinds, node.operand.location)
                if operand is None:
                    return None, frozenset()
                if isinstance(operand, c.Constant) and isinstance(operand.value, int):
                    return c.Constant(-operand.value), frozenset(("number",))
                return c.Arithmetic("-", c.Constant(0), operand), frozenset(("number",))
            case s.Binary():
                left, left_kinds = self.expression(node.left)
                right, right_kinds = self.expression(node.right)
                self.require_number(left_kinds, node.left.location)
                self.require_number(right_kinds, node.right.location)
                if left is None or right is None:
                    return None, frozenset()
                return c.Arithmetic(node.operator, left, right), frozenset(("number",))

    def require_number(self, kinds: frozenset[str], location: SourceRange) -> None:
        """Report an error if an operand of arithmetic is never a number."""
        if kinds and "number" not in kinds:
            self.report.error(
                "TM040", f"arithmetic needs numbers; this is {a_kind(kinds)}", location
            )

    def name_value(self, node: s.NameNode) -> tuple[c.Expression | None, frozenset[str]]:
        """Lower a name used as a value: a register, a tape or a member."""
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
        if isinstance(value, c.Constant) and value.value not in domain.values:
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

    def test(self, node: s.Condition) -> c.Test:
        """Lower a condition."""
        match node:
            case s.Logic():
                return c.Connective(node.operator, self.test(node.left), self.test(node.right))
            case s.Not():
                return c.Negation(self.test(node.operand))
            case s.Marked():
                return c.IsMarked(self.tape(node.tape) or "")
            case s.In():
                return self.membership(node)
            case s.Compare():
                return self.comparison(node)

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
        known = self.tapes[operand.tape] if isinstance(operand, c.TapeRead) else None
        if known and symbols and not symbols & known:
            self.report.warn("TM082", "never true: the tape holds none of these", node.location)
        test = c.InClass(operand or c.Constant(BLANK), symbols)
        return c.Negation(test) if node.negated else test

    def comparison(self, node: s.Compare) -> c.Test:
        """Lower a comparison; report or warn if its result can never vary."""
        left, left_kinds = self.expression(node.left)
        right, right_kinds = self.expression(node.right)
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
            possible = frozenset(map(value_of, self.tapes[variable.tape]))
            subject = f"tape `{variable.tape}`"
        elif isinstance(variable, c.RegisterRead):
            possible = variable.register.domain.values
            subject = f"`{variable.register.name}`"
        if possible and constant.value not in possible:
            help = did_you_mean(show(constant.value), map(show, possible))
            self.report.warn("TM082", f"{subject} is never {show(constant.value)}", location, help)

    # -------------------------------------------------------------- templates

    def template(self, node: s.TemplateNode, allow_all: bool = False) -> c.LoweredTemplate:
        """Resolve the placeholders of a template; ``{t.all}`` needs ``allow_all``."""
        pieces: list[c.LoweredPiece] = []
        for part in node.parts:
            if isinstance(part, s.TextPart):
                pieces.append(c.LiteralPiece(part.text))
            elif piece := self.placeholder(part, allow_all):
                pieces.append(piece)
        return tuple(pieces)

    def placeholder(self, part: s.PlaceholderPart, allow_all: bool) -> c.LoweredPiece | None:
        """Resolve one placeholder; report an error and return None if that is not possible."""
        name = part.name
        self.used.add(name)
        if name in self.tapes:
            capture = part.capture or "word"
            if capture not in CAPTURES:
                help = did_you_mean(capture, CAPTURES) or f"one of {', '.join(CAPTURES)}"
                self.report.error("TM051", f"no capture `.{capture}`", part.location, help)
            elif capture == "all" and not allow_all:
                self.report.error(
                    "TM051",
                    "`.all` is only for the answer and the label of a step",
                    part.location,
                    "elsewhere capture one word at a time",
                )
            else:
                return c.TapePlaceholder(name, name, capture, part.default)
        elif part.capture or part.default:
            self.report.error("TM051", f"`{name}` is not a tape", part.location)
        elif name in self.registers:
            self.unread.pop(name, None)
            return c.RegisterPlaceholder(name, self.registers[name])
        elif name in self.texts:
            return c.ParameterPlaceholder(name)
        else:
            self.report_unknown(name, part.location)
        return None


def alphabet(
    module: Module, symbols: s.ClassExpr, word: s.ClassExpr | None, report: Reporter
) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the symbols of a tape, the blank first, and the letters of its words."""
    known = module.symbols(symbols, report) - {BLANK}
    letters = known if word is None else module.symbols(word, report) - {BLANK}
    if word is not None and not letters <= known:
        extra = ", ".join(f"'{x}'" for x in sorted(letters - known))
        report.error(
            "TM042",
            f"letters of a word that the tape cannot hold: {extra}",
            word.location,
        )
    return (BLANK, *sorted(known)), letters & known


def a_kind(kinds: frozenset[str]) -> str:
    """Return kinds of value as a phrase: ``a number or a symbol``."""
    words = {"number": "a number", "symbol": "a symbol", "member": "an enum member"}
    return " or ".join(words[k] for k in sorted(kinds)) or "nothing"
