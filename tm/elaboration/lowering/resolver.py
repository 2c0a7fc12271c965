"""Resolve the names and templates of one proc."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tm.elaboration import instructions as c
from tm.language import syntax as s
from tm.language.diagnostics import Reporter
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.values import Domain
from tm.speech import CAPTURES, placeholder_name
from tm.support.suggestions import did_you_mean
from tm.table import BLANK

ENDED = "a register exists until its block ends: declare it before the block"

_BLANK_HINT = "the blank is written `_`"
_MEMBER_HINT = "a member belongs to the domain of a register: `let r: lt | eq | gt = …`"
_FOREIGN_NAMES = {
    **dict.fromkeys(("blank", "empty", "none", "null", "nil", "space"), _BLANK_HINT),
    **dict.fromkeys(("lt", "eq", "gt", "yes", "no"), _MEMBER_HINT),
    **dict.fromkeys(("left", "right"), "`left t` and `right t` move the head of tape `t`"),
}
"""Names that people expect to exist, each with what to write."""


class Scope:
    """The names that a proc can use at one point of its body.

    Attributes
    ----------
    tapes
        For each name of a tape here its name in ``proc``: another one in a proc that is lowered
        into its caller.
    alphabets
        The alphabet of each tape of ``proc``; the unknown one of a parameter is empty here.
    texts
        Text parameters: None, or the template of the argument in a proc that is lowered into its
        caller.
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
        self.tapes = {name: name for name in tapes}
        self.alphabets = dict(tapes)
        self.texts: dict[str, c.LoweredTemplate | None] = {}
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

    def new_register(self, name: str, domain: Domain | None) -> c.Register:
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
        help = help or self.how_to_see(name)
        help = help or f"declare a tape, or a register: `let {name}: 0..9 = …`"
        self.report.error("TM020", f"no name `{name}` here", location, help, notes)

    def tape(self, ident: s.Ident) -> str | None:
        """Return the name of the tape that an identifier refers to; report an error if none."""
        name = ident.name
        self.used.add(name)
        if name in self.tapes:
            return self.tapes[name]
        if name in self.registers:
            self.report.error("TM022", f"`{name}` is a register, not a tape", ident.location)
        elif name in self.texts:
            self.report.error("TM022", f"`{name}` is a text, not a tape", ident.location)
        else:
            help = did_you_mean(name, self.tapes) or self.how_to_see(name)
            self.report.error("TM020", f"no tape `{name}` here", ident.location, help)
        return None

    def tape_list(self, idents: Iterable[s.Ident]) -> list[str]:
        """Return the names of listed tapes; a group means all its tapes."""
        return [tape for ident in self.ungrouped(idents) if (tape := self.tape(ident))]

    def ungrouped(self, idents: Iterable[s.Ident]) -> Iterator[s.Ident]:
        """Yield the tapes of a list, those of a group in its place."""
        for ident in idents:
            if ident.name in self.module.groups and ident.name not in self.tapes:
                self.module.used.add(ident.name)
                for tape in self.module.groups[ident.name]:
                    yield s.Ident(ident.location, tape.name)
            else:
                yield ident

    def how_to_see(self, name: str) -> str:
        """Return what lets a proc use a name that it does not see; empty in ``main``."""
        if self.proc.name == "main":
            return ""
        if any(name == t.name for decl in self.module.file.tapes for t in decl.tapes):
            return f"a proc sees only its parameters: write `uses {name}` after them"
        return "a proc sees only its parameters: pass tapes explicitly"

    # -------------------------------------------------------------- templates

    def template(self, node: s.TemplateNode, allow_all: bool = False) -> c.LoweredTemplate:
        """Resolve the placeholders of a template; ``{t.all}`` needs ``allow_all``."""
        pieces: list[c.LoweredPiece] = []
        for part in node.parts:
            if isinstance(part, s.TextPart):
                pieces.append(c.LiteralPiece(part.text))
            else:
                pieces += self.placeholder(part, allow_all)
        return tuple(pieces)

    def placeholder(self, part: s.PlaceholderPart, allow_all: bool) -> list[c.LoweredPiece]:
        """Resolve one placeholder; report an error and return nothing if that is not possible."""
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
                shown = placeholder_name(name, capture)
                return [c.TapePlaceholder(shown, self.tapes[name], capture, part.default)]
        elif part.capture or part.default:
            self.report.error("TM051", f"`{name}` is not a tape", part.location)
        elif name in self.registers:
            self.unread.pop(name, None)
            return [c.RegisterPlaceholder(name, self.registers[name])]
        elif name in self.texts:
            return self.text(name)
        else:
            self.report_unknown(name, part.location)
        return []

    def text(self, name: str) -> list[c.LoweredPiece]:
        """Return a text parameter, or its argument where the proc is lowered into its caller."""
        match self.texts[name]:
            case None:
                return [c.ParameterPlaceholder(name)]
            case (c.LiteralPiece(text=text),):
                # Plain text takes the parameter's name, by which styles refer to it.
                return [c.LiteralPiece(text, name)]
            case pieces:
                return list(pieces)


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
