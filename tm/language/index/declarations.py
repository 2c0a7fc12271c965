"""Symbols of the declarations of a module, its own and the imported ones."""

from __future__ import annotations

from collections.abc import Iterator

from tm.language import syntax as s
from tm.language.index.symbols import Symbol, SymbolKind
from tm.language.modules import Module
from tm.language.traversal import parts


class Declarations:
    """The declarations that a module can refer to.

    Attributes
    ----------
    procs, classes, enums
        Own and imported ones, by name.
    members
        Members of enumerations, by name; that of an inline domain is declared where it occurs
        first.
    steps, emissions
        Steps by name, values by step and name: own ones before those of imported modules.
    groups
        Groups of tapes, by name.
    files
        The imported modules as symbols, by the offset of the import.
    """

    def __init__(self, module: Module) -> None:
        self.module = module
        self.procs: dict[str, Symbol] = {}
        self.classes: dict[str, Symbol] = {}
        self.enums: dict[str, Symbol] = {}
        self.members: dict[str, Symbol] = {}
        self.steps: dict[str, Symbol] = {}
        self.emissions: dict[tuple[str, str], Symbol] = {}
        self.files: dict[int, Symbol] = {}
        self.groups = {
            group.name.name: _symbol(SymbolKind.GROUP, group.name, group)
            for group in module.file.groups
        }
        self.add_names(module)
        for node, other in module.imports:
            start = other.source.location(0, 0)
            name = f"std.{node.target}" if node.library else node.target
            self.files[node.location.start] = Symbol(SymbolKind.FILE, name, start, other.file)
            self.add_names(other)
        for imported in imported_modules(module):
            self.add_steps(imported.file)
            for enum in imported.file.enums:
                self.add_members(enum)

    def add_names(self, module: Module) -> None:
        """Add the names that a file declares; earlier ones take precedence."""
        file = module.file
        for proc in file.procs:
            self.procs.setdefault(proc.name.name, _symbol(SymbolKind.PROC, proc.name, proc))
        for decl in file.classes:
            self.classes.setdefault(decl.name.name, _symbol(SymbolKind.CLASS, decl.name, decl))
        for enum in file.enums:
            self.enums.setdefault(enum.name.name, _symbol(SymbolKind.ENUM, enum.name, enum))

    def add_members(self, enum: s.EnumDecl) -> None:
        for member in enum.members:
            symbol = _symbol(SymbolKind.MEMBER, member, enum, enum.name.name)
            self.members.setdefault(member.name, symbol)

    def add_steps(self, node: s.Node, step: str = "") -> None:
        """Add the steps below a node and what they fetch and solve; ``step`` is around it."""
        if isinstance(node, s.StepBlock):
            step = node.name.name
            self.steps.setdefault(step, _symbol(SymbolKind.STEP, node.name, node))
        elif isinstance(node, s.PairNode):
            length = len(node.name) if node.location.text.startswith(node.name) else 0
            location = node.location._replace(end=node.location.start + length)
            symbol = Symbol(SymbolKind.EMISSION, node.name, location, node, step)
            self.emissions.setdefault((step, node.name), symbol)
        for part in parts(node):
            self.add_steps(part, step)

    def emission(self, step: str, name: str) -> Symbol | None:
        """Return a value that a step names, or that a proc without steps names for its caller."""
        return self.emissions.get((step, name)) or self.emissions.get(("", name))

    def member(self, node: s.ClassName) -> Symbol:
        """Return the symbol of a member; of an inline domain this may be its first occurrence."""
        symbol = Symbol(SymbolKind.MEMBER, node.name, node.location, node)
        return self.members.setdefault(node.name, symbol)


def imported_modules(module: Module) -> Iterator[Module]:
    """Yield a module, then all that it imports, directly or not, each once."""
    pending, seen = [module], set()
    while pending:
        current = pending.pop(0)
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            pending += [other for _, other in current.imports]


def _symbol(kind: SymbolKind, ident: s.Ident, node: s.Node, container: str = "") -> Symbol:
    return Symbol(kind, ident.name, ident.location, node, container)
