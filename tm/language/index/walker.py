"""Walk a syntax tree and find what each name refers to."""

from __future__ import annotations

import re

from tm.language import syntax as s
from tm.language.index.declarations import Declarations
from tm.language.index.symbols import Occurrence, Scope, Symbol, SymbolKind
from tm.language.modules import Module
from tm.language.source import SourceRange
from tm.language.traversal import parts
from tm.speech import CAPTURES
from tm.table import CHECKS

Names = dict[str, Symbol]
"""Tapes, registers and texts, by name."""


class Walker:
    """Collects the occurrences of names in one module.

    Attributes
    ----------
    occurrences
        In no particular order.
    scopes
        What can be named where.
    placeholders
        What the placeholders of each step's templates refer to, by step and name.
    """

    def __init__(self, module: Module, declarations: Declarations) -> None:
        self.file = module.file
        self.declarations = declarations
        self.occurrences: list[Occurrence] = []
        self.scopes: list[Scope] = []
        self.placeholders: dict[tuple[str, str], Symbol] = {}
        self.container = ""
        self.step = ""
        self.local_scope: Scope | None = None

    def walk(self) -> None:
        """Walk the whole file."""
        file = self.file
        for node in file.imports:
            if symbol := self.declarations.files.get(node.location.start):
                self.add(node.location, symbol)
        for group in (
            (SymbolKind.CLASS, file.classes),
            (SymbolKind.ENUM, file.enums),
            (SymbolKind.STYLE, file.styles),
        ):
            for decl in group[1]:
                self.declare(group[0], decl.name, decl)
        for class_decl in file.classes:
            self.class_names(class_decl.symbols)
        for enum in file.enums:
            for member in enum.members:
                self.add(member.location, self.declarations.members[member.name], True)
        tapes = self.tapes()
        for proc in file.procs:
            self.proc(proc, tapes)
        for main in file.mains:
            self.container = "main"
            self.scope(main.location, tapes)
            self.block(main, dict(tapes))
        self.states()
        for style in file.styles:
            self.style(style)

    def add(self, location: SourceRange, symbol: Symbol, is_declaration: bool = False) -> None:
        if location.start < location.end:
            self.occurrences.append(Occurrence(location, symbol, is_declaration))

    def declare(self, kind: SymbolKind, ident: s.Ident, node: s.Node) -> Symbol:
        """Return a new symbol, with its declaration as an occurrence."""
        symbol = Symbol(kind, ident.name, ident.location, node, self.container)
        self.add(ident.location, symbol, True)
        return symbol

    def scope(self, location: SourceRange, names: Names) -> None:
        """Begin the scope of a proc or of ``main``."""
        self.local_scope = Scope(location, [(location.start, n) for n in names.values()])
        self.scopes.append(self.local_scope)

    # -------------------------------------------------------------- declarations

    def tapes(self) -> Names:
        """Return the tapes of the machine."""
        names: Names = {}
        for decl in self.file.tapes:
            for ident in decl.tapes:
                names.setdefault(ident.name, self.declare(SymbolKind.TAPE, ident, decl))
            self.class_names(decl.symbols)
            self.class_names(decl.word)
        for group in self.file.groups:
            symbol = self.declarations.groups[group.name.name]
            self.add(group.name.location, symbol, group.name.location == symbol.location)
            for ident in group.tapes:
                self.name(ident.location, ident.name, names)
        return self.declarations.groups | names

    def proc(self, decl: s.ProcDecl, tapes: Names) -> None:
        self.add(decl.name.location, self.declarations.procs[decl.name.name], True)
        self.container = decl.name.name
        names = self.used_tapes(decl, tapes)
        for param in decl.params:
            kind = SymbolKind.TAPE if param.is_tape else SymbolKind.REGISTER
            kind = SymbolKind.TEXT if param.is_text else kind
            names[param.name.name] = self.declare(kind, param.name, param)
            if param.contract is not None:
                self.contract(param.contract)
            if param.domain is not None and not param.is_text:
                self.class_names(param.domain)
        if decl.value is not None:
            self.class_names(decl.value)
        for tape, contract in decl.exits:
            self.name(tape.location, tape.name, names)
            self.contract(contract)
        self.scope(decl.location, names)
        self.block(decl.body, names)
        registers = {
            occurrence.symbol.name: occurrence.symbol
            for occurrence in self.occurrences
            if occurrence.is_declaration
            and occurrence.symbol.kind is SymbolKind.REGISTER
            and decl.location.start <= occurrence.location.start < decl.location.end
        }
        for ident in decl.exported or ():
            self.name(ident.location, ident.name, registers)

    def used_tapes(self, decl: s.ProcDecl, tapes: Names) -> Names:
        """Return the tapes of the machine that a proc uses."""
        if isinstance(decl.uses, bool):
            return dict(tapes) if decl.uses else {}
        names: Names = {}
        for ident in decl.uses:
            self.name(ident.location, ident.name, tapes)
            names |= {ident.name: tapes[ident.name]} if ident.name in tapes else {}
            for group in self.file.groups:
                if group.name.name == ident.name:
                    members = (tape.name for tape in group.tapes)
                    names |= {name: tapes[name] for name in members if name in tapes}
        return names

    def contract(self, ident: s.Ident) -> None:
        if ident.name in CHECKS:
            self.add(ident.location, Symbol(SymbolKind.CONTRACT, ident.name, ident.location))

    def states(self) -> None:
        """Find the states of a machine in rules; the first rule of a state declares it."""
        states: Names = {}
        for rule in self.file.rules:
            if rule.state.name not in states:
                states[rule.state.name] = self.declare(SymbolKind.STATE, rule.state, rule)
            else:
                self.add(rule.state.location, states[rule.state.name])
            for cell in (*rule.reads, *(rule.writes or ())):
                self.class_names(cell)
        for ident in (*self.file.starts, *(rule.target for rule in self.file.rules)):
            self.name(ident.location, ident.name, states)

    def style(self, decl: s.StyleDecl) -> None:
        for wording in decl.wordings:
            key, _, _ = wording.location.text.partition(":")
            names = list(re.finditer(r"\w+", key))
            step = names[0].group() if names else ""
            symbols = [self.declarations.steps.get(step)]
            if len(names) > 1:
                symbols.append(self.declarations.emission(step, names[1].group()))
            for match, symbol in zip(names, symbols, strict=False):
                if symbol is not None:
                    start = wording.location.start + match.start()
                    location = wording.location._replace(start=start, end=start + len(match[0]))
                    self.add(location, symbol)
            for part in wording.text.parts:
                if isinstance(part, s.PlaceholderPart):
                    emission = self.declarations.emission(step, part.name)
                    self.placeholder(part, self.placeholders.get((step, part.name)) or emission)

    # -------------------------------------------------------------- statements

    def block(self, block: s.Block, names: Names) -> None:
        """Walk a block; the names that it declares end with it."""
        own = dict(names)
        outer_names = set(names)
        scope = Scope(block.location, [])
        self.scopes.append(scope)
        for statement in block.statements:
            self.statement(statement, own)
            for name, symbol in own.items():
                if name in outer_names:
                    continue
                outer_names.add(name)
                is_local = isinstance(symbol.node, s.LocalTape)
                if is_local and self.local_scope is not None:  # it exists until the proc ends
                    names[name] = symbol
                    self.local_scope.symbols.append((statement.location.end, symbol))
                else:
                    scope.symbols.append((statement.location.end, symbol))

    def statement(self, node: s.Statement, names: Names) -> None:
        match node:
            case s.Let():
                self.children(node, names, skip=("register",))
                names[node.register.name] = self.declare(SymbolKind.REGISTER, node.register, node)
            case s.LocalTape():
                self.children(node, names, skip=("tapes",))
                for ident in node.tapes:
                    names[ident.name] = self.declare(SymbolKind.TAPE, ident, node)
            case s.For():
                inner = dict(names)
                inner[node.register.name] = self.declare(SymbolKind.REGISTER, node.register, node)
                self.scopes.append(_scope_of(node.body, inner[node.register.name]))
                self.block(node.body, inner)
            case s.StepBlock():
                self.step_block(node, names)
            case s.EmissionStatement():
                for pair in node.pairs:
                    self.pair(pair, names)
            case _:
                self.children(node, names)

    def step_block(self, node: s.StepBlock, names: Names) -> None:
        symbol = self.declarations.steps[node.name.name]
        self.add(node.name.location, symbol, node.name.location == symbol.location)
        outer, self.step = self.step, node.name.name
        if node.label is not None:
            self.template(node.label, names)
        self.block(node.body, names)
        self.step = outer

    def pair(self, pair: s.PairNode, names: Names) -> None:
        symbol = self.declarations.emission(self.step, pair.name)
        if symbol is not None and pair.location.text.startswith(pair.name):
            location = pair.location._replace(end=pair.location.start + len(pair.name))
            self.add(location, symbol, location == symbol.location)
        self.template(pair.key, names)
        if pair.value is not None:
            self.template(pair.value, names)

    def children(self, node: s.Node, names: Names, skip: tuple[str, ...] = ()) -> None:
        """Walk the parts of a node in their order."""
        for part in parts(node, skip):
            self.part(part, names)

    def part(self, node: s.Node, names: Names) -> None:
        match node:
            case s.Block():
                self.block(node, names)
            case s.Ident() | s.NameNode():
                self.name(node.location, node.name, names)
            case s.Call():
                if symbol := self.declarations.procs.get(node.proc.name):
                    self.add(node.proc.location, symbol)
                self.children(node, names, skip=("proc",))
            case s.Wrapper():
                inner = dict(names)
                for ident in node.registers:
                    inner[ident.name] = self.declare(SymbolKind.REGISTER, ident, node)
                    self.scopes.append(_scope_of(node.body, inner[ident.name]))
                self.block(node.body, inner)
            case s.ClassName():
                self.class_names(node)
            case s.TemplateNode():
                self.template(node, names)
            case _:
                self.children(node, names)

    # -------------------------------------------------------------- names

    def name(self, location: SourceRange, name: str, names: Names) -> None:
        symbol = names.get(name) or self.declarations.members.get(name)
        if symbol is not None:
            self.add(location, symbol, symbol.location == location)

    def class_names(self, node: s.Node | None) -> None:
        """Find the classes, enums and members in a class expression or a domain."""
        if isinstance(node, s.ClassName):
            symbol = self.declarations.classes.get(node.name)
            symbol = symbol or self.declarations.enums.get(node.name)
            if symbol is None and node.name in self.declarations.module.members:
                symbol = self.declarations.member(node)
            if symbol is not None:
                self.add(node.location, symbol, symbol.location == node.location)
        elif node is not None:
            for part in parts(node):
                self.class_names(part)

    def template(self, node: s.TemplateNode, names: Names) -> None:
        for part in node.parts:
            if isinstance(part, s.PlaceholderPart):
                symbol = names.get(part.name)
                self.placeholder(part, symbol)
                if symbol is not None and self.step:
                    self.placeholders.setdefault((self.step, part.name), symbol)

    def placeholder(self, part: s.PlaceholderPart, symbol: Symbol | None) -> None:
        """Add the name and the capture of a placeholder."""
        start = part.location.start + 1
        end = start + len(part.name)
        if symbol is not None:
            self.add(part.location._replace(start=start, end=end), symbol)
        if part.capture in CAPTURES:
            location = part.location._replace(start=end + 1, end=end + 1 + len(part.capture))
            self.add(location, Symbol(SymbolKind.CAPTURE, part.capture, location))


def _scope_of(block: s.Block, symbol: Symbol) -> Scope:
    """Return the scope of a register that a form declares for its block."""
    return Scope(block.location, [(block.location.start, symbol)])
